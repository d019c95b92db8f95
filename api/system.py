"""The system, as dashboards ask: whether it works now, and how it stood in the last hours."""

from dataclasses import asdict
from typing import Any

from flask import Response

from api import caching, readiness, slowness
from api.db import now, session
from api.editorial import Desk, answer, as_of
from content import changes, lapses, samples, usage, work
from content.editorial import releases
from content.editors import READ
from content.samples import Step
from content.webhooks import deliveries, endpoints
from schemas.fields import Query
from schemas.insights.system import SamplesOut, SamplesQuery, SystemOut

bp = Desk("System", __name__, url_prefix="/v1/insights", description="Whether all of it works.")


@bp.get("/system")
@bp.needs(READ)
@bp.query(Query)
@bp.response(200, SystemOut)
@bp.doc(operationId="getSystem", summary="Read whether the installation works")
def show(query: dict[str, Any]) -> Response:
    """What `/readyz` asks, which workers were heard of, what waits, what was slow."""
    return as_of(system_now())


def system_now() -> dict[str, Any]:
    """Return whether the installation works, as data."""
    wrong, head = list(readiness.wrong()), caching.head()
    return {
        "sequence": head,
        "changed_at": changes.time(session(), head).isoformat() if head else None,
        "is_ready": not wrong,
        "wrong": wrong,
        "workers": _workers(),
        "queue": _queue(),
        "slow": _slow(),
    }


@bp.get("/samples")
@bp.needs(READ)
@bp.query(SamplesQuery)
@bp.response(200, SamplesOut)
@bp.doc(operationId="getSamples", summary="Read how the installation stood in the last hours")
def show_samples(query: dict[str, Any]) -> Response:
    """In sixty steps, as the worker has noted it each minute."""
    return answer(samples_now(query["hours"]))


def samples_now(hours: int) -> dict[str, Any]:
    """Return how the installation stood, as data."""
    found = samples.series(session(), hours, now())
    return {"hours": hours, "steps": [_step(one) for one in found]}


def _workers() -> list[dict[str, Any]]:
    since = now() - work.SILENT
    return [
        {"name": name, "at": at.isoformat(), "is_alive": at > since}
        for name, at in work.beats(session())
    ]


def _queue() -> dict[str, Any]:
    waiting, since = deliveries.backlog(session())
    return {
        "events_waiting": waiting,
        "events_due_since": since.isoformat() if since else None,
        "webhooks_disabled": endpoints.counts(session())[endpoints.DISABLED],
        "releases_scheduled": releases.scheduled(session()),
        "releases_overdue": len(releases.due(session(), now())),
        "dates_overdue": len(lapses.overdue(session(), now())),
        "unpurged": readiness.unpurged(),
    }


def _slow() -> dict[str, int]:
    today = now().date()
    lately = usage.summed(session(), today, today)
    ever = usage.totals(session()).get(usage.SLOW)
    return {
        "milliseconds": slowness.MILLISECONDS,
        "today": sum(one.count for one in lately if one.name == usage.SLOW),
        "ever": ever.count if ever else 0,
    }


def _step(one: Step) -> dict[str, Any]:
    reads = (one.hits or 0) + (one.misses or 0)
    share = (one.hits or 0) * 1000 // reads if reads else None
    return {**asdict(one), "at": one.at.isoformat(), "permille_hits": share}
