"""Compressed answers: for who accepts gzip, with an entity tag of their own."""

import gzip

import delivery
import pytest
from flask.testing import FlaskClient

from content.db import Database


def test_a_tag_is_of_one_coding(client: FlaskClient, library: Database) -> None:
    address = "/v1/changes?limit=50"
    plain, coded = (
        client.get(address, headers={"Accept-Encoding": coding}) for coding in ("", "gzip")
    )
    assert gzip.decompress(coded.data) == plain.data
    assert plain.headers["ETag"] != coded.headers["ETag"]
    assert "Content-Encoding" not in plain.headers
    for known, coding in ((plain, ""), (coded, "gzip")):
        assert known.headers["Vary"] == "Accept, Accept-Encoding, Authorization"
        headers = {"Accept-Encoding": coding, "If-None-Match": known.headers["ETag"]}
        again = client.get(address, headers=headers)
        assert (again.status_code, again.headers["ETag"]) == (304, known.headers["ETag"])
    crossed = {"Accept-Encoding": "", "If-None-Match": coded.headers["ETag"]}
    assert client.get(address, headers=crossed).status_code == 200


@pytest.mark.parametrize("accepted", ["gzip;q=0", "br", "identity, gzip;q=0.5", "gzip;q=0, *"])
def test_who_does_not_want_gzip_gets_none(client: FlaskClient, accepted: str) -> None:
    response = client.get("/v1/changes", headers={"Accept-Encoding": accepted})
    assert response.json["changes"]
    assert "Content-Encoding" not in response.headers


def test_a_short_answer_is_not_compressed(client: FlaskClient, library: Database) -> None:
    address = f"/v1/changes?after={delivery.head(library)}"
    response = client.get(address, headers={"Accept-Encoding": "gzip"})
    assert "Content-Encoding" not in response.headers
