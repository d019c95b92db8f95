"""Diffs over HTTP: what changed between two revisions, with all that either of them owes."""

from typing import Any

import delivery
import pytest
from delivery import SLEEP, read_json
from flask.testing import FlaskClient
from problems import assert_problem

from content.db import Database
from schemas.diffs import DiffOut

DIFF = f"/v1/articles/{SLEEP}/diff"


@pytest.fixture(autouse=True)
def revised(library: Database) -> None:
    """An article of the library in a second revision, with another title."""
    delivery.revise(library, SLEEP, title="Sleep habits, told anew")


def text(runs: list[dict[str, str]], without: str) -> str:
    return "".join(run["text"] for run in runs if run["op"] != without)


def texts(diff: dict[str, Any], without: str) -> list[str]:
    """Return the blocks of one of the two revisions, as the diff tells them."""
    return [
        text(block["words"], without)
        for section in diff["sections"]
        for block in section["blocks"]
        if block["op"] != without
    ]


def blocks(edition: dict[str, Any]) -> list[str]:
    return [block["text"] for section in edition["sections"] for block in section["blocks"]]


def test_both_revisions_come_back_from_a_diff(client: FlaskClient) -> None:
    diff = read_json(client, f"{DIFF}?from=1&to=2")
    assert DiffOut().validate(diff) == {}
    for number, without in ((1, "added"), (2, "removed")):
        edition = read_json(client, f"/v1/articles/{SLEEP}/revisions/{number}")
        assert text(diff["title"], without) == edition["title"]
        assert texts(diff, without) == blocks(edition)
        assert diff["from" if number == 1 else "to"] == edition["revision"]
        known = {entry["id"] for entry in diff["disclaimers"]}
        assert known >= {entry["id"] for entry in edition["disclaimers"]}


def test_without_to_the_live_revision_is_compared(client: FlaskClient) -> None:
    assert read_json(client, f"{DIFF}?from=1")["to"]["number"] == 2


def test_every_disclaimer_stands_in_a_group(client: FlaskClient) -> None:
    diff = read_json(client, f"{DIFF}?from=1&to=2&jurisdiction=US-AL")
    grouped = [id for group in diff["notices"] for id in group["items"]]
    assert sorted(grouped) == sorted({entry["id"] for entry in diff["disclaimers"]})


def test_the_page_marks_what_came_and_went_under_its_notices(client: FlaskClient) -> None:
    response = client.get(f"{DIFF}.html?from=1&to=2&jurisdiction=US-AL")
    assert response.mimetype == "text/html"
    assert response.headers["X-Robots-Tag"] == "noindex"
    page = response.text
    assert "<ins>" in page
    assert "<del>" in page
    assert page.index("cv-alerts") < page.index("cv-summary") < page.index("<section id=")
    for entry in read_json(client, f"{DIFF}?from=1&to=2&jurisdiction=US-AL")["disclaimers"]:
        assert entry["text"].replace("'", "&#39;") in page


def test_links_lead_to_both_revisions_and_both_formats(client: FlaskClient) -> None:
    links = read_json(client, f"{DIFF}?from=1&to=2")["links"]
    for address in links.values():
        assert client.get(delivery.local(address)).status_code == 200


def test_an_unchanged_diff_costs_a_304(client: FlaskClient) -> None:
    first = client.get(f"{DIFF}?from=1&to=2")
    again = client.get(f"{DIFF}?from=1&to=2", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304


def test_a_diff_of_what_is_withdrawn_is_gone(client: FlaskClient, library: Database) -> None:
    delivery.end(library, SLEEP)
    assert_problem(client.get(f"{DIFF}?from=1&to=2"), 410, "gone")


@pytest.mark.parametrize(
    ("query", "status", "kind"),
    [("", 400, "bad-request"), ("?from=0", 400, "bad-request"), ("?from=1&to=9", 404, "not-found")],
)
def test_what_cannot_be_compared_is_refused(
    client: FlaskClient, query: str, status: int, kind: str
) -> None:
    assert_problem(client.get(f"{DIFF}{query}"), status, kind)
