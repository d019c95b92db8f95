"""The checkpoint over HTTP: what a follower was given is what it vouches for."""

import hashlib
from typing import Any

import pytest
import rfc8785
from acts import end
from factories import NOW
from flask.testing import FlaskClient
from problems import assert_problem

from content import verifying
from content.db import Database
from content.signing import Keyring
from content.transparency import checkpoints, merkle
from content.verifying import Unreadable

pytestmark = pytest.mark.one_engine
OF_LEAF = ("seq", "group_end", "at", "kind", "impact", "scope", "notice", "fact")
SLUG = "sleep-habits-and-insomnia"


def leaves(client: FlaskClient) -> list[bytes]:
    """Return the leaves as anybody makes them who follows the log, from public data alone."""
    found: list[bytes] = []
    address = "/v1/changes?after=0&limit=1000"
    while page := client.get(address).get_json()["changes"]:
        for change in page:
            leaf = {name: change[name] for name in OF_LEAF}
            subject = {name: change["subject"][name] for name in ("type", "id")}
            found.append(rfc8785.dumps({**leaf, "subject": subject}))
        address = f"/v1/changes?after={page[-1]['seq']}&limit=1000"
    return found


def root(leaves: list[bytes]) -> bytes:
    """Return the Merkle tree hash (RFC 9162, 2.1.1), by recursion."""
    if len(leaves) == 1:
        return hashlib.sha256(b"\x00" + leaves[0]).digest()
    half = 1 << (len(leaves) - 1).bit_length() - 1
    return hashlib.sha256(b"\x01" + root(leaves[:half]) + root(leaves[half:])).digest()


def make(library: Database, keyring: Keyring) -> None:
    with library.write() as session:
        checkpoints.make(session, keyring, now=NOW)
        session.commit()


def test_who_follows_the_log_can_recompute_the_root(
    client: FlaskClient, library: Database, keyring: Keyring
) -> None:
    end(library, SLUG)
    make(library, keyring)
    newest = client.get("/v1/checkpoint").get_json()
    assert newest["root"] == f"sha256:{root(leaves(client)).hex()}"
    assert newest["sequence"] == client.get("/v1/changes?after=1").get_json()["sequence"]


def test_it_proves_what_is_asked(client: FlaskClient, library: Database, keyring: Keyring) -> None:
    keys = client.get("/.well-known/jwks.json").get_json()
    kept: dict[str, Any] = client.get("/v1/checkpoint").get_json()
    end(library, SLUG)
    make(library, keyring)
    first = kept["sequence"]
    newest = client.get(f"/v1/checkpoint?from={first}&change={first + 1}").get_json()
    assert verifying.verify_checkpoint(newest, keys, kept) == first + 1
    leaf = newest["inclusion"]["leaf"]
    assert leaf["kind"] == "article.withdrawn"
    hash = merkle.leaf(leaves(client)[-1])
    proof = [bytes.fromhex(one) for one in newest["inclusion"]["hashes"]]
    assert merkle.includes(hash, first, first + 1, proof, merkle.octets(newest["root"]))
    assert client.get(f"/v1/checkpoint?at={first}").get_json() == kept
    assert client.get(f"/v1/checkpoint?at={first + 1}").get_json()["sequence"] == first + 1


def test_numbers_and_keys_that_cannot_be_are_unreadable(client: FlaskClient) -> None:
    keys = client.get("/.well-known/jwks.json").get_json()
    shown = client.get("/v1/checkpoint").get_json()
    assert verifying.verify_checkpoint(shown, keys) == shown["sequence"]
    with pytest.raises(Unreadable, match="not a checkpoint"):
        verifying.verify_checkpoint({**shown, "sequence": 2**60}, keys)
    unknown = {"keys": [{**key, "crv": "x"} for key in keys["keys"]]}
    with pytest.raises(Unreadable, match="is not readable"):
        verifying.verify_checkpoint(shown, unknown)


def test_what_it_cannot_prove_is_refused(client: FlaskClient) -> None:
    head = client.get("/v1/checkpoint").get_json()["sequence"]
    assert_problem(client.get(f"/v1/checkpoint?at={head + 1}"), 404, "not-found")
    for name in ("from", "change"):
        assert_problem(client.get(f"/v1/checkpoint?{name}={head + 1}"), 400, "bad-request")
        assert_problem(client.get(f"/v1/checkpoint?{name}=0"), 400, "bad-request")


def test_it_is_open_and_not_kept_for_long(client: FlaskClient) -> None:
    response = client.get("/v1/checkpoint")
    assert response.headers["Cache-Control"].startswith("public, max-age=")
    again = client.get("/v1/checkpoint", headers={"If-None-Match": response.headers["ETag"]})
    assert again.status_code == 304
