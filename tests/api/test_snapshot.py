"""A snapshot: everything that is live at one number, to begin a copy with."""

import gzip
import json
from collections.abc import Iterator
from typing import Any

import delivery
import pytest
from delivery import OCD, SLEEP, SLUGS, local
from factories import PUBLIC_URL, publish
from flask.testing import FlaskClient
from followers import Copy, rebuild, served
from problems import assert_problem
from werkzeug.test import TestResponse

from content import canonical
from content.contexts import Context
from content.db import Database
from content.editions import Part
from content.signing import Keyring
from schemas.snapshot import SnapshotOut

ALABAMA = "jurisdiction=US-AL&audience=clinicians&channel=app"


def lines(octets: bytes) -> list[dict[str, Any]]:
    """Return the lines of a part; each ends with a line feed."""
    assert octets.endswith(b"\n")
    return [json.loads(line) for line in octets.splitlines()]


def get(client: FlaskClient, address: str, **headers: str) -> TestResponse:
    return client.get(local(address), headers=headers, follow_redirects=True)


def parts(client: FlaskClient, address: str) -> Iterator[list[dict[str, Any]]]:
    """Go from part to part."""
    further: str | None = address
    while further:
        response = get(client, further)
        assert response.status_code == 200, response.text
        yield (found := lines(response.data))
        further = found[-1]["links"]["next"]


def editions(part: list[dict[str, Any]]) -> dict[str, bytes]:
    """Return the editions of a part, put together from its lines, by the ids of their articles."""
    texts = {line["key"]: line["text"] for line in part if line["type"] == "text"}
    items = [line["edition"] for line in part if line["type"] == "edition"]
    return {one["article"]["id"]: canonical.encode(rebuild(one, texts, {})) for one in items}


@pytest.mark.parametrize("query", ["", ALABAMA, "fields=title", "locale=es"])
def test_it_has_every_live_edition_byte_for_byte(
    client: FlaskClient, library: Database, keyring: Keyring, query: str
) -> None:
    (part,) = parts(client, f"/v1/snapshot?{query}")
    asked = dict(pair.split("=") for pair in query.split("&") if pair)
    fields = asked.pop("fields", None)
    wanted = Part(fields=frozenset([fields])) if fields else Part()
    expected = served(library, keyring, Context(**{"locale": "", **asked}), wanted)
    assert editions(part) == expected
    assert len(expected) == 3


def test_who_names_no_number_is_sent_on_to_the_newest(
    client: FlaskClient, library: Database
) -> None:
    head = delivery.head(library)
    response = client.get(f"/v1/snapshot?{ALABAMA}&limit=7")
    assert (response.status_code, response.headers["Cache-Control"]) == (307, "no-store")
    expected = {"at": str(head), "limit": "7", **dict(p.split("=") for p in ALABAMA.split("&"))}
    assert delivery.query(response.headers["Location"]) == expected
    assert client.head("/v1/snapshot").headers["Location"].endswith(f"at={head}&limit=500&" + (
        "jurisdiction=001&audience=general&channel=unknown"
    ))  # fmt: skip


def test_the_lines_come_in_order_and_are_counted(client: FlaskClient, library: Database) -> None:
    (part,) = parts(client, f"/v1/snapshot?{ALABAMA}")
    types = [line["type"] for line in part]
    counts = part[0]["counts"]
    assert types == [
        "header", *["text"] * counts["texts"], *["edition"] * counts["editions"], "end"
    ]  # fmt: skip
    assert part[-1]["counts"] == counts
    assert (counts["editions"], counts["withheld"]) == (3, 0)
    header = part[0]
    assert header["$schema"] == f"{PUBLIC_URL}/v1/schemas/snapshot-1.0.json"
    assert (header["format"], header["sequence"]) == (2, delivery.head(library))
    assert header["context"] == {
        "locale": "en", "jurisdiction": "US-AL", "audience": "clinicians", "channel": "app"
    }  # fmt: skip
    assert "fields" not in header


def test_every_line_is_described(client: FlaskClient) -> None:
    for address in ("/v1/snapshot", "/v1/snapshot?fields=title"):
        for part in parts(client, address):
            assert SnapshotOut().validate({"lines": part}) == {}


def test_a_text_stands_once_and_before_its_use(client: FlaskClient) -> None:
    (part,) = parts(client, "/v1/snapshot")
    keys = [line["key"] for line in part if line["type"] == "text"]
    used = {
        key for line in part if line["type"] == "edition" for key in line["edition"]["disclaimers"]
    }
    assert len(keys) == len(set(keys))
    assert set(keys) == used


