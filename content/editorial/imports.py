"""Imports: many manuscripts become drafts, or go live, in groups of at most 200.

An item is known by its slug and its locale, so the same import again makes nothing twice: what is
so already is left. Each item stands for itself, and one that is refused keeps no other back. What
only the gates before a publication refuse stays as a draft.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Text, bindparam, func, insert, select, type_coerce, update
from sqlalchemy.orm import Session

from content import articles, canonical, changes, documents
from content.documents import Manuscript
from content.editorial import drafts, findings, groups, identity, publishing, tasks, workflow
from content.errors import CaveatError, Conflict, Ended, Finding, Invalid, Stale
from content.manuscripts import Item
from content.models.editorial import Draft
from content.models.log import Article, Body, Change, Revision

LOCK = 0xCA7EA8  # any number that no other program locks in this database
CREATED, UPDATED, UNCHANGED = "created", "updated", "unchanged"
PUBLISHED, REFUSED = "published", "refused"
OUTCOMES = (CREATED, UPDATED, UNCHANGED, PUBLISHED, REFUSED)
CHANGED = "The draft has been changed meanwhile; import it again."
Key = tuple[str, str]  # article and locale of a draft


@dataclass
class Outcome:
    """What has become of an item; where it is refused, ``findings`` say why.

    ``saved`` is what has become of its draft: created, updated or unchanged; None: it has none.
    """

    item: Item
    key: Key
    outcome: str = CREATED
    findings: list[Finding] = field(default_factory=list)
    saved: str | None = None
    state: str = workflow.DRAFT  # of the draft
    version: int = 1

    @property
    def manuscript(self) -> Manuscript:
        """The text, of what could be read."""
        if self.item.manuscript is None:
            raise ValueError(f"{self.item.place} is no manuscript")
        return self.item.manuscript

    def refuse(self, error: CaveatError) -> None:
        """Note why it is refused."""
        self.outcome = REFUSED
        found = error.findings if isinstance(error, Invalid) else [Finding("", str(error))]
        self.findings = found


def in_groups(items: Iterable[Item]) -> Iterator[list[Item]]:
    """Yield items in groups that can be written together, each article and locale only once."""
    group: list[Item] = []
    names: set[tuple[str, str]] = set()
    for item in items:
        text = item.manuscript
        name = (text.slug, text.document.locale) if text else (item.place, "")
        if len(group) == publishing.MOST or name in names:
            yield group
            group, names = [], set()
        group.append(item)
        names.add(name)
    if group:
        yield group


def take(
    session: Session, items: Sequence[Item], *, live: bool, by: str, now: datetime
) -> list[Outcome]:
    """Make drafts of a group of items and, where they are to be ``live``, publish them.

    Return what has become of each, in their order. Raise ``CaveatError`` where the group as a whole
    cannot be written: then each item has to be tried alone.
    """
    _be_alone(session)
    found = _begin_all(session, items, live=live, by=by, now=now)
    ready = _publish(session, found, by=by, now=now) if live else []
    _save(session, found, by=by, now=now)
    if live:
        _mark_published(session, found, by=by, now=now)
    for made in ready:
        if made.live:  # its translations may be outdated now
            tasks.open_outdated(session, made.publication, by=by, now=now)
    return found


def _be_alone(session: Session) -> None:
    """Let one import write at a time, so that two do not make two articles of one slug.

    On SQLite every writer is alone anyway.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(LOCK)))


def _begin_all(
    session: Session, items: Sequence[Item], *, live: bool, by: str, now: datetime
) -> list[Outcome]:
    """Say what becomes of the draft of each; those that are new are there afterwards."""
    slugs = {item.manuscript.slug for item in items if item.manuscript}
    known = drafts.find_articles(session, slugs)
    new = {slug: articles.new_id(now) for slug in slugs.difference(known)}
    found = [_begin(item, known | new) for item in items]
    _refuse_twins(found)
    there = _drafts(session, known.values())
    for one in (one for one in found if one.outcome != REFUSED):
        if one.manuscript.slug in known:
            _compare(session, one, there.get(one.key), live=live)
    _insert(session, new.values(), [one for one in found if one.outcome == CREATED], by, now)
    for one in found:
        one.saved = one.outcome if one.outcome != REFUSED else None
    return found


