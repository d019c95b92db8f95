"""The iframe and the page of snippets, and the element over a real connection."""

import re
import threading
from collections.abc import Iterator

import delivery
import pytest
from axe_playwright_python.sync_playwright import Axe
from delivery import OCD, SLEEP
from factories import publish
from partner_pages import API, PARTNER, SCRIPT, Host, World
from playwright.sync_api import Browser, FrameLocator, Page, expect
from werkzeug.serving import make_server

FRAME = (
    f'<iframe src="{API}/embed/%s" title="An article" width="100%%" height="300" '
    'sandbox="allow-scripts allow-popups allow-popups-to-escape-sandbox"></iframe>'
)
FORMS = ("element", "iframe", "fragment")


@pytest.fixture(scope="module")
def asked() -> list[tuple[str, int]]:
    """The addresses that the server was asked for, with the status that it gave."""
    return []


@pytest.fixture(scope="module")
def url(world: World, asked: list[tuple[str, int]]) -> Iterator[str]:
    """The address of a real server."""
    app = world.client.application

    def heard(environ: dict[str, str], start: object) -> object:
        def begin(status: str, *rest: object) -> object:
            asked.append((environ["PATH_INFO"], int(status.split(maxsplit=1)[0])))
            return start(status, *rest)  # type: ignore[operator]

        return app(environ, begin)

    server = make_server("127.0.0.1", 0, heard, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()
    server.server_close()


def framed(host: Host, address: str, script: str = SCRIPT) -> FrameLocator:
    host.open(FRAME % address, head=script)
    return host.page.frame_locator("iframe")


def test_a_frame_is_as_high_as_its_content_and_follows_it(host: Host) -> None:
    inside = framed(host, f"{OCD}?jurisdiction=US-AL")
    expect(inside.locator("caveat-article")).to_have_attribute("status", "verified")
    high = "document.querySelector('iframe').clientHeight"
    content = inside.locator("html").evaluate("node => node.scrollHeight")
    host.page.wait_for_function(f"Math.abs({high} - {content}) < 8")
    inside.locator(".cv-leads summary").first.click()
    host.page.wait_for_function(f"{high} > {content} + 20")


def test_a_frame_listens_to_its_own_window_only(host: Host) -> None:
    framed(host, OCD).locator("caveat-article[status=verified]").wait_for()
    host.page.wait_for_function("document.querySelector('iframe').clientHeight > 1000")
    host.page.evaluate("postMessage({type: 'caveat:resize', height: 7}, '*')")
    host.page.wait_for_timeout(200)
    assert host.page.evaluate("document.querySelector('iframe').clientHeight") > 1000


def test_a_link_of_a_frame_opens_outside_of_it(fresh: Host) -> None:
    inside = framed(fresh, SLEEP)
    inside.locator("caveat-article[status=verified]").wait_for()
    fresh.page.context.route("https://doi.org/**", lambda route: route.fulfill(body="A study"))
    with fresh.page.context.expect_page() as opened:
        inside.locator(".cv-sources a").first.click()
    assert opened.value.url.startswith("https://doi.org/")


def test_a_frame_shows_the_notice_and_the_help_of_a_refusal(host: Host) -> None:
    publish(host.world.database, slug="to-end", title="A title that is gone soon enough")
    delivery.end(host.world.database, "to-end", replacement=OCD)
    inside = framed(host, "to-end?jurisdiction=GB", script="")
    expect(inside.locator("body")).to_contain_text("No longer published")
    expect(inside.locator("body")).to_contain_text("It was wrong about a dose.")
    expect(inside.get_by_role("link", name="116 123")).to_be_visible()


def test_a_frame_is_complete_without_its_script(browser: Browser, world: World) -> None:
    context = browser.new_context(java_script_enabled=False)
    inside = framed(Host(context.new_page(), world), OCD, script="")
    expect(inside.locator("h1")).to_contain_text("Kratom and OCD")
    expect(inside.locator(".cv-alerts p").first).to_be_visible()
    context.close()


@pytest.mark.parametrize(
    ("path", "width"), [(f"/embed/{OCD}?jurisdiction=US-AL", 320), ("/docs/try", 1280)]
)
def test_axe_finds_no_violation(browser: Browser, world: World, path: str, width: int) -> None:
    context = browser.new_context(viewport={"width": width, "height": 800})
    host = Host(context.new_page(), world)
    host.page.goto(f"{API}{path}")
    host.page.locator("caveat-article[status=verified]").wait_for()
    found = Axe().run(host.page)
    assert found.violations_count == 0, found.generate_report()
    overflow = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert host.page.evaluate(overflow) == 0
    context.close()


@pytest.mark.parametrize("form", FORMS)
def test_each_form_of_a_snippet_is_shown_and_works_where_it_is_pasted(
    host: Host, form: str
) -> None:
    host.page.goto(f"{API}/docs/try")
    host.page.locator("select[name=jurisdiction]").select_option("US-AL")
    host.page.locator("select[name=form]").select_option(form)
    host.page.get_by_role("button", name="Show").click()
    preview = host.page.locator(".cv-preview")
    inside = preview.frame_locator("iframe") if form == "iframe" else preview
    expect(inside.locator(".cv-alerts").last).to_contain_text("988")
    assert not [text for text in host.heard if "Content Security Policy" in text]
    snippet = host.page.locator("pre").first.text_content().replace("http://127.0.0.1:8000", API)
    if form == "fragment":
        snippet += host.world.fragment(OCD, jurisdiction="US-AL")
    host.open(snippet, head="")
    found = host.page.frame_locator("iframe") if form == "iframe" else host.page
    if form != "fragment":
        found.locator("caveat-article[status=verified]").wait_for()
    expect(found.locator(".cv-alerts").last).to_contain_text("988")
    assert not [text for text in host.heard if "integrity" in text]


def test_a_script_that_was_altered_is_not_run(host: Host) -> None:
    host.bent["/caveat.js"] = lambda status, body: (200, body + b" ")
    host.page.goto(f"{API}/docs/try")
    assert any("integrity" in text for text in host.heard)
    assert host.page.evaluate("customElements.get('caveat-article')") is None


def test_over_a_real_connection_it_asks_again_by_etag(
    page: Page, url: str, asked: list[tuple[str, int]]
) -> None:
    page.goto(f"{url}/docs/try?article={OCD}")
    page.locator("caveat-article[status=verified]").wait_for()
    page.locator("caveat-article").evaluate("node => node.setAttribute('refresh', '1')")
    page.locator("caveat-article").evaluate("node => node.setAttribute('regions', 'none')")
    asked.clear()
    page.wait_for_timeout(2_500)
    articles = [status for path, status in asked if path == f"/v1/articles/{OCD}"]
    assert len(articles) >= 2
    assert articles[1:] == [304] * (len(articles) - 1)


def test_over_a_real_connection_an_old_slug_leads_to_the_article(
    page: Page, url: str, world: World
) -> None:
    publish(world.database, slug="a-new-slug")
    page.goto(f"{url}/docs/try?article=a-new-slug")
    shown = page.locator("caveat-article")
    expect(shown).to_have_attribute("status", "verified")
    delivery.revise(world.database, SLEEP, slug="sleep-anew")
    shown.evaluate("(node, slug) => node.setAttribute('slug', slug)", SLEEP)
    expect(shown.locator(".cv-title")).to_contain_text("leep")
    expect(shown).to_have_attribute("status", "verified")
    assert re.search(r"/docs/try", page.url)
    assert PARTNER not in page.url
