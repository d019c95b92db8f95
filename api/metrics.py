"""Metrics for Prometheus: the log, the worker, and what waits. Read anew for each scrape.

They come from the database, so every process tells the same, whoever is asked. Scrape with an
editor's token that has the scope ``read`` (``authorization`` in a scrape configuration).
"""

from typing import Any

from flask import Response
from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    disable_created_metrics,
    generate_latest,
)
from sqlalchemy.orm import Session

from api import responses
from api.db import now, session
from api.editorial import Desk
from content import changes, checkpoints, lapses, usage, work
from content.editorial import releases, tasks
from content.editors import READ
from content.recalls import watching
from content.webhooks import deliveries, endpoints
from schemas.fields import Query

bp = Desk("Metrics", __name__, description="For Prometheus.")
COUNTED = {
    usage.FAILED_OPEN: "Requests that no limit was held against, as Redis did not answer.",
    usage.LOST: "Answers that are in no usage and no ledger, as the database did not take them.",
}
TEXT = "text/plain; version=0.0.4; charset=utf-8"
disable_created_metrics()  # type: ignore[no-untyped-call] # they would be the time of the scrape


@bp.get("/metrics")
@bp.needs(READ)
@bp.query(Query)
@bp.response(200, {"type": "string"}, content_type="text/plain")
@bp.doc(operationId="getMetrics", summary="Read what Prometheus scrapes")
def show(query: dict[str, Any]) -> Response:
    """In the text format 0.0.4 of Prometheus."""
    registry = CollectorRegistry()
    for name, (help, value) in _measured(session()).items():
        Gauge(f"caveat_{name}", help, registry=registry).set(value)
    for name, help in COUNTED.items():
        Counter(f"caveat_{name}", help, registry=registry).inc(usage.tallied(session(), name))
    response = responses.of_octets(generate_latest(registry), "text/plain")
    response.content_type = TEXT
    return response


def _measured(session: Session) -> dict[str, tuple[str, float]]:
    at = now()
    last = work.last_beat(session)
    waiting, due = deliveries.backlog(session)
    late = max((at - due).total_seconds(), 0) if due else 0
    disabled = endpoints.count(session, endpoints.DISABLED)
    unconfirmed, overdue = watching.counts(session)
    age = (at - last).total_seconds() if last else float("inf")
    newest = checkpoints.newest(session)
    unproved = (at - newest.at).total_seconds() if newest else float("inf")
    return {
        "sequence": ("The newest number of the log.", changes.head(session)),
        "checkpoint_age_seconds": ("Since the log's root was last signed.", unproved),
        "workers": ("Workers that were heard of within a minute.", work.alive(session, at)),
        "worker_beat_age_seconds": ("Since a worker was last heard of.", age),
        "releases_scheduled": ("Releases that wait.", releases.scheduled(session)),
        "releases_overdue": ("Releases whose time has passed.", len(releases.due(session, at))),
        "releases_failed": ("Releases that were refused when due.", releases.failed(session)),
        "dates_overdue": ("Dates not recorded yet.", len(lapses.overdue(session, at))),
        "tasks_overdue": ("Tasks that should be done by now.", tasks.overdue(session, at)),
        "recalls_unconfirmed": ("Partners who have to confirm a recall.", unconfirmed),
        "recalls_overdue": ("Those of them whose deadline has passed.", overdue),
        "partners_silent": (
            "Partners that hold copies and have not asked for longer than those may be shown.",
            len(watching.silent(session, now=at)),
        ),
        "webhooks_disabled": ("Webhooks that are told nothing any more.", disabled),
        "webhook_events_waiting": ("Events that will be sent again.", waiting),
        "webhook_events_late_seconds": ("Since the first of them was due.", late),
    }
