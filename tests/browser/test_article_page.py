"""The page of an article in a browser: how far down the text begins, what is seen, what is printed.

The bars are promises to readers: help on the first screen, every notice seen without an action,
and no more than one and a half screens of a small phone before the text.
"""

import json
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import services
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Route, expect

from content.editions import Edition
from schemas.renditions import html
from schemas.renditions.inline import number

KRATOM = ["kratom-and-ocd-evidence", "kratom-and-depression-evidence"]
SLUGS = [*KRATOM, "sleep-habits-and-insomnia"]
SCREEN = 740  # CSS pixels
POLICY = f"default-src 'none'; style-src {html.STYLE_HASH}; img-src https:"
ADDRESS = "https://caveat.example/article"
Issue = Callable[..., Edition]
TOPS = "nodes => nodes.map(node => node.getBoundingClientRect().top)"
BOTTOMS = "nodes => nodes.map(node => node.getBoundingClientRect().bottom)"
SIZES = "nodes => nodes.map(n => n.getBoundingClientRect()).map(r => [r.width, r.height])"
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


def show(page: Page, edition: Edition) -> None:
    page.set_content(html.render(edition).decode())


def full_texts(edition: Edition) -> dict[str, str]:
    return {notice["id"]: notice["text"] for notice in edition.body["disclaimers"]}


@pytest.mark.parametrize("slug", KRATOM)
def test_the_text_begins_within_one_and_a_half_screens_wherever_the_reader_is(
    page: Page, issue: Issue, places: list[str], slug: str
) -> None:
    begins = {}
    for place in places:
        show(page, issue(slug, place))
        [begins[place]] = page.locator("#overview > h2").evaluate_all(TOPS)
    assert {"001", "GB", "US-AL"} <= set(begins)
    worst = max(begins, key=lambda place: begins[place])
    assert begins[worst] <= 1.5 * SCREEN, f"{worst}: {begins[worst]} px"


def test_alerts_with_their_actions_lie_within_the_first_screen(
    page: Page, issue: Issue, places: list[str]
) -> None:
    for place in places:
        edition = issue("kratom-and-depression-evidence", place)
        alerts = [d for d in edition.body["disclaimers"] if d["display"]["level"] == "alert"]
        show(page, edition)
        for alert in alerts:
            found = page.locator(f".cv-alerts [data-notice={alert['id']}]")
            assert alert["text"] in found.inner_text()
            assert found.locator("a").count() == len(alert["actions"]) > 0
            assert max(found.locator("a, p").evaluate_all(BOTTOMS)) <= SCREEN, place


@pytest.mark.parametrize("slug", SLUGS)
def test_every_short_text_is_seen_without_any_action(page: Page, issue: Issue, slug: str) -> None:
    edition = issue(slug, "US-AL")
    show(page, edition)
    for notice in edition.body["disclaimers"]:
        if notice["display"]["level"] != "alert":
            summary = page.locator(f"[data-notice={notice['id']}] summary")
            expect(summary).to_be_visible()
            expect(summary).to_have_text(notice["short"])


def test_a_notice_opens_in_place_with_the_keyboard(page: Page, issue: Issue) -> None:
    edition = issue(KRATOM[0], "US-AL")
    show(page, edition)
    full = page.locator("[data-notice=serious-harms] .cv-full")
    expect(full).to_be_hidden()
    page.locator("[data-notice=serious-harms] summary").press("Enter")
    expect(full).to_be_visible()
    expect(full).to_have_text(full_texts(edition)["serious-harms"])


def test_the_skip_link_appears_on_focus_and_leads_to_the_text(page: Page, issue: Issue) -> None:
    show(page, issue(SLUGS[2]))
    page.keyboard.press("Tab")
    link = page.get_by_role("link", name="Skip to article")
    expect(link).to_be_focused()
    assert link.bounding_box()["height"] >= 44
    page.keyboard.press("Enter")
    expect(page.locator("#article")).to_be_focused()


