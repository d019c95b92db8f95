"""Plans: how much a partner's keys may ask for, together.

An operator names them in one setting, such as ``trial=60,1000 standard=600,100000``: a name, then
requests a minute and requests a day.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from content.errors import Finding, Invalid

PLAN = re.compile(r"([a-z][a-z0-9-]{0,39})=([1-9][0-9]{0,8}),([1-9][0-9]{0,11})", re.ASCII)


@dataclass(frozen=True)
class Plan:
    """Requests a minute, and requests a day."""

    name: str
    minute: int
    day: int


def parse(text: str) -> dict[str, Plan]:
    """Read plans by their names, the first one being that of new partners; raise ``Invalid``."""
    found: dict[str, Plan] = {}
    for one in text.split():
        match = PLAN.fullmatch(one)
        if match is None or match[1] in found:
            message = "each is a name of its own, requests a minute and a day: standard=600,100000"
            raise Invalid([Finding("plans", f"{one!r} is no plan; {message}")])
        found[match[1]] = Plan(match[1], int(match[2]), int(match[3]))
    if not found:
        raise Invalid([Finding("plans", "has no plan")])
    return found


def of(known: Mapping[str, Plan], name: str) -> Plan:
    """Return the plan of a partner: the first one where there is none of that name any more."""
    return known.get(name) or next(iter(known.values()))
