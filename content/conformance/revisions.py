"""Which revision's text a page shows, and whether it still may."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from content import durations
from content.conformance import passages
from content.conformance.pages import ERROR, WARNING, Fault
from content.conformance.sights import Sight, shortened

FRESHNESS = ("recheck_after", "max_offline")
MINUTE = "%Y-%m-%d %H:%M"
RENEW = "Fetch the edition again and show it whole."
Body = dict[str, Any]


def shown(sight: Sight, edition: Body, older: list[Body]) -> Body:
    """Return the edition of which a page has the most text; the newest one where it is the same."""
    return max([edition, *older], key=lambda one: _part(sight, one))


def check(sight: Sight, edition: Body, text: Body, *, now: datetime) -> Iterator[Fault]:
    """Yield what is wrong with the text on a page, given the edition of which it has the most."""
    wanted = passages.of(text)
    lost = [one for one in wanted if one not in sight.present]
    if wanted and len(lost) == len(wanted):
        fix = "Show the article's sections. If a script draws them, check with --browser always."
        yield Fault("revision", ERROR, "none of the text of the article is on the page", fix)
        return
    if text is not edition:
        yield _older(edition, text, now)
    if lost:
        yield _incomplete(sight, text, wanted, lost)


def _part(sight: Sight, edition: Body) -> float:
    wanted = passages.of(edition)
    return sum(one in sight.present for one in wanted) / max(1, len(wanted))


def behind(edition: Body, shown: Body, *, since: datetime, now: datetime) -> Fault:
    """Return what is to be said of a page that is as an edition which was replaced at a time."""
    what = f"the page is as the edition of number {shown['sequence']}, which was replaced"
    return _late(edition, what, since, now)


def _older(edition: Body, text: Body, now: datetime) -> Fault:
    live, mine = edition["revision"], text["revision"]
    what = f"the text is that of revision {mine['number']}; {live['number']} is live"
    return _late(edition, what, datetime.fromisoformat(live["published_at"]), now)


def _late(edition: Body, what: str, since: datetime, now: datetime) -> Fault:
    """Return how bad it is to be behind since a time, as ``freshness`` has it."""
    recheck, last = (durations.parse(edition["freshness"][one]) for one in FRESHNESS)
    found = f"{what} since {since:{MINUTE}} UTC"
    if now > since + last:
        return Fault("revision", ERROR, f"{found}, longer than max_offline allows", RENEW)
    rule = "recheck_after is over" if now > since + recheck else "recheck_after still runs"
    until = f"an old copy may be shown until {since + last:{MINUTE}} UTC"
    return Fault("revision", WARNING, f"{found}; {rule}, and {until}", RENEW)


def _incomplete(sight: Sight, text: Body, wanted: list[str], lost: list[str]) -> Fault:
    gone = [
        section["kind"]
        for section in text["sections"]
        if (mine := passages.of_section(section, text)) and not set(mine) - set(lost)
    ]
    if gone:
        found = f"the page lacks the text of {', '.join(gone)}"
        fix = "Show all sections; a part of an article has an edition of its own (/sections/…)."
        return Fault("revision", ERROR, found, fix)
    count = passages.share(len(wanted) - len(lost), len(wanted))
    allowed = text["rights"]["modification_allowed"]
    hidden = ", which is hidden" if lost[0] in sight.everything else ""
    first = f"the first that it lacks{hidden}: {shortened(lost[0])}"
    found = f"the page has {count} of revision {text['revision']['number']}; {first}"
    fix = RENEW if allowed else f"{RENEW} The text may not be altered."
    return Fault("revision", WARNING if allowed else ERROR, found, fix)
