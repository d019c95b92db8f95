"""Signing: who signed what, what anybody can verify, and what a lost key changes."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import policies
import pytest
import rfc8785
from factories import NOW, publish

from content import canonical, changes, editions, signing
from content.contexts import Context
from content.db import Database
from content.editions import Edition, Part
from content.errors import Conflict
from content.models.log import SigningKey
from content.signing import BadSignature, KeyMissing, Keyring

HERE = Context("en", "US-AL")


def issue(database: Database, keyring: Keyring, slug: str = "one", **asked: Any) -> Edition:
    with database.read() as session:
        return editions.issue(session, slug, HERE, keyring, **asked)


def end_key(database: Database, kid: str, *, compromised: bool = False) -> None:
    with database.write() as session:
        entry = signing.end(session, kid, compromised=compromised, reason="A test.")
        changes.append(session, [entry], by="test", now=NOW)
        session.commit()


def rotate(database: Database, keyring: Keyring, old: str) -> str:
    """Let a new key begin and the old one end, in one group."""
    new = keyring.add_new()
    with database.write() as session:
        begun = signing.begin(keyring, new)
        ended = signing.end(session, old, compromised=False, reason="A year has passed.")
        changes.append(session, [begun, ended], by="test", now=NOW)
        session.commit()
    return new


def kid_of(edition: Edition) -> str:
    return str(edition.body["integrity"]["kid"])


def signed_octets(edition: Edition) -> bytes:
    """Return what a reader who knows only the body has to verify."""
    return rfc8785.dumps({k: v for k, v in edition.body.items() if k != "integrity"})


def verify(database: Database, edition: Edition) -> None:
    with database.read() as session:
        keys = {key["kid"]: key for key in signing.jwks(session)["keys"]}
    integrity = edition.body["integrity"]
    signing.verify(signed_octets(edition), integrity["jws"], keys[integrity["kid"]])
    assert integrity["digest"] == canonical.digest(signed_octets(edition))


@pytest.fixture
def ring(small_keyring: Keyring, tmp_path: Path) -> Keyring:
    """A keyring of this test only, with the key of the small policy, through a key file."""
    small_keyring.save(tmp_path / "keys.json")
    return Keyring.open(tmp_path / "keys.json")


@pytest.fixture
def first(small: Database) -> str:
    """The kid of the first key; an article is published under it."""
    publish(small, slug="one")
    with small.read() as session:
        return signing.states(session)[0].kid


@pytest.mark.parametrize(
    "part", [Part(), Part(revision=1), Part(fields=frozenset()), Part(fields=frozenset({"title"}))]
)
def test_what_is_served_is_canonical_and_verifies_with_the_public_keys(
    small: Database, ring: Keyring, first: str, part: Part
) -> None:
    edition = issue(small, ring, part=part)
    assert edition.octets == rfc8785.dumps(edition.body)
    assert kid_of(edition) == first
    verify(small, edition)


@pytest.mark.parametrize("slug", ["kratom-and-ocd-evidence", "sleep-habits-and-insomnia"])
def test_every_shipped_edition_is_canonical(library: Database, keyring: Keyring, slug: str) -> None:
    edition = issue(library, keyring, slug)
    assert edition.octets == rfc8785.dumps(edition.body)
    verify(library, edition)


def without_words(body: dict[str, Any]) -> dict[str, Any]:
    return {"disclaimers": [{**d, "text": "Nothing to see."} for d in body["disclaimers"]]}


@pytest.mark.parametrize(
    "forge",
    [
        without_words,
        lambda _: {"title": "Another"},
        lambda body: {"sequence": body["sequence"] + 1},
    ],
    ids=["disclaimers", "title", "sequence"],
)
def test_a_changed_edition_does_not_verify(
    small: Database, ring: Keyring, first: str, forge: Callable[[dict[str, Any]], dict[str, Any]]
) -> None:
    edition = issue(small, ring)
    forged = canonical.encode({**edition.body, **forge(edition.body)})
    with pytest.raises(BadSignature):
        verify(small, Edition(forged, edition.modified))


def test_a_signature_of_another_key_does_not_verify(
    small: Database, ring: Keyring, first: str
) -> None:
    edition = issue(small, ring)
    other = ring.add_new()
    octets, jws = signed_octets(edition), edition.body["integrity"]["jws"]
    with pytest.raises(BadSignature):
        signing.verify(octets, jws, ring.public(other))
    with pytest.raises(BadSignature):
        signing.verify(octets, ring.sign(other, octets), ring.public(first))


def test_a_new_key_signs_what_is_new_and_leaves_the_old_as_it_was(
    small: Database, ring: Keyring, first: str
) -> None:
    before = issue(small, ring)
    second = rotate(small, ring, first)
    publish(small, slug="two", title="Another title that is long enough")
    assert issue(small, ring).octets == before.octets
    assert kid_of(issue(small, ring, "two")) == second
    verify(small, before)
    third = rotate(small, ring, second)
    policies.record(small, policies.site("publisher", "Another desk"))
    assert kid_of(issue(small, ring)) == third
    assert issue(small, ring, at=before.body["sequence"]).octets == before.octets


def test_two_keys_at_once_sign_with_the_newer(small: Database, ring: Keyring, first: str) -> None:
    second = policies.begin_key(small, ring)
    publish(small, slug="two", title="Another title that is long enough")
    assert kid_of(issue(small, ring)) == first
    assert kid_of(issue(small, ring, "two")) == second


def test_a_revoked_key_changes_the_signature_and_nothing_else(
    small: Database, ring: Keyring, first: str
) -> None:
    before = issue(small, ring)
    second = policies.begin_key(small, ring)
    end_key(small, first, compromised=True)
    after = issue(small, ring)
    assert kid_of(after) == second
    assert signed_octets(after) == signed_octets(before)
    assert after.digest == before.digest
    verify(small, after)
    with small.read() as session:
        assert [key["kid"] for key in signing.jwks(session)["keys"]] == [second]


def test_what_a_revoked_key_had_signed_stays_with_the_key_that_followed(
    small: Database, ring: Keyring, first: str
) -> None:
    second = rotate(small, ring, first)
    end_key(small, first, compromised=True)
    resigned = issue(small, ring)
    rotate(small, ring, second)
    assert kid_of(resigned) == second
    assert issue(small, ring).octets == resigned.octets


def test_an_edition_older_than_every_key_is_signed_by_the_first(database: Database) -> None:
    ring = Keyring([])
    policies.record(database, *policies.all_facts())
    publish(database, slug="one")
    first = policies.begin_key(database, ring)
    before = issue(database, ring)
    rotate(database, ring, first)
    assert kid_of(before) == first
    assert issue(database, ring).octets == before.octets


def test_without_a_key_nothing_is_served(small: Database, ring: Keyring, first: str) -> None:
    with pytest.raises(KeyMissing, match="private half"):
        issue(small, Keyring([]))
    end_key(small, first, compromised=True)
    with pytest.raises(KeyMissing, match="No signing key"):
        issue(small, ring)


def test_a_key_that_has_ended_does_not_sign_what_comes_later(
    small: Database, ring: Keyring, first: str
) -> None:
    end_key(small, first)
    publish(small, slug="two", title="Another title that is long enough")
    with pytest.raises(KeyMissing):
        issue(small, ring, "two")
    assert kid_of(issue(small, ring)) == first


def test_an_unknown_or_revoked_key_cannot_end(small: Database, first: str) -> None:
    end_key(small, first, compromised=True)
    for kid in (first, "unknown"):
        with pytest.raises(Conflict):
            end_key(small, kid)


def test_the_database_holds_public_halves_only(small: Database, ring: Keyring) -> None:
    policies.begin_key(small, ring)
    with small.read() as session:
        for row in session.scalars(changes.select(SigningKey)):
            assert "d" not in row.public
            assert {"kty", "crv", "x", "kid"} <= set(row.public)
