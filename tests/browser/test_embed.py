"""The element in a partner's page: the same as the server's fragment, whatever surrounds it."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from bodies import make_edition
from delivery import OCD, SLUGS
from partner_pages import API, PARTNER, SCRIPT, STRICT, Host, World, element
from playwright.sync_api import Browser, Page, expect

from content import canonical
from schemas.renditions import html, words

HOSTILE = """<style>
* { color: #fff !important; background: #fff !important; font-size: 3px !important;
    visibility: hidden !important; max-height: 10px !important; overflow: hidden !important }
html, body, main, h1 { visibility: visible !important; max-height: none !important;
    overflow: visible !important }
caveat-article { display: none !important; opacity: 0 !important; clip-path: inset(50%) !important;
    height: 0 !important; transform: scale(0) !important; position: absolute !important }
caveat-article::part(alerts), caveat-article::part(leads) { display: none; opacity: 0 }
</style>"""
# What a node says, line by line; of the line of facts only the first, the element says more there.
LINES = """(root) => {
  const names = ["class", "id", "href", "lang", "dir", "data-notice", "data-claim", "data-group",
                 "aria-label", "datetime", "src", "alt", "scope", "title", "tabindex"];
  const lines = [];
  const say = (text) => lines.at(-1)?.startsWith("<") === false ? lines.push(lines.pop() + text)
                                                               : lines.push(text);
  const read = (node) => {
    if (node.nodeType === 3) return say(node.data);
    if (node.nodeType !== 1) return;
    const has = names.filter((n) => node.hasAttribute(n));
    const told = has.map((n) => `${n}=${node.getAttribute(n)}`);
    lines.push(`<${[node.localName, ...told].join(" ")}>`);
    const inside = [...node.childNodes];
    (node.className === "cv-facts" ? [node.firstElementChild] : inside).forEach(read);
    lines.push(`</${node.localName}>`);
  };
  read(root.shadowRoot ? root.shadowRoot.firstElementChild : root.querySelector(".cv"));
  return lines.map((line) => line.replace(/\\s+/g, " ").trim()).filter(Boolean);
}"""


def lines(page: Page, markup: str) -> list[str]:
    """Return what a browser makes of a fragment."""
    page.set_content(markup)
    found: list[str] = page.locator("body").evaluate(LINES)
    return found


@pytest.fixture
def plain(browser: Browser) -> Iterator[Page]:
    """A page without any script."""
    context = browser.new_context(java_script_enabled=True)
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("slug", SLUGS)
@pytest.mark.parametrize("asked", [{}, {"jurisdiction": "US-AL"}, {"locale": "es"}], ids=str)
def test_the_element_shows_exactly_what_the_server_renders(
    host: Host, plain: Page, slug: str, asked: dict[str, str]
) -> None:
    shown = host.show(slug, heading=3, **asked)
    expect(shown).to_have_attribute("status", "verified")
    assert shown.evaluate(LINES) == lines(plain, host.world.fragment(slug, heading=3, **asked))


def test_every_kind_of_block_is_as_the_server_renders_it(host: Host, plain: Page) -> None:
    octets = host.world.sign()
    host.bent["/v1/articles/x"] = lambda status, body: (200, octets)
    shown = host.show("x", heading=4)
    expect(shown).to_have_attribute("status", "verified")
    edition = make_edition(canonical.decode(octets))
    assert shown.evaluate(LINES) == lines(plain, html.render_fragment(edition, 4).decode())


def test_a_strict_policy_with_trusted_types_takes_nothing_from_it(host: Host) -> None:
    shown = host.show(OCD, host.world.fragment(OCD), policy=STRICT)
    expect(shown).to_have_attribute("status", "verified")
    size = shown.locator(".cv-title").evaluate("node => getComputedStyle(node).fontSize")
    assert size == "28px"
    assert host.heard == []


def test_without_a_script_the_fragment_is_the_complete_article(host: Host) -> None:
    edition = host.world.client.get(f"/v1/articles/{OCD}?jurisdiction=US-AL").json
    inside = host.world.fragment(OCD, jurisdiction="US-AL")
    host.open(element(OCD, inside), head="")
    shown = host.page.locator("caveat-article")
    for notice in edition["disclaimers"]:
        assert notice["text"] in shown.text_content()
        item = shown.locator(f"[data-notice={notice['id']}]")
        is_alert = notice["display"]["level"] == "alert"
        expect(item.locator("p" if is_alert else "summary").first).to_be_visible()
    assert all(block["text"] for section in edition["sections"] for block in section["blocks"])
    assert shown.evaluate("node => node.shadowRoot") is None


@pytest.mark.parametrize("slug", SLUGS)
def test_hostile_styles_of_the_page_do_not_reach_it(host: Host, slug: str) -> None:
    host.open(element(slug, jurisdiction="US-AL"), head=SCRIPT + HOSTILE)
    shown = host.settled()
    edition = host.world.client.get(f"/v1/articles/{slug}?jurisdiction=US-AL").json
    host.page.wait_for_timeout(1_000)  # in which the text would go
    expect(shown).to_have_attribute("status", "verified")
    for notice in edition["disclaimers"]:
        item = shown.locator(f"[data-notice={notice['id']}]")
        is_alert = notice["display"]["level"] == "alert"
        seen = item.locator("p" if is_alert else "summary").first
        expect(seen).to_be_visible()
        assert seen.bounding_box()["height"] >= 16


@pytest.mark.parametrize(
    "way",
    [
        {"viewport": {"width": 1280, "height": 900}},
        {"viewport": {"width": 390, "height": 844}, "color_scheme": "dark"},
        {"viewport": {"width": 320, "height": 568}, "forced_colors": "active"},
    ],
    ids=["light", "dark", "forced-colours"],
)
def test_axe_finds_no_violation(browser: Browser, world: World, way: dict[str, Any]) -> None:
    context = browser.new_context(**way)
    host = Host(context.new_page(), world)
    scheme = '<meta name="color-scheme" content="light dark">'
    host.open(element(OCD, jurisdiction="US-AL"), head=SCRIPT + scheme)
    shown = host.settled()
    shown.locator("details").evaluate_all("all => all.forEach(one => { one.open = true })")
    found = Axe().run(host.page)
    overflow = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert host.page.evaluate(overflow) == 0
    assert found.violations_count == 0, found.generate_report()
    context.close()


def test_it_is_dark_where_the_page_is(browser: Browser, world: World) -> None:
    context = browser.new_context(color_scheme="dark")
    for scheme, paper in (("light dark", "rgb(17, 24, 27)"), ("light", "rgb(255, 255, 255)")):
        host = Host(context.new_page(), world)
        head = f'{SCRIPT}<meta name="color-scheme" content="{scheme}">'
        shown = host.show(OCD, head=head).locator(".cv")
        assert shown.evaluate("node => getComputedStyle(node).backgroundColor") == paper
    context.close()


def test_it_is_heard_in_the_order_of_the_page(host: Host) -> None:
    shown = host.show(OCD, jurisdiction="US-AL")
    heard = shown.aria_snapshot()
    parts = ["Kratom and OCD", "Get help now", "Call 988", "Skip to article", "Some people try",
             "Notices for", "We found no clinical trial", "About this edition"]  # fmt: skip
    places = [heard.index(part) for part in parts]
    assert places == sorted(places)
    levels = re.findall(r'heading "[^"]*" \[level=(\d)\]', heard)
    assert levels[:2] == ["2", "3"]
    assert "alert" not in re.findall(r"^\s*- (\w+)", heard, re.MULTILINE)


def test_the_skip_link_and_citations_lead_into_the_shadow_tree(host: Host) -> None:
    shown = host.show(OCD)
    link = shown.get_by_role("link", name="Skip to article")
    link.focus()
    assert link.bounding_box()["height"] >= 44
    host.page.keyboard.press("Enter")
    expect(shown.locator(".cv-sections")).to_be_focused()
    shown.locator(".cv-cite a").first.click()
    expect(shown.locator(".cv-sources > li:focus")).to_have_count(1)
    assert host.page.url == PARTNER


def test_an_article_from_right_to_left_is_mirrored(host: Host) -> None:
    context = {"jurisdiction": {"code": "001", "name": "the world"}, "locale": "ar"}
    octets = host.world.sign(context=context | {"audience": "general", "channel": "unknown"})
    host.bent["/v1/articles/x"] = lambda status, body: (200, octets)
    shown = host.show("x", locale="ar")
    alerts = shown.locator(".cv-alerts")
    style = alerts.evaluate("node => getComputedStyle(node)['border-right-width']")
    assert style == "5px"
    expect(shown.locator("article")).to_have_attribute("dir", "rtl")
    expect(shown.get_by_role("link", name="Skip to article").locator("..")).to_have_attribute(
        "dir", "ltr"
    )


def test_the_choice_of_a_place_asks_again_with_its_notices(host: Host) -> None:
    shown = host.show(OCD, jurisdiction="GB")
    choice = shown.get_by_label("Notices for:")
    expect(choice).to_have_value("GB")
    choice.select_option(label="Alabama")
    expect(shown.locator(".cv-alerts")).to_contain_text("988")
    expect(shown.get_by_label("Notices for:")).to_have_value("US-AL")
    expect(shown).to_have_attribute("jurisdiction", "US-AL")
    assert any("jurisdiction=US-AL" in address for address in host.asked)


def test_the_choice_can_be_narrowed_and_left_out(host: Host) -> None:
    host.open(element(OCD, regions="GB US US-AL") + element(OCD, regions="none"))
    host.settled()
    options = host.page.locator("caveat-article").first.locator("option")
    expect(options).to_have_text(
        ["the world", "Alabama", "the United Kingdom", "the United States"]
    )
    second = host.page.locator("caveat-article").nth(1)
    expect(second).to_have_attribute("status", "verified")
    expect(second.locator("select")).to_have_count(0)
    expect(second.locator(".cv-place")).to_have_text("For the world")


def test_a_change_of_attributes_shows_another_article(host: Host) -> None:
    shown = host.show(OCD)
    shown.evaluate("(node, slug) => { node.setAttribute('slug', slug) }", SLUGS[2])
    expect(shown.locator(".cv-title")).to_contain_text("Sleep")
    shown.evaluate("node => node.setAttribute('locale', 'es')")
    shown.evaluate("(node, slug) => node.setAttribute('slug', slug)", OCD)
    expect(shown.get_by_label(words.SPANISH.notices_for)).to_be_visible()


def test_it_asks_its_own_api_and_stores_nothing(fresh: Host) -> None:
    asked: list[str] = []
    fresh.page.on("request", lambda request: asked.append(request.url))
    fresh.show(OCD, jurisdiction="GB")
    fresh.page.wait_for_timeout(500)
    assert {address.startswith((API, PARTNER)) for address in asked} == {True}
    assert [a.partition("?")[0].removeprefix(API) for a in asked if a.startswith(API)] == [
        "/embed/v1.js", f"/v1/articles/{OCD}", "/.well-known/jwks.json", "/v1/jurisdictions",
    ]  # fmt: skip
    assert fresh.page.context.cookies() == []
    assert fresh.page.evaluate("localStorage.length + sessionStorage.length") == 0
    assert fresh.page.evaluate("indexedDB.databases().then(all => all.length)") == 0
