"""The log: dense, in commit order, and nothing in it that was refused or rolled back."""

import itertools
import random
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import policies
import pytest
from factories import NOW, publish
from sqlalchemy import func, select

from content import changes, editions, policy
from content.changes import Entry
from content.contexts import Context
from content.db import Database
from content.editorial import drafts
from content.errors import CaveatError, Conflict, NotFound
from content.models.log import Change, ClaimPack, Fact, SiteFact
from content.signing import Keyring

WRITERS = 8
SHARE = 120  # changes that each writer makes


class Tail:
    """A reader that follows the log while others write; what it finds wrong is in ``faults``."""

    def __init__(self, database: Database, until: int) -> None:
        self._database = database
        self._until = until
        self.seen: list[Change] = []
        self.looks = 0
        self.faults: list[str] = []
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._follow)

    def __enter__(self) -> "Tail":
        self._thread.start()
        return self

    def __exit__(self, failed: object, *_: object) -> None:
        """Read to the end, but not for writers that have failed."""
        if failed:
            self._stop.set()
        self._thread.join(timeout=30)
        self._stop.set()

    def _follow(self) -> None:
        while not (self.faults or self._stop.is_set()) and len(self.seen) < self._until:
            with self._database.read() as session:
                head = changes.head(session)
                found = session.scalars(changes.select_after(len(self.seen), head)).all()
            self._take(head, list(found))

    def _take(self, head: int, found: list[Change]) -> None:
        expected = list(range(len(self.seen) + 1, head + 1))
        if [row.seq for row in found] != expected:
            self.faults.append(f"at {head}: {[row.seq for row in found]}, not {expected}")
        if found and found[-1].group_end != head:
            self.faults.append(f"at {head}: the group is open until {found[-1].group_end}")
        self.looks += bool(found)
        self.seen += found


def write_share(database: Database, name: str) -> list[range]:
    """Make the changes of one writer: groups of site facts, and a publication now and then."""
    numbers: list[range] = []
    dice = random.Random(name)  # noqa: S311 - reproducible, not secret
    while (left := SHARE - sum(map(len, numbers))) > 0:
        size = min(left, dice.randint(1, 4))
        numbers.append(
            write_publication(database, f"{name}-{left}") if left % 10 == 0
            else write_facts(database, [f"{name}-{left}-{i}" for i in range(size)])
        )  # fmt: skip
    return numbers


def write_publication(database: Database, slug: str) -> range:
    """Publish a small manuscript, again whenever the policy changed meanwhile."""
    while True:
        try:
            number = publish(database, slug=slug)
        except Conflict:
            continue
        assert number is not None
        return range(number, number + 1)


def write_facts(database: Database, ids: list[str], **asked: int | None) -> range:
    entries = [Entry("site.added", SiteFact(id=id, data="x"), seen=None) for id in ids]
    with database.write() as session:
        numbers = changes.append(session, entries, by="test", now=NOW, **asked)
        session.commit()
    return numbers


def replace_fact(database: Database, seen: int | None, data: str) -> range:
    entries = [
        Entry("site.added", SiteFact(id="bystander", data=data), seen=None),
        Entry("site.changed", SiteFact(id="shared", data=data), seen=seen),
    ]
    with database.write() as session:
        numbers = changes.append(session, entries, by="test", now=NOW)
        session.commit()
    return numbers


def all_changes(database: Database) -> list[Change]:
    with database.read() as session:
        return list(session.scalars(changes.select_after(0, changes.head(session))))


def head(database: Database) -> int:
    with database.read() as session:
        return changes.head(session)


def count(database: Database, table: type[Fact]) -> int:
    with database.read() as session:
        return session.scalars(select(func.count()).select_from(table)).one()


@pytest.mark.no_cover
def test_eight_writers_leave_no_gap_and_a_reader_never_misses_one(small: Database) -> None:
    before = head(small)
    with (
        Tail(small, until=before + WRITERS * SHARE) as tail,
        ThreadPoolExecutor(WRITERS) as pool,
    ):
        written = list(pool.map(lambda i: write_share(small, f"writer-{i}"), range(WRITERS)))
    assert tail.faults == []
    assert tail.looks > 20, "the reader has to have read while the writers wrote"
    assert [row.seq for row in tail.seen] == list(range(1, before + WRITERS * SHARE + 1))
    times = [row.at for row in tail.seen]
    assert all(earlier < later for earlier, later in itertools.pairwise(times))
    taken = sorted(seq for numbers in written for group in numbers for seq in group)
    assert taken == list(range(before + 1, before + WRITERS * SHARE + 1))
    for numbers in written:
        assert [group.start for group in numbers] == sorted(group.start for group in numbers)


def test_the_numbers_of_a_group_are_consecutive_and_name_its_end(small: Database) -> None:
    numbers = write_facts(small, ["a", "b", "c"])
    rows = [row for row in all_changes(small) if row.seq in numbers]
    assert [row.group_end for row in rows] == [numbers[-1]] * 3


def test_a_number_in_the_middle_of_a_group_means_its_end(
    small: Database, small_keyring: Keyring
) -> None:
    publish(small, slug="grouped")
    numbers = policies.record(
        small,
        policies.site("publisher", "Another desk"),
        *policies.disclaimer("not-medical-advice", "Really no advice."),
    )
    assert numbers is not None
    with small.read() as session:
        assert {changes.end_of_group(session, n) for n in numbers} == {numbers[-1]}
        made = {
            editions.issue(session, "grouped", Context("en"), small_keyring, at=n).octets
            for n in numbers
        }
        earlier = editions.issue(
            session, "grouped", Context("en"), small_keyring, at=numbers.start - 1
        )
    assert len(made) == 1
    assert earlier.octets not in made
    assert earlier.body["sequence"] < numbers.start


