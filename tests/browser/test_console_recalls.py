"""A recall drill, started on the board in a browser and watched there to its end."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import delivery
import pytest
from consoles import listening
from factories import Databases, publish
from keyholders import Holder, hold
from newsroom import hire
from playwright.sync_api import Browser, Page, expect

from api import db
from content import articles, exposures
from content.contexts import TEST
from content.db import Database
from content.exposures import Given
from content.recalls import watching
from content.signing import Keyring

SLUG = "a-drill"


@pytest.fixture
def board(
    databases: Databases, full_template: str, keyring: Keyring, tmp_path: Path
) -> Iterator[tuple[str, Database]]:
    """Give the address of an installation, and what it stands on."""
    with delivery.copied(databases, full_template, keyring, tmp_path) as (database, app):
        publish(database, slug=SLUG, title="An article to be recalled", topics=[TEST])
        with listening(app) as url:
            yield url, database


def given(database: Database, holder: Holder) -> None:
    """Let a partner have been given the article."""
    with database.write() as session:
        article, at = articles.identify(session, SLUG), db.now()
        exposures.record(session, [Given(holder.id, article, "en", 1, "d", at, at)])
        session.commit()


def sign_in(page: Page, url: str, token: str) -> None:
    """Sign in, and open the board."""
    page.goto(f"{url}/console/recalls")
    page.get_by_label("Editor's token").fill(token)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/console/recalls")


def test_a_drill_is_started_on_the_board_and_watched_to_its_end(
    browser: Browser, board: tuple[str, Database]
) -> None:
    url, database = board
    first, second = (hold(database, name=name) for name in ("Health News", "Sleep App"))
    given(database, first)
    given(database, second)
    heard = list[str]()
    page = browser.new_context().new_page()
    page.on("console", lambda message: heard.append(message.text))
    page.on("pageerror", lambda error: heard.append(str(error)))
    sign_in(page, url, hire(database, "publisher")[1])
    page.get_by_role("link", name="Start a drill").click()
    page.get_by_label("Slug of the test article").fill(SLUG)
    page.get_by_role("button", name="Go on").click()
    page.get_by_label("Type the slug once more").fill("another")
    page.get_by_role("button", name="Start the drill").click()
    expect(page.get_by_text("Type the slug of the article")).to_be_visible()
    page.get_by_label("Type the slug once more").fill(SLUG)
    page.get_by_role("button", name="Start the drill").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Drill of {SLUG}")
    expect(page.locator(".big")).to_have_text("2")
    page.get_by_label("How we know").fill("Half a sentence")

    confirm(page, url, first)
    expect(page.locator(".big")).to_have_text("1")
    expect(page.get_by_role("status").last).to_have_text("1 of 2 partners have confirmed.")
    expect(page.get_by_label("How we know")).to_have_value("Half a sentence")

    page.get_by_label("Partner", exact=True).select_option(label="Sleep App")
    page.get_by_label("How we know").fill("They wrote to us.")
    page.get_by_role("button", name="Note it").click()
    expect(page.locator(".big")).to_have_text("0")
    with database.write() as session:
        watching.look(session, now=db.now() + timedelta(minutes=2))
        session.commit()
    expect(page.get_by_text("everybody has confirmed").first).to_be_visible()
    expect(page.locator("#live")).to_have_attribute("data-ended", "")
    last = page.locator("#live ol li").last
    expect(last).to_contain_text("The deadline")
    page.context.close()
    assert [one for one in heard if "422" not in one] == []


def confirm(page: Page, url: str, holder: Holder) -> None:
    """Let a partner's program confirm what it is asked."""
    found = page.request.get(f"{url}/v1/me/recalls", headers=holder.headers).json()["recalls"]
    address = f"{url}/v1/me/recalls/{found[0]['id']}/confirm"
    done = page.request.post(address, headers=holder.headers, data={"note": "Gone."})
    assert done.ok, done.text()
