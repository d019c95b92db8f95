"""One address of a partner, looked at once: a report with everything that was found."""

import asyncio
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

import httpx
from lxml.html import HtmlElement

from api.conforming import browsing, fetching, naming, parsing, reading
from api.conforming.fetching import Fetched, Unread
from api.conforming.naming import Named
from api.conforming.parts import Frame, Parts, assemble
from api.conforming.publisher import Publisher
from content import conformance
from content.conformance import CHECKS, ERROR, WARNING, Fault, Page, checks
from content.verifying import Altered, Unreadable

if TYPE_CHECKING:
    from playwright.async_api import Browser

VERSION = 1  # of the shape of a report; it goes up when a name goes or means something else
CONFORMS, FAILS, UNCHECKED = "conforms", "fails", "unchecked"
FINAL = ("page", "article-named", "article-known", "signature")  # what fails there ends it
SOME = 5  # earlier editions with which a page is compared
FRAMES = 3  # of ours in one page, read over HTTP
NO_BROWSER = "read without a browser: what stylesheets hide and scripts draw was not seen"
Json = dict[str, Any]


@dataclass(frozen=True)
class Asked:
    """What the command was told about every page."""

    article: str | None = None
    query: dict[str, str] = field(default_factory=dict)
    saved: Json | None = None  # an edition of an article that has ended
    width: int = 1280  # CSS pixels of the window


@dataclass
class Judge:
    """What is needed to look at pages: our API, and perhaps a browser."""

    publisher: Publisher
    asked: Asked
    browser: "Browser | None" = None
    note: str | None = None  # why there is no browser

    async def report(self, url: str, now: datetime) -> Json:
        """Return the report on an address; what cannot be checked is said in it, never raised."""
        report = _blank(url, now)
        try:
            found = await self._judge(url, report, now)
        except Unread as error:
            return report | {"outcome": UNCHECKED, "reason": str(error)}
        return report | _outcome(found, has_ended=bool(report["ended"]))

    async def _judge(self, url: str, report: Json, now: datetime) -> list[Fault]:
        fetched = await fetching.fetch(self.publisher.using, url)
        page, tree = None, None
        if fetched.is_page:
            page, tree = await self._read(fetched, report)
        report["page"] = _answer(fetched, page)
        named, faults = self._named(tree)
        if named is None:
            return faults if _is_shown(fetched) else [_no_page(fetched)]
        report["article"] = {"slug": named.slug, "id": None}
        status, told = await self.publisher.edition(named)
        if status == httpx.codes.NOT_FOUND:
            return [_unknown(named)]
        page = page or Page(fetched.status, (), (), (conformance.Head(fetched.url),))
        if status != httpx.codes.OK:
            report["ended"] = {name: told.get(name) for name in ("status", "reason", "your_copy")}
            report["notes"] += _of_another(self.asked.saved, named)
            return await self._ended(told, page)
        return await self._live(told, named, page, fetched, report, now)

    async def _live(
        self, edition: Json, named: Named, page: Page, fetched: Fetched, report: Json, now: datetime
    ) -> list[Fault]:
        if fault := await self._signature(edition):
            return [fault]
        report |= _described(edition)
        if not _is_shown(fetched):
            return [_no_page(fetched)]
        found = conformance.check(edition, page, now=now)
        return found if _is_good(found) else await self._behind(edition, named, page, found, now)

    async def _behind(
        self, edition: Json, named: Named, page: Page, found: list[Fault], now: datetime
    ) -> list[Fault]:
        """Return what is wrong with a page that is not as the live edition; one before may fit.

        Freshness allows an old copy for a while, all of it: its notices and its text.
        """
        older: list[Json] = []
        newer = edition
        while len(older) < SOME and (step := await self.publisher.before(newer, named)):
            newer, since = step
            older.append(newer)
            then = conformance.check(newer, page, now=now)
            if _is_good(then):
                return [conformance.behind(edition, newer, since=since, now=now), *then]
        texts = [one for one in older if one["revision"] != edition["revision"]]
        return conformance.check(edition, page, now=now, older=texts) if texts else found

    async def _ended(self, problem: Json, page: Page) -> list[Fault]:
        saved = self.asked.saved
        if saved and (fault := await self._signature(saved)):
            return [fault]
        return conformance.check_ended(problem, page, saved)

    async def _signature(self, edition: Json) -> Fault | None:
        try:
            await self.publisher.verify(edition)
        except (Altered, Unreadable) as error:
            fix = "Ask whoever runs the API; until then do not show the article."
            return Fault("signature", ERROR, f"the edition is not genuine: {error}", fix)
        return None

    async def _read(self, fetched: Fetched, report: Json) -> tuple[Page, HtmlElement]:
        embeds = f"{self.publisher.api}/embed/"
        if self.browser:
            report["read"] = "chromium"
            url, width = fetched.url, self.asked.width
            found = await browsing.read(self.browser, url, width=width, embeds=embeds)
            parts, frames, status, tree = found
        else:
            report["notes"] = list(filter(None, [NO_BROWSER, self.note]))
            parts, tree = reading.read(fetched, embeds)
            frames, status = await self._frames(parts, embeds), fetched.status
        has = parsing.has_fragment(tree)
        return assemble(parts, frames, status=status, has_fragment=has), tree

    async def _frames(self, parts: Parts, embeds: str) -> dict[str, Parts]:
        names = [one.name for one in parts.runs if isinstance(one, Frame)]
        found = {}
        for name in list(dict.fromkeys(names))[:FRAMES]:
            answer = await fetching.fetch(self.publisher.using, name)
            found[name] = reading.read(answer, embeds)[0]
        return found

    def _named(self, tree: HtmlElement | None) -> tuple[Named | None, list[Fault]]:
        """Return which article is meant, or why that is not known; what was asked for counts."""
        found = naming.find(tree, self.publisher.api) if tree is not None else []
        if slug := self.asked.article:
            same = next((one for one in found if one.slug == slug), Named(slug))
            found = [same]
        if len(found) == 1:
            query = {**found[0].query, **self.asked.query}
            return replace(found[0], query=query), []
        return None, [_unnamed(found, self.publisher.api)]


