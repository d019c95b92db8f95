"""The checks of a page that shows an article: pure functions of an edition and a page.

Where nothing is said, a doubt is a fault: an unknown level is an alert, and an inline notice whose
section is not shown leads.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from content.conformance import credit, passages, revisions
from content.conformance.pages import ERROR, WARNING, Fault, Page
from content.conformance.sights import Sight, Wanted, shortened
from content.conformance.texts import Place, packed

Body = dict[str, Any]
CHECKS = {
    "page": "the page can be read",
    "article-named": "the page says which article it shows",
    "article-known": "the article is published",
    "signature": "our edition is genuine",
    "revision": "the text is that of the revision that is live",
    "alert-visible": "each alert stands in full before everything but the title",
    "nothing-between": "nothing else stands between the title and the alerts",
    "actions": "the calls and links of each alert are there",
    "short-visible": "each other disclaimer's short text is visible at its place or earlier",
    "text-present": "each full text is in the same document, visible or opening in place",
    "hidden": "no text of a disclaimer is hidden",
    "modified": "no text of a disclaimer is altered",
    "attribution": "the credit and the link to the original are there",
    "indexing": "search engines are told what the edition says",
    "withdrawn": "what was taken down is not shown",
}
BETWEEN = 300  # characters without spaces that may stand between the title and the first alert


def check(
    edition: Body, page: Page, *, now: datetime, older: list[Body] | None = None
) -> list[Fault]:
    """Return what is wrong with a page that has to show an edition, in the order of the checks.

    ``older`` are editions of earlier revisions, newest first, of which the page may have the text.
    """
    sight = Sight(page)
    text = revisions.shown(sight, edition, older or [])
    if _is_elsewhere(sight, edition):
        return list(revisions.check(sight, edition, text, now=now))
    found = [
        *revisions.check(sight, edition, text, now=now),
        *_disclaimers(sight, edition, text),
        *credit.check_attribution(sight, edition),
        *credit.check_indexing(sight, edition, text),
    ]
    return in_order(found)


def _is_elsewhere(sight: Sight, edition: Body) -> bool:
    """Return whether nothing of an edition is on a page: to list all that is lacking tells less."""
    texts = [notice[name] for notice in edition["disclaimers"] for name in ("short", "text")]
    return not any(text in sight.everything for text in [*texts, *passages.of(edition)])


def in_order(found: list[Fault]) -> list[Fault]:
    """Return faults in the order of the checks; a disclaimer is said to be hidden once."""
    once: dict[Any, Fault] = {}
    for number, fault in enumerate(found):
        is_same = fault.check == "hidden" and fault.about
        once.setdefault((fault.check, fault.about) if is_same else number, fault)
    names = list(CHECKS)
    return sorted(once.values(), key=lambda fault: names.index(fault.check))


def _disclaimers(sight: Sight, edition: Body, text: Body) -> Iterator[Fault]:
    limits = Limits(sight, text)
    for notice in edition["disclaimers"]:
        level, anchor = _place(notice, limits)
        if level == "alert":
            yield from _alert(sight, notice, limits)
        else:
            yield from _short(sight, notice, level, limits.of(level, anchor))
    yield from _between(sight, edition, limits)


class Limits:
    """Where the text of an article begins on a page: what has to stand before it, stands before."""

    def __init__(self, sight: Sight, text: Body) -> None:
        self._sections = {
            section["kind"]: _first(sight, passages.of_section(section, text))
            for section in text.get("sections", [])
        }
        self.lead = min(filter(None, self._sections.values()), default=None)
        summary = _first(sight, [text["summary"]] if "summary" in text else [])
        self.alert = min(filter(None, (self.lead, summary)), default=None)

    def has(self, kind: str | None) -> bool:
        """Return whether the text of a section is visible."""
        return self._sections.get(kind or "") is not None

    def of(self, level: str, anchor: str | None) -> Place | None:
        """Return before what a short text has to stand; None: anywhere."""
        if level == "inline":
            return self._sections[anchor or ""]
        return self.lead if level == "lead" else None


def _first(sight: Sight, texts: list[str]) -> Place | None:
    return min(filter(None, map(sight.seen.find, texts)), default=None)


def _place(notice: Body, limits: Limits) -> tuple[str, str | None]:
    display = notice.get("display") or {}
    level, anchor = display.get("level"), display.get("anchor")
    if level == "inline":
        return ("inline", anchor) if limits.has(anchor) else ("lead", None)
    return (level, None) if level in ("lead", "foot") else ("alert", None)


def _alert(sight: Sight, notice: Body, limits: Limits) -> Iterator[Fault]:
    fix = "Show its full text right under the title, before the summary and everything else."
    wanted = Wanted("alert-visible", notice["text"], "the alert's full text", fix, notice["id"])
    place = sight.seen.find(notice["text"])
    if place is None:
        yield from sight.lacking(wanted, folded=False)
        return
    yield from _actions(sight, notice)
    if limits.alert and sight.is_after(place, limits.alert):
        found = f"the alert stands after text of the article: {sight.at(limits.alert)}"
        yield Fault("alert-visible", ERROR, found, fix, about=notice["id"], at=sight.at(place))


def _short(sight: Sight, notice: Body, level: str, limit: Place | None) -> Iterator[Fault]:
    """Yield what is wrong with a notice that may fold; to show its full text at once is more."""
    places = [sight.seen.find(notice[name]) for name in ("short", "text")]
    place = min(filter(None, places), default=None)
    fix = f"Show it {_where(level, notice)}, as the <summary> of the full text."
    wanted = Wanted("short-visible", notice["short"], "the short text", fix, notice["id"])
    if place is None:
        yield from sight.lacking(wanted, folded=False)
    elif limit and sight.is_after(place, limit):
        found = f"the short text stands too late: after {sight.at(limit)}"
        yield Fault("short-visible", ERROR, found, fix, about=notice["id"], at=sight.at(place))
    fix = "Put it into the same document, for example into <details>; a link is not enough."
    yield from sight.lacking(
        Wanted("text-present", notice["text"], "the full text", fix, notice["id"])
    )


def _where(level: str, notice: Body) -> str:
    if level == "inline":
        return f"at the start of the section {notice['display']['anchor']} or earlier"
    return (
        "before any text of a section" if level == "lead" else "after the last section or earlier"
    )


def _actions(sight: Sight, notice: Body) -> Iterator[Fault]:
    followed = {_dialled(link.href) for link in sight.page.links if not link.hidden}
    fix = "Make each action of the edition a link with its value."
    for action in notice["actions"]:
        if _dialled(action["value"]) in followed:
            continue
        said = action["label"] in sight.seen
        what = f"{shortened(action['label'])} ({action['value']})"
        found = f"{what} is {'no link' if said else 'not there'}"
        yield Fault("actions", WARNING if said else ERROR, found, fix, about=notice["id"])


def _dialled(address: str) -> str:
    """Return an address as a telephone dials it: what only parts the digits does not count."""
    scheme, _, rest = address.partition(":")
    plain = (
        "".join(sign for sign in rest if sign not in "-.() ") if scheme in ("tel", "sms") else rest
    )
    return f"{scheme}:{plain.rstrip('/')}"


def _between(sight: Sight, edition: Body, limits: Limits) -> Iterator[Fault]:
    """Yield where more stands between the title and the first alert than a byline."""
    levels = [notice for notice in edition["disclaimers"] if _is_alert(notice)]
    first = min(filter(None, (sight.seen.find(one["text"]) for one in levels)), default=None)
    title = sight.seen.find_last(edition["title"], first) if first else None
    if first is None or title is None or (limits.alert and first > limits.alert):
        return
    between = sight.seen.between(title, first)
    for notice in edition["disclaimers"]:
        for name in ("text", "short"):
            between = between.replace(packed(notice[name]), "")
    if len(between) - len(packed(edition["title"])) > BETWEEN:
        found = f"about {len(between)} other characters stand between the title and the first alert"
        fix = "Put the alerts right under the title."
        yield Fault("nothing-between", WARNING, found, fix, at=sight.at(first))


def _is_alert(notice: Body) -> bool:
    return (notice.get("display") or {}).get("level") not in ("lead", "inline", "foot")