@pytest.mark.parametrize("at", [0, 10**6])
def test_a_number_that_was_never_given_is_not_found(small: Database, at: int) -> None:
    with small.read() as session, pytest.raises(NotFound):
        changes.end_of_group(session, at)


def test_time_goes_on_when_the_clock_was_set_back(small: Database) -> None:
    fact = SiteFact(id="late", data="x")
    with small.write() as session:
        entry = Entry("site.added", fact, seen=None)
        changes.append(session, [entry], by="test", now=NOW - timedelta(days=365))
        session.commit()
    times = [row.at for row in all_changes(small)]
    assert times == sorted(set(times))


def test_a_change_to_a_row_that_has_changed_since_is_refused(small: Database) -> None:
    seen = replace_fact(small, None, "first")[-1]
    with small.write() as session:
        newer = Entry("site.changed", SiteFact(id="shared", data="second"), seen=seen)
        changes.append(session, [newer], by="test", now=NOW)
        session.commit()
    before, facts = head(small), count(small, SiteFact)
    with small.write() as session:
        stale = [
            Entry("site.added", SiteFact(id="beside-it", data="x"), seen=None),
            Entry("site.changed", SiteFact(id="shared", data="stale"), seen=seen),
        ]
        with pytest.raises(Conflict, match="site shared has changed"):
            changes.append(session, stale, by="test", now=NOW)
        session.commit()  # also a caller who goes on leaves nothing behind
    assert (head(small), count(small, SiteFact)) == (before, facts)
    assert write_facts(small, ["next"]) == range(before + 1, before + 2)


def test_a_key_that_somebody_else_took_is_refused(small: Database) -> None:
    write_facts(small, ["taken"])
    with pytest.raises(Conflict):
        write_facts(small, ["taken"])


@pytest.mark.parametrize(
    "newer", [SiteFact(id="newer", data="x"), ClaimPack(id="newer", data={"id": "newer"})]
)
def test_a_change_checked_against_an_older_policy_is_refused(small: Database, newer: Fact) -> None:
    with small.read() as session:
        checked = changes.gates_head(session, changes.head(session))
    last = policies.record(small, newer)[-1]
    with pytest.raises(Conflict, match="changed meanwhile"):
        write_facts(small, ["late"], checked=checked)
    assert head(small) == last
    assert write_facts(small, ["again"], checked=last).start == last + 1


def test_a_change_to_an_article_makes_no_policy_stale(small: Database) -> None:
    with small.read() as session:
        checked = changes.gates_head(session, changes.head(session))
    number = publish(small, slug="no-policy")
    assert write_facts(small, ["still-good"], checked=checked).start == (number or 0) + 1


@pytest.mark.parametrize("undo", ["rollback", "leave"])
def test_what_is_rolled_back_leaves_no_gap(small: Database, undo: str) -> None:
    before = head(small)
    with small.write() as session:
        entry = Entry("site.added", SiteFact(id="undone", data="x"), seen=None)
        changes.append(session, [entry], by="test", now=NOW)
        if undo == "rollback":
            session.rollback()
    assert head(small) == before
    assert write_facts(small, ["done"]) == range(before + 1, before + 2)


def test_what_was_rolled_back_is_not_remembered(small: Database, small_keyring: Keyring) -> None:
    """A refused policy had a number for a while; the next one that gets it is another."""
    publish(small, slug="remembered")
    missing = policies.rule("refused", "no-such-disclaimer")
    with pytest.raises(CaveatError):
        policies.record(small, missing)
    numbers = policies.record(small, policies.site("publisher", "The next desk"))
    with small.read() as session:
        now = policy.at(session, (numbers or [0])[-1])
        edition = editions.issue(session, "remembered", Context("en"), small_keyring)
    assert "refused" not in now.rules
    assert now.site["publisher"] == "The next desk"
    assert edition.body["sequence"]


@pytest.mark.parametrize(
    "fact",
    [
        lambda: policies.site("publisher", "Another desk"),
        lambda: policies.law("GB", "allowed", "regulated"),
        lambda: policies.mention("worry", "recognised"),
        lambda: policies.rule("more", "shop-note"),
        lambda: policies.disclaimer("shop-note", "Other words.")[0],
    ],
    ids=["site", "law", "mention", "rule", "disclaimer"],
)
def test_a_change_of_policy_touches_every_article_that_it_may_concern(
    small: Database, fact: Callable[[], Fact]
) -> None:
    number = publish(small, slug="touched") or 0
    policies.record(small, fact())
    with small.read() as session:
        article = drafts.find_article(session, "touched")
        now = changes.head(session)
        assert changes.touches(session, article or "", number, now)
        assert not changes.touches(session, article or "", now, now)


def test_a_change_of_one_article_touches_no_other(small: Database) -> None:
    number = publish(small, slug="mine") or 0
    publish(small, slug="theirs")
    with small.read() as session:
        mine, theirs = (drafts.find_article(session, slug) or "" for slug in ("mine", "theirs"))
        now = changes.head(session)
        assert changes.touches(session, theirs, number, now)
        assert not changes.touches(session, mine, number, now)
