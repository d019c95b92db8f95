"""Asking for a key in a browser: without a script, by keyboard, on any screen, in any colours."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import consoles
import delivery
import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe
from delivery import ARTICLE, bearer
from factories import Databases
from newsroom import hire
from playwright.sync_api import Browser, Page, expect

from content.signing import Keyring

ASKED = {
    "Who you are": "Sleep Well Clinic",
    "E-mail address": "web@clinic.example",
    "What you want to do": "Pages about sleep for our patients.",
    "Domains of your pages": "clinic.example",
}
FEW = 24  # CSS pixels of the smallest target (WCAG 2.2, 2.5.8)


@dataclass(frozen=True)
class Site:
    """A running installation, and the token of its admin."""

    url: str
    token: str


@pytest.fixture(scope="module")
def site(
    databases: Databases,
    full_template: str,
    keyring: Keyring,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Site]:
    """One installation that listens, as forms are sent to none that is only pretended."""
    folder = tmp_path_factory.mktemp("keys")
    copied = delivery.copied(databases, full_template, keyring, folder)
    with copied as (database, app), consoles.listening(app) as url:
        yield Site(url, hire(database, "admin")[1])


def fill(page: Page) -> None:
    for label, said in ASKED.items():
        page.get_by_label(label).fill(said)
    page.get_by_label("Where articles will be shown").select_option("health-service")
    page.get_by_label("Who reads them").select_option("patients")
    page.get_by_label("I have read the terms").check()


def test_somebody_asks_for_a_key_takes_it_and_reads_an_article(
    browser: Browser, site: Site
) -> None:
    opened = browser.new_context(java_script_enabled=False)
    page = opened.new_page()
    page.goto(f"{site.url}/keys")
    fill(page)
    page.get_by_role("button").click()
    expect(page.get_by_text("Somebody will look at it")).to_be_visible()
    headers = bearer(site.token)
    listed = httpx.get(f"{site.url}/v1/key-requests?state=waiting", headers=headers).json()
    approve = f"{site.url}/v1/key-requests/{listed['requests'][0]['id']}/approve"
    assert httpx.post(approve, headers=headers).status_code == 201
    page.reload()
    page.get_by_role("button", name="Show my key").click()
    key = page.locator(".key").inner_text().strip()
    assert httpx.get(f"{site.url}{ARTICLE}", headers=bearer(key)).status_code == 200
    page.reload()
    expect(page.get_by_text("was shown here already")).to_be_visible()
    assert key not in page.content()
    assert opened.cookies() == []
    opened.close()


def test_what_is_wrong_is_told_where_somebody_who_listens_finds_it(page: Page, site: Site) -> None:
    page.goto(f"{site.url}/keys")
    fill(page)
    page.get_by_label("Their language").fill("?")
    page.get_by_role("button").click()
    expect(page.get_by_role("alert")).to_contain_text("What you typed is still here")
    field = page.get_by_label("Their language")
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(field).to_have_accessible_description(re.compile("^This is malformed.*A tag such as en"))
    expect(page.get_by_label("Who you are")).to_have_value("Sleep Well Clinic")
    expect(page.get_by_label("Who reads them")).to_have_value("patients")
    expect(page.get_by_label("I have read the terms")).to_be_checked()


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 320)])
def test_the_pages_fit_and_axe_finds_nothing(
    browser: Browser, site: Site, scheme: str, width: int
) -> None:
    page = browser.new_page(viewport={"width": width, "height": 800}, color_scheme=scheme)
    page.goto(f"{site.url}/keys")
    look(page)
    fill(page)
    page.get_by_label("Their language").fill("?")
    page.get_by_role("button").click()
    look(page)
    page.get_by_label("Their language").fill("en")
    page.get_by_role("button").click()
    page.wait_for_url("**/keys/requests/*")
    look(page)
    page.close()


def look(page: Page) -> None:
    """Check a page by axe, by its width, and by the size of what is pressed."""
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    for one in page.locator("input, select, textarea, button").all():
        box = one.bounding_box()
        assert box is not None
        assert min(box["width"], box["height"]) >= FEW
