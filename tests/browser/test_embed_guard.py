"""The guard: where the notices cannot be seen the text goes, and nothing ordinary makes it go."""

import time

import pytest
from delivery import OCD
from partner_pages import Host, element
from playwright.sync_api import Locator, expect

TITLE = "Kratom and OCD"
SECOND = 1_000  # ms
TALL = '<p style="height: 3000px">The rest of the page.</p>'
SHADOW = "document.querySelector('caveat-article').shadowRoot"
HOST = "document.querySelector('caveat-article')"
WRAP = "document.querySelector('#wrap')"


@pytest.fixture
def shown(clocked: Host) -> Locator:
    """An element on a page of a partner, on a clock that the test turns."""
    return show(clocked)


def show(host: Host, before: str = "") -> Locator:
    host.open(f'{before}<div id="wrap">{element(OCD, jurisdiction="US-AL")}</div>{TALL}')
    found = host.settled()
    expect(found).to_have_attribute("status", "verified")
    return found


def wait(host: Host, ms: int) -> None:
    """Let the page's clock run."""
    host.page.clock.run_for(ms)


def assert_gone(host: Host, shown: Locator) -> None:
    """No text of the article is in the element; the notices and the help are."""
    expect(shown).to_have_attribute("status", "hidden")
    assert "No trial has tested" not in host.text()
    assert TITLE not in host.text()
    assert "its notices cannot be seen" in host.text()


def assert_there(shown: Locator) -> None:
    expect(shown).to_have_attribute("status", "verified")
    assert TITLE in shown.locator(".cv-title").text_content()


REMOVED = {
    "an alert": f"{SHADOW}.querySelector('.cv-alerts').remove()",
    "one notice": f"{SHADOW}.querySelector('[data-notice=serious-harms]').remove()",
    "the short of one": f"{SHADOW}.querySelector('.cv-leads summary').remove()",
    "its words": f"{SHADOW}.querySelector('.cv-leads summary').textContent = ''",
    "most of its words": f"{SHADOW}.querySelector('.cv-alerts p').textContent = 'Help.'",
    "the buttons to call": f"{SHADOW}.querySelector('.cv-alerts .cv-actions').replaceChildren()",
    "the full texts": f"{SHADOW}.querySelectorAll('.cv-full').forEach(one => one.remove())",
    "its place": f"{SHADOW}.querySelector('article').append({SHADOW}.querySelector('.cv-leads'))",
}
HIDDEN = {
    "display": f"{SHADOW}.querySelector('.cv-leads ul').style.display = 'none'",
    "visibility": f"{SHADOW}.querySelector('.cv-leads ul').style.visibility = 'hidden'",
    "opacity": f"{SHADOW}.querySelector('.cv-leads ul').style.opacity = '.1'",
    "colour": f"{SHADOW}.querySelector('.cv-leads ul').style.color = 'transparent'",
    "white on white": f"{SHADOW}.querySelector('.cv-leads ul').style.color = '#fefefe'",
    "size": f"{SHADOW}.querySelector('.cv-leads ul').style.fontSize = '3px'",
    "indent": f"{SHADOW}.querySelector('.cv-leads ul').style.textIndent = '-9999px'",
    "place": f"Object.assign({SHADOW}.querySelector('.cv-leads ul').style, "
    "{position: 'absolute', left: '-9999px'})",
    "scale": f"{SHADOW}.querySelector('.cv-leads ul').style.transform = 'scale(.1)'",
    "shape": f"{SHADOW}.querySelector('.cv-leads ul').style.clipPath = 'inset(50%)'",
    "what opens": f"const one = {SHADOW}.querySelector('.cv-leads details'); one.open = true; "
    "one.lastElementChild.style.display = 'none'",
    "a sheet": "const sheet = new CSSStyleSheet(); sheet.replaceSync('ul { display: none }'); "
    f"{SHADOW}.adoptedStyleSheets.push(sheet)",
}
CLIPPED = {
    "from above": f"{WRAP}.style.overflow = 'hidden'; {HOST}.shadowRoot.firstElementChild"
    ".style.marginTop = '-900px'",
    "by what is around": f"Object.assign({WRAP}.style, {{overflow: 'hidden', height: '2500px'}})",
    "with clip": f"Object.assign({WRAP}.style, {{overflow: 'clip', height: '2500px'}})",
    "by its shape": f"{WRAP}.style.clipPath = 'inset(900px 0 0 0)'",
    "all but the title": f"Object.assign({WRAP}.style, {{overflow: 'hidden', height: '30px'}})",
    "out of the page": f"{WRAP}.style.cssText = 'position: absolute; top: -900px'",
    "in a box that scrolls": f"{WRAP}.style.cssText = 'height: 500px; overflow: auto'; "
    f"{SHADOW}.firstElementChild.style.marginTop = '-900px'",
}


@pytest.mark.parametrize("act", [*REMOVED.values(), *HIDDEN.values(), *CLIPPED.values()],
                         ids=[*REMOVED, *HIDDEN, *CLIPPED])  # fmt: skip
def test_the_text_goes_within_a_second(clocked: Host, shown: Locator, act: str) -> None:
    clocked.page.evaluate(f"() => {{ {act} }}")
    wait(clocked, SECOND)
    assert_gone(clocked, shown)
    wait(clocked, 30 * SECOND)
    assert_gone(clocked, shown)


def test_it_goes_within_a_second_of_a_real_clock(host: Host) -> None:
    shown = show(host)
    host.page.evaluate(REMOVED["one notice"])
    began = time.monotonic()
    expect(shown).to_have_attribute("status", "hidden", timeout=1_000)
    assert time.monotonic() - began < 1
    assert_gone(host, shown)


def test_it_returns_when_the_notices_can_be_seen_again(clocked: Host, shown: Locator) -> None:
    clocked.page.evaluate(f"() => {{ {CLIPPED['by what is around']} }}")
    wait(clocked, SECOND)
    assert_gone(clocked, shown)
    expect(shown.get_by_role("link", name="Call 988").first).to_be_visible()
    clocked.page.evaluate(f"{WRAP}.removeAttribute('style')")
    wait(clocked, SECOND)
    assert_there(shown)


def test_an_element_that_is_moved_about_is_watched_all_the_same(
    clocked: Host, shown: Locator
) -> None:
    clocked.page.evaluate(f"() => {{ {CLIPPED['by what is around']} }}")
    for _ in range(4):
        wait(clocked, 320)
        clocked.page.evaluate(f"{WRAP}.append({HOST})")
    assert_gone(clocked, shown)
    clocked.page.evaluate(f"{WRAP}.removeAttribute('style'); {WRAP}.append({HOST})")
    wait(clocked, SECOND)
    assert_there(shown)
