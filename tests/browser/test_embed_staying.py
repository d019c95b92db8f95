"""The element over time: it asks again, takes down what was withdrawn, and keeps what it can."""

import time
from typing import Any

import delivery
import pytest
import sandboxes
from delivery import OCD
from factories import publish
from partner_pages import Answer, Host, element
from playwright.sync_api import expect

from content import canonical

SLUG, TITLE = "an-article-that-ends", "A title that is gone soon enough"
WITHDRAWN = "No longer published"
DAY = 24 * 60 * 60  # seconds


@pytest.fixture
def ending(host: Host) -> Host:
    """A page whose article may be taken down; the next test finds it live again."""
    publish(host.world.database, slug=SLUG, title=TITLE)
    return host


def silence(status: int, body: bytes) -> Answer:
    """Give no answer at all."""
    return None


def broken(status: int, body: bytes) -> Answer:
    """Fail."""
    return 503, b'{"status":503,"your_copy":"keep"}'


def test_a_withdrawal_replaces_the_text_within_the_refresh_time(ending: Host) -> None:
    shown = ending.show(SLUG, ending.world.fragment(SLUG), refresh=1, jurisdiction="GB")
    expect(shown.locator(".cv-title")).to_have_text(TITLE)
    delivery.end(ending.world.database, SLUG, replacement=OCD)
    began = time.monotonic()
    expect(shown).to_have_attribute("status", "ended", timeout=3_000)
    assert time.monotonic() - began < 2
    assert TITLE not in ending.text()
    expect(shown.get_by_text(WITHDRAWN)).to_be_visible()
    expect(shown).to_contain_text("It was wrong about a dose.")
    expect(shown.get_by_role("link", name="116 123")).to_be_visible()
    instead = shown.locator("a[href$='.html']")
    expect(instead).to_have_attribute("href", f"https://content.example/v1/articles/{OCD}.html")


def test_what_replaces_a_test_article_is_a_test_too(host: Host) -> None:
    sandboxes.add(host.world.database)
    address = "https://content.example/v1/articles/test-replaced?include=test"
    host.open(f'<caveat-article src="{address}"></caveat-article>')
    instead = host.page.locator("caveat-article a[href*='.html']")
    live = "https://content.example/v1/articles/test-live.html?include=test"
    expect(instead).to_have_attribute("href", live)


def test_what_is_published_again_comes_back(ending: Host) -> None:
    delivery.end(ending.world.database, SLUG)
    shown = ending.show(SLUG, refresh=1)
    expect(shown).to_have_attribute("status", "ended")
    publish(ending.world.database, slug=SLUG, title=TITLE)
    expect(shown.locator(".cv-title")).to_have_text(TITLE)


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ({"slug": OCD, "audience": "minors"}, "withheld"),
        ({"slug": "no-such-article"}, "missing"),
        ({"slug": OCD, "channel": "nonsense"}, "missing"),
        ({"slug": ""}, "missing"),
    ],
)
def test_what_is_refused_is_not_shown(host: Host, asked: Any, status: str) -> None:
    shown = host.show(**asked)
    expect(shown).to_have_attribute("status", status)
    expect(shown.locator(".cv-ended")).to_be_visible()
    assert shown.get_by_role("link").count() > 0


def test_where_the_law_forbids_it_another_place_may_be_chosen(host: Host) -> None:
    delivery.record(
        host.world.database, delivery.withholding("a-court-order", jurisdiction=["US-AL"])
    )
    shown = host.show(OCD, jurisdiction="US-AL")
    expect(shown).to_have_attribute("status", "withheld")
    expect(shown.get_by_role("link", name="Call 988")).to_be_visible()
    shown.get_by_label("Notices for:").select_option("GB")
    expect(shown).to_have_attribute("status", "verified")