@pytest.mark.parametrize("limit", [1, 2, 3, 500])
def test_parts_are_whole_and_have_every_article_once(
    client: FlaskClient, library: Database, keyring: Keyring, limit: int
) -> None:
    publish(library, slug="one-more")
    found = [editions(part) for part in parts(client, f"/v1/snapshot?limit={limit}")]
    assert [len(part) for part in found] == [limit] * (4 // limit) + [4 % limit] * (4 % limit > 0)
    assert sum(len(part) for part in found) == 4
    assert {id: one for part in found for id, one in part.items()} == served(
        library, keyring, Context("")
    )


def test_a_part_is_the_same_whatever_comes_later(client: FlaskClient, library: Database) -> None:
    first = get(client, "/v1/snapshot?limit=2")
    later = local(delivery.links(first)["next"])
    expected = [first.data, client.get(later).data]
    address = local(client.get("/v1/snapshot?limit=2").headers["Location"])
    delivery.revise(library, SLEEP, title="A title that is new")
    publish(library, slug="another")
    delivery.reword(library)
    again = [client.get(address).data, client.get(later).data]
    assert again == expected


def test_what_is_refused_today_is_left_out_and_counted(
    client: FlaskClient, library: Database
) -> None:
    at = delivery.head(library)
    delivery.end(library, OCD)
    response = client.get(f"/v1/snapshot?at={at}")
    part = lines(response.data)
    assert part[0]["counts"] | {"texts": 0} == {"editions": 2, "withheld": 1, "texts": 0}
    assert response.headers["Cache-Control"] == "public, max-age=30"
    delivery.record(library, delivery.withholding("order", topics=["sleep"]))
    part = lines(client.get(f"/v1/snapshot?at={at}").data)
    assert part[0]["counts"]["withheld"] == 2
    assert SLEEP.encode() not in client.get(f"/v1/snapshot?at={at}").data


def test_a_copy_goes_on_from_a_snapshot(
    client: FlaskClient, library: Database, keyring: Keyring
) -> None:
    pages = list(parts(client, f"/v1/snapshot?{ALABAMA}&limit=2"))
    delivery.end(library, OCD)
    delivery.revise(library, SLEEP, title="A title that is new")
    for link in ("changes", "differences"):
        copy = Copy(pages[-1][-1]["links"][link])
        for part in pages:
            copy.editions |= {k: json.loads(v) for k, v in editions(part).items()}
        copy.catch_up(client)
        assert len(copy.pages) == 2, "the second one has nothing new"
        asked = Context("", "US-AL", "clinicians", "app")
        assert copy.octets() == served(library, keyring, asked)
        assert copy.misfits == 0
        assert [stone["type"] for stone in copy.tombstones.values()] == ["withdrawn"]


def test_it_is_compressed_for_who_accepts_that_and_always_the_same(client: FlaskClient) -> None:
    plain = get(client, "/v1/snapshot")
    coded, again = (get(client, "/v1/snapshot", **{"Accept-Encoding": "gzip"}) for _ in range(2))
    assert coded.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(coded.data) == plain.data
    assert coded.data == again.data
    assert coded.headers["ETag"] == again.headers["ETag"] != plain.headers["ETag"]
    assert len(coded.data) < len(plain.data) / 4


@pytest.mark.parametrize("coding", ["identity", "gzip"])
def test_what_was_cut_off_is_resumed(client: FlaskClient, coding: str) -> None:
    whole = get(client, "/v1/snapshot", **{"Accept-Encoding": coding})
    size, tag = len(whole.data), whole.headers["ETag"]
    assert whole.headers["Accept-Ranges"] == "bytes"
    asked = {"Accept-Encoding": coding, "Range": "bytes=1000-"}
    for more in ({}, {"If-Range": tag}):
        rest = get(client, "/v1/snapshot", **asked, **more)
        assert rest.status_code == 206
        assert rest.headers["Content-Range"] == f"bytes 1000-{size - 1}/{size}"
        assert whole.data[:1000] + rest.data == whole.data
    other = get(client, "/v1/snapshot", **asked, **{"If-Range": '"another"'})
    assert (other.status_code, other.data) == (200, whole.data)


def test_a_range_beyond_the_end_is_refused_with_the_size(client: FlaskClient) -> None:
    size = len(get(client, "/v1/snapshot").data)
    response = get(client, "/v1/snapshot", Range=f"bytes={size}-")
    assert_problem(response, 416, "range-not-satisfiable")
    assert response.headers["Content-Range"] == f"bytes */{size}"


def test_a_reader_who_has_it_gets_304(client: FlaskClient) -> None:
    for coding in ("identity", "gzip"):
        known = get(client, "/v1/snapshot", **{"Accept-Encoding": coding})
        headers = {"Accept-Encoding": coding, "If-None-Match": known.headers["ETag"]}
        assert get(client, "/v1/snapshot", **headers).status_code == 304


def test_it_names_its_number_and_the_next_part_in_headers(
    client: FlaskClient, library: Database
) -> None:
    response = get(client, "/v1/snapshot?limit=2&locale=de")
    assert response.headers["Caveat-Sequence"] == str(delivery.head(library))
    assert response.headers["Caveat-Fallback"] == "locale=de"
    assert response.headers["Content-Language"] == "en"
    assert delivery.links(response)["next"] == lines(response.data)[-1]["links"]["next"]
    last = get(client, delivery.links(response)["next"])
    assert "Link" not in last.headers


def test_nothing_was_live_at_the_first_number(client: FlaskClient) -> None:
    part = lines(client.get("/v1/snapshot?at=1").data)
    assert [line["type"] for line in part] == ["header", "end"]


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("at=9999", "at"),
        ("at=0", "at"),
        ("cursor=MQ", "cursor"),
        ("at=9&cursor=x", "cursor"),
        ("at=9&cursor=OCBhYmM", "cursor"),  # "8 abc": of another number
        ("limit=501", "limit"),
        ("fields=titel", "fields"),
        ("as_of=2026-11-24T12:00:00Z", "as_of"),
        ("topic=sleep", "topic"),
        ("at=9&at=9", "at"),
    ],
)
def test_what_is_wrong_is_named(client: FlaskClient, query: str, name: str) -> None:
    body = assert_problem(client.get(f"/v1/snapshot?{query}"), 400, "bad-request")
    assert body["errors"][0]["pointer"] == name


def test_a_key_fixes_the_context(client: FlaskClient, partner_key: str) -> None:
    response = client.get("/v1/snapshot", headers=delivery.bearer(partner_key))
    asked = delivery.query(response.headers["Location"])
    assert (asked["audience"], asked["jurisdiction"]) == ("adults", "US")
    part = client.get(local(response.headers["Location"]), headers=delivery.bearer(partner_key))
    assert part.headers["Cache-Control"] == "private, max-age=30"
    found = [line["edition"]["article"]["slug"] for line in lines(part.data) if "edition" in line]
    assert set(found) == set(SLUGS)
