"""Metrics for Prometheus: the log, the worker, partners, and what waits. Read anew for each scrape.

They come from the database, so every process tells the same, whoever is asked. Scrape with an
editor's token that has the scope ``read`` (``authorization`` in a scrape configuration). Names are
promised; ``docs/operating.md`` has them all. The number of queries does not grow.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Response
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from sqlalchemy.orm import Session

from api import responses
from api.db import installation, now, session
from api.editorial import Desk
from content import changes, heads, key_requests, lapses, purges, replica, usage, work
from content.editorial import releases, tasks
from content.editors import READ
from content.insights import calendar, partners, recalls
from content.partners import ACTIVE, SUSPENDED
from content.recalls import watching
from content.transparency import checkpoints
from content.webhooks import deliveries, endpoints
from schemas.fields import Query

bp = Desk("Metrics", __name__, description="For Prometheus.")
TEXT = "text/plain; version=0.0.4; charset=utf-8"
NEVER = float("inf")
FAMILIES = {"gauge": GaugeMetricFamily, "counter": CounterMetricFamily}
COUNTED = {
    usage.FAILED_OPEN: "Requests that no limit was held against, as Redis did not answer.",
    usage.LOST: "Answers that are in no usage and no ledger, as the database did not take them.",
}
READS = {"hit": usage.HIT, "miss": usage.MISS, "unanswered": usage.UNANSWERED}
OF_REPLICA = {
    "replica": usage.REPLICA,
    "behind": usage.BEHIND,
    "away": usage.AWAY,
    "again": usage.AGAIN,
}
SILENT = "Partners that hold copies and have not asked for longer than those may be shown."


@dataclass(frozen=True, eq=False)  # each is one of its own
class Metric:
    """A number, or several by the value of a label; counters have ``_total`` added to the name."""

    name: str
    help: str
    value: float | Mapping[str, float]
    label: str = ""
    type: str = "gauge"

    def collect(self) -> Iterable[GaugeMetricFamily | CounterMetricFamily]:
        """Yield it as Prometheus' library wants it."""
        labels = [self.label] if self.label else []
        made = FAMILIES[self.type](f"caveat_{self.name}", self.help, labels=labels)
        values = self.value if isinstance(self.value, Mapping) else {"": self.value}
        for value_of, value in values.items():
            made.add_metric([value_of] if labels else [], value)
        yield made


@bp.get("/metrics")
@bp.needs(READ)
@bp.query(Query)
@bp.response(200, {"type": "string"}, content_type="text/plain")
@bp.doc(operationId="getMetrics", summary="Read what Prometheus scrapes")
def show(query: dict[str, Any]) -> Response:
    """In the text format 0.0.4 of Prometheus."""
    registry = CollectorRegistry()
    for metric in measured(session(), now()):
        registry.register(metric)
    response = responses.of_octets(generate_latest(registry), "text/plain")
    response.content_type = TEXT
    return response


def measured(session: Session, at: datetime) -> list[Metric]:
    """Return every metric."""
    return [
        *_of_log(session, at),
        *_of_work(session, at),
        *_of_partners(session, at),
        *_of_webhooks(session, at),
        *_of_purges(session, at),
        *_of_replica(session),
        *_counters(session),
    ]


def _of_log(session: Session, at: datetime) -> list[Metric]:
    due, newest = calendar.overdue(session, at.date()), checkpoints.newest(session)
    unproved = _age(newest.at if newest else None, at)
    return [
        Metric("sequence", "The newest number of the log.", changes.head(session)),
        Metric("checkpoint_age_seconds", "Since the log's root was last signed.", unproved),
        Metric("texts_live", "Articles that are live, each in one language.", heads.count(session)),
        Metric("calendar_overdue", "What should have been looked at by now.", due, "kind"),
        Metric("dates_overdue", "Dates not recorded yet.", len(lapses.overdue(session, at))),
    ]


def _of_work(session: Session, at: datetime) -> list[Metric]:
    age = _age(work.last_beat(session), at)
    return [
        Metric("workers", "Workers that were heard of within a minute.", work.alive(session, at)),
        Metric("worker_beat_age_seconds", "Since a worker was last heard of.", age),
        Metric("releases_scheduled", "Releases that wait.", releases.scheduled(session)),
        Metric(
            "releases_overdue", "Releases whose time has passed.", len(releases.due(session, at))
        ),
        Metric("releases_failed", "Releases that were refused when due.", releases.failed(session)),
        Metric("tasks_open", "Tasks that nobody has done.", tasks.open_ones(session)),
        Metric("tasks_overdue", "Tasks that should be done by now.", tasks.overdue(session, at)),
    ]


