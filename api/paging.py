"""Cursors: opaque, and fixed to the number of the log at which their walk began."""

import base64
from dataclasses import dataclass
from typing import TypeVar

from content.errors import Finding, Invalid
from content.exposures import Place
from content.insights import calendar
from content.models.access import KeyRequest, Partner
from content.models.conformance import ConformanceReport
from content.models.recalls import Recall
from content.models.webhooks import Endpoint
from schemas.fields import MAX_NUMBER

Row = TypeVar("Row", Partner, KeyRequest, Recall, Endpoint, ConformanceReport)


@dataclass(frozen=True)
class Cursor:
    """A place in a walk: everything at number ``at``; what lies beyond ``beside`` is left.

    ``rank`` is that of the place where matches of a search come by rank.
    """

    at: int
    beside: int  # the number of a publication
    rank: int = 0

    def __str__(self) -> str:
        """Return the opaque text that readers send back."""
        numbers = (self.at, self.beside, *([self.rank] if self.rank else []))
        return _seal(".".join(map(str, numbers)))


def cut(found: list[Row], limit: int) -> tuple[list[Row], str | None]:
    """Return one page of what was found, and the id behind which it goes on, None at the end."""
    shown = found[:limit]
    return shown, shown[-1].id if len(found) > limit else None


def name_cursor(slug: str, locale: str) -> str:
    """Return the opaque cursor of a walk by slug and locale, after this one."""
    return _seal(f"{slug} {locale}")


def parse_name(text: str | None) -> tuple[str, str]:
    """Read such a cursor, the very beginning for None; raise ``Invalid``."""
    if text is None:
        return "", ""
    try:
        slug, locale = _open(text).decode().split(" ")
    except ValueError:
        slug = locale = ""
    if not slug or name_cursor(slug, locale) != text or "\x00" in slug + locale:
        raise Invalid([Finding("cursor", "is not one of ours; take it from links.next")])
    return slug, locale


def place_cursor(place: Place) -> str:
    """Return the opaque cursor of a walk over what a partner was given, after this place."""
    return _seal(" ".join(map(str, place)))


def parse_place(text: str | None) -> Place | None:
    """Read such a cursor, None for the beginning; raise ``Invalid``."""
    if text is None:
        return None
    try:
        article, locale, revision = _open(text).decode().split(" ")
        place = (article, locale, _number(revision.encode()))
    except ValueError:
        place = ("", "", 0)
    if place_cursor(place) != text or "\x00" in text + place[0] + place[1]:
        raise Invalid([Finding("after", "is not one of ours; take it from next")])
    return place


def entry_cursor(place: calendar.Place) -> str:
    """Return the opaque cursor of a walk through the calendar, after this place."""
    return _seal(" ".join(place))


def parse_entry(text: str | None) -> calendar.Place:
    """Read such a cursor, the very beginning for None; raise ``Invalid``."""
    if text is None:
        return calendar.BEGIN
    try:
        day, kind, subject, detail = _open(text).decode().split(" ")
        place = (day, kind, subject, detail)
    except ValueError:
        place = calendar.BEGIN
    if entry_cursor(place) != text or "\x00" in "".join(place):
        raise Invalid([Finding("cursor", "is not one of ours; take it from next")])
    return place


def asked_cursor(recall: str, partner: str) -> str:
    """Return the opaque cursor of a walk through who was asked to confirm, after this one."""
    return _seal(f"{recall} {partner}")


def parse_asked(text: str | None) -> tuple[str, str]:
    """Read such a cursor, the very beginning for None; raise ``Invalid``."""
    if text is None:
        return "", ""
    try:
        recall, partner = _open(text).decode().split(" ")
    except ValueError:
        recall = partner = ""
    if asked_cursor(recall, partner) != text or "\x00" in recall + partner:
        raise Invalid([Finding("after", "is not one of ours; take it from next")])
    return recall, partner


@dataclass(frozen=True)
class Behind:
    """A place in a walk by the ids of articles, which belongs to a number of the log."""

    number: int
    article: str = ""  # the last id that was looked at

    def __str__(self) -> str:
        """Return the opaque text that readers send back."""
        return _seal(f"{self.number} {self.article}")


def parse_behind(text: str, head: int) -> Behind:
    """Read such a cursor; raise ``Invalid`` for one that was not made here."""
    try:
        number, article = _open(text).decode().split(" ")
        found = Behind(_number(number.encode()), article)
    except ValueError:
        found = Behind(0)
    if not 0 < found.number <= head or str(found) != text or "\x00" in found.article:
        raise Invalid([Finding("cursor", "is not one of ours; take it from links.next")])
    return found


def parse(text: str, head: int) -> Cursor:
    """Read a cursor; raise ``Invalid`` for one that was not made here or is from the future."""
    try:
        found = Cursor(*map(_number, _open(text).split(b".")))
    except (ValueError, TypeError):
        found = Cursor(0, 0)
    if not found.at or str(found) != text:
        raise Invalid([Finding("cursor", "is not one of ours; take it from links.next")])
    if found.at > head:
        raise Invalid([Finding("cursor", f"is from the future; the newest number is {head}")])
    return found


def _seal(said: str) -> str:
    return base64.urlsafe_b64encode(said.encode()).decode().rstrip("=")


def _open(text: str) -> bytes:
    """Return what was sealed; raise ``ValueError`` for what is not base64url."""
    return base64.b64decode(text + "=" * (-len(text) % 4), b"-_", validate=True)


def _number(digits: bytes) -> int:
    if not (digits.isdigit() and len(digits) < 17 and int(digits) <= MAX_NUMBER):
        raise ValueError("not a number of the log")
    return int(digits)
