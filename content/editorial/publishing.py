"""Publishing: texts, disclaimers, rules and facts that become true together, as one group.

Everything is checked before anything is written (:mod:`content.editorial.groups`). Then the
counter is locked, what has changed meanwhile is looked at once more, and the group gets its numbers
(:func:`content.changes.append`).
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from content import changes, documents, editions, heads, search
from content.corrections import Correction
from content.documents import Manuscript
from content.editorial import drafts, gate, groups, identity, policy_changes, sources
from content.editorial.gate import Overrides
from content.editorial.groups import Plan, Ready, Text
from content.effects import Effects
from content.errors import Invalid
from content.heads import Found
from content.policy.files import Item

MOST = 200  # texts in one group


def publish(
    session: Session,
    texts: Sequence[Text] = (),
    items: Sequence[Item] = (),
    *,
    by: str,
    now: datetime,
) -> range | None:
    """Make texts live, and rules, words and facts true, in one group.

    Return its numbers, or None when all of it is so already. Raise ``Ended`` for an article that
    was taken down, unless it is to be restored, and for a redacted text; ``Invalid`` with all that
    the gates refuse; ``Unresolvable`` when what would be owed has no words.
    """
    plan = groups.begin(session, items)
    ready = groups.check(session, plan, texts)
    sources.refuse_other_works(
        session, [(text.revision.article, text.manuscript) for text in texts]
    )
    return write(session, plan, ready, by=by, now=now)


def publish_manuscript(
    session: Session,
    manuscript: Manuscript,
    *,
    by: str,
    now: datetime,
    restore: bool = False,
    overrides: Overrides = gate.NONE,
    correction: Correction | None = None,
) -> int | None:
    """Take a manuscript all the way: draft, revision, publication; None when it is live already."""
    article = drafts.find_article(session, manuscript.slug)
    if article is None:
        draft = drafts.create(session, manuscript, by=by, now=now)
    else:
        draft = drafts.open_draft(session, article, manuscript, by=by, now=now)
        if draft.manuscript != documents.dump(manuscript):
            draft = drafts.save(session, draft, manuscript, by=by, now=now)
    revision = drafts.freeze(session, draft, by=by, now=now)
    text = Text(manuscript, revision, restore, overrides, correction)
    numbers = publish(session, [text], by=by, now=now)
    if numbers is None:
        return None
    drafts.mark_published(session, draft, by=by, now=now)
    return numbers[0]


def write(
    session: Session, plan: Plan, ready: Sequence[Ready], *, by: str, now: datetime
) -> range | None:
    """Write the group; None when there is nothing in it. Raise ``Conflict`` if it is outdated."""
    entries = [*plan.entries, *(one.entry for one in ready)]
    if not entries:
        return None
    touched = _touched(session, plan) if plan.facts else Effects()
    mine = {(one.publication.article, one.publication.locale) for one in ready}
    affected = (touched.articles | _translations(session, ready)) - mine
    numbers = changes.append(
        session, entries, by=by, now=now, checked=plan.checked, affected=affected
    )
    is_alone = numbers[0] == plan.at + 1  # nobody has written since the texts were checked
    if not is_alone:
        _check_again(session, ready)
    search.classify_all(session, ((one.publication, one.subject.document) for one in ready))
    _follow(session, ready, touched.retraited, is_alone=is_alone)
    for one in ready:
        if one.adds_duties:  # what may be pinned, and translations, owe more
            key = (one.publication.article, one.publication.locale)
            editions.check_live(session, {*_translations(session, [one]), key}, plan.new)
    return numbers


def _touched(session: Session, plan: Plan) -> Effects:
    """Return what the facts touch; after this nobody else can write."""
    before = policy_changes.touched(session, plan.facts, plan.old, plan.new)
    changes.lock(session)
    since = policy_changes.touched(session, plan.facts, plan.old, plan.new, since=plan.at)
    return Effects(before.articles | since.articles, before.retraited | since.retraited)


def _check_again(session: Session, ready: Sequence[Ready]) -> None:
    """Look once more, behind the lock, at what no row that a text replaces tells."""
    rows = [one.publication for one in ready]
    known = identity.known(session, rows, changes.head(session))
    for one in ready:
        if refused := list(identity.clashes(one.publication, known)):
            raise Invalid(refused)
        drafts.refuse_redacted(session, one.text.revision.digest)


def _follow(
    session: Session, ready: Sequence[Ready], retraited: set[str], *, is_alone: bool
) -> None:
    """Bring the heads in line; what shows what was checked, and is new, is only added."""
    older = {one.publication.article for one in ready if one.live or not is_alone} | retraited
    for article in older:
        heads.follow(session, article)
    new = (one for one in ready if one.publication.article not in older)
    heads.begin(session, ((one.publication, one.subject) for one in new))


def _translations(session: Session, ready: Sequence[Ready]) -> Found:
    """Return the live translations of what texts replace; a first one has none yet."""
    rows = (one.publication for one in ready if one.live)
    return {key for row in rows for key in heads.translations(session, row.article, row.locale)}
