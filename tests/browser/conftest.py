"""A real browser for what only a browser knows: layout, contrast, paper."""

from collections.abc import Callable, Iterator

import delivery
import pytest
import services
from factories import Databases
from partner_pages import Host, World
from playwright.sync_api import Browser, Page, expect, sync_playwright

from content import changes, editions, policy
from content.contexts import Context
from content.db import Database
from content.editions import Edition
from content.signing import Keyring

WIDTH, HEIGHT = 360, 740  # CSS pixels of a small phone
expect.set_options(timeout=30_000)  # milliseconds; a machine may be slow, and busy
Issue = Callable[..., Edition]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's Chromium; with it ends an event loop, beside which nobody else could run one."""
    path = services.chromium()
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(
            executable_path=path, args=services.CHROMIUM_FLAGS, headless=True
        )
        yield started
        started.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A fresh page of a phone."""
    opened = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT})
    yield opened
    opened.close()


@pytest.fixture
def issue(library: Database, keyring: Keyring) -> Issue:
    """Issue an edition of the shipped library."""

    def issued(slug: str, jurisdiction: str = "001", channel: str = "unknown") -> Edition:
        context = Context("en", jurisdiction, channel=channel)
        with library.read() as session:
            return editions.issue(session, slug, context, keyring)

    return issued


@pytest.fixture
def places(library: Database) -> list[str]:
    """Every place of the shipped library."""
    with library.read() as session:
        return sorted(policy.at(session, changes.head(session)).atlas.places)


@pytest.fixture(scope="module")
def world(
    databases: Databases,
    full_template: str,
    keyring: Keyring,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[World]:
    """One library and one application for all tests of a module."""
    folder = tmp_path_factory.mktemp("world")
    with delivery.copied(databases, full_template, keyring, folder) as (database, app):
        yield World(database, app.test_client(), keyring)


@pytest.fixture(scope="module")
def clocked(browser: Browser, world: World) -> Iterator[Host]:
    """One page of a partner for all tests of a module, whose clock the tests turn."""
    opened = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT})
    opened.clock.install()
    yield Host(opened, world)
    opened.close()


@pytest.fixture
def fresh(page: Page, world: World) -> Host:
    """A page of a partner that no test had before, on a small phone."""
    return Host(page, world)


@pytest.fixture(scope="module")
def shared(browser: Browser, world: World) -> Iterator[Host]:
    """One page of a partner for all tests of a module; a new one for each takes its time."""
    opened = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT})
    yield Host(opened, world)
    opened.close()


@pytest.fixture
def host(shared: Host) -> Host:
    """The shared page with nothing in it, on a small phone."""
    shared.page.goto("about:blank")
    for kept in (shared.bent, shared.asked, shared.heard, shared.served):
        kept.clear()
    return shared