@pytest.mark.parametrize("slug", SLUGS)
def test_paper_has_every_full_text_and_every_number(
    page: Page, issue: Issue, tmp_path: Path, slug: str
) -> None:
    if not shutil.which("pdftotext"):
        services.absent("pdftotext (Debian: apt-get install poppler-utils)")
    edition = issue(slug, "US-AL")
    show(page, edition)
    page.pdf(path=tmp_path / "page.pdf", format="A4")
    command = ["pdftotext", str(tmp_path / "page.pdf"), "-"]
    printed = squeezed(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    for notice in edition.body["disclaimers"]:
        assert squeezed(notice["text"]) in printed, notice["id"]
        for action in notice["actions"]:
            assert squeezed(number(action) or action["label"]) in printed


def squeezed(text: str) -> str:
    """Drop what the end of a line of print adds or takes away."""
    return re.sub(r"[\s-]", "", text)


@pytest.mark.parametrize("slug", SLUGS)
@pytest.mark.parametrize(
    "way",
    [
        {"viewport": {"width": 1280, "height": 900}},
        {"viewport": {"width": 360, "height": SCREEN}, "color_scheme": "dark"},
        {"viewport": {"width": 320, "height": 568}},
        {"viewport": {"width": 360, "height": SCREEN}, "forced_colors": "active"},
    ],
    ids=["light", "dark", "320px", "forced-colours"],
)
def test_axe_finds_no_violation(
    browser: Browser, issue: Issue, slug: str, way: dict[str, Any]
) -> None:
    context = browser.new_context(**way)
    page = context.new_page()
    show(page, issue(slug, "US-AL"))
    page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true })")
    found = Axe().run(page)
    context.close()
    assert found.violations_count == 0, found.generate_report()


def test_axe_finds_no_violation_in_a_list_of_cards(page: Page, issue: Issue) -> None:
    cards = "".join(str(html.render_card(issue(slug, "GB"))) for slug in SLUGS)
    page.set_content(
        f'<!doctype html><html lang="en"><head><title>Articles</title><style>{html.STYLE}</style>'
        f"</head><body><main><h1>Articles</h1>{cards}</main></body></html>"
    )
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    for short in page.locator(".cv-shorts li").all():
        expect(short).to_be_visible()


@pytest.mark.parametrize("slug", SLUGS)
@pytest.mark.parametrize("scale", ["100%", "200%"])
def test_nothing_scrolls_sideways_on_a_narrow_page_or_with_large_text(
    page: Page, issue: Issue, slug: str, scale: str
) -> None:
    page.set_viewport_size({"width": 320, "height": 568})
    show(page, issue(slug, "US-AL"))
    page.add_style_tag(content=f":root {{ font-size: {scale} }}")
    page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true })")
    assert page.evaluate(OVERFLOW) == 0


def test_actions_are_large_enough_for_a_finger(page: Page, issue: Issue) -> None:
    show(page, issue(KRATOM[0], "US-AL"))
    page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true })")
    sizes = page.locator(".cv-actions a").evaluate_all(SIZES)
    assert len(sizes) >= 5
    assert min(min(size) for size in sizes) >= 44


def test_the_page_is_whole_under_a_strict_content_security_policy(page: Page, issue: Issue) -> None:
    body = html.render(issue(KRATOM[0], "US-AL"))
    heard: list[str] = []
    page.on("console", lambda message: heard.append(message.text))

    def answer(route: Route) -> None:
        headers = {"Content-Type": "text/html", "Content-Security-Policy": POLICY}
        route.fulfill(body=body, headers=headers)

    page.route(ADDRESS, answer)
    page.goto(ADDRESS)
    assert page.locator("h1").evaluate("node => getComputedStyle(node).fontSize") == "21px"
    assert not [text for text in heard if "Content Security Policy" in text]
    data = page.locator('script[type="application/ld+json"]').evaluate("node => node.textContent")
    assert json.loads(data)["@type"] == "MedicalWebPage"


def test_a_page_from_right_to_left_mirrors_its_box(page: Page, issue: Issue) -> None:
    body = html.render(issue(KRATOM[0])).decode()
    page.set_content(body.replace('lang="en" dir="ltr"', 'lang="ar" dir="rtl"'))
    style = page.locator(".cv-alerts").evaluate("node => getComputedStyle(node).borderRightWidth")
    assert style == "5px"
    assert page.evaluate(OVERFLOW) == 0
