"""``caveat conformance``: does a partner's page show what its article owes?"""

import asyncio
import json
import os
import sys
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Any

import click

from api.cli.check import read_json
from api.cli.console import counting
from api.conforming import browsing, fetching, judging, naming, showing
from api.conforming.browsing import NoBrowser
from api.conforming.judging import CONFORMS, FAILS, UNCHECKED, Asked, Judge
from api.conforming.publisher import Publisher
from api.db import now, opened
from api.settings import KEY, Settings
from content import articles, conformance, partners
from content.contexts import AUDIENCES, CHANNELS, TEST
from content.errors import CaveatError, NotFound

AUTO, ALWAYS, NEVER = "auto", "always", "never"
FILE = click.Path(dir_okay=False, path_type=Path)
MOST = 10_000  # addresses at a time
CONTEXT = ("locale", "jurisdiction", "audience", "channel", "include")
Json = dict[str, Any]


@click.command("conformance")
@click.argument("urls", nargs=-1, metavar="URL…")
@click.option(
    "--file", type=click.File(encoding="utf-8-sig"), help="A file with one URL a line; - for input."
)
@click.option("--api", help="Address of the API; left out: this installation's public URL.")
@click.option("--article", metavar="SLUG", help="Which article it is; left out: as the page says.")
@click.option("--locale", help="For which readers; left out: as the page says.")
@click.option("--jurisdiction")
@click.option("--audience", type=click.Choice(AUDIENCES))
@click.option("--channel", type=click.Choice(CHANNELS))
@click.option("--test", "include", flag_value=TEST, help="It is a test article of the sandbox.")
@click.option("--edition", metavar="FILE", help="A saved edition of an article that has ended.")
@click.option("--browser", type=click.Choice([AUTO, ALWAYS, NEVER]), default=AUTO,
              show_default=True, help="Whether Chromium draws the page.")  # fmt: skip
@click.option("--sandbox/--no-sandbox", default=True, help="Chromium's own; not for root.")
@click.option("--width", type=click.IntRange(240, 4000), default=1280, show_default=True,
              help="CSS pixels of Chromium's window.")  # fmt: skip
@click.option("--at-once", type=click.IntRange(1, 16), default=4, show_default=True,
              help="How many pages at a time.")  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print the reports as JSON.")
@click.option("--html", type=FILE, metavar="FILE", help="Write the reports as a page to print.")
@click.option("--save", is_flag=True, help="Keep the reports in this installation, as evidence.")
@click.option("--partner", metavar="ID", help="Whose pages these are; for --save.")
def command(urls: tuple[str, ...], **said: Any) -> None:
    """Check that pages show an article with everything that it owes.

    Exit code 0: all conform; 1: not all do; 2: none could be checked. An account key, where
    delivery is not open, is taken from CAVEAT_KEY.
    """
    settings = Settings.from_environment()
    found = _addresses(urls, said["file"])
    if said["article"] is not None and not naming.NAME.fullmatch(said["article"]):
        raise click.UsageError(f"{said['article']!r} is no slug of an article")
    if said["save"] != bool(said["partner"]):
        raise click.UsageError("--save and --partner belong together")
    if said["save"]:
        _check_partner(settings, said["partner"])
    document = asyncio.run(_check(found, settings, said))
    if said["save"]:
        _save(settings, said["partner"], document["reports"])
    click.echo(
        json.dumps(document, indent=2, ensure_ascii=False) if said["as_json"] else _told(document)
    )
    if said["html"]:  # last: where it cannot be written, all else has been said
        said["html"].write_text(showing.page(document), encoding="utf-8")
    sys.exit(_code(document["reports"]))


def _addresses(urls: tuple[str, ...], file: Any) -> list[str]:
    try:
        lines = [line.strip() for line in file or ()]
    except UnicodeDecodeError:
        raise click.UsageError(f"{file.name} is not text in UTF-8") from None
    found = [*urls, *(line for line in lines if line and not line.startswith("#"))]
    if not found:
        raise click.UsageError("Give the address of a page, or a --file of them.")
    for one in found:
        _check_address(one)
    if len(found) > MOST:
        raise click.UsageError(f"{MOST} addresses are the most at a time")
    return list(dict.fromkeys(found))


