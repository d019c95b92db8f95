"""What lies over an article: an alert that stays covered takes the text; nothing ordinary does."""

import pytest
from delivery import OCD
from partner_pages import SCRIPT, Host, World, element
from playwright.sync_api import Browser, Locator, expect

SECOND = 1_000  # ms
TITLE = "Kratom and OCD"
TALL = '<p style="height: 3000px">The rest of the page.</p>'
HOST = "document.querySelector('caveat-article')"
ALERT = f"{HOST}.shadowRoot.querySelector('.cv-alerts').getBoundingClientRect()"
ADD = "document.body.append(Object.assign(document.createElement('div'), {id: 'over'}))"


def over(style: str, *, inside: str = "Buy our kratom!", role: str = "") -> str:
    """Return a script that puts something over the page, at the place of the alert."""
    return f"""() => {{
      const box = {ALERT}, [x, y] = [scrollX, scrollY];
      {ADD};
      const over = document.querySelector('#over');
      over.innerHTML = `{inside}`;
      if ('{role}') over.setAttribute('role', '{role}');
      over.style.cssText = `{style}`;
    }}"""


COVER = ("z-index: 9; background: #fff; left: ${box.left + x}px; top: ${box.top + y}px; "
         "width: ${box.width}px; height: ${box.height}px")  # fmt: skip
COVERS = {
    "an advertisement that scrolls with the page": over(f"position: absolute; {COVER}"),
    "one that lets clicks through": over(f"position: absolute; pointer-events: none; {COVER}"),
    "one that stays in the window": over(f"position: fixed; {COVER}"),
    "over half of it": over(f"position: absolute; {COVER}; height: ${{box.height * .6}}px"),
    "a picture": over(f"position: absolute; {COVER}; background: url(data:image/png;base64,AA)"),
    "all of the window": over("position: fixed; inset: 0; background: #fff; z-index: 9"),
}
BAR = "position: fixed; left: 0; right: 0; z-index: 9; background: #fff; "
TRANSLATE = """() => {
  const walk = document.createTreeWalker(document.querySelector('caveat-article').shadowRoot, 4);
  const texts = [];
  while (walk.nextNode()) if (walk.currentNode.data.trim()) texts.push(walk.currentNode);
  for (const text of texts) {
    const [outer, inner] = [document.createElement('font'), document.createElement('font')];
    inner.textContent = '译'.repeat(Math.ceil(text.data.length / 3));
    outer.append(inner);
    text.replaceWith(outer);
  }
}"""
HARMLESS = {
    "a consent banner at the bottom": over(BAR + "bottom: 0; height: 45vh"),
    "a tall consent banner": over(BAR + "bottom: 0; height: 80vh"),
    "a consent banner that is a dialog": over(BAR + "top: 0; bottom: 0", role="dialog"),
    "a consent banner with a shade": over(
        BAR + "top: 0; bottom: 0; background: rgb(0 0 0 / .6)",
        inside="<div role=dialog aria-modal=true style='background:#fff'>Cookies?</div>",
    ),
    "a chat bubble": over(
        "position: fixed; right: 16px; bottom: 16px; width: 64px; height: 64px; background: #06c"
    ),
    "an open chat": over(
        "position: fixed; right: 16px; bottom: 16px; width: 340px; height: 600px; background: #fff"
    ),
    "a header that stays": over(BAR + "top: 0; height: 60px"),
    "a thing to catch clicks": over("position: fixed; inset: 0; z-index: 9"),
    "a small label": over(f"position: absolute; {COVER}; height: 30px"),
    "a dialog": "document.body.insertAdjacentHTML('beforeend', '<dialog>Hello</dialog>'); "
    "document.querySelector('dialog').showModal()",
    "a dialog without a backdrop": "document.body.insertAdjacentHTML('beforeend', "
    "'<dialog open style=\"inset: 0; height: 90vh; width: 90vw; position: fixed\">Hello</dialog>')",
    "an inert page": "document.querySelector('main').inert = true",
    "a page that may not scroll": "document.body.style.overflow = 'hidden'; "
    "document.documentElement.style.overflow = 'hidden'",
    "a page that is fixed": "document.body.style.cssText = 'position: fixed; width: 100%'",
    "a tab that is closed": "document.querySelector('#wrap').style.display = 'none'",
    "a box that scrolls": "Object.assign(document.querySelector('#wrap').style, "
    "{height: '400px', overflow: 'auto'})",
    "larger text": "document.documentElement.style.fontSize = '200%'",
    "a page that fades in": "document.querySelector('#wrap').animate({opacity: [0.6, 1]}, 300)",
    "a machine translation": TRANSLATE,
}