def _begin(item: Item, known: dict[str, str]) -> Outcome:
    if item.manuscript is None:
        return Outcome(item, ("", ""), REFUSED, item.findings)
    return Outcome(item, (known[item.manuscript.slug], item.manuscript.document.locale))


def _refuse_twins(found: Iterable[Outcome]) -> None:
    """Refuse a group in which a draft stands twice, by an old slug and by the one of today."""
    keys = [one.key for one in found if one.outcome != REFUSED]
    if len(set(keys)) < len(keys):
        raise Conflict("Two items are the same text of one article; each has to be taken alone.")


def _drafts(session: Session, ids: Iterable[str]) -> dict[Key, Any]:
    """Return the drafts of some articles without what is not asked; the text as it is kept."""
    kept = type_coerce(Draft.manuscript, Text).label("text")
    names = (Draft.article, Draft.locale, Draft.state, Draft.version)
    query = select(*names, kept).where(Draft.article.in_(ids))
    return {(row.article, row.locale): row for row in session.execute(query)}


def _compare(session: Session, one: Outcome, draft: Any, *, live: bool) -> None:
    """Say whether an item differs from what there is."""
    if draft is None:
        one.outcome = UNCHANGED if _is_live(session, one) else CREATED
        return
    one.state, one.version = draft.state, draft.version
    one.outcome = UNCHANGED if draft.text == documents.kept(one.manuscript) else UPDATED
    try:
        if live or one.outcome == UPDATED:
            workflow.expect(draft, "save")
    except CaveatError as error:
        one.refuse(error)


def _is_live(session: Session, one: Outcome) -> bool:
    """Return whether exactly this is live, although it has no draft."""
    found = articles.publications(session, one.key[0], changes.head(session)).get(one.key[1])
    if found is None:
        return False
    revision = session.get_one(Revision, (*one.key, found.revision))
    digest = canonical.digest(documents.encode(one.manuscript.document))
    wanted = groups.publication(one.manuscript, revision)
    return digest == revision.digest and identity.same(found, wanted)


def _insert(
    session: Session, ids: Iterable[str], new: list[Outcome], by: str, now: datetime
) -> None:
    made = {"version": 1, "state": workflow.DRAFT, "authors": [by]}
    rows = [
        {
            "article": one.key[0],
            "locale": one.key[1],
            "slug": one.manuscript.slug,
            "title": one.manuscript.document.title,
            "text": documents.kept(one.manuscript),
            **made,
            "updated_at": now,
            "updated_by": by,
        }
        for one in new
    ]
    if new_articles := [{"id": id} for id in ids]:
        session.execute(insert(Article), new_articles)
    if rows:  # the texts are in the form in which they are kept, and are not decoded for it
        added = insert(Draft).values(manuscript=bindparam("text", type_=Text()))
        session.connection().execute(added, rows)


def _publish(
    session: Session, found: Iterable[Outcome], *, by: str, now: datetime
) -> list[groups.Ready]:
    plan = groups.begin(session)  # first, so that all which comes between is looked at once more
    going = [one for one in found if one.outcome != REFUSED]
    frozen = _freeze(session, going, by=by, now=now)
    checked = groups.check_each(session, plan, [text for _, text in frozen])
    ready = []
    for (one, _), made in zip(frozen, checked, strict=True):
        if isinstance(made, CaveatError):
            one.refuse(made)
        elif made is None:  # exactly this is live
            one.outcome = UNCHANGED
        else:
            one.outcome = PUBLISHED
            ready.append(made)
    publishing.write(session, plan, ready, by=by, now=now)
    return ready


