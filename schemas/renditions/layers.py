"""Layers: where each notice of an edition stands, for every rendition that people read.

Reading order is alerts, leads, sections with their inline notices, foot. Every doubt moves a
notice earlier: an unknown level is an alert, and an inline notice whose section is not shown leads.
"""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Notice = dict[str, Any]


@dataclass(frozen=True)
class Group:
    """Notices that stand under one heading."""

    name: str
    label: str
    notices: list[Notice]


@dataclass(frozen=True)
class Layers:
    """All notices of an edition, each exactly once."""

    alerts: list[Group]  # in full, before everything but the title
    leads: list[Group]  # shorts that open in place, before the first section
    inline: dict[str, list[Group]]  # the same at the start of a section, by its kind
    foot: list[Group]  # the same after the last section


def arrange(body: dict[str, Any]) -> Layers:
    """Return the notices of an edition's body by where they stand."""
    kinds = [section["kind"] for section in body.get("sections", [])]

    def at(*wanted: str | None) -> list[Group]:
        return _groups(body, lambda notice: place(notice, kinds) == wanted)

    alerts, leads = _gather(at("alert", None), at("lead", None))
    return Layers(alerts, leads, {kind: at("inline", kind) for kind in kinds}, at("foot", None))


def grouped(body: dict[str, Any]) -> list[Group]:
    """Return all notices of a body by group, for where there is no order of levels to keep."""
    return _groups(body, lambda notice: True)


def place(notice: Notice, kinds: list[str]) -> tuple[str, str | None]:
    """Return the level at which a notice is shown among these sections, and its section."""
    display = notice.get("display") or {}
    level, anchor = display.get("level"), display.get("anchor")
    if level == "inline":
        return ("inline", anchor) if anchor in kinds else ("lead", None)
    return (level, None) if level in ("lead", "foot") else ("alert", None)


def card(body: dict[str, Any]) -> list[Notice]:
    """Return the notices whose shorts stand wherever the title stands without the text."""
    named, notices = body["surfaces"]["card"], body["disclaimers"]
    return [n for n in notices if n["id"] in named or is_alert(n)] or notices[:1]


def card_line(body: dict[str, Any]) -> str:
    """Return those shorts on one line, as previews show it beside the title."""
    return " ".join(notice["short"] for notice in card(body))


def is_alert(notice: Notice) -> bool:
    """Return whether a notice is shown in full before all text."""
    return place(notice, [])[0] == "alert"


def _groups(body: dict[str, Any], belongs: Callable[[Notice], bool]) -> list[Group]:
    by_id = defaultdict(list)  # a diff may have one in the words of each revision
    for notice in filter(belongs, body["disclaimers"]):
        by_id[notice["id"]].append(notice)
    found = [
        Group(g["group"], g["label"], [notice for id in g["items"] for notice in by_id[id]])
        for g in body["notices"]
    ]
    return [group for group in found if group.notices]


def _gather(alerts: list[Group], leads: list[Group]) -> tuple[list[Group], list[Group]]:
    """Move the leads of the last alert's group up to it, so that they share its heading.

    Earlier is always allowed, and help for an overdose belongs directly under help in a crisis.
    """
    if not alerts:
        return alerts, leads
    last = alerts[-1]
    mine = [notice for group in leads if group.name == last.name for notice in group.notices]
    together = Group(last.name, last.label, [*last.notices, *mine])
    return [*alerts[:-1], together], [group for group in leads if group.name != last.name]
