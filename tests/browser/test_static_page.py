"""The static example page in a browser: the article, or what has to stand in its place."""

import json
from pathlib import Path

import pytest
from delivery import OCD, shipped
from factories import PUBLIC_URL
from partner_pages import API, PARTNER, Answer, Host
from playwright.sync_api import expect

TITLE = shipped(OCD).document.title
HELP = {"kind": "crisis", "label": "988 Lifeline", "phrase": "Call 988.", "actions": []}


@pytest.fixture
def static(host: Host, here: Path) -> Host:
    """The partner's site, with the page in it and our address filled in."""
    page = (here / "examples" / "plain" / "embed.html").read_text()
    assert page.count(PUBLIC_URL) == 3
    headers = {"Content-Type": "text/html; charset=utf-8"}
    host.served[PARTNER] = page.replace(PUBLIC_URL, API), headers
    return host


def test_the_page_shows_the_article_with_every_notice(static: Host) -> None:
    static.page.goto(PARTNER)
    shown = static.settled()
    expect(shown).to_have_attribute("status", "verified")
    edition = json.loads(static.world.read(f"/v1/articles/{OCD}?jurisdiction=US"))
    for notice in edition["disclaimers"]:
        expect(shown.locator(f"[data-notice={notice['id']}]")).to_be_visible()
        assert notice["text"] in static.text()


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        ((410, {"your_copy": "remove", "notice": "It was wrong.", "help": [HELP]}), "ended"),
        ((451, {"your_copy": "remove-here", "help": [HELP]}), "withheld"),
        ((503, {"your_copy": "keep"}), "unreachable"),
        (None, "unreachable"),
    ],
    ids=["410", "451", "503", "silence"],
)
def test_the_page_shows_help_where_there_is_no_article(
    static: Host, answer: tuple[int, dict[str, object]] | None, status: str
) -> None:
    bent: Answer = (answer[0], json.dumps(answer[1]).encode()) if answer else None
    static.bent["/v1/articles/"] = lambda code, body: bent
    static.page.goto(PARTNER)
    shown = static.settled()
    expect(shown).to_have_attribute("status", status)
    assert TITLE not in static.text()
    expected = {"ended": "It was wrong.", "withheld": "988 Lifeline", "unreachable": "helpline"}
    assert expected[status] in static.text()


def test_without_the_script_the_page_has_a_link(static: Host) -> None:
    static.bent["/embed/v1.js"] = lambda code, body: None
    static.page.goto(PARTNER)
    link = static.page.get_by_role("link", name="Read this article")
    expect(link).to_be_visible()
    assert static.world.read(link.get_attribute("href").removeprefix(API)).count("data-notice") > 4
