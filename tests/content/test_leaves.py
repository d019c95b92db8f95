"""Leaves: what stands in the tree for an entry of the log, for ever."""

import hashlib

import policies
import rfc8785
from acts import head
from factories import publish
from sqlalchemy import select

from content import changes
from content.db import Database
from content.models.log import Change, Revision
from content.transparency import checkpoints, leaves


def hashed(*parts: bytes) -> bytes:
    return hashlib.sha256(b"".join(parts)).digest()


def test_a_leaf_is_for_ever_what_it_is(small: Database) -> None:
    """Change this, and nothing that anybody has kept would hold any more."""
    policies.record(small, policies.rule("new", "shop-note", when={"topics": ["sleep"]}))
    number = head(small)
    with small.read() as session:
        (change,) = session.scalars(changes.select_after(number - 1, number))
        fact = leaves.facts(session, [change])[number]
        assert fact == {
            "table": "rules",
            "id": "new",
            "data": {
                "because": "A test.",
                "when": {"topics": ["sleep"]},
                "require": ["shop-note"],
            },
        }
        assert leaves.describe(change, fact) == {
            "seq": number,
            "group_end": number,
            "at": change.at.isoformat().replace("+00:00", "Z"),
            "kind": "rule.added",
            "subject": {"type": "rule", "id": "new"},
            "impact": "notice",
            "scope": "listed",
            "notice": None,
            "fact": f"sha256:{hashed(rfc8785.dumps(fact)).hex()}",
        }


def test_a_text_is_in_a_leaf_by_its_digest(small: Database) -> None:
    number = publish(small)
    with small.read() as session:
        (change,) = session.scalars(changes.select_after((number or 0) - 1, number or 0))
        (revision,) = session.scalars(select(Revision))
        fact = leaves.facts(session, [change])[change.seq]
    assert (fact["text"], fact["revision"]) == (revision.digest, 1)
    assert "correction" not in fact  # what is null is left out, so columns may be added


def test_what_is_private_is_in_no_leaf(small: Database) -> None:
    with small.read() as session:
        change = session.get_one(Change, 2)
        leaf = checkpoints.leaf(session, 2)
    assert change.actor not in leaf.values()
    assert leaf.keys().isdisjoint({"actor", "reason"})