@pytest.mark.parametrize("bend", [silence, broken])
def test_without_an_answer_a_copy_stays_until_its_freshness_runs_out(
    fresh: Host, bend: Any
) -> None:
    fresh.page.clock.install()
    shown = fresh.show(OCD)
    expect(shown).to_have_attribute("status", "verified")
    fresh.bent["/v1/articles/"] = bend
    fresh.page.clock.fast_forward(6 * DAY * 1000)
    fresh.page.wait_for_timeout(300)
    expect(shown).to_have_attribute("status", "verified")
    fresh.page.clock.fast_forward(2 * DAY * 1000)
    expect(shown).to_have_attribute("status", "stale")
    assert "Kratom" not in fresh.text()
    del fresh.bent["/v1/articles/"]
    fresh.page.clock.fast_forward(DAY * 1000)
    expect(shown).to_have_attribute("status", "verified")


def test_a_fragment_stays_without_an_answer_until_its_freshness_runs_out(fresh: Host) -> None:
    fresh.page.clock.install()
    fresh.bent["/v1/articles/"] = silence
    shown = fresh.show(OCD, fresh.world.fragment(OCD))
    expect(shown).to_have_attribute("status", "unverified")
    expect(shown.locator(".cv-title")).to_be_visible()
    fresh.page.clock.fast_forward(8 * DAY * 1000)
    expect(shown).to_have_attribute("status", "stale")
    assert "Kratom" not in fresh.text()


def test_an_article_is_not_shown_after_its_last_day(fresh: Host) -> None:
    fresh.page.clock.install()
    publish(fresh.world.database, slug="until-a-day", display_until="2999-01-01")
    shown = fresh.show("until-a-day")
    expect(shown).to_have_attribute("status", "verified")
    fresh.bent["/v1/articles/"] = silence
    fresh.page.clock.set_system_time("2999-01-02T00:00:01Z")
    fresh.page.clock.run_for(301_000)
    expect(shown).to_have_attribute("status", "stale")


def test_an_empty_element_without_an_answer_says_so_and_names_the_page(host: Host) -> None:
    host.bent["/v1/articles/"] = silence
    shown = host.show(OCD, refresh=1)
    expect(shown).to_have_attribute("status", "unreachable")
    page = shown.get_by_role("link", name=f"{OCD}.html")
    expect(page).to_have_attribute("href", f"https://content.example/v1/articles/{OCD}.html")
    del host.bent["/v1/articles/"]
    expect(shown).to_have_attribute("status", "verified")


def test_an_unchanged_article_is_left_as_the_reader_has_it(host: Host) -> None:
    shown = host.show(OCD, refresh=1)
    details = shown.locator(".cv-leads details").first
    details.locator("summary").click()
    asked = len(host.asked)
    host.page.wait_for_timeout(1_500)
    assert len(host.asked) > asked
    expect(details).to_have_attribute("open", "")


def test_an_answer_that_is_older_than_what_is_shown_changes_nothing(ending: Host) -> None:
    old = ending.world.read(f"/v1/articles/{SLUG}").encode()
    corrected = "A title that was corrected meanwhile"
    publish(ending.world.database, slug=SLUG, title=corrected)
    shown = ending.show(SLUG, refresh=1)
    expect(shown.locator(".cv-title")).to_have_text(corrected)
    newer = canonical.decode(ending.world.read(f"/v1/articles/{SLUG}"))
    assert newer["sequence"] > canonical.decode(old)["sequence"]
    ending.bent["/v1/articles/"] = lambda status, body: (200, old)
    ending.page.wait_for_timeout(1_500)
    expect(shown.locator(".cv-title")).to_have_text(corrected)


def test_an_element_that_is_moved_goes_on(ending: Host) -> None:
    shown = ending.show(SLUG, refresh=1)
    shown.evaluate("node => document.querySelector('h1').after(node)")
    delivery.end(ending.world.database, SLUG)
    expect(shown).to_have_attribute("status", "ended")


def test_pages_hear_what_became_of_an_article(ending: Host) -> None:
    listen = "addEventListener('caveat-status', e => { (window.told ??= []).push(e.detail) })"
    ending.open(f"<script>{listen}</script>" + element(SLUG, refresh=1))
    ending.settled()
    delivery.end(ending.world.database, SLUG)
    ending.page.wait_for_function("window.told?.at(-1).status === 'ended'")
    assert ending.page.evaluate("told.map(one => one.status)") == ["checking", "verified", "ended"]
