"""Groups: texts and changes of policy meet every gate before any of them becomes true.

Who owns a slug, that all which is owed resolves everywhere, that the lint, the text's own slots and
its sources are in order: everything that is wrong is told at once.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from content import changes, documents, editions, policy
from content.changes import Entry
from content.corrections import Correction
from content.documents import Manuscript
from content.editorial import findings, gate, identity, policy_changes, sources
from content.editorial.gate import Against, Overrides
from content.errors import CaveatError, Ended, Finding, Invalid, NotFound
from content.models.log import Fact, Publication, Revision
from content.policy import Policy
from content.policy.files import Item
from content.subjects import Subject


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
    subject: Subject  # what it shows

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
    against = gate.against(session, plan.at, group, _digests(texts))
    against.beside.extend(group)
    found: list[Ready] = []
    refused: list[Finding] = []
    for number, (text, row) in enumerate(zip(texts, group, strict=False)):
        place = f"/articles/{number}" if len(texts) > 1 else ""
        try:
            found += _check_text(session, plan, against, text, row)
        except Invalid as error:
            refused += [replace(one, pointer=place + one.pointer) for one in error.findings]
    if refused:
        raise Invalid(refused)
    return found


def check_each(
    session: Session, plan: Plan, texts: Sequence[Text]
) -> Iterator[Ready | CaveatError | None]:
    """Yield for each text that it is ready, or None if it is live already, or why it is refused.

    One that is refused does not keep others back, but for its translations that come after it.
    """
    group = [publication(text.manuscript, text.revision) for text in texts]
    against = gate.against(session, plan.at, group, _digests(texts))
    works = sources.Works(
        session, [one.manuscript for one in texts], {one.article for one in group}
    )
    for text, row in zip(texts, group, strict=True):
        try:
            found = next(_check_text(session, plan, against, text, row), None)
            if found and (refused := works.refusals(row.article, text.manuscript)):
                raise Invalid(refused)
        except CaveatError as error:
            yield error
            continue
        if found:
            against.beside.append(row)
            works.add(row.article, text.manuscript)
        yield found


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


def _check_text(
    session: Session, plan: Plan, against: Against, text: Text, row: Publication
) -> Iterator[Ready]:
    """Yield a text that has met the gates, or nothing where exactly that is live already."""
    live = against.known.newest.get((row.article, row.locale))
    if live and identity.same(live, row):
        gate.refuse_overrides(text.overrides)
        return
    if live and live.status != "live" and not text.restore:
        raise Ended(f"{live.slug} is {live.status} and stays so unless it is restored on purpose.")
    is_first = live is None and text.revision.digest in against.known.texts
    first = (text.revision, text.manuscript.document) if is_first else None
    try:
        subject, crowded = editions.check(session, row, plan.at, plan.new, against.beside, first)
    except NotFound as error:
        message = f"{str(error).rstrip('.')}; publish both in one release"
        raise Invalid([Finding("/document/translation", message)]) from None
    remarks = gate.on_correction(text.manuscript, text.correction, against.lint)
    refused = list(identity.clashes(row, against.known, against.beside))
    refused += identity.nothing_to_correct(row, live)
    if not (live and identity.is_live(live, row)):  # else only the notice is new, and must not wait
        remarks += gate.read(text.manuscript, subject, against.lint, plan.new)
        refused += [*findings.of_text(text.manuscript), *findings.of_notices(crowded)]
    refused += gate.left(text.overrides, remarks)
    if refused:
        raise Invalid(refused)
    row.overrides = gate.shown(text.overrides, remarks) or None
    yield Ready(text, row, live, subject)


def _digests(texts: Sequence[Text]) -> set[str]:
    return {text.revision.digest for text in texts}
