"""Checkpoints: what partners can recompute from what they were given, and prove for ever."""

import hashlib
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

import policies
import pytest
import rfc8785
from acts import head
from factories import NOW, publish
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from api import worker
from content import signing, verifying
from content.db import Database
from content.models.checkpoints import Checkpoint, LogNode
from content.signing import Keyring
from content.transparency import checkpoints, checks, merkle
from content.transparency.checkpoints import Rewritten, Tree
from content.transparency.checks import Report
from content.verifying import Altered


def hashed(*parts: bytes) -> bytes:
    return hashlib.sha256(b"".join(parts)).digest()


def tree_hash(leaves: Sequence[bytes]) -> bytes:
    """Return the Merkle tree hash as RFC 9162, 2.1.1, defines it: from scratch, by recursion."""
    if len(leaves) < 2:
        return hashed(b"\x00", leaves[0]) if leaves else hashed()
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return hashed(b"\x01", tree_hash(leaves[:k]), tree_hash(leaves[k:]))


def make(database: Database, keyring: Keyring, *, minutes: int = 0) -> dict[str, Any]:
    """Make a checkpoint, and return it as it is served."""
    with database.write() as session:
        made = checkpoints.make(session, keyring, now=NOW + timedelta(minutes=minutes))
        assert made is not None
        session.commit()
        return checkpoints.facts(made)


def proved(database: Database, checkpoint: dict[str, Any], first: int) -> dict[str, Any]:
    """Return a checkpoint with the proof that its log goes on from an earlier number."""
    with database.read() as session:
        hashes = Tree(session).continues(first, checkpoint["sequence"])
    return {**checkpoint, "consistency": {"from": first, "hashes": hashes}}


def keys_of(database: Database) -> dict[str, Any]:
    with database.read() as session:
        return signing.jwks(session)


def checked(database: Database, *kept: dict[str, Any]) -> Report:
    with database.read() as session:
        return checks.verify(session, kept)


def tamper(database: Database, *statements: str) -> None:
    """Change the log as somebody could who owns the database: past the triggers."""
    with database.engine.begin() as connection:
        if connection.dialect.name == "sqlite":
            named = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
            for (name,) in connection.exec_driver_sql(named).all():
                connection.exec_driver_sql(f"DROP TRIGGER {name}")
        else:
            for table in ("changes", "rules", "revisions", "signing_keys", "checkpoints"):
                connection.exec_driver_sql(f"ALTER TABLE {table} DISABLE TRIGGER ALL")
        for statement in statements:
            connection.exec_driver_sql(statement)


def grow(database: Database, count: int) -> None:
    """Add so many changes in one group."""
    policies.record(database, *(policies.site(f"x{n}", str(n)) for n in range(count)))


