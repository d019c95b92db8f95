"""Histories: a small world in which everything can change, and what it served after each step."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import acts
import policies
from factories import NOW, make_document, make_source, publish
from sqlalchemy import select

from content import changes, documents, editions
from content.contexts import WORLD, Context
from content.db import Database
from content.editions import Part
from content.editorial import drafts, endings, publishing
from content.errors import CaveatError, NotFound, Refusal
from content.models.log import Change, Fact, JurisdictionFact, SourceMark
from content.signing import Keyring

SLUGS = ("one", "two", "new-name")
CONTEXTS = [
    *(Context("en", place) for place in (WORLD, "ZZ", "US", "US-AL", "GB", "EU")),
    Context("de", "GB"),
    Context("en", "US-AL", "clinicians", "retail"),
    Context("en", "EU", "minors", "app"),
]
ASKED = [
    *((context, Part()) for context in CONTEXTS),
    (Context("en", "US-AL"), Part(revision=1)),
    (Context("de", "GB"), Part(revision=1)),
    (Context("en", WORLD), Part(fields=frozenset({"title"}))),
    (Context("en", "US-AL"), Part(section="mechanisms")),
]
VALUES: dict[str, Callable[[], list[Fact]]] = {
    "no-advice": lambda: policies.disclaimer("not-medical-advice", "No advice.", level="lead"),
    "see-doctor": lambda: policies.disclaimer("not-medical-advice", "See one.", level="alert"),
    "other-shop": lambda: policies.disclaimer("shop-note", "Sold by others."),
    "call": lambda: policies.disclaimer("crisis-support", "{emergencyNumber}!", "help", "alert"),
    "more": lambda: [policies.rule("more", "shop-note")],
    "more-gb": lambda: [policies.rule("more", "shop-note", when={"jurisdiction": ["GB"]})],
    "more-stress": lambda: [policies.rule("more", "stale-content", when={"topics": ["stress"]})],
    "more-crisis": lambda: [policies.rule("more", "crisis-support", when={"channel": ["retail"]})],
    "no-more": lambda: [policies.no_rule("more")],
    "no-sleep": lambda: [policies.no_rule("sleep")],
    "sleep": lambda: [policies.rule("sleep", "law-note", when={"topics": ["sleep"]})],
    "lift": lambda: [policies.lift("lift", "law-note", "alert")],
    "no-lift": lambda: [policies.no_rule("lift")],
    "hide": lambda: [
        policies.rule("hide", when={"jurisdiction": ["US-AL"]}, withhold={"status": 403})
    ],
    "no-hide": lambda: [policies.no_rule("hide")],
    "mentioned": lambda: [policies.mention("worry", "recognised")],
    "unmentioned": lambda: [policies.mention("worry", "worried")],
    "uncorrected": lambda: [policies.no_rule("corrected")],
    "corrected-shops": lambda: [
        policies.rule("corrected", "correction-notice", when={"channel": ["retail"]})
    ],
    "wordless": lambda: policies.disclaimer("correction-notice", "On {correctedOn}.", "status"),
    "worded": lambda: policies.disclaimer("correction-notice", "So: {correctionText}", "status"),
    "retract": lambda: [policies.mark("sleep-2020", "It was made up.")],
    "retract-other": lambda: [policies.mark("stress-2020", "It was copied.")],
    "no-retract": lambda: [SourceMark(id="sleep-2020", data=None)],
    "tell-retracted": lambda: [
        *policies.disclaimer("retraction-note", "Retracted: {retractedSources}", "status"),
        policies.rule("retraction", "retraction-note", when={"sources": ["retracted"]}),
    ],
    "hide-retracted": lambda: [
        policies.rule("retraction", when={"sources": ["retracted"]}, withhold={"status": 403})
    ],
    "this-desk": lambda: [policies.site("publisher", "The test desk")],
    "that-desk": lambda: [policies.site("publisher", "Another desk")],
    "fda-may": lambda: [policies.authority("US", "2026-05-31")],
    "fda-april": lambda: [policies.authority("US", "2026-04-30")],
    "fda-in-gb": lambda: [policies.authority("GB", "2026-06-30")],
    "no-fda-in-gb": lambda: [JurisdictionFact(code="GB", fact="authority/fda", data=None)],
    "al-in-us": lambda: [policies.place("US-AL", "US")],
    "al-in-gb": lambda: [policies.place("US-AL", "GB")],
    "no-al": lambda: [JurisdictionFact(code="US-AL", fact="place", data=None)],
    "fr": lambda: [policies.place("FR", "EU")],
    "eu-with-fr": lambda: [policies.place("EU", "001", "AT", "FR")],
    "al-law-soon": lambda: [policies.law("US-AL", "banned", "banned", recheck_by=policies.SOON)],
    "al-law-late": lambda: [policies.law("US-AL", "banned", "banned")],
    "no-al-law": lambda: [JurisdictionFact(code="US-AL", fact="law/sleep", data=None)],
    "gb-law": lambda: [policies.law("GB", "rules", "regulated", recheck_by=policies.SOON)],
    "us-law": lambda: [policies.law("US", "allowed", "no_specific_rule")],
    "gb-999": lambda: [policies.helplines("GB", "999")],
    "gb-911": lambda: [policies.helplines("GB", "911")],
    "near-you": lambda: [policies.helplines("ZZ", "a number near you")],
}


@dataclass
class World:
    """A database, and every edition of the article that it has ever given."""

    database: Database
    keyring: Keyring
    slug: str = "one"
    ends: list[int] = field(default_factory=list)  # of all groups that were looked at
    passed: set[int] = field(default_factory=set)  # ends looked at when they were past already
    said: list[tuple[int, str, str]] = field(default_factory=list)  # corrections: number, locale
    given: dict[tuple[Context, Part], list[bytes | None]] = field(default_factory=dict)

    def take(self, name: str, *arguments: Any) -> int:
        """Take one step, and look; return its first number. A refusal must change nothing."""
        before = self._head()
        try:
            getattr(self, name)(*arguments)
        except CaveatError:
            assert self._head() == before
        self.look()
        return before + 1

    def write(self, slug: str, locale: str, title: str, topics: tuple[str, ...]) -> None:
        slug = self.slug if slug == "one" else slug
        title = f"{title}: {make_document()['title']}"
        cited = [make_source(f"{topic}-2020") for topic in topics]
        of = {"slug": slug, "locale": locale, "title": title, "topics": list(topics)}
        publish(self.database, **of, sources=cited)

    def translate(self, topics: tuple[str, ...]) -> None:
        """Publish a translation of the first revision; what it owes follows its source."""
        of = {"locale": "en", "revision": 1, "status": "unreviewed"}
        title = f"Übersetzt: {make_document()['title']}"
        publish(
            self.database,
            slug=self.slug,
            locale="de",
            title=title,
            topics=list(topics),
            translation=of,
        )

    def correct(self, locale: str, title: str, type: str) -> None:
        """Publish the article, in new words or in those that are live, with a correction."""
        text = f"What we said was wrong, number {len(self.said)}."
        title = f"{title}: {make_document()['title']}"
        of = {"slug": self.slug, "locale": locale, "title": title, "topics": ["sleep"]}
        self.said.append((acts.correct(self.database, text, type, **of), locale, text))

    def write_until(self, day: str) -> None:
        publish(self.database, slug=self.slug, topics=["sleep"], display_until=day)

    def rename(self, slug: str) -> None:
        with self.database.write() as session:
            article = drafts.find_article(session, "one") or ""
            draft = session.get(drafts.Draft, (article, "en"))
            assert draft is not None
            manuscript = documents.load({**draft.manuscript, "slug": slug})
            draft = drafts.save(session, draft, manuscript, by="test", now=NOW)
            revision = drafts.freeze(session, draft, by="test", now=NOW)
            publishing.publish(
                session, [publishing.Text(manuscript, revision, restore=True)], by="test", now=NOW
            )
            session.commit()
        self.slug = slug

    def end(self, slug: str, status: str) -> None:
        slug = self.slug if slug == "one" else slug
        with self.database.write() as session:
            endings.end(session, slug, status, notice="Over.", reason="x", by="test", now=NOW)
            session.commit()

    def change_policy(self, names: list[str]) -> None:
        policies.record(self.database, *(fact for name in names for fact in VALUES[name]()))

    def lapse(self, days: int) -> None:
        policies.lapse(self.database, NOW + timedelta(days=days))

    def rotate(self) -> None:
        policies.begin_key(self.database, self.keyring)

    def issue(self, context: Context, part: Part, at: int | None = None) -> bytes | None:
        """Return the bytes of an edition, or None where it is refused."""
        with self.database.read() as session:
            try:
                found = editions.issue(session, "one", context, self.keyring, at=at, part=part)
            except (Refusal, NotFound):
                return None
        return found.octets

    def _head(self) -> int:
        with self.database.read() as session:
            return changes.head(session)

    def look(self) -> None:
        """Keep what every context was given after each new group: one step may make several."""
        head = self._head()
        for end in self._new_ends():
            self.ends.append(end)
            self.passed.update({end} - {head})
            for asked in ASKED:
                then = self.issue(*asked, at=None if end == head else end)
                self.given.setdefault(asked, []).append(then)

    def _new_ends(self) -> list[int]:
        """Return the ends of the groups that nobody has looked at; at the start only the last."""
        if not self.ends:
            return [self._head()]
        ends = select(Change.group_end).where(Change.seq > self.ends[-1]).distinct()
        with self.database.read() as session:
            return list(session.scalars(ends.order_by(Change.group_end)))