@pytest.fixture
def shown(clocked: Host) -> Locator:
    """An element on a page of a partner, on a clock that the test turns."""
    clocked.open(f'<div id="wrap">{element(OCD, jurisdiction="US-AL")}</div>{TALL}')
    found = clocked.settled()
    expect(found).to_have_attribute("status", "verified")
    return found


@pytest.mark.parametrize("act", COVERS.values(), ids=COVERS)
def test_an_alert_that_is_covered_for_ten_seconds_takes_the_text(
    clocked: Host, shown: Locator, act: str
) -> None:
    clocked.page.evaluate(act)
    clocked.page.clock.run_for(8 * SECOND)
    expect(shown).to_have_attribute("status", "verified")
    clocked.page.clock.run_for(5 * SECOND)
    expect(shown).to_have_attribute("status", "hidden")
    assert TITLE not in clocked.text()
    clocked.page.evaluate("document.querySelector('#over').remove()")
    clocked.page.clock.run_for(3 * SECOND)
    expect(shown).to_have_attribute("status", "verified")
    assert TITLE in clocked.text()


def test_to_scroll_past_a_cover_does_not_uncover(clocked: Host, shown: Locator) -> None:
    clocked.page.evaluate(COVERS["an advertisement that scrolls with the page"])
    clocked.page.clock.run_for(3 * SECOND)
    clocked.page.evaluate("scrollTo(0, 1500)")
    clocked.page.clock.run_for(9 * SECOND)
    expect(shown).to_have_attribute("status", "hidden")


@pytest.mark.parametrize("act", HARMLESS.values(), ids=HARMLESS)
def test_what_pages_ordinarily_do_takes_nothing(clocked: Host, shown: Locator, act: str) -> None:
    clocked.page.evaluate(act)
    clocked.page.clock.run_for(30 * SECOND)
    expect(shown).to_have_attribute("status", "verified")
    assert len(clocked.text()) > 5_000


@pytest.mark.parametrize(
    "way",
    [
        {"viewport": {"width": 320, "height": 200}, "device_scale_factor": 4},
        {"viewport": {"width": 390, "height": 844}, "forced_colors": "active"},
        {"viewport": {"width": 390, "height": 844}, "color_scheme": "dark"},
        {"viewport": {"width": 390, "height": 844}, "reduced_motion": "reduce"},
    ],
    ids=["zoomed to 400 %", "forced-colours", "dark", "reduced-motion"],
)
def test_no_way_to_read_takes_the_text(
    browser: Browser, world: World, way: dict[str, object]
) -> None:
    context = browser.new_context(**way)
    host = Host(context.new_page(), world)
    host.page.clock.install()
    scheme = '<meta name="color-scheme" content="light dark">'
    banner = '<div style="position: fixed; bottom: 0; height: 40%; background: #fff">Cookies?</div>'
    host.open(element(OCD, jurisdiction="US-AL") + banner, head=SCRIPT + scheme)
    shown = host.settled()
    for place in (0, 300, 2_000):
        host.page.evaluate("(y) => scrollTo(0, y)", place)
        host.page.clock.run_for(15 * SECOND)
        expect(shown).to_have_attribute("status", "verified")
    context.close()


def test_print_takes_nothing(clocked: Host, shown: Locator) -> None:
    style = "@media print { #wrap { opacity: .1; height: 900px; overflow: hidden } }"
    clocked.page.add_style_tag(content=style)
    clocked.page.emulate_media(media="print")
    clocked.page.clock.run_for(15 * SECOND)
    expect(shown).to_have_attribute("status", "verified")
    notices = shown.locator("details .cv-full")
    assert notices.count() > 5
    for one in notices.all():
        expect(one).to_be_visible()
    clocked.page.emulate_media(media="screen")
