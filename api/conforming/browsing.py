"""A page as Chromium shows it: scripts have run, styles and shadow trees count.

Needs ``pip install '.[browser]'`` and a Chromium on the machine; each page gets a profile of
its own, without permissions and downloads.
"""

import asyncio
import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lxml.html import HtmlElement

from api.conforming import parsing
from api.conforming.fetching import AGENT, MOST, Unread
from api.conforming.parts import Frame, Parts
from content.conformance import Link, Run

if TYPE_CHECKING:
    from playwright.async_api import Browser, Page

PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = ["--disable-quic", "--no-first-run", "--disable-background-networking"]
TIMEOUT = 45  # seconds for a page, drawing and reading included
QUIET = 0.5  # seconds without a change after which a page is drawn
PATIENCE = 12  # seconds that it may take for that
EMBEDS = "[...document.querySelectorAll('caveat-article')]"
DRAWN = f"""() => {{
  const open = {EMBEDS}.filter((one) => one.getAttribute("status") === "checking");
  return open.length ? null : document.documentElement.outerHTML.length;
}}"""


class NoBrowser(Exception):
    """Chromium cannot be used here; the message says why."""


def program() -> str:
    """Return the Chromium that is used; raise :class:`NoBrowser`."""
    try:
        import playwright  # noqa: F401, PLC0415 - it is an extra, and asked for only here
    except ImportError:
        raise NoBrowser(
            "playwright is not here; install Caveat with it: pip install '.[browser]'"
        ) from None
    found = next(filter(None, map(shutil.which, PROGRAMS)), None)
    if found is None:
        raise NoBrowser("Chromium is not here (Debian: apt-get install chromium)")
    return found


@asynccontextmanager
async def opened(*, sandbox: bool) -> AsyncIterator["Browser"]:
    """Start Chromium and end it; raise :class:`NoBrowser`."""
    path = program()
    from playwright.async_api import Error, async_playwright  # noqa: PLC0415 - an extra, as above

    if sandbox and os.geteuid() == 0:
        raise NoBrowser("Chromium has no sandbox for root: run as somebody else, or --no-sandbox")
    async with async_playwright() as playwright:
        try:
            browser = await playwright.chromium.launch(
                executable_path=path, args=FLAGS, chromium_sandbox=sandbox
            )
        except Error as error:
            raise NoBrowser(f"Chromium does not start: {error.message.splitlines()[0]}") from None
        yield browser
        await browser.close()


async def read(
    browser: "Browser", url: str, *, width: int, embeds: str
) -> tuple[Parts, dict[str, Parts], int, HtmlElement]:
    """Return a document, our frames in it, its status and the tree that was drawn.

    Raise :class:`~api.conforming.fetching.Unread`.
    """
    from playwright.async_api import Error  # noqa: PLC0415 - an extra, as above

    agent = f"Mozilla/5.0 (compatible; {AGENT}) Chrome/{browser.version}"
    size: Any = {"width": width, "height": 900}
    context = await browser.new_context(user_agent=agent, viewport=size, accept_downloads=False)
    try:
        async with asyncio.timeout(TIMEOUT):
            return await _look(await context.new_page(), url, embeds)
    except TimeoutError:
        raise Unread(f"{url} was not drawn within {TIMEOUT} seconds") from None
    except Error as error:
        raise Unread(f"{url} cannot be drawn: {error.message.splitlines()[0]}") from None
    finally:
        await context.close()


async def _look(
    page: "Page", url: str, embeds: str
) -> tuple[Parts, dict[str, Parts], int, HtmlElement]:
    response = await page.goto(url, wait_until="load", timeout=TIMEOUT * 1000)
    if response is None:
        raise Unread(f"{url} is no page")
    await _drawn(page)
    frames = await _frames(page, embeds)
    source = (await page.content()).encode()
    if len(source) > MOST:
        raise Unread(f"{url}, as it is drawn, is larger than {MOST} bytes")
    tree = parsing.parse(source, "utf-8", page.url)
    robots = await response.header_value("x-robots-tag") or ""
    parts = await _parts(page.main_frame, tree, robots)
    return parts, frames, response.status, tree


async def _drawn(page: "Page") -> None:
    """Wait until nothing changes any more; what goes on changing is read as it is."""
    before, end = None, asyncio.get_running_loop().time() + PATIENCE
    while asyncio.get_running_loop().time() < end:
        await asyncio.sleep(QUIET)
        now = await page.evaluate(DRAWN)
        if now is not None and now == before:
            return
        before = now


async def _frames(page: "Page", embeds: str) -> dict[str, Parts]:
    """Return the documents of our frames, and give their elements the names."""
    found = {}
    for number, frame in enumerate(page.frames):
        if frame.parent_frame is page.main_frame and frame.url.startswith(embeds):
            element = await frame.frame_element()
            await element.evaluate(
                "(one, name) => one.setAttribute('data-conformance-frame', name)", str(number)
            )
            tree = parsing.parse((await frame.content()).encode(), "utf-8", frame.url)
            found[str(number)] = await _parts(frame, tree, "")
    return found


async def _parts(frame: Any, tree: HtmlElement, robots: str) -> Parts:
    told = await frame.evaluate(_script())
    runs = [_run(one) for one in told["runs"]]
    links = [Link(**one) for one in told["links"]]
    return Parts(runs, links, parsing.head(tree, frame.url, robots))


def _run(told: dict[str, Any]) -> Run | Frame:
    where = {name: told[name] for name in ("hidden", "folded", "top")}
    if "frame" in told:
        return Frame(told["frame"], **where)
    return Run(told["text"], told["at"], **where)


@lru_cache(maxsize=1)
def _script() -> str:
    """Return how a document is collected: with the eyes of the embed."""
    files: list[Any] = [
        resources.files("api") / "static/embed/sight.js",
        resources.files("api.conforming") / "collect.js",
    ]
    sources = "\n".join(Path(str(file)).read_text(encoding="utf-8") for file in files)
    return f"() => {{ {sources}\nreturn collect(); }}"
