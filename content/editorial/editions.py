"""Editions of drafts: what a preview shows, with everything that the text would owe.

It is made by what makes the editions of delivery, and then marked as what it is not: published,
signed, or to be found anywhere. So nobody takes it for a genuine one, and every renderer of an
edition renders it, too.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from content import bodies, canonical, changes, documents, policy, standings
from content.contexts import Context
from content.documents import Manuscript
from content.editions import Edition
from content.editorial import articles, drafts, examining, gate, workflow
from content.errors import Invalid, Unfinished
from content.models.editorial import Draft
from content.notices import direction
from content.policy import Policy
from content.standings import Standing
from content.subjects import Subject

PREVIEW = "preview"  # its status, and the id of its own notice
MARK = "[Preview]"  # before the title, in every language, so that programs find it, too
SHAPE = "preview-1.0"  # the JSON Schema that a body names
GROUP = "status"  # of its own notice
AT_ONCE = "PT0S"  # how long a copy of it is good


@dataclass(frozen=True)
class Words:
    """What a preview says of itself, in one language."""

    locale: str
    short: str
    text: str


ENGLISH = Words(
    locale="en",
    short="Preview: this is a draft. It is not published, and it is not for readers.",
    text="This is the preview of a draft. It is not published, and it is not for readers. It may "
    "be incomplete or wrong, and it changes while editors work on it. Do not publish it, do not "
    "show it to readers, and do not rely on it.",
)
SPANISH = Words(
    locale="es",
    short="Vista previa: esto es un borrador. No está publicado y no es para lectores.",
    text="Esta es la vista previa de un borrador. No está publicado y no es para lectores. Puede "
    "estar incompleto o tener errores, y cambia mientras los editores trabajan en él. No lo "
    "publique, no lo muestre a lectores y no se base en él.",
)
LANGUAGES = {words.locale: words for words in (ENGLISH, SPANISH)}


def preview(
    session: Session, draft: Draft, asked: Context, *, now: datetime, text: Manuscript | None = None
) -> Edition:
    """Return the edition that a draft would be if it were published now, marked as a preview.

    ``asked`` says for whom; its locale is the draft's. ``text`` is shown instead of what is saved,
    so that somebody sees what they write. Raise ``Unfinished`` for a draft with gaps,
    or one that owes what cannot be put into words, and ``Withheld`` where a rule says so.
    """
    at = changes.head(session)
    policy_now = policy.at(session, at)
    try:
        subject = _subject(session, draft, text, policy_now, at=at, now=now)
        context = context_of(subject, policy_now, asked)
        standings.withhold(subject, Standing(subject.publication, context, policy_now, at))
        body = bodies.compose(subject, policy_now, context)
    except Invalid as error:
        raise Unfinished(error.findings) from None
    except examining.UNSHOWABLE as error:
        raise Unfinished([examining.unshowable(error)]) from None
    tongue = policy_now.tongue(subject.publication)
    marked = {**_marked(body, draft, policy_now.site["notice_labels"][tongue]), "sequence": at}
    return _seal(marked, draft.updated_at)


def _subject(
    session: Session,
    draft: Draft,
    text: Manuscript | None,
    policy_now: Policy,
    *,
    at: int,
    now: datetime,
) -> Subject:
    """Return what a draft would show, with the number that its revision has or would get."""
    manuscript = documents.load(documents.dump(text)) if text else drafts.read(draft, complete=True)
    mine = number(session, draft, manuscript)
    found = examining.subject_of(
        session, manuscript, article=draft.article, at=at, now=now, number=mine
    )
    live = articles.live(session, draft.article).get(draft.locale)
    return replace(
        found,
        supersedes=live.revision if live and live.revision != mine else None,
        overrides=_overrides(session, draft, manuscript, found, policy_now),
    )


def number(session: Session, draft: Draft, manuscript: Manuscript) -> int:
    """Return the number that the revision of a draft has or would get."""
    last = drafts.last_revision(session, draft.article, draft.locale)
    if last is None:
        return 1
    digest = canonical.digest(documents.encode(manuscript.document))
    return last.number if last.digest == digest else last.number + 1


def _overrides(
    session: Session, draft: Draft, shown: Manuscript, subject: Subject, policy_now: Policy
) -> tuple[dict[str, str], ...]:
    """Return the findings that an approver let pass in exactly this text, as readers would see."""
    if not draft.overrides or shown != drafts.read(draft):
        return ()
    text = workflow.text(session, draft)
    lint = gate.lint(session, changes.head(session))
    remarks = gate.read(text.manuscript, subject, lint, policy_now)
    if gate.left(text.overrides, remarks):
        return ()  # they would not let it pass any more
    return tuple(gate.shown(text.overrides, remarks))


def context_of(subject: Subject, policy_now: Policy, asked: Context) -> Context:
    """Return for whom a draft is shown: in its own language, at the nearest place with data."""
    publication = subject.publication
    place = policy_now.atlas.resolve(asked.jurisdiction)
    locale, test = publication.locale, publication.is_test
    return replace(asked, locale=locale, jurisdiction=place, test=test)


def _marked(body: dict[str, Any], draft: Draft, labels: dict[str, str]) -> dict[str, Any]:
    """Return a body that says of itself in every place that it is a preview."""
    words = LANGUAGES.get(draft.locale.partition("-")[0], ENGLISH)
    links, rights = body["links"], body["rights"]
    return {
        **body,
        "$schema": body["$schema"].replace(bodies.SHAPE, SHAPE),
        "id": f"{body['id']}:{PREVIEW}:{draft.version}",
        "status": PREVIEW,
        "revision": {**body["revision"], "published_at": None},
        "title": f"{MARK} {body['title']}",
        "disclaimers": [_notice(words), *body["disclaimers"]],
        "notices": _first(body["notices"], labels[GROUP]),
        "surfaces": {"card": [PREVIEW, *body["surfaces"]["card"]], "notification": False},
        "rights": {**rights, "indexing": "noindex", "terms": [words.text, *rights["terms"]]},
        "freshness": {**body["freshness"], "recheck_after": AT_ONCE, "max_offline": AT_ONCE},
        "links": {name: at if name == "keys" else None for name, at in links.items()},
    }


def _notice(words: Words) -> dict[str, Any]:
    return {
        "id": PREVIEW,
        "version": 1,
        "kind": "provenance",
        "group": GROUP,
        "obligation": "mandatory",
        "locale": words.locale,
        "dir": direction(words.locale),
        "short": words.short,
        "text": words.text,
        "actions": [],
        "display": {"level": "alert", "anchor": None},
        "required_by": [],
    }


def _first(groups: list[dict[str, Any]], label: str) -> list[dict[str, Any]]:
    """Return the groups of notices, its own notice before all others."""
    beside = [id for group in groups if group["group"] == GROUP for id in group["items"]]
    rest = [group for group in groups if group["group"] != GROUP]
    return [{"group": GROUP, "label": label, "items": [PREVIEW, *beside]}, *rest]


def _seal(body: dict[str, Any], modified: datetime) -> Edition:
    """Return the edition without a signature: nobody vouches for a draft."""
    digest = canonical.digest(canonical.encode(body))
    integrity = {"digest": digest, "kid": None, "jws": None}
    return Edition(canonical.encode({**body, "integrity": integrity}), modified)
