"""What the edge keeps: bounded, dropped by tag, and not pushed out by who asks once."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.edge.answers import Answer, Facts
from api.edge.store import REMEMBERED, Store
from api.meter import Given
from content.surrogates import ALL, LOG

pytestmark = pytest.mark.one_engine
NOTHING: frozenset[str] = frozenset()


def make(*tags: str, at: int = 0, size: int = 1000, status: str = "200 OK") -> Answer:
    """Return an answer that was read at a number, and is about something."""
    facts = Facts(at, frozenset([*tags, ALL]), Given("/v1/articles/{slug}"))
    return Answer(status, [("ETag", '"x"')], b"x" * size, facts)


def make_store(answers: int = 100) -> Store:
    """Return a store with room for so many answers."""
    store = Store(answers * make("a").size)
    store.move_on(0, NOTHING)
    return store


TAGS = st.frozensets(st.sampled_from("abc"), min_size=1)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("change"), TAGS),
        st.tuples(st.just("read"), TAGS),
        st.tuples(st.just("put"), st.integers(0, 5)),
        st.tuples(st.just("move on"), st.integers(1, 4)),
    ),
    max_size=60,
)


@given(STEPS)
def test_nothing_is_given_that_a_change_is_known_to_have_touched(
    steps: list[tuple[str, object]],
) -> None:
    """Answers are read and kept later, changes are heard of later, in whatever order."""
    store, log, heard, reading = make_store(), list[frozenset[str]](), 0, list[Answer]()
    kept: list[Answer] = []
    for act, what in steps:
        if act == "change":
            log.append(what)  # type: ignore[arg-type]
        elif act == "read":
            reading.append(make(*what, at=len(log)))  # type: ignore[misc]
        elif act == "put" and reading:
            answer = reading[int(str(what)) % len(reading)]
            if store.put(id(answer), answer):
                kept.append(answer)
        elif act == "move on":
            upto = min(heard + int(str(what)), len(log))
            store.move_on(upto, NOTHING.union(*log[heard:upto]))
            heard = upto
        for answer in kept:
            touched = NOTHING.union(*log[answer.facts.at : heard])
            assert store.get(id(answer)) is None or answer.facts.tags.isdisjoint(touched)


def test_what_nothing_has_touched_is_still_there() -> None:
    store = make_store()
    one, other = make("a"), make("b")
    assert store.put(1, one)
    assert store.put(2, other)
    store.move_on(1, frozenset("a"))
    assert (store.get(1), store.get(2)) == (None, other)
    assert not store.put(1, one), "it was read before the change"
    assert store.put(1, make("a", at=1))


def test_what_touches_all_leaves_nothing() -> None:
    store = make_store()
    for key in range(10):
        store.put(key, make(str(key)))
    store.move_on(1, frozenset([ALL, LOG]))
    assert (len(store), store.size) == (0, 0)


def test_a_log_that_goes_back_is_another_one() -> None:
    store = make_store()
    store.move_on(50, NOTHING)
    assert store.put(1, make("a", at=50))
    store.move_on(20, NOTHING)
    assert store.get(1) is None
    assert not store.put(2, make("a", at=10)), "nobody knows what has changed since"
    assert store.put(3, make("a", at=20))


def test_only_so_many_changes_are_remembered() -> None:
    store = make_store()
    for at in range(1, REMEMBERED + 3):
        store.move_on(at, frozenset("b"))
    assert not store.put(1, make("a", at=1))
    assert store.put(1, make("a", at=3))


def test_a_flood_of_strangers_pushes_nothing_out_that_is_in_use() -> None:
    store = make_store(100)
    for _ in range(2):
        for key in range(80):
            if store.get(key) is None:
                store.put(key, make("a"))
    missed = 0
    for stranger in range(100_000):
        store.put(("stranger", stranger), make("a"))
        if stranger % 10 == 0:
            missed += store.get(stranger // 10 % 80) is None
    assert missed == 0
    assert store.dropped > 99_000


def test_who_is_asked_for_again_and_again_is_kept_although_a_flood_was_there_before() -> None:
    store = make_store(100)
    missed = []
    for stranger in range(100_000):
        store.put(("stranger", stranger), make("a"))
        if stranger % 10 == 0:
            used = stranger // 10 % 80
            if store.get(used) is None:
                missed.append(stranger)
                store.put(used, make("a"))
    assert max(missed) < 10_000


def test_strangers_that_ask_twice_push_out_what_nobody_uses_first() -> None:
    store = make_store(100)
    for key in range(100):
        store.put(key, make("a"))
        store.get(key)
    for stranger in range(2_000):
        for used in range(20):
            assert store.get(used) is not None
        store.put(("stranger", stranger), make("a"))
        store.get(("stranger", stranger))
    assert sum(store.get(key) is not None for key in range(20, 100)) == 0


def test_what_is_not_there_pushes_nothing_out_however_often_it_is_asked_for() -> None:
    store = make_store(100)
    for key in range(80):
        store.put(key, make("a"))
        store.get(key)
    for key in range(100, 10_000):
        store.put(key, make("a", status="404 NOT FOUND"))
        assert [store.get(key) is not None for _ in range(3)] == [True] * 3
    assert all(store.get(key) is not None for key in range(80))


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(0, 9_000)), max_size=300))
def test_it_never_takes_more_than_it_may(asked: list[tuple[int, int]]) -> None:
    most = 200_000
    store = Store(most)
    store.move_on(0, NOTHING)
    for key, size in asked:
        if store.get(key) is None:
            store.put(key, make(str(key % 7), size=size))
        assert 0 <= store.size <= most
    for key in range(7):
        store.move_on(key + 1, frozenset(str(key)))
    assert (len(store), store.size) == (0, 0)


def test_what_is_too_long_is_not_kept() -> None:
    store = make_store(100)
    assert not store.put(1, make("a", size=100_000))
    assert (len(store), store.get(1)) == (0, None)
