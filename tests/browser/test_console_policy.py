"""Policy in a browser: a change is proposed, looked at and published by keyboard; the matrix."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import delivery
import pytest
from consoles import listening
from factories import Databases
from newsroom import hire
from playwright.sync_api import Browser, expect

from content.signing import Keyring


@dataclass(frozen=True)
class Desk:
    """A running installation, and a publisher's token."""

    url: str
    token: str


@pytest.fixture(scope="module")
def desk(
    databases: Databases,
    full_template: str,
    keyring: Keyring,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Desk]:
    """One installation that listens."""
    folder = tmp_path_factory.mktemp("policy")
    with (
        delivery.copied(databases, full_template, keyring, folder) as (database, app),
        listening(app) as url,
    ):
        yield Desk(url, hire(database, "publisher")[1])


def test_a_change_is_proposed_and_published_and_the_matrix_is_walked_by_keyboard(
    browser: Browser, desk: Desk
) -> None:
    context, heard = browser.new_context(), list[str]()
    page = context.new_page()
    page.on("console", lambda message: heard.append(message.text))
    page.goto(f"{desk.url}/console/policy?q=age-limit")
    page.get_by_label("Editor's token").fill(desk.token)
    page.keyboard.press("Enter")
    page.get_by_role("link", name="age-limit", exact=True).press("Enter")
    page.get_by_role("link", name="Propose a change in en").press("Enter")
    page.get_by_label("Text", exact=True).fill("Other words, just as full.")
    page.get_by_label("Title of the release").fill("Other words")
    page.get_by_label("Reason").fill("They were not clear.")
    page.get_by_role("button", name="See what it would do").press("Enter")
    expect(page.locator("ins")).to_have_text("Other words, just as full.")
    page.get_by_role("link", name="See what it would do now").press("Enter")
    expect(page.get_by_role("row", name="Would change")).to_contain_text(re.compile("[1-9]"))
    page.go_back()
    page.get_by_role("button", name="Publish it now").press("Enter")
    expect(page.get_by_role("status")).to_have_text("It is published.")
    page.goto(f"{desk.url}/console/matrix?topic=kratom&locale=en")
    first = page.locator("tbody td a").first
    first.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    second = page.locator("tbody tr").nth(1).locator("td a").nth(1)
    expect(second).to_be_focused()
    expect(first).to_have_attribute("tabindex", "-1")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("kratom-and-ocd-evidence")
    context.close()
    assert heard == []
