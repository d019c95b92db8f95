"""The recall board: who may still show it, a recall started by typing, noted, and ended."""

import re

import pytest
from consoles import Visitor, visit
from delivery import OCD
from factories import publish
from flask import Flask
from hostile import HOSTILE
from keyholders import hold
from markupsafe import escape
from takers import take

from content.contexts import TEST
from content.db import Database

pytestmark = pytest.mark.one_engine
BOARD, START = "/console/recalls", "/console/recalls/start"
WORDS = {"notice": HOSTILE, "reason": "An error.", "hours": "24"}


@pytest.fixture
def publisher(app: Flask, library: Database) -> Visitor:
    """A publisher who is signed in."""
    return visit(app, library, "publisher")


def start(who: Visitor, slug: str = OCD, **fields: str) -> str:
    """Start a recall; return the address of its page."""
    answer = who.send(START, slug=slug, **{"confirm": slug, **WORDS, **fields})
    assert answer.status_code == 303, answer.text
    return answer.headers["Location"]


def test_a_recall_takes_the_slug_typed_once_more(
    app: Flask, publisher: Visitor, library: Database
) -> None:
    assert "Nobody is known to show" in publisher.get(BOARD).text
    assert "No article has this slug." in publisher.get(f"{START}?slug=nothing-like-it").text
    assert f"<code>{OCD}</code>" in publisher.get(f"{START}?slug={OCD}").text
    wrong = publisher.send(START, slug=OCD, confirm="kratom", **WORDS)
    assert (wrong.status_code, "Type the slug" in wrong.text) == (422, True)
    assert str(escape(HOSTILE)) in wrong.text, "what was typed is there"
    assert app.test_client().get(f"/v1/articles/{OCD}").status_code == 200
    page = publisher.get(start(publisher)).text
    assert (str(escape(HOSTILE)) in page, "<script>alert" in page) == (True, False)
    assert app.test_client().get(f"/v1/articles/{OCD}").status_code == 410
    again = publisher.send(START, slug=OCD, confirm=OCD, **WORDS)
    assert (again.status_code, str(escape(HOSTILE)) in again.text) == (409, True)


def test_the_board_says_first_who_may_still_show_it_until_they_confirm(
    publisher: Visitor, library: Database
) -> None:
    holders = [hold(library, name=f"{HOSTILE[:40]} {number}") for number in range(3)]
    for holder in holders:
        take(library, holder, OCD)
    address = start(publisher)
    for part in (BOARD, f"{BOARD}/board"):
        text = publisher.get(part).text
        assert '<span class="big">3</span> partners may still show a withdrawn text' in text
        assert text.count(str(escape(HOSTILE[:40]))) == 3
        assert "<script>alert" not in text
    note = {"partner": holders[0].id, "note": f"By phone. {HOSTILE}"}
    assert publisher.send(f"{address}/confirm", **note).headers["Location"] == address
    for part in (address, f"{address}/progress"):
        text = publisher.get(part).text
        assert "1 of 3 partners have confirmed." in text
        assert str(escape(HOSTILE)) in text
    assert '<span class="big">2</span>' in publisher.get(BOARD).text
    done = publisher.send(f"{address}/close", reason="They are gone for good.")
    assert done.status_code == 303
    assert "They are gone for good." in publisher.get(address).text
    assert "data-ended" in publisher.get(f"{address}/progress").text
    assert publisher.send(f"{address}/close", reason="Again.").status_code == 409
    assert "Nobody is known to show" in publisher.get(BOARD).text


def test_a_timeline_has_what_happened_in_its_order(publisher: Visitor, library: Database) -> None:
    take(library, hold(library, name="A good site"), OCD)
    address = start(publisher)
    found = re.findall(r"<li><span>([^<:]+)", publisher.get(address).text.partition("Timeline")[2])
    assert found[0].startswith("The article was withdrawn, number ")
    assert found[1:3] == ["1 partner was asked to confirm", "The deadline"]


def test_a_report_is_printed_and_read_into_a_spreadsheet(
    publisher: Visitor, library: Database
) -> None:
    take(library, hold(library, name="=A good site"), OCD)
    address = start(publisher)
    report = publisher.get(f"{address}.html")
    policy = report.headers["Content-Security-Policy"]
    assert ("=A good site" in report.text, "style-src 'sha256-" in policy) == (True, True)
    assert report.headers["X-Frame-Options"] == "DENY"
    table = publisher.get(f"{address}.csv")
    assert (table.mimetype, "'=A good site" in table.text) == ("text/csv", True)


def test_a_drill_takes_a_test_article_and_no_other(
    app: Flask, publisher: Visitor, library: Database
) -> None:
    refused = publisher.send(START, slug=OCD, confirm=OCD, drill="true", **WORDS)
    assert (refused.status_code, "is no test article" in refused.text) == (422, True)
    assert app.test_client().get(f"/v1/articles/{OCD}").status_code == 200
    publish(library, slug="a-drill", title="An article to be recalled", topics=[TEST])
    hold(library, name="Asked in any case")
    address = start(publisher, "a-drill", drill="true", everyone="true")
    assert "Drill of a-drill" in publisher.get(address).text
    board = publisher.get(BOARD).text
    assert '<span class="big">0</span> Nobody is known' in board
    assert "Asked in any case" in board.partition("In a drill")[2]
