"""Sequences: since when an edition is what it is, held against brute force over whole histories.

A history is any mix of publications, tags, withdrawals, rules, texts, facts, lapses and keys. After
each step the edition of every context is kept. Then the walk of ``issue`` must agree with what can
be counted: the number where the present run of equal bodies began.
"""

from collections.abc import Callable
from typing import Any

import pytest
from factories import Databases
from histories import SLUGS, VALUES, World
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from content import corrections, editions
from content.contexts import WORLD, Context
from content.db import Database
from content.editions import Part
from content.editorial import endings
from content.signing import Keyring

# One step is a function of the world; hypothesis draws it as a name and its arguments.
STEPS = st.one_of(
    st.tuples(
        st.just("write"),
        st.sampled_from(SLUGS[:2]),
        st.sampled_from(["en", "en", "de"]),
        st.sampled_from(["First", "Second"]),
        st.sampled_from([("sleep",), ("stress",), ("stress", "sleep")]),
    ),
    st.tuples(st.just("translate"), st.sampled_from([("sleep",), ("stress",)])),
    st.tuples(st.just("write_until"), st.sampled_from(["2026-12-24", "2027-12-24"])),
    st.tuples(
        st.just("correct"),
        st.sampled_from(["en", "en", "de"]),
        st.sampled_from(["First", "Second"]),
        st.sampled_from(corrections.TYPES),
    ),
    st.tuples(st.just("rename"), st.sampled_from(["one", "new-name"])),
    st.tuples(st.just("end"), st.sampled_from(SLUGS[:2]), st.sampled_from(endings.ENDINGS)),
    st.tuples(
        st.just("change_policy"),
        st.lists(st.sampled_from(list(VALUES)), min_size=1, max_size=3, unique=True),
    ),
    st.tuples(
        st.just("change_policy"),
        st.lists(st.sampled_from(list(VALUES)), min_size=1, max_size=1),
    ),
    st.tuples(st.just("lapse"), st.sampled_from([60, 400])),
    st.tuples(st.just("rotate")),
)


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


def check_corrections(world: World) -> None:
    """Look for each correction in everything that was given since, and that it owes it."""
    for (context, part), given_editions in world.given.items():
        for end, octets in zip(world.ends, given_editions, strict=True):
            if octets is None:
                continue
            whole = editions.canonical.decode(octets)
            told = " ".join(entry["text"] for entry in whole["disclaimers"])
            of = (whole["review"]["translation"] or {}).get("locale")
            for number, locale, text in world.said:
                if number <= end and locale in (whole["context"]["locale"], of):
                    assert text in told, (context, part, end, text)


def check_past(world: World) -> None:
    """Read every edition again, now that it is past."""
    for (context, part), given_editions in world.given.items():
        if given_editions[-1] is None:
            continue  # refused today, so refused in the past
        for end, octets in zip(world.ends, given_editions, strict=True):
            again = world.issue(context, part, at=end)
            if octets is None and end in world.passed:
                continue  # what was refused at the end of that step may be given again today
            assert again in (octets, None), (context, part, end)
            if octets is not None and served(octets) == context:
                assert again == octets or refused_today(world, octets)


def refused_today(world: World, octets: bytes) -> bool:
    """Return whether the article is not given today in the language of an old edition."""
    context = served(octets)
    today = world.issue(context, Part())
    return today is None or served(today).locale != context.locale


@pytest.fixture
def make_world(
    databases: Databases, small_template: str, small_keyring: Keyring
) -> Callable[[], World]:
    def make() -> World:
        world = World(Database(databases.new(small_template)), small_keyring)
        world.look()
        world.take("write", "one", "en", "First", ("sleep",))
        return world

    return make


@pytest.mark.no_cover
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
    @example([("change_policy", ["gb-law"]), ("lapse", 400)])  # dates of two days pass at once
    @example(
        [("write_until", "2027-12-24"), ("lapse", 800), ("write", "one", "en", "First", ("sleep",))]
    )
    @example(
        [
            ("translate", ("sleep",)),
            ("correct", "en", "Second", "correction"),
            ("change_policy", ["uncorrected"]),
            ("change_policy", ["wordless"]),
            ("lapse", 60),
            ("correct", "de", "First", "retraction"),
        ]
    )
    def live(steps: list[tuple[Any, ...]]) -> None:
        world = make_world()
        for step in steps:
            world.take(*step)
        assert check_sequences(world)
        check_corrections(world)
        check_past(world)
        world.database.close()

    live()


