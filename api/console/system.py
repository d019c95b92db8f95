"""The system: whether the installation works, and how it stood in the last hours, as charts."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Response

from api import insights, system
from api.console import Console, charts, page
from content.editors import READ
from content.errors import NotFound
from schemas.insights.system import SamplesQuery

bp = Console("console system", __name__, url_prefix="/console/system")
SPANS = {1: "Last hour", 6: "Last 6 hours", 24: "Last 24 hours", 168: "Last 7 days"}
LONG = 48  # hours from which the labels of a chart are days


@dataclass(frozen=True)
class Chart:
    """A series of the samples, and what it says; ``unit`` follows each number."""

    name: str  # of a step's field
    title: str
    said: str
    unit: str = ""
    divisor: int = 1

    def value(self, step: dict[str, Any]) -> int | None:
        """Return what is drawn of a step; None: nothing is known."""
        found = step[self.name]
        return None if found is None else round(found / self.divisor)

    def summary(self, steps: list[dict[str, Any]]) -> str:
        """Return in words what the line shows."""
        known = [value for step in steps if (value := self.value(step)) is not None]
        if not known:
            return "No worker has noted anything in this time."
        numbers = (min(known), max(known), known[-1])
        low, high, last = (f"{number:,}{self.unit}" for number in numbers)
        return f"Between {low} and {high}; {last} at the end."


CHARTS = (
    Chart("sequence", "Number of the log", "The newest number at the end of each step."),
    Chart("answers", "Answers to partners", "Answers to partners' keys in each step."),
    Chart("permille_hits", "Cache hits", "Of the reads of the cache, how many found it.", " %", 10),
    Chart("waiting", "Events that wait", "The most events of webhooks that waited to be sent."),
    Chart("workers", "Workers", "The fewest that were heard of; none: nothing was noted."),
    Chart("slow", "Slow statements", "Statements of SQL that took long, in each step."),
)
NAMES = {chart.name: chart for chart in CHARTS}


@bp.get("")
@bp.needs(READ)
@bp.query(SamplesQuery)
def show(query: dict[str, Any]) -> Response:
    """What `/v1/insights/system`, `…/samples` and `…/cache` answer."""
    steps = system.samples_now(query["hours"])["steps"]
    facts = {"hours": query["hours"], "spans": SPANS, "charts": CHARTS, "steps": steps}
    return page("system.html", system=system.system_now(), cache=insights.cache_now(), **facts)


@bp.get("/<slug:name>.svg")
@bp.needs(READ)
@bp.query(SamplesQuery)
def draw(query: dict[str, Any], name: str) -> Response:
    """One series of the samples as a chart."""
    if (chart := NAMES.get(name.replace("-", "_"))) is None:
        raise NotFound(f"There is no chart {name[:50]!r}.")
    steps = system.samples_now(query["hours"])["steps"]
    labels = [_label(step["at"], query["hours"]) for step in steps]
    return charts.drawn(labels, [chart.value(step) for step in steps])


def _label(at: str, hours: int) -> str:
    moment = datetime.fromisoformat(at)
    return f"{moment.day} {moment:%b}" if hours >= LONG else f"{moment:%H:%M}"
