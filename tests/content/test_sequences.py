"""Sequences: since when an edition is what it is, held against brute force over whole histories.

A history is any mix of publications, tags, withdrawals, rules, texts, facts, lapses and keys. After
each step the edition of every context is kept. Then the walk of ``issue`` must agree with what can
be counted: the number where the present run of equal bodies began.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import policies
import pytest
from factories import NOW, Databases, make_document, publish
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from content import changes, editing, editions
from content.contexts import WORLD, Context
from content.db import Database
from content.editions import Part
from content.errors import CaveatError, NotFound, Refusal
from content.models.log import Fact, JurisdictionFact
from content.signing import Keyring

SLUGS = ("one", "two", "new-name")
CONTEXTS = [
    *(Context("en", place) for place in (WORLD, "ZZ", "US", "US-AL", "GB", "EU")),
    Context("de", "GB"),
    Context("en", "US-AL", "clinicians", "retail"),
    Context("en", "EU", "minors", "app"),
]
PARTS = (Part(), Part(revision=1), Part(fields=frozenset({"title"})))
VALUES: list[Callable[[], list[Fact]]] = [
    lambda: policies.disclaimer("not-medical-advice", "This is no advice.", level="lead"),
    lambda: policies.disclaimer("not-medical-advice", "See a doctor.", level="alert"),
    lambda: policies.disclaimer("shop-note", "Sold by others."),
    lambda: policies.disclaimer("crisis-support", "Call {emergencyNumber}.", "help", "alert"),
    lambda: [policies.rule("more", "shop-note")],
    lambda: [policies.rule("more", "shop-note", when={"jurisdiction": ["GB"]})],
    lambda: [policies.rule("more", "stale-content", when={"topics": ["stress"]})],
    lambda: [policies.rule("more", "crisis-support", when={"audience": ["clinicians"]})],
    lambda: [policies.no_rule("more")],
    lambda: [policies.no_rule("sleep")],
    lambda: [policies.rule("sleep", "law-note", when={"topics": ["sleep"]})],
    lambda: [policies.rule("lift", **{"raise": {"disclaimer": "law-note", "level": "alert"}})],
    lambda: [policies.no_rule("lift")],
    lambda: [
        policies.rule("hide", when={"jurisdiction": ["US-AL"]}, withhold={"status": 403}),
    ],
    lambda: [policies.no_rule("hide")],
    lambda: [policies.mention("worry", "recognised")],
    lambda: [policies.mention("worry", "worried")],
    lambda: [policies.site("publisher", "The test desk")],
    lambda: [policies.site("publisher", "Another desk")],
    lambda: [policies.authority("US", "2026-05-31")],
    lambda: [policies.authority("US", "2026-04-30")],
    lambda: [policies.authority("GB", "2026-06-30")],
    lambda: [JurisdictionFact(code="GB", fact="authority/fda", data=None)],
    lambda: [policies.place("US-AL", "US")],
    lambda: [policies.place("US-AL", "GB")],
    lambda: [JurisdictionFact(code="US-AL", fact="place", data=None)],
    lambda: [policies.place("FR", "EU")],
    lambda: [policies.place("EU", "001", "AT", "FR")],
    lambda: [policies.law("US-AL", "banned", "banned", recheck_by=policies.SOON)],
    lambda: [policies.law("US-AL", "banned", "banned")],
    lambda: [JurisdictionFact(code="US-AL", fact="law/sleep", data=None)],
    lambda: [policies.law("GB", "regulated", "regulated", recheck_by=policies.SOON)],
    lambda: [policies.law("US", "allowed", "no_specific_rule")],
    lambda: [policies.helplines("GB", "999", "emergency")],
    lambda: [policies.helplines("GB", "911", "emergency", "crisis")],
    lambda: [policies.helplines("ZZ", "a number near you")],
]

# One step is a function of the world; hypothesis draws it as a name and its arguments.
STEPS = st.one_of(
    st.tuples(
        st.just("write"),
        st.sampled_from(SLUGS[:2]),
        st.sampled_from(["en", "en", "de"]),
        st.sampled_from(["First", "Second"]),
        st.sampled_from([("sleep",), ("stress",), ("stress", "sleep")]),
    ),
    st.tuples(st.just("rename"), st.sampled_from(["one", "new-name"])),
    st.tuples(st.just("end"), st.sampled_from(SLUGS[:2]), st.sampled_from(editing.ENDINGS)),
    st.tuples(
        st.just("change_policy"),
        st.lists(st.sampled_from(range(len(VALUES))), min_size=1, max_size=3, unique=True),
    ),
    st.tuples(
        st.just("change_policy"),
        st.lists(st.sampled_from(range(len(VALUES))), min_size=1, max_size=1),
    ),
    st.tuples(st.just("lapse"), st.sampled_from([60, 400])),
    st.tuples(st.just("rotate")),
)


@dataclass
class World:
    """A database, and every edition of the article that it has ever given."""

    database: Database
    keyring: Keyring
    slug: str = "one"
    ends: list[int] = field(default_factory=list)  # of all groups that were looked at
    given: dict[tuple[Context, Part], list[bytes | None]] = field(default_factory=dict)

    def take(self, name: str, *arguments: Any) -> None:
        """Take one step, and look; what is refused must change nothing."""
        before = self._head()
        try:
            getattr(self, name)(*arguments)
        except CaveatError:
            assert self._head() == before
        self._look()

    def write(self, slug: str, locale: str, title: str, topics: tuple[str, ...]) -> None:
        slug = self.slug if slug == "one" else slug
        title = f"{title}: {make_document()['title']}"
        publish(self.database, slug=slug, locale=locale, title=title, topics=list(topics))

    def rename(self, slug: str) -> None:
        with self.database.write() as session:
            article = editing.find_article(session, "one") or ""
            draft = session.get(editing.Draft, (article, "en"))
            assert draft is not None
            manuscript = editing.documents.load({**draft.manuscript, "slug": slug})
            draft = editing.save(session, draft, manuscript, by="test", now=NOW)
            revision = editing.submit(session, draft, by="test", now=NOW)
            editing.publish(session, manuscript, revision, by="test", now=NOW)
            session.commit()
        self.slug = slug

    def end(self, slug: str, status: str) -> None:
        slug = self.slug if slug == "one" else slug
        with self.database.write() as session:
            editing.end(session, slug, status, notice="Over.", reason="x", by="test", now=NOW)
            session.commit()

    def change_policy(self, values: list[int]) -> None:
        policies.record(self.database, *(fact for i in values for fact in VALUES[i]()))

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

    def _look(self) -> None:
        if self._head() not in self.ends:
            self.ends.append(self._head())
            for context in CONTEXTS:
                for part in PARTS:
                    found = self.issue(context, part)
                    self.given.setdefault((context, part), []).append(found)


def body(octets: bytes | None) -> dict[str, Any] | None:
    """Return what has to be identical: all but sequence and integrity."""
    if octets is None:
        return None
    whole = editions.canonical.decode(octets)
    return {key: value for key, value in whole.items() if key not in ("sequence", "integrity")}


def served(octets: bytes) -> Context:
    """Return the context that an edition says it is for."""
    said = editions.canonical.decode(octets)["context"]
    place = said["jurisdiction"]["code"]
    return Context(said["locale"], place, said["audience"], said["channel"])


def began(ends: list[int], bodies: list[dict[str, Any] | None]) -> int:
    """Count back the run of equal bodies that the last one belongs to; return its first number."""
    run = 1
    while run < len(bodies) and bodies[-1 - run] == bodies[-1]:
        run += 1
    return ends[-1 - run] + 1 if run < len(ends) else 1


def check_sequences(world: World) -> int:
    """Compare each sequence with brute force; return how many were compared."""
    compared = 0
    for (context, part), given_editions in world.given.items():
        for i, octets in enumerate(given_editions):
            if octets is None or served(octets) != context:
                continue
            bodies = [body(earlier) for earlier in given_editions[: i + 1]]
            expected = began(world.ends[: i + 1], bodies)
            assert editions.canonical.decode(octets)["sequence"] == expected, (context, part)
            compared += 1
    return compared


def check_past(world: World) -> None:
    """Read every edition again, now that it is past."""
    for (context, part), given_editions in world.given.items():
        if given_editions[-1] is None:
            continue  # refused today, so refused in the past
        for end, octets in zip(world.ends, given_editions, strict=True):
            again = world.issue(context, part, at=end)
            assert again in (octets, None), (context, part, end)
            if octets is not None and served(octets) == context:
                assert again == octets or refused_today(world, octets)


def refused_today(world: World, octets: bytes) -> bool:
    """Return whether the tags that an old edition had are what a rule of today withholds."""
    return world.issue(served(octets), Part()) is None


@pytest.fixture
def make_world(
    databases: Databases, small_template: str, small_keyring: Keyring
) -> Callable[[], World]:
    def make() -> World:
        world = World(Database(databases.new(small_template)), small_keyring)
        world._look()
        world.take("write", "one", "en", "First", ("sleep",))
        return world

    return make


@pytest.fixture
def examples(request: pytest.FixtureRequest) -> int:
    """How many histories to live through; a new database takes longer on a server."""
    return 8 if request.config.getoption("--database") == "postgresql" else 25


def test_sequences_equal_brute_force_and_the_past_stays(
    make_world: Callable[[], World], examples: int
) -> None:
    @settings(
        max_examples=examples,
        deadline=None,
        derandomize=True,
        suppress_health_check=[HealthCheck.too_slow],
    )
    @given(st.lists(STEPS, min_size=2, max_size=9))
    def live(steps: list[tuple[Any, ...]]) -> None:
        world = make_world()
        for step in steps:
            world.take(*step)
        assert check_sequences(world)
        check_past(world)
        world.database.close()

    live()
