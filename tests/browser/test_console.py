"""The console in a browser: by keyboard, without a script, in any colours, under its own policy."""

import re
from collections.abc import Iterator
from pathlib import Path

import consoles
import delivery
import pytest
import takers
from axe_playwright_python.sync_playwright import Axe
from consoles import listening, task
from factories import Databases, make_manuscript
from newsroom import hire
from offices import Office
from playwright.sync_api import Browser, BrowserContext, Page, expect
from valid_pages import validate

from api import db
from content import articles
from content.db import Database
from content.editorial import drafts, releases, workflow
from content.signing import Keyring

FEW = 24  # CSS pixels of the smallest target (WCAG 2.2, 2.5.8)


@pytest.fixture(scope="module")
def office(
    databases: Databases,
    full_template: str,
    keyring: Keyring,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Office]:
    """One installation that listens, with work that waits."""
    folder = tmp_path_factory.mktemp("office")
    with delivery.copied(databases, full_template, keyring, folder) as (database, app):
        author, _ = hire(database, "author")
        article = write(database, author)
        task(database)
        with listening(app) as url:
            _, token = hire(database, "admin")
            known = (*propose(database, author), *takers.field(database))
            yield Office(url, database, token, article, *known)


def write(database: Database, author: str) -> str:
    """Hand a text to the reviewers; return its article."""
    with database.write() as session:
        manuscript = make_manuscript(slug="magnesium", title="Magnesium and restless legs")
        draft = drafts.create(session, manuscript, by=author, now=db.now())
        workflow.submit(session, draft, by=author, now=db.now())
        session.commit()
        return draft.article


def propose(database: Database, author: str) -> tuple[str, str]:
    """Put a release together; return an article that readers have, and the release."""
    data = {"because": "A test.", "when": {"topics": ["sleep"]}, "require": ["age-limit"]}
    item = {"type": "rule", "id": "sleep-owes-age-limit", "data": data}
    with database.write() as session:
        made = releases.create(session, "A new rule", "A test.", [item], by=author, now=db.now())
        session.commit()
        return articles.identify(session, "kratom-and-ocd-evidence"), made.id


@pytest.fixture
def heard() -> list[str]:
    """What the console of the browser says."""
    return []


def enter(context: BrowserContext, office: Office, heard: list[str]) -> Page:
    """Sign in, and listen to what the browser complains about."""
    page = context.new_page()
    page.on("console", lambda message: heard.append(message.text))
    page.on("pageerror", lambda error: heard.append(str(error)))
    page.goto(f"{office.url}/console")
    page.get_by_label("Editor's token").fill(office.token)
    page.get_by_label("Editor's token").press("Enter")
    page.wait_for_url("**/console")
    return page


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 320)])
def test_axe_finds_nothing_and_everything_fits(
    browser: Browser, office: Office, heard: list[str], scheme: str, width: int
) -> None:
    size = {"width": width, "height": 800}
    context = browser.new_context(viewport=size, color_scheme=scheme)
    sign_in = context.new_page()
    sign_in.goto(f"{office.url}/console")
    look(sign_in)
    page = enter(context, office, heard)
    for address in office.pages():
        page.goto(address)
        page.locator("details").evaluate_all("all => all.forEach(one => { one.open = true })")
        look(page)
    context.close()
    assert [said for said in heard if "404" not in said] == []


def look(page: Page) -> None:
    """Check a page by axe, by its width, and by the size of what is pressed."""
    found = Axe().run(page)
    assert found.violations_count == 0, f"{page.url}: {found.generate_report()}"
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), page.url
    for one in page.locator(
        "input:visible, select:visible, textarea:visible, button:visible"
    ).all():
        box = one.bounding_box()
        assert box is not None
        assert min(box["width"], box["height"]) >= FEW


def test_every_page_is_valid_html(browser: Browser, office: Office, tmp_path: Path) -> None:
    context = browser.new_context()
    found = [context.request.get(f"{office.url}/console/sign-in").text()]
    enter(context, office, [])
    found += [context.request.get(address).text() for address in office.pages()]
    context.close()
    done = validate(tmp_path, found)
    assert done.returncode == 0, done.stdout


def test_everything_works_without_a_script(browser: Browser, office: Office) -> None:
    context = browser.new_context(java_script_enabled=False, color_scheme="light")
    page = enter(context, office, [])
    page.get_by_role("link", name="Magnesium and restless legs").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Magnesium and restless legs")
    expect(page.locator("time.moment").first).to_have_text(re.compile(r" UTC$"))
    page.goto(f"{office.url}/console/articles")
    page.get_by_label("Title or slug").fill("MAGNES")
    page.get_by_role("button", name="Show").click()
    expect(page.locator("tbody tr")).to_have_count(1)
    page.locator(".menu summary").click()
    page.get_by_label("Colours").select_option("Dark")
    page.get_by_role("button", name="Use").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    assert page.url.endswith("/console/articles?q=MAGNES&state=&locale=")
    page.locator(".menu summary").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_text("You are signed out.")).to_be_visible()
    context.close()