@pytest.fixture
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Blocks of two changes, so that small logs have many."""
    monkeypatch.setattr(checkpoints, "HEIGHT", 1)
    monkeypatch.setattr(checkpoints, "BLOCK", 2)
    monkeypatch.setattr(checks, "HEIGHT", 1)
    monkeypatch.setattr(checks, "BLOCK", 2)


@pytest.mark.no_cover
@settings(max_examples=50)
@given(st.lists(st.binary(max_size=4), min_size=1, max_size=40), st.data())
def test_proofs_hold_for_what_is_so_and_for_nothing_else(
    leaves: list[bytes], data: st.DataObject
) -> None:
    leaves = [bytes([n]) + leaf for n, leaf in enumerate(leaves)]
    size = len(leaves)

    def node(level: int, place: int) -> bytes:
        return tree_hash(leaves[place << level : (place + 1) << level])

    first = data.draw(st.integers(1, size))
    index = data.draw(st.integers(0, size - 1))
    other = data.draw(st.integers(0, size - 1))
    root, old = tree_hash(leaves), tree_hash(leaves[:first])
    assert merkle.root(size, node) == root
    proof = merkle.inclusion(index, size, node)
    assert merkle.includes(merkle.leaf(leaves[index]), index, size, proof, root)
    assert merkle.includes(merkle.leaf(leaves[index]), other, size, proof, root) == (index == other)
    assert not merkle.includes(merkle.leaf(b"no"), index, size, proof, root)
    assert not merkle.includes(merkle.leaf(leaves[index]), index, size, [*proof, old], root)
    grown = merkle.consistency(first, size, node)
    assert merkle.begins(first, size, grown, old, root)
    assert not merkle.begins(first, size, grown, hashed(b"no"), root)
    assert not merkle.begins(first, size, grown, old, hashed(b"no"))
    assert not merkle.begins(first, size, [*grown, old], old, root)


def test_proofs_are_those_of_the_rfc() -> None:
    """The example of RFC 9162, 2.1.5: seven leaves, and the trees of three, four and six."""
    d = [bytes([n]) for n in range(7)]

    def node(level: int, place: int) -> bytes:
        return tree_hash(d[place << level : (place + 1) << level])

    a, b, c, dd, e, f, j = (tree_hash([one]) for one in d)
    g, h, i = (tree_hash(d[n : n + 2]) for n in (0, 2, 4))
    k, l_ = tree_hash(d[:4]), tree_hash(d[4:])
    assert merkle.inclusion(0, 7, node) == [b, h, l_]
    assert merkle.inclusion(3, 7, node) == [c, g, l_]
    assert merkle.inclusion(4, 7, node) == [f, j, k]
    assert merkle.inclusion(6, 7, node) == [i, k]
    assert merkle.consistency(3, 7, node) == [c, dd, g, l_]
    assert merkle.consistency(4, 7, node) == [l_]
    assert merkle.consistency(6, 7, node) == [i, j, k]
    assert a != e


@pytest.mark.no_cover
@pytest.mark.usefixtures("small_blocks")
@settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps=st.lists(st.integers(1, 9), min_size=1, max_size=6), data=st.data())
def test_grown_in_steps_it_is_the_tree_of_the_whole(
    another: Callable[[], Database], small_keyring: Keyring, steps: list[int], data: st.DataObject
) -> None:
    database = another()
    made = [make(database, small_keyring)]
    for step in steps:
        grow(database, step)
        made.append(make(database, small_keyring))
    with database.read() as session:
        at = head(database)
        leaves = [rfc8785.dumps(checkpoints.leaf(session, n)) for n in range(1, at + 1)]
        for one in made:
            assert merkle.octets(one["root"]) == tree_hash(leaves[: one["sequence"]])
        number = data.draw(st.integers(1, at))
        proof = Tree(session).includes(number, at)
        inclusion = {"leaf": checkpoints.leaf(session, number), "hashes": proof}
        verifying.check_included(inclusion, made[-1])
    old = data.draw(st.sampled_from(made))
    newest = proved(database, made[-1], old["sequence"])
    assert verifying.verify_checkpoint(newest, keys_of(database), old) == at
    assert checked(database, *made).faults == []


REWRITTEN = {
    "notice": "UPDATE changes SET notice = 'Nothing happened.' WHERE seq = 2",
    "rule": "UPDATE rules SET data = NULL",
    "text": "UPDATE revisions SET digest = 'sha256:00'",
    "gone": "DELETE FROM changes WHERE seq = (SELECT max(seq) FROM changes)",
}


@pytest.mark.parametrize("how", REWRITTEN)
def test_a_rewritten_past_is_found(small: Database, small_keyring: Keyring, how: str) -> None:
    publish(small)
    policies.begin_key(small, small_keyring)
    kept = make(small, small_keyring)
    assert checked(small, kept).faults == []
    if how == "gone":
        tamper(small, "DELETE FROM signing_keys WHERE seq = (SELECT max(seq) FROM changes)")
    tamper(small, REWRITTEN[how])
    assert checked(small, kept).faults
    with pytest.raises(Rewritten):  # and nothing is signed over it
        make(small, small_keyring)
    tamper(small, "DELETE FROM checkpoints")  # nor does it help to make them anew
    if how != "gone":
        newest = proved(small, make(small, small_keyring), kept["sequence"])
        with pytest.raises(Altered):
            verifying.verify_checkpoint(newest, keys_of(small), kept)


@pytest.mark.usefixtures("small_blocks")
def test_a_rewritten_block_is_found_though_its_hash_was_kept(
    small: Database, small_keyring: Keyring
) -> None:
    make(small, small_keyring)
    tamper(small, REWRITTEN["notice"])
    grow(small, 3)
    newest = make(small, small_keyring)  # which still is of what was there
    faults = checked(small, newest).faults
    assert any("changes up to 2:" in fault for fault in faults)
    assert any("another one" in fault for fault in faults)
    with small.read() as session:
        inclusion = {
            "leaf": checkpoints.leaf(session, 2),
            "hashes": Tree(session).includes(2, newest["sequence"]),
        }
    with pytest.raises(Altered):
        verifying.check_included(inclusion, newest)


def test_another_signature_is_found(small: Database, small_keyring: Keyring) -> None:
    kept = make(small, small_keyring)
    for name, value in (("sequence", 3), ("root", "sha256:" + "0" * 64), ("at", "2026-01-01")):
        with pytest.raises(Altered):
            verifying.verify_checkpoint({**kept, name: value}, keys_of(small))
    tamper(small, "UPDATE checkpoints SET at = '2026-01-01 00:00:00'")
    assert "its signature does not fit" in str(checked(small).faults)


def test_a_worker_makes_one_each_hour_also_where_nothing_is_new(
    small: Database, small_keyring: Keyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = []
    for minutes in (0, 1, 59, 60, 61, 121):
        at = NOW + timedelta(minutes=minutes)
        monkeypatch.setattr(worker, "now", lambda at=at: at)
        made.append(worker.make_checkpoint(small, small_keyring))
    assert made == [1, 0, 0, 1, 0, 1]
    with small.read() as session:
        assert len({row.root for row in session.scalars(select(Checkpoint))}) == 1


def test_a_long_log_is_added_in_parts(
    small: Database, small_keyring: Keyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checkpoints, "HEIGHT", 3)
    monkeypatch.setattr(checkpoints, "BLOCK", 8)
    grow(small, 150)
    with small.write() as session:
        assert checkpoints.grow(session, 16) == 16
        session.commit()
        assert session.query(LogNode).count() > 16
    assert make(small, small_keyring)["sequence"] == head(small)
