"""The timeline of a recall: what has happened, in its order, as a report tells it."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from api.console.words import CONFIRMED

Event = tuple[str, str, str]  # when (ISO 8601), what, and whose words or name


def timeline(report: dict[str, Any]) -> list[Event]:
    """Return what has happened in a recall, oldest first; its deadline is there in any case."""
    return sorted(_events(report), key=lambda event: event[0])


def _events(report: dict[str, Any]) -> Iterator[Event]:
    what = "The drill was opened" if report["drill"] else "The article was withdrawn"
    yield report["opened_at"], f"{what}, number {report['sequence']} of the log", ""
    for at, count in Counter(one["told_at"] for one in report["exposed"]).items():
        yield at, f"{count} {'partner was' if count == 1 else 'partners were'} asked to confirm", ""
    for one in report["exposed"]:
        yield from _of_partner(one)
    yield report["deadline"], "The deadline", ""
    if report["closed_at"]:
        yield report["closed_at"], "Closed", report["closed_because"]


def _of_partner(one: dict[str, Any]) -> Iterator[Event]:
    for hook in one["webhooks"]:
        if hook["delivered_at"]:
            yield hook["delivered_at"], "A webhook took the news", one["name"]
    if one["confirmed_at"]:
        yield one["confirmed_at"], f"Confirmed {CONFIRMED[one['confirmed_by']]}", one["name"]