async def judge_all(
    judge: Judge, urls: list[str], now: datetime, *, at_once: int, done: Any
) -> list[Json]:
    """Return a report on each address in their order; ``done`` is called with each as it comes."""
    gate = asyncio.Semaphore(at_once)

    async def one(url: str) -> Json:
        async with gate:
            report = await judge.report(url, now)
        done(report)
        return report

    return list(await asyncio.gather(*map(one, urls)))


def _blank(url: str, now: datetime) -> Json:
    return {
        "version": VERSION,
        "url": url,
        "at": f"{now:%Y-%m-%dT%H:%M:%SZ}",
        "read": "http",
        **dict.fromkeys(("page", "article", "context", "edition", "ended", "reason")),
        "outcome": UNCHECKED,
        "checks": [],
        "findings": [],
        "notes": [],
    }


def _described(edition: Json) -> Json:
    code = edition["context"]["jurisdiction"]["code"]
    return {
        "article": {name: edition["article"][name] for name in ("slug", "id")},
        "context": {**edition["context"], "jurisdiction": code},
        "edition": {
            "id": edition["id"],
            "revision": edition["revision"]["number"],
            "sequence": edition["sequence"],
            "digest": edition["integrity"]["digest"],
        },
    }


def _answer(fetched: Fetched, page: Page | None) -> Json:
    status = page.status if page else fetched.status
    return {"url": fetched.url, "status": status, "redirects": list(fetched.redirects)}


def _is_good(found: list[Fault]) -> bool:
    return not any(fault.level == ERROR for fault in found)


def _is_shown(fetched: Fetched) -> bool:
    return fetched.is_page and fetched.status < httpx.codes.BAD_REQUEST


def _outcome(found: list[Fault], *, has_ended: bool) -> Json:
    """Return outcome, checks and findings; after a check that ends all, the others are skipped."""
    faults = checks.in_order(found)
    levels: dict[str, set[str]] = {}
    for fault in faults:
        levels.setdefault(fault.check, set()).add(fault.level)
    return {
        "outcome": CONFORMS if _is_good(faults) else FAILS,
        "checks": [
            {"id": id, "what": what, "outcome": _said(id, levels, has_ended=has_ended)}
            for id, what in CHECKS.items()
        ],
        "findings": [fault.as_data() for fault in faults],
    }


def _said(id: str, levels: dict[str, set[str]], *, has_ended: bool) -> str:
    """Return what became of a check: passed, failed, warning or skipped."""
    if id in levels:
        return "failed" if ERROR in levels[id] else WARNING
    names = list(CHECKS)
    first = next((one for one in FINAL if one in levels), None)
    if first:
        return "passed" if names.index(id) < names.index(first) else "skipped"
    is_last = id == "withdrawn"
    return "passed" if is_last == has_ended or id in FINAL[:2] else "skipped"


def _of_another(saved: Json | None, named: Named) -> list[str]:
    """Return what is to be said where the saved edition bears another name than the page."""
    slug = saved["article"].get("slug") if saved else named.slug
    return [] if slug == named.slug else [f"the saved edition is of {slug}"]


def _no_page(fetched: Fetched) -> Fault:
    kind = fetched.headers.get("Content-Type", "no type")
    found = f"the address answers {fetched.status} with {kind}; that is no page of an article"
    return Fault("page", ERROR, found, "Give the address of a page that answers 200 with HTML.")


def _unknown(named: Named) -> Fault:
    found = f"no article is published as {named.slug}"
    return Fault("article-known", ERROR, found, "Correct the slug, or take the page down.")


def _unnamed(found: list[Named], api: str) -> Fault:
    if found:
        slugs = ", ".join(one.slug for one in found)
        said = f"the page names several articles: {slugs}"
        return Fault("article-named", ERROR, said, "Say which one is meant: --article SLUG.")
    said = f"nothing on the page says which article of {api} it shows"
    link = '<link rel="alternate" type="application/json" href="{links.self}">'
    fix = f"Put {link} into the head, with links.self of the edition; or say --article SLUG."
    return Fault("article-named", ERROR, said, fix)