def _check_address(given: str) -> None:
    if not given.startswith(("http://", "https://")):
        raise click.UsageError(f"{given!r} is no address that begins with http:// or https://")
    given.encode()  # what is no text stands in no report


async def _check(urls: list[str], settings: Settings, said: Json) -> Json:
    api = (settings.public_url if said["api"] is None else said["api"]).rstrip("/")
    _check_address(api)
    query = {name: said[name] for name in CONTEXT if said[name]}
    saved = _read_edition(said["edition"]) if said["edition"] is not None else None
    asked = Asked(said["article"], query, saved, said["width"])
    at = now()
    async with fetching.client() as client, _browser(said) as (browser, note):
        judge = Judge(Publisher(client, api, os.environ.get(KEY)), asked, browser, note)
        with counting(len(urls), "Checking") as move:
            reports = await judging.judge_all(
                judge, urls, at, at_once=said["at_once"], done=_tell(move, len(urls))
            )
    return {
        "version": judging.VERSION,
        "tool": f"caveat {version('caveat')}",
        "api": api,
        "at": f"{at:%Y-%m-%dT%H:%M:%SZ}",
        "conforms": all(one["outcome"] == CONFORMS for one in reports),
        "reports": reports,
    }


def _read_edition(source: str) -> Json:
    found = read_json(source)
    if not (isinstance(found, dict) and isinstance(found.get("article"), dict)):
        raise CaveatError(f"{source} is not an edition")
    return found


@asynccontextmanager
async def _browser(said: Json) -> AsyncIterator[tuple[Any, str | None]]:
    """Give a browser, or why there is none; where one is asked for always, that is an error."""
    if said["browser"] == NEVER:
        yield None, None
        return
    async with AsyncExitStack() as stack:
        browser, note = None, None
        try:
            browser = await stack.enter_async_context(browsing.opened(sandbox=said["sandbox"]))
        except NoBrowser as error:
            if said["browser"] == ALWAYS:
                raise CaveatError(str(error)) from None
            note = str(error)
        yield browser, note


def _tell(move: Callable[[int], None], total: int) -> Callable[[Json], None]:
    """Return what tells how far it is: a bar on a terminal, else a line for each of many."""

    def told(report: Json) -> None:
        move(1)
        if total > 1 and not sys.stderr.isatty():
            click.echo(f"{report['url']}: {report['outcome']}", err=True)

    return told


def _told(document: Json) -> str:
    reports = document["reports"]
    lines = [line for one in reports for line in showing.lines(one)]
    if len(reports) > 1:
        counts = Counter(one["outcome"] for one in reports)
        lines.append(
            f"{len(reports)} pages: {counts[CONFORMS]} conform, {counts[FAILS]} do not, "
            f"{counts[UNCHECKED]} could not be checked"
        )
    return "\n".join(lines)


def _code(reports: list[Json]) -> int:
    outcomes = {one["outcome"] for one in reports}
    if outcomes == {CONFORMS}:
        return 0
    return 2 if outcomes == {UNCHECKED} else 1


def _check_partner(settings: Settings, id: str) -> None:
    with opened(settings) as database, database.read() as session:
        partners.find(session, id)


def _save(settings: Settings, partner: str, reports: list[Json]) -> None:
    with opened(settings) as database, database.write() as session:
        found = partners.find(session, partner)
        for report in reports:
            if report["article"] and not report["article"]["id"]:
                report["article"]["id"] = _identify(session, report["article"]["slug"])
            conformance.save(session, found, report, now())
        session.commit()


def _identify(session: Any, slug: str) -> str | None:
    try:
        return articles.identify(session, slug)
    except NotFound:
        return None


COMMANDS = (command,)
