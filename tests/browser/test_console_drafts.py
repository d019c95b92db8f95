"""The editor in a browser: two people at one draft, a visit that ends, what is seen meanwhile."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import consoles
import delivery
import pytest
from axe_playwright_python.sync_playwright import Axe
from consoles import listening
from delivery import SLEEP, shipped
from factories import Databases
from newsroom import hire
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from api import db
from content.db import Database
from content.editorial import drafts
from content.parts import changed
from content.signing import Keyring

FIRST = "Good sleep habits are a fair start."


@dataclass(frozen=True)
class Desk:
    """A running installation, and who writes there."""

    url: str
    database: Database
    tokens: tuple[str, str]  # of two authors

    def begin(self, slug: str) -> str:
        """Start an article with a shipped text; return the address of its editor."""
        with self.database.write() as session:
            text = changed(shipped(SLEEP), slug=slug)
            draft = drafts.create(session, text, by="test", now=db.now())
            session.commit()
            return f"{self.url}/console/drafts/{draft.article}/en/edit"

    def summary(self, address: str) -> str:
        """Return the summary of a draft as it is kept."""
        with self.database.read() as session:
            found = drafts.find(session, address.split("/")[5], "en")
            return str(found.manuscript["document"]["summary"])


@pytest.fixture(scope="module")
def desk(
    databases: Databases,
    full_template: str,
    keyring: Keyring,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Desk]:
    """One installation that listens."""
    folder = tmp_path_factory.mktemp("desk")
    with delivery.copied(databases, full_template, keyring, folder) as (database, app):
        tokens = (hire(database, "author")[1], hire(database, "author")[1])
        with listening(app) as url:
            yield Desk(url, database, tokens)


def enter(context: BrowserContext, desk: Desk, address: str, who: int = 0) -> Page:
    """Sign in and open an address."""
    page = context.new_page()
    page.goto(address)
    sign_in(page, desk.tokens[who])
    return page


def sign_in(page: Page, token: str) -> None:
    page.get_by_label("Editor's token").fill(token)
    page.get_by_label("Editor's token").press("Enter")


def write(page: Page, old: str, new: str) -> None:
    """Type over some words, key by key."""
    area = page.get_by_label("Text", exact=True)
    select = """(area, words) => {
        const at = area.value.indexOf(words);
        area.focus();
        area.setSelectionRange(at, at + words.length);
        return at;
    }"""
    assert area.evaluate(select, old) >= 0
    page.keyboard.type(new)


def state(page: Page) -> Locator:
    """Return where the page says how the text stands."""
    return page.locator("[data-draft-state]")


def selected(page: Page) -> str:
    """Return what is selected in the text."""
    script = "area => area.value.slice(area.selectionStart, area.selectionEnd)"
    found: str = page.get_by_label("Text", exact=True).evaluate(script)
    return found


def kept(page: Page) -> list[str]:
    """Return the names under which the browser keeps text."""
    found: list[str] = page.evaluate("Object.keys(localStorage)")
    return found


def test_what_is_written_is_saved_shown_and_led_to(browser: Browser, desk: Desk) -> None:
    heard: list[str] = []
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = enter(context, desk, f"{desk.url}/console/articles")
    page.on("console", lambda message: heard.append(message.text))
    page.on("pageerror", lambda error: heard.append(str(error)))
    address = desk.begin("written")
    page.goto(address)
    preview = page.frame_locator("iframe:not(.coming)")
    expect(preview.get_by_role("heading", level=1)).to_contain_text("[Preview] Sleep habits")
    write(page, "Ask for help when sleep problems go on.", "Tea cures cancer.")
    write(page, FIRST, "😴 Tea cures insomnia.")
    shown = preview.get_by_text("😴 Tea cures insomnia.")
    expect(shown.first).to_be_visible()
    expect(state(page)).to_have_text(re.compile(r"^Saved \d\d:\d\d$"))
    assert desk.summary(address).startswith("😴 Tea cures insomnia.")
    assert kept(page) == []
    items = page.locator("[data-draft-findings] li")
    finding = items.filter(has_text="Tea cures insomnia.").first
    expect(finding).to_contain_text("Better: ")
    finding.get_by_role("button").click()
    assert "Tea cures insomnia." in selected(page)
    page.get_by_label("Text", exact=True).evaluate("area => area.setSelectionRange(0, 0)")
    page.keyboard.press("F8")
    first = selected(page)
    assert first
    page.keyboard.press("F8")
    assert selected(page) != first
    page.keyboard.press("Shift+F8")
    assert selected(page) == first
    page.get_by_label("Reader's place").select_option("US-AL")
    expect(preview.get_by_text("Alabama").first).to_be_attached()
    write(page, "slug: written", 'slug: "written')
    expect(state(page)).to_contain_text("Not saved yet: line")
    expect(preview.get_by_role("heading", level=1)).to_have_text("Readers would not see it yet")
    page.go_back()
    expect(page).to_have_url(f"{desk.url}/console/articles")
    page.go_forward()
    area = page.get_by_label("Text", exact=True)
    expect(area).to_have_value(re.compile('^---\nslug: "written\n'))
    page.keyboard.press("Control+Enter")
    context.close()
    assert [one for one in heard if "422" not in one] == []


def test_a_text_is_shown_and_saved_without_a_script(browser: Browser, desk: Desk) -> None:
    context, address = browser.new_context(java_script_enabled=False), desk.begin("plain")
    page = enter(context, desk, address)
    area = page.get_by_label("Text", exact=True)
    area.fill(area.input_value().replace(FIRST, "Plainly written."))
    page.get_by_label("Reader's place").select_option("US-AL")
    page.get_by_role("button", name="Preview").click()
    preview = page.frame_locator("iframe")
    expect(preview.get_by_text("Plainly written.").first).to_be_visible()
    assert desk.summary(address).startswith(FIRST)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved.", exact=True)).to_be_visible()
    assert desk.summary(address).startswith("Plainly written.")
    expect(page.get_by_label("Reader's place")).to_have_value("US-AL")
    context.close()


def test_two_editors_of_one_draft_lose_nothing(browser: Browser, desk: Desk) -> None:
    address, slower = (
        desk.begin("shared"),
        browser.new_context(viewport={"width": 390, "height": 800}),
    )
    quicker = browser.new_context()
    one, other = (enter(who, desk, address, n) for n, who in enumerate((quicker, slower)))
    write(one, "a fair start", "a modest start")
    expect(state(one)).to_have_text(re.compile("^Saved"))
    write(other, "sleep problems go on", "sleep problems last")
    expect(state(other)).to_contain_text("Somebody else has saved meanwhile")
    write(other, "when sleep problems last.", "when sleep problems last long.")
    other.get_by_role("button", name="Save").click()
    expect(other.get_by_role("heading", level=1)).to_contain_text("Two versions of")
    for scheme in ("light", "dark"):
        other.emulate_media(color_scheme=scheme)
        found = Axe().run(other)
        assert found.violations_count == 0, found.generate_report()
    assert other.evaluate("document.documentElement.scrollWidth <= innerWidth")
    versions = other.get_by_role("table")
    expect(versions.locator("mark", has_text="last long.")).to_be_visible()
    expect(versions.locator("mark", has_text="modest")).to_be_visible()
    mine = other.get_by_label("Your text")
    mine.fill(mine.input_value().replace("a fair start", "a modest start"))
    other.get_by_role("button", name="Save your text in its place").click()
    expect(other.get_by_text("Saved.", exact=True)).to_be_visible()
    other.wait_for_function("Object.keys(localStorage).length === 0")
    assert "a modest start" in desk.summary(address)
    assert "last long." in desk.summary(address)
    quicker.close()
    slower.close()


def test_nothing_is_lost_when_a_visit_ends_while_somebody_writes(
    browser: Browser, desk: Desk
) -> None:
    context, address = browser.new_context(), desk.begin("ended")
    page = enter(context, desk, address)
    consoles.turn(desk.database, ends_at=db.now())
    write(page, FIRST, "Written after the end.")
    expect(state(page)).to_contain_text("You are signed out.")
    write(page, "Written after", "And more after")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("alert")).to_contain_text("What you wrote is still here")
    sign_in(page, desk.tokens[0])
    page.get_by_role("button", name="Send now").click()
    expect(page.get_by_text("Saved.", exact=True)).to_be_visible()
    assert desk.summary(address).startswith("And more after the end.")
    page.wait_for_function("Object.keys(localStorage).length === 0")
    consoles.turn(desk.database, ends_at=db.now())
    write(page, "And more", "And still more")
    expect(state(page)).to_contain_text("You are signed out.")
    page.close()  # as by a crash
    again = enter(context, desk, address)
    expect(again.get_by_text("What you had not saved")).to_be_visible()
    expect(again.get_by_label("Text", exact=True)).to_have_value(re.compile("And still more after"))
    expect(state(again)).to_have_text(re.compile("^Saved"))
    assert desk.summary(address).startswith("And still more after the end.")
    context.close()
