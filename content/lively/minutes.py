"""What was counted in the month: what partners used by day, and how each minute stood."""

import math
from bisect import bisect_right
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import insert, select

from content import plans, samples, usage
from content.lively.field import SILENT, SITES, Field
from content.lively.script import MONTH, Means
from content.models.log import Change
from content.models.samples import Sample
from content.recalls import watching
from content.usage import Summed, Used
from content.webhooks import deliveries

SHARES = (  # of a partner's requests: route, status, share, bytes of one answer
    ("/v1/articles/{slug}", 200, 0.52, 9_100),
    ("/v1/articles/{slug}", 304, 0.31, 0),
    ("/v1/changes", 200, 0.14, 2_400),
    ("/v1/articles", 200, 0.02, 41_000),
    ("/v1/articles/{slug}", 410, 0.01, 1_300),
)
WEEKEND = 5  # the first day of it, of the week
HITS = 0.93  # of the reads of the cache
DAY = timedelta(days=1)
SPAN = samples.LONGEST_HOURS * 60  # minutes
RESTING = range(2 * 24 * 60, 2 * 24 * 60 + 45)  # minutes ago that no worker was there


def note(means: Means, field: Field) -> None:
    """Write down what partners used and how each minute stood; look who has fallen silent."""
    used = list(_used(means, field))
    usage.record(means.session, used)
    usage.add(means.session, _sums(used))
    means.session.execute(insert(Sample), list(_samples(means)))
    watching.report_silent(means.session, now=means.now)


def _used(means: Means, field: Field) -> Iterator[Used]:
    for site in SITES:
        last = means.ago(14) if site.does == SILENT else means.now
        for ago in range(MONTH.days - 2):
            day = (last - ago * DAY).date()
            if day > (means.now - MONTH).date():
                asked = site.requests * _ebb(day)
                for route, status, share, size in SHARES:
                    count = round(asked * share)
                    cost = count * plans.cost(status)
                    day_of = (field.ids[site.name], day.isoformat(), route, status)
                    yield Used(*day_of, count, count * size, cost)


def _ebb(day: date) -> float:
    """Return how busy a day is: less at its week's end, and no two days are alike."""
    return (0.6 if day.weekday() >= WEEKEND else 1) * (1 + 0.15 * math.sin(day.toordinal()))


def _sums(used: list[Used]) -> Iterator[Summed]:
    """Return what all partners used together by day, and how much of it came from the cache."""
    found: dict[tuple[str, str], list[int]] = {}
    for one in used:
        hits = round(one.count * HITS)
        rows = {
            usage.answers(one.status): (one.count, one.bytes, one.cost),
            usage.HIT: (hits, 0, 0),
            usage.MISS: (one.count - hits, 0, 0),
        }
        for name, more in rows.items():
            sums = found.setdefault((one.day, name), [0, 0, 0])
            sums[:] = map(sum, zip(sums, more, strict=True))
    return (Summed(day, name, *sums) for (day, name), sums in found.items())


def _samples(means: Means) -> Iterator[dict[str, Any]]:
    """Return a row for each minute of the last days; their sums end at what is counted now."""
    totals = {name: one.count for name, one in usage.totals(means.session).items()}
    ends = {
        "answers": sum(n for name, n in totals.items() if name.startswith(usage.ANSWERS)),
        "hits": totals[usage.HIT],
        "misses": totals[usage.MISS],
    }
    times = list(means.session.scalars(select(Change.at).order_by(Change.seq)))
    waiting, _ = deliveries.backlog(means.session)
    last, left = means.now.replace(second=0, microsecond=0), dict.fromkeys(ends, 0.0)
    for ago in range(1, SPAN):
        at = last - ago * samples.EVERY
        for name, more in _answered(at, ends).items():
            left[name] += more
        if ago not in RESTING:
            yield {
                "at": at,
                "sequence": bisect_right(times, at),
                "workers": 1,
                "waiting": waiting if ago < RESTING.start else ago % 2,
                "scheduled": 2 if ago < RESTING.start else 0,
                "slow": 0,
                **{name: end - round(left[name]) for name, end in ends.items()},
            }


def _answered(at: datetime, ends: dict[str, int]) -> dict[str, float]:
    """Return how much was answered in a minute, and how much of that came from the cache."""
    hour, daily = at.hour + at.minute / 60, sum(one.requests for one in SITES)
    count = daily * _ebb(at.date()) * (1 + 0.7 * math.sin((hour - 9) * math.pi / 12)) / (24 * 60)
    missed = count * (1 - HITS) * (1 + 0.4 * math.sin(hour * math.pi / 6))
    reads = (ends["hits"] + ends["misses"]) / ends["answers"]
    return {"answers": count, "hits": (count - missed) * reads, "misses": missed * reads}
