"""Plans: how much a partner's keys may ask for, together, and what an answer costs of that.

An operator names them in one setting, such as ``trial=60,1000 standard=600,100000``: a name, then
requests a minute and requests a day. A request is an ordinary answer; one that is asked for again
and has not changed costs less, and one for which the past has to be put together costs more. So
that these are whole numbers, costs are in units, ten of which are a request.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from content.errors import Finding, Invalid

UNITS = 10  # of a request
DEAR = 5  # requests, for a moment of the past or a comparison
CHEAP = 10  # of those that say only that nothing is new are a request
LEAST = 1  # units that an answer may cost, if it costs anything
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


def cost(status: int, *, is_head: bool = False, is_dear: bool = False) -> int:
    """Return what an answer costs, in units: nothing where it failed by our fault, or by a limit.

    Without a body (304, other redirections, ``HEAD``) it is a tenth of what it would be with one.
    """
    if status == 429 or status >= 500:
        return 0
    whole = UNITS * DEAR if is_dear else UNITS
    return whole // CHEAP if is_head or 300 <= status < 400 else whole