def _freeze(
    session: Session, found: Sequence[Outcome], *, by: str, now: datetime
) -> list[tuple[Outcome, groups.Text]]:
    """Make the texts revisions; those that lack something, or were redacted, are refused."""
    octets = {one.key: documents.encode(one.manuscript.document) for one in _complete(found)}
    digests = {key: canonical.digest(text) for key, text in octets.items()}
    last = _last_revisions(session, octets)
    lost = _redacted(session, digests.values())
    frozen, new = [], []
    for one in (one for one in found if one.key in octets):
        known, digest = last.get(one.key), digests[one.key]
        if digest in lost:
            one.refuse(Ended(drafts.REDACTED))
            continue
        if known is None or known.digest != digest:
            known = _revision(one, digest, known.number + 1 if known else 1, by, now)
            new.append(known)
        frozen.append((one, groups.Text(one.manuscript, known)))
    _keep(session, new, {digests[key]: text for key, text in octets.items()})
    return frozen


def _complete(found: Iterable[Outcome]) -> Iterator[Outcome]:
    for one in found:
        if documents.gaps(one.manuscript.document):
            one.refuse(Invalid(findings.of_text(one.manuscript)))
        else:
            yield one


def _last_revisions(session: Session, keys: Iterable[Key]) -> dict[Key, Revision]:
    ids = {article for article, _ in keys}
    query = select(Revision).where(Revision.article.in_(ids)).order_by(Revision.number)
    return {(row.article, row.locale): row for row in session.scalars(query)}


def _redacted(session: Session, digests: Iterable[str]) -> set[str]:
    named = (Change.subject_type == "body", Change.subject.in_(list(digests)))
    query = select(Change.subject).where(*named, Change.kind == "body.redacted")
    return set(session.scalars(query))


def _revision(one: Outcome, digest: str, number: int, by: str, now: datetime) -> Revision:
    return Revision(
        article=one.key[0],
        locale=one.key[1],
        number=number,
        digest=digest,
        change_note=one.manuscript.change_note,
        created_at=now,
        created_by=by,
    )


def _keep(session: Session, new: Sequence[Revision], texts: dict[str, bytes]) -> None:
    """Store revisions, and the texts that are not there yet."""
    digests = {row.digest for row in new}
    there = set(session.scalars(select(Body.digest).where(Body.digest.in_(digests))))
    if rows := [{"digest": one, "octets": texts[one]} for one in digests - there]:
        session.execute(insert(Body), rows)
    session.add_all(new)
    session.flush()


def _save(session: Session, found: Iterable[Outcome], *, by: str, now: datetime) -> None:
    """Save drafts that differ: last, as at the desk the log is locked first, and then a draft."""
    for one in (one for one in found if one.saved == UPDATED):
        draft = session.get_one(Draft, one.key)
        if draft.version != one.version:
            raise Stale(CHANGED, draft.version)
        drafts.save(session, draft, one.manuscript, by=by, now=now)
        one.state, one.version = draft.state, draft.version


def _mark_published(session: Session, found: Sequence[Outcome], *, by: str, now: datetime) -> None:
    """Note which drafts are live; raise ``Stale`` when somebody has changed one meanwhile."""
    stands = [one for one in found if one.outcome != REFUSED and one.state != "published"]
    keys = [{"of": one.key[0], "tag": one.key[1], "seen": one.version} for one in stands]
    if not keys:
        return
    values = {**drafts.PUBLISHED, "updated_at": now, "updated_by": by}
    mine = (Draft.article == bindparam("of"), Draft.locale == bindparam("tag"))
    same = (*mine, Draft.version == bindparam("seen"))
    marked = update(Draft).where(*same).values(**values, version=Draft.version + 1)
    if session.connection().execute(marked, keys).rowcount < len(keys):
        raise Stale(CHANGED, 0)
