"""What partners took of an article: what they were sent, fetched, saw and confirmed.

Where one partner is asked for, nothing of any other is told, but for the counts that a recall tells
everybody. No contact is.
"""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import or_, select

from content import canonical, conformance
from content import usage as used
from content.archives.asking import Asked, time
from content.models.conformance import ConformanceReport
from content.models.log import Change
from content.models.recalls import Recall
from content.models.usage import Exposure, Sighting
from content.models.webhooks import Delivery, Endpoint
from content.recalls import reports
from content.webhooks import deliveries

PART = 500  # rows that are read at a time
KEPT_DAYS = deliveries.KEPT // timedelta(days=1)


def given(asked: Asked) -> Sequence[Exposure]:
    """Return what the ledger has of the article, by partner, language and revision."""
    mine = [Exposure.article == asked.article, *asked.of_partner(Exposure.partner)]
    mine += asked.overlaps(Exposure.first_at, Exposure.last_at)
    ordered = select(Exposure).order_by(Exposure.partner, Exposure.locale, Exposure.revision)
    return asked.session.scalars(ordered.where(*mine)).all()


def told(row: Exposure) -> dict[str, Any]:
    """Return what the ledger has of one revision."""
    return {
        "partner": row.partner,
        "locale": row.locale,
        "revision": row.revision,
        "last_digest": row.digest,
        **_times(row),
    }


def endings(asked: Asked) -> list[dict[str, Any]]:
    """Return who was told by its own fetch that it may not show the article."""
    mine = [Sighting.article == asked.article, *asked.of_partner(Sighting.partner)]
    mine += asked.overlaps(Sighting.first_at, Sighting.last_at)
    ordered = select(Sighting).order_by(Sighting.partner, Sighting.locale, Sighting.status)
    rows = asked.session.scalars(ordered.where(*mine))
    return [
        {"partner": one.partner, "locale": one.locale, "status": one.status, **_times(one)}
        for one in rows
    ]


def usage(asked: Asked) -> list[dict[str, Any]] | None:
    """Return what the partner asked by day, whatever it was about; None where all are asked for."""
    if asked.partner is None:
        return None
    first = asked.since.date() if asked.since else date.min
    last = (asked.until - timedelta.resolution).date() if asked.until else date.max
    rows = used.of_partner(asked.session, asked.partner.id, first, last)
    names = ("day", "route", "status", "count", "bytes")
    return [{name: getattr(one, name) for name in names} for one in rows]


def deliveries_of(asked: Asked) -> Iterator[bytes]:
    """Yield each event about the article, or a recall of it, as a line: how sending it went."""
    mine = (Change.subject_type == "article", Change.subject == asked.article)
    ends = select(Change.group_end).where(*mine)
    about = or_(Delivery.event.in_(ends), Delivery.about.in_([one.id for one in asked.recalls]))
    query = select(Delivery, Endpoint).join(Endpoint, Endpoint.id == Delivery.endpoint)
    query = query.where(about, *asked.of_partner(Endpoint.partner), *asked.during(Delivery.at))
    ordered = query.order_by(Delivery.at, Delivery.id)
    for one, endpoint in asked.session.execute(ordered, execution_options={"yield_per": PART}):
        yield canonical.encode(_delivery(one, endpoint)) + b"\n"


def recalls(asked: Asked) -> list[dict[str, Any]]:
    """Return the recalls of the article as their reports have them."""
    return [_recall(asked, one) for one in asked.recalls]


def pages(asked: Asked) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield what was found on pages that show the article, each with a name."""
    found = conformance.of(
        asked.session,
        partner=asked.partner.id if asked.partner else None,
        article=asked.article,
        since=asked.since,
        until=asked.until,
    )
    for row in found:
        yield f"{row.at:%Y%m%dT%H%M%SZ}-{row.id}", _page(row)


def _times(row: Exposure | Sighting) -> dict[str, Any]:
    return {"first_at": time(row.first_at), "last_at": time(row.last_at), "count": row.count}


def _delivery(one: Delivery, endpoint: Endpoint) -> dict[str, Any]:
    return {
        "webhook_id": deliveries.message_id(endpoint.id, one.event),
        "partner": endpoint.partner,
        "webhook": endpoint.id,
        "host": urlsplit(endpoint.url).hostname,  # what else stands in the address may be secret
        "change": one.event if one.event >= 0 else None,
        "recall": one.about,
        "type": one.type,
        "state": one.state,
        "attempts": one.attempts,
        "last_attempt_at": time(one.at),
        "status": one.status,
        "error": one.error,
    }


def _recall(asked: Asked, recall: Recall) -> dict[str, Any]:
    report = reports.internal(asked.session, recall)
    mine = asked.partner.id if asked.partner else None
    exposed = [one for one in report["exposed"] if mine in (None, one["id"])]
    for one in exposed:
        del one["contact"]
    return {**report, "exposed": exposed}


def _page(row: ConformanceReport) -> dict[str, Any]:
    facts = {"id": row.id, "partner": row.partner, "url": row.url, "at": time(row.at)}
    return {**facts, "conforms": row.conforms, "report": row.report}