def test_somebody_comes_and_goes_by_keyboard_alone(
    browser: Browser, office: Office, heard: list[str]
) -> None:
    context = browser.new_context()
    page = enter(context, office, heard)
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the page")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()
    page.goto(f"{office.url}/console/tasks")
    page.locator(".task summary").first.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.type("I have looked at it.")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_have_text("The task is done.")
    page.locator(".menu summary").press("Enter")
    page.get_by_role("button", name="Sign out").press("Enter")
    expect(page).to_have_url(f"{office.url}/console/sign-in")
    context.close()
    assert heard == []
    task(office.database)


def test_moments_are_shown_in_the_readers_zone_with_utc_beside(
    browser: Browser, office: Office
) -> None:
    context = browser.new_context(timezone_id="Asia/Tokyo", locale="en-GB")
    page = enter(context, office, [])
    page.goto(f"{office.url}/console/articles?q=sleep-habits")
    shown = page.locator("time.moment").first
    expect(shown).to_have_attribute("title", "23 Nov 2026, 12:00 UTC")
    expect(shown).to_have_text("23 Nov 2026, 21:00")
    context.close()


def test_colours_change_at_once_and_are_remembered(browser: Browser, office: Office) -> None:
    context = browser.new_context(color_scheme="light")
    page = enter(context, office, [])
    light = background(page)
    page.goto(f"{office.url}/console/tasks")
    page.locator(".task summary").first.click()
    page.get_by_label("What came of it").first.fill("Half a sentence")
    page.locator(".menu summary").click()
    page.get_by_label("Colours").select_option("Dark")
    dark = background(page)
    assert dark != light
    expect(page.get_by_label("What came of it").first).to_have_value("Half a sentence")
    page.reload()
    assert background(page) == dark
    context.close()


def background(page: Page) -> str:
    """Return the colour of the paper."""
    found: str = page.evaluate("getComputedStyle(document.body).backgroundColor")
    return found


def test_nothing_that_was_typed_is_lost_when_a_visit_ends(browser: Browser, office: Office) -> None:
    context = browser.new_context()
    page = enter(context, office, [])
    page.goto(f"{office.url}/console/tasks")
    page.locator(".task summary").first.click()
    words = "\n  It was checked.\n\nTwice, “really” <b>twice</b> & more."
    page.get_by_label("What came of it").first.fill(words)
    consoles.turn(office.database, ends_at=db.now())
    page.get_by_role("button", name="It is done").first.click()
    expect(page.get_by_role("alert")).to_contain_text("What you wrote is still here")
    page.get_by_label("Editor's token").fill("cvt_wrong")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_contain_text("opens nothing")
    page.get_by_label("Editor's token").fill(office.token)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_label("note")).to_have_value(words)
    page.get_by_role("button", name="Send now").click()
    expect(page.get_by_role("status")).to_have_text("The task is done.")
    page.goto(f"{office.url}/console/tasks?done=true")
    expect(page.get_by_text("It was checked.")).to_be_visible()
    context.close()
    task(office.database)


def test_a_page_of_another_site_neither_frames_the_console_nor_sends_its_forms(
    browser: Browser, office: Office
) -> None:
    context = browser.new_context()
    enter(context, office, [])
    evil = context.new_page()
    form = f'<form method="post" action="{office.url}/console/sign-out"><button>Win</button></form>'
    body = f'<iframe src="{office.url}/console"></iframe>{form}'
    evil.route("http://evil.example/", lambda route: route.fulfill(body=body))
    evil.goto("http://evil.example/")
    framed = evil.frames[1]
    assert "Desk" not in framed.content()
    evil.get_by_role("button", name="Win").click()
    expect(evil.get_by_role("alert")).to_contain_text("not sent from a page of this console")
    again = context.new_page()
    again.goto(f"{office.url}/console")
    expect(again.get_by_role("heading", level=1)).to_have_text("Desk")
    context.close()


def test_a_page_mirrors_from_right_to_left_and_paper_has_what_matters(
    browser: Browser, office: Office
) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    page = enter(context, office, [])
    page.goto(f"{office.url}/console/articles")
    before = page.locator(".menu").bounding_box()
    page.evaluate("document.documentElement.dir = 'rtl'")
    after = page.locator(".menu").bounding_box()
    assert before
    assert after
    assert before["x"] > 640 > after["x"]
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.emulate_media(media="print")
    expect(page.get_by_role("navigation", name="Console")).to_be_hidden()
    expect(page.get_by_text("Magnesium and restless legs")).to_be_visible()
    context.close()