TEXT = ("write", "one", "en", "First", ("sleep",))
# What a walk along the changes of an article and its places could miss, as (history, context, the
# step from which on the last edition stood).
TRAPS: dict[str, tuple[list[tuple[Any, ...]], Context, int]] = {
    "a rule that stops matching": (
        [("change_policy", ["no-sleep"]), ("change_policy", ["this-desk", "call"])],
        Context("en", "GB"), 0,
    ),
    "an authority of another country": (
        [("change_policy", ["fda-may"]), ("change_policy", ["call"])],
        Context("en", "ZZ"), 0,
    ),
    "an authority that is no longer quoted": (
        [("change_policy", ["fda-in-gb"]), ("change_policy", ["no-fda-in-gb"])],
        Context("en", "ZZ"), 1,
    ),
    "a place that lay in another country before": (
        [
            ("change_policy", ["gb-999"]), ("change_policy", ["al-in-gb"]),
            ("change_policy", ["gb-911"]), ("change_policy", ["al-in-us"]),
        ],
        Context("en", "US-AL"), 2,
    ),
    "a place that was added later": (
        [("change_policy", ["no-al"]), ("change_policy", ["al-in-us"])],
        Context("en", "US-AL"), 1,
    ),
    "a law that is past its date": (
        [("change_policy", ["gb-law"]), ("lapse", 60), ("change_policy", ["us-law"])],
        Context("en", "GB"), 1,
    ),
    "a law elsewhere that is past its date": (
        [("change_policy", ["gb-law"]), ("lapse", 60)], Context("en", WORLD), 1,
    ),
    "a review that is past its date": ([("lapse", 400), TEXT], Context("en", "GB"), 0),
    "a correction that has led for long enough": (
        [("correct", "en", "First", "correction"), ("lapse", 60), ("change_policy", ["gb-911"])],
        Context("en", "US"), 1,
    ),
    "a correction of the text that this one translates": (
        [
            ("translate", ("sleep",)), ("correct", "en", "Second", "correction"),
            ("lapse", 60), ("change_policy", ["us-law"]),
        ],
        Context("de", "GB"), 1,
    ),
    "the same again after a withdrawal": (
        [("end", "one", "withdrawn"), TEXT], Context("en", "GB"), 1,
    ),
    "the same again after it was withheld": (
        [("change_policy", ["hide"]), ("change_policy", ["no-hide"])], Context("en", "US-AL"), 1,
    ),
    "a group in which something else comes first": (
        [("change_policy", ["al-law-soon", "that-desk"])], Context("en", "GB"), 0,
    ),
    "words of a disclaimer that was not owed yet": (
        [("change_policy", ["call"]), ("change_policy", ["more-crisis"])], Context("en", "GB"), 1,
    ),
    "a source that was retracted before a rule looked for it": (
        [("change_policy", ["retract"]), ("change_policy", ["tell-retracted"])],
        Context("en", "GB"), 1,
    ),
    "a source that was retracted, and then one of another article": (
        [
            ("change_policy", ["tell-retracted"]), ("change_policy", ["retract"]),
            ("change_policy", ["retract-other"]),
        ],
        Context("en", "GB"), 1,
    ),
    "a key, which changes no text": (
        [("change_policy", ["that-desk"]), ("rotate",)], Context("en", "GB"), 0,
    ),
}  # fmt: skip


@pytest.mark.parametrize("trap", TRAPS)
def test_an_edition_stands_since(make_world: Callable[[], World], trap: str) -> None:
    steps, context, since = TRAPS[trap]
    world = make_world()
    starts = [world.take(*step) for step in steps]
    last = world.given[context, Part()][-1]
    assert last is not None
    assert editions.canonical.decode(last)["sequence"] == starts[since]
    assert check_sequences(world)
    world.database.close()
