"""Durations as the facts of the site say them: days, hours and minutes (ISO 8601)."""

import re
from datetime import timedelta

DURATION = re.compile(r"P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?)?", re.ASCII)


def parse(text: str) -> timedelta:
    """Return how long it is; raise ``ValueError`` for what is none."""
    found = DURATION.fullmatch(text)
    if found is None:
        raise ValueError(f"{text!r} is no duration of days, hours and minutes")
    days, hours, minutes = (int(one or 0) for one in found.groups())
    return timedelta(days=days, hours=hours, minutes=minutes)
