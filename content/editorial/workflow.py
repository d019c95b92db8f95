"""The workflow of a draft: which act leads from which state to which, and who may do it.

    draft ──submit──► in-review ──approve──► approved ──publish──► published
      ▲                   │                     │  ▲
      └──request-changes──┴─────────────────────┘  └─unschedule─ scheduled ◄─schedule─ approved

To save a text begins anew: what was approved is never another text than what is published. Nobody
approves what they have written at (four eyes).
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from content import articles, changes
from content.corrections import Correction
from content.editorial import drafts, gate, groups, publishing, restoring
from content.editorial.gate import Overrides
from content.editorial.groups import Text
from content.editors import PUBLISH, REVIEW, WRITE
from content.errors import Forbidden, Illegal
from content.models.access import Editor
from content.models.editorial import Draft
from content.models.log import Revision

DRAFT, IN_REVIEW, APPROVED = "draft", "in-review", "approved"
SCHEDULED, PUBLISHED = "scheduled", "published"
STATES = (DRAFT, IN_REVIEW, APPROVED, SCHEDULED, PUBLISHED)


@dataclass(frozen=True)
class Act:
    """Something that can be done with a draft in some states by those with a scope."""

    scope: str
    states: tuple[str, ...]


ACTS = {
    "save": Act(WRITE, (DRAFT, IN_REVIEW, APPROVED, PUBLISHED)),
    "submit": Act(WRITE, (DRAFT,)),
    "request-changes": Act(REVIEW, (IN_REVIEW, APPROVED)),
    "approve": Act(REVIEW, (IN_REVIEW,)),
    "schedule": Act(PUBLISH, (APPROVED,)),
    "unschedule": Act(PUBLISH, (SCHEDULED,)),
    "publish": Act(PUBLISH, (APPROVED,)),
    "correct": Act(PUBLISH, (APPROVED, PUBLISHED)),
}


def legal(state: str) -> list[str]:
    """Return what can be done in a state."""
    return [name for name, act in ACTS.items() if state in act.states]


def open_to(draft: Draft, status: str | None, *, by: str, scopes: Collection[str]) -> list[str]:
    """Return what somebody with some scopes can do now; ``status`` is how readers have the text."""
    closed = {
        "approve": by in draft.authors,
        "correct": not _is_correctable(draft.state, status),
    }
    known = (name for name in legal(draft.state) if ACTS[name].scope in scopes)
    return [name for name in known if not closed.get(name)]


def expect(draft: Draft, act: str) -> None:
    """Raise ``Illegal`` unless an act is possible in the draft's state."""
    if draft.state not in ACTS[act].states:
        can = legal(draft.state)
        message = f"A draft that is {draft.state!r} cannot {act}; it can {', '.join(can)}."
        raise Illegal(message, can)


def submit(session: Session, draft: Draft, *, by: str, now: datetime) -> Draft:
    """Freeze the text as a revision and hand it to reviewers; ``Invalid`` for what it lacks."""
    expect(draft, "submit")
    revision = drafts.freeze(session, draft, by=by, now=now)
    values = {"state": IN_REVIEW, "revision": revision.number}
    return drafts.move(session, draft, values, by=by, now=now)


def request_changes(session: Session, draft: Draft, *, by: str, now: datetime) -> Draft:
    """Give the draft back to its authors; say in a comment what should change."""
    expect(draft, "request-changes")
    values = {"state": DRAFT, "revision": None, "approved_by": None, "overrides": None}
    return drafts.move(session, draft, values, by=by, now=now)


def approve(
    session: Session, draft: Draft, reasons: Mapping[str, str], *, by: Editor, now: datetime
) -> Draft:
    """Say that the revision may be published, as one who has not written at it.

    ``reasons`` lets findings of the lint pass, each with a reason that readers see. Raise
    ``Forbidden`` for an author, and what :func:`groups.check` raises for what is left.
    """
    expect(draft, "approve")
    if by.id in draft.authors:
        raise Forbidden("You have written at this text; somebody else has to approve it.")
    text = Text(drafts.read(draft), _revision(session, draft), True, Overrides(by, reasons))
    groups.check(session, groups.begin(session), [text], _beside(session, draft))
    values = {"state": APPROVED, "approved_by": by.id, "overrides": dict(reasons) or None}
    return drafts.move(session, draft, values, by=by.id, now=now)


def publish(session: Session, draft: Draft, *, by: str, now: datetime) -> range | None:
    """Make an approved text live; return the numbers of its group, None when it is so already."""
    expect(draft, "publish")
    numbers = publishing.publish(session, [text(session, draft)], by=by, now=now)
    drafts.mark_published(session, draft, by=by, now=now)
    return numbers


def correct(
    session: Session, draft: Draft, correction: Correction, *, by: str, now: datetime
) -> range | None:
    """Say what was wrong: with an approved text that mends it, or of the words that are live.

    What is suspended comes back by this, if another person has approved the new text; what was
    withdrawn does not. Raise ``Illegal`` for such, and what the gates refuse.
    """
    expect(draft, "correct")
    row = articles.publications(session, draft.article, changes.head(session)).get(draft.locale)
    if row is None or not _is_correctable(draft.state, row.status):
        stands = row.status if row else "not published"
        raise Illegal(f"{draft.slug} is {stands}; there is nothing to correct.", [])
    new = draft.state == APPROVED
    going = text(session, draft) if new else restoring.text(session, row, None)
    corrected = replace(going, restore=row.status == "suspended", correction=correction)
    numbers = publishing.publish(session, [corrected], by=by, now=now)
    drafts.mark_published(session, draft, by=by, now=now)
    return numbers


def text(session: Session, draft: Draft, *, restore: bool = False) -> Text:
    """Return the approved text of a draft, with what its approver let pass."""
    overrides = gate.NONE
    if draft.overrides and draft.approved_by:
        overrides = Overrides(session.get_one(Editor, draft.approved_by), draft.overrides)
    return Text(drafts.read(draft), _revision(session, draft), restore, overrides)


def _is_correctable(state: str, status: str | None) -> bool:
    """Return whether there is something to correct: what is suspended needs an approved text."""
    return status == "live" or (status == "suspended" and state == APPROVED)


def _beside(session: Session, draft: Draft) -> list[Text]:
    """Return the frozen texts of the article in other locales: they may go out together."""
    others = (Draft.article == draft.article, Draft.locale != draft.locale)
    found = session.scalars(select(Draft).where(*others, Draft.revision.is_not(None)))
    return [Text(drafts.read(one), _revision(session, one)) for one in found]


def _revision(session: Session, draft: Draft) -> Revision:
    return session.get_one(Revision, (draft.article, draft.locale, draft.revision))
