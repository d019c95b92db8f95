"""Publishing: texts, disclaimers, rules and facts that become true together, as one group.

Everything is checked before anything is written: who owns a slug, that all which is owed resolves
everywhere, that the gates are met. Then the counter is locked, what has changed meanwhile is looked
at once more, and the group gets its numbers (:func:`content.changes.append`).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from content import articles, changes, documents, editions, heads, policy, search
from content.changes import Entry
from content.contexts import TEST
from content.corrections import Correction
from content.documents import Manuscript
from content.editorial import drafts, findings, gate, policy_changes, sources
from content.editorial.gate import Overrides
from content.effects import Effects
from content.errors import Ended, Finding, Invalid, NotFound
from content.heads import Found
from content.models.log import Fact, Publication, Revision
from content.policy import Policy
from content.policy_files import Item

MOST = 200  # texts in one group


@dataclass(frozen=True)
class Text:
    """A revision that is to go live under its manuscript's slug, topics and conditions.

    ``restore`` brings back what was taken down. A ``correction`` says what was unclear or wrong in
    what has been live; it may go with exactly the words that are live.
    """

    manuscript: Manuscript
    revision: Revision
    restore: bool = False
    overrides: Overrides = gate.NONE
    correction: Correction | None = None


@dataclass(frozen=True)
class Ready:
    """A text that has met every gate: the row that makes it live, and the one it replaces."""

    text: Text
    publication: Publication
    live: Publication | None

    @property
    def entry(self) -> Entry:
        """Its entry in the log."""
        seen = self.live.seq if self.live else None
        if correction := self.text.correction:
            impact = "notice" if correction.type == "clarification" else "safety"
            kind, notice = "article.corrected", correction.text
            return Entry(kind, self.publication, seen=seen, impact=impact, notice=notice)
        updates = self.live is not None and self.live.status == "live"
        kind = "article.updated" if updates else "article.published"
        return Entry(kind, self.publication, seen=seen, impact="text")

    @property
    def adds_duties(self) -> bool:
        """Whether older texts of the article, and its translations, may owe more from now on."""
        new, live = self.publication, self.live
        known = (live.topics, live.conditions) if live else ()
        has_new_tags = live is not None and {*new.topics, *new.conditions}.difference(*known)
        return bool(has_new_tags or new.correction)


@dataclass(frozen=True)
class Plan:
    """What a group begins from: a number of the log, changes of policy, and both policies."""

    at: int
    checked: int  # the newest number that touched what texts are checked against
    entries: Sequence[Entry]  # of rules, texts and facts
    old: Policy
    new: Policy

    @property
    def facts(self) -> list[Fact]:
        """What the policy gets."""
        return [entry.fact for entry in self.entries if entry.fact is not None]


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
    plan = begin(session, items)
    ready = check(session, plan, texts)
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


def begin(session: Session, items: Sequence[Item] = ()) -> Plan:
    """Begin a group with what is new of some items of policy."""
    at = changes.head(session)
    checked, old = changes.gates_head(session, at), policy.at(session, at)
    entries = policy_changes.entries(session, items)
    facts = [entry.fact for entry in entries if entry.fact is not None]
    new = policy.amended(session, at, facts) if facts else old
    return Plan(at, checked, entries, old, new)


def check(
    session: Session, plan: Plan, texts: Sequence[Text], beside: Sequence[Text] = ()
) -> list[Ready]:
    """Return the texts that are not live already, all gates met; raise what :func:`publish` says.

    Where there are several texts, a finding's pointer begins with the number of its text. What
    stands ``beside`` them may be what they translate, and is not checked itself.
    """
    group = [
        publication(text.manuscript, text.revision, text.correction) for text in (*texts, *beside)
    ]
    found: list[Ready] = []
    refused: list[Finding] = []
    for number, (text, row) in enumerate(zip(texts, group, strict=False)):
        place = f"/articles/{number}" if len(texts) > 1 else ""
        try:
            found += _check_text(session, plan, text, row, group)
        except Invalid as error:
            refused += [replace(one, pointer=place + one.pointer) for one in error.findings]
    if refused:
        raise Invalid(refused)
    return found


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
    for one in ready:
        _settle(session, one)
    for article in touched.retraited | {article for article, _ in mine}:
        heads.follow(session, article)
    for one in ready:
        if one.adds_duties:  # what may be pinned, and translations, owe more
            key = (one.publication.article, one.publication.locale)
            editions.check_live(session, {*_translations(session, [one]), key}, plan.new)
    return numbers


def _check_text(
    session: Session, plan: Plan, text: Text, row: Publication, group: list[Publication]
) -> Iterator[Ready]:
    """Yield a text that has met the gates, or nothing where exactly that is live already."""
    live = articles.publications(session, row.article, plan.at).get(row.locale)
    if live and _same(live, row):
        gate.refuse_overrides(text.overrides)
        return
    if live and live.status != "live" and not text.restore:
        raise Ended(f"{live.slug} is {live.status} and stays so unless it is restored on purpose.")
    try:
        subject, crowded = editions.check(session, row, plan.at, plan.new, group)
    except NotFound as error:
        message = f"{str(error).rstrip('.')}; publish both in one release"
        raise Invalid([Finding("/document/translation", message)]) from None
    lint = gate.lint(session, plan.at)
    remarks = gate.on_correction(text.manuscript, text.correction, lint)
    refused = [*identity(session, row, group), *_nothing_to_correct(row, live)]
    if not (live and _is_live(live, row)):  # else only the notice is new, and must not have to wait
        remarks += gate.read(text.manuscript, subject, lint, plan.new)
        refused += [*findings.of_text(text.manuscript), *findings.of_notices(crowded)]
    refused += gate.left(text.overrides, remarks)
    if refused:
        raise Invalid(refused)
    row.overrides = gate.shown(text.overrides, remarks) or None
    yield Ready(text, row, live)


def _touched(session: Session, plan: Plan) -> Effects:
    """Return what the facts touch; after this nobody else can write."""
    before = policy_changes.touched(session, plan.facts, plan.old, plan.new)
    changes.lock(session)
    since = policy_changes.touched(session, plan.facts, plan.old, plan.new, since=plan.at)
    return Effects(before.articles | since.articles, before.retraited | since.retraited)


def _settle(session: Session, one: Ready) -> None:
    """Look once more at what may have changed before the lock, and note the text for search."""
    if refused := list(identity(session, one.publication)):
        raise Invalid(refused)
    drafts.refuse_redacted(session, one.text.revision.digest)
    search.classify(session, one.publication)


def _translations(session: Session, ready: Sequence[Ready]) -> Found:
    rows = (one.publication for one in ready)
    return {key for row in rows for key in heads.translations(session, row.article, row.locale)}


def publication(
    manuscript: Manuscript, revision: Revision, correction: Correction | None = None
) -> Publication:
    """Return the row by which a revision would be live, as the manuscript says."""
    return Publication(
        article=revision.article,
        locale=revision.locale,
        status="live",
        revision=revision.number,
        slug=manuscript.slug,
        topics=list(manuscript.topics),
        conditions=list(manuscript.conditions),
        display_until=manuscript.display_until,
        correction=documents.dump(correction) if correction else None,
    )


def _same(live: Publication, new: Publication) -> bool:
    """Return whether nothing is new: neither the words nor what is said to be wrong in them."""
    return _is_live(live, new) and new.correction in (None, live.correction)


def _is_live(live: Publication, new: Publication) -> bool:
    names = ("status", "revision", "slug", "topics", "conditions", "display_until")
    return all(getattr(live, name) == getattr(new, name) for name in names)


def _nothing_to_correct(row: Publication, live: Publication | None) -> Iterator[Finding]:
    if row.correction and live is None:
        yield Finding("/correction", "goes with what readers have seen; this was never published")


def identity(
    session: Session, publication: Publication, group: Sequence[Publication] = ()
) -> Iterator[Finding]:
    """Yield what an article cannot become: one with another's slug, a test, a real one."""
    taken = select(func.count()).select_from(Publication)
    others = (Publication.slug == publication.slug, Publication.article != publication.article)
    beside = [one for one in group if one.article != publication.article]
    in_group = any(one.slug == publication.slug for one in beside)
    if in_group or session.scalar(taken.where(*others)):
        message = f"the slug {publication.slug!r} belongs to another article; choose a new one"
        yield Finding("/slug", message)
    mine = select(Publication).where(Publication.article == publication.article).limit(1)
    if any(known.is_test != publication.is_test for known in session.scalars(mine)):
        message = f"an article has the topic {TEST!r} from the first to the last, or never"
        yield Finding("/topics", message)