def _of_partners(session: Session, at: datetime) -> list[Metric]:
    unconfirmed, overdue = watching.counts(session)
    known = partners.counts(session, at)
    states = {SUSPENDED: known["suspended"], ACTIVE: known["total"] - known["suspended"]}
    drills = recalls.open_ones(session, drills=True)
    drilled = _age(recalls.last_drill(session), at)
    asked = key_requests.waiting(session)
    return [
        Metric("partners", "Partners by state.", states, "state"),
        Metric("partners_silent", SILENT, known["silent"]),
        Metric("key_requests_waiting", "Requests for keys that nobody has decided.", asked),
        Metric("recalls_open", "Open recalls.", recalls.open_ones(session, drills=False)),
        Metric("recalls_unconfirmed", "Partners who have to confirm a recall.", unconfirmed),
        Metric("recalls_overdue", "Those of them whose deadline has passed.", overdue),
        Metric("drills_open", "Open drills of a recall.", drills),
        Metric("drill_age_seconds", "Since the last drill began; +Inf: there was none.", drilled),
    ]


def _of_webhooks(session: Session, at: datetime) -> list[Metric]:
    waiting, due = deliveries.backlog(session)
    late = max(_age(due, at), 0) if due else 0
    states = endpoints.counts(session)
    disabled = states[endpoints.DISABLED]
    return [
        Metric("webhooks", "Webhooks by state.", states, "state"),
        Metric("webhooks_disabled", "Webhooks that are told nothing any more.", disabled),
        Metric("webhook_events_waiting", "Events that will be sent again.", waiting),
        Metric("webhook_events_late_seconds", "Since the first of them was due.", late),
    ]


def _of_purges(session: Session, at: datetime) -> list[Metric]:
    lags = purges.lags(session, installation().settings.purged)
    behind = {one: lag.changes if lag else NEVER for one, lag in lags.items()}
    late = {one: _late(lag, at) if lag else NEVER for one, lag in lags.items()}
    return [
        Metric("purge_behind", "Changes that a cache was not told of for good.", behind, "target"),
        Metric("purge_late_seconds", "Since the first of them was made.", late, "target"),
    ]


def _of_replica(session: Session) -> list[Metric]:
    standby, behind = installation().replica, dict[str, float]()
    if standby:
        here, there = replica.known(session), standby.numbers()
        behind["log"] = max(here.head - there.head, 0) if there else NEVER
        behind["audit"] = max(here.acts - there.acts, 0) if there else NEVER
    return [Metric("replica_behind", "Numbers that the replica has not yet.", behind, "of")]


def _late(lag: purges.Lag, at: datetime) -> float:
    return max(_age(lag.since, at), 0) if lag.since else 0


def _counters(session: Session) -> list[Metric]:
    known = usage.totals(session).values()
    answers = [one for one in known if one.name.startswith(usage.ANSWERS)]
    by_status = {one.name.removeprefix(usage.ANSWERS): one.count for one in answers}
    counts = {one.name: one.count for one in known}
    sent = sum(one.bytes for one in answers)
    reads = {result: counts.get(name, 0) for result, name in READS.items()}
    of_replica = {result: counts.get(name, 0) for result, name in OF_REPLICA.items()}
    return [
        _counter("answers", "Answers to partners' keys.", by_status, "status"),
        _counter("answer_bytes", "Bytes of their bodies.", sent),
        _counter("cache_reads", "Reads of the cache of editions.", reads, "result"),
        _counter("slow_statements", "Statements of SQL that took long.", counts.get(usage.SLOW, 0)),
        _counter("replica_reads", "Requests that might read the replica.", of_replica, "result"),
        *(_counter(name, help, usage.tallied(session, name)) for name, help in COUNTED.items()),
    ]


def _counter(name: str, help: str, value: float | Mapping[str, float], label: str = "") -> Metric:
    return Metric(name, help, value, label, "counter")


def _age(since: datetime | None, at: datetime) -> float:
    return (at - since).total_seconds() if since else NEVER
