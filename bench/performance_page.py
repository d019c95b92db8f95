"""The page of what was measured: what was promised and whether it holds, why, and how.

Nothing is measured here: a page is made of results, so its words can change without a new run.
"""

import inspect
import re
from collections.abc import Iterator
from datetime import UTC

import msgspec

from bench import performance_reasons, tables
from bench.measures import peers
from bench.measures.table import ASKED_FOR, MEASURES
from bench.measures.trials import CONNECTIONS, Row
from bench.results import Machine, Results

COLUMNS = ("what", "bar", "measured", "beside a callable that does nothing", "")
COMMAND = "python bench/performance.py"
MOST_BUSY = 0.2  # cores that others use when a measure begins; more, and the page says so


def markdown(known: Results) -> str:
    """Return the page."""
    parts = [
        "# For operators: how fast",
        f"Written by `{COMMAND}` out of what it has measured (`performance.json`); "
        "`bench/README.md` says how to run it. To change these words, change "
        "`bench/performance_page.py` and give `--render`.",
        *_cautions(known),
        "![Requests per second beside nginx, and behind caches](performance.svg)",
        "## What was promised, and what holds",
        _machine(known),
        *_table(known),
        *performance_reasons.sections(known),
        *_peers(known),
        *_method(known),
    ]
    return "\n\n".join(parts) + "\n"


def _cautions(known: Results) -> Iterator[str]:
    if quick := [name for name, one in known.measures.items() if one.is_quick]:
        yield (
            f"**This is a quick look**, with runs too short and corpora too small for the figures "
            f"to be kept: {', '.join(quick)}."
        )
    if busy := [name for name, one in known.measures.items() if one.busy > MOST_BUSY]:
        yield f"**The machine had other work** when these began: {', '.join(busy)}."


def _machine(known: Results) -> str:
    dates = sorted(one.at.astimezone(UTC) for one in known.measures.values())
    days = list(dict.fromkeys(f"{at.day} {at:%B %Y}" for at in dates)) or ["nothing yet"]
    when = days[0] if len(days) == 1 else f"{days[0]} to {days[-1]}"
    return f"{when}. {_described(known.machine)}"


def _described(machine: Machine) -> str:
    versions = ", ".join(f"{name} {one}" for name, one in machine.versions.items())
    return f"{machine.system}, {machine.cores} cores, {machine.memory} GiB; {versions}."


def _table(known: Results) -> Iterator[str]:
    rows = [row for name in MEASURES if name in known.measures for row in rows_of(known, name)]
    head = [f"| {' | '.join(COLUMNS)} |", "| --- | --- | --- | --- | --- |"]
    yield "\n".join([*head, *map(_line, rows)])
    judged = [row.holds for row in rows if row.holds is not None]
    yield f"{sum(judged)} of {len(judged)} hold."
    if missing := [name for name in MEASURES if name not in known.measures and name != "peers"]:
        yield f"Not measured: {', '.join(missing)} (`{COMMAND} --only {' '.join(missing)}`)."
    yield from _missed(rows)


def rows_of(known: Results, name: str) -> list[Row]:
    """Return the rows of a measure."""
    module = MEASURES[name]
    found: list[Row] = module.rows(msgspec.convert(known.measures[name].found, module.Found))
    return found


def _line(row: Row) -> str:
    verdict = {True: "holds", False: "**missed**", None: "–"}[row.holds]
    return f"| {row.what} | {row.bar} | {row.measured} | {row.ceiling or '–'} | {verdict} |"


def _missed(rows: list[Row]) -> Iterator[str]:
    missed = [row for row in rows if row.holds is False]
    if missed:
        lines = [f"- {row.what}: {row.why or row.measured}." for row in missed]
        yield "\n".join(["What is missed, and why:", "", *lines])


def _peers(known: Results) -> Iterator[str]:
    yield "## Other programs"
    measured = known.measures.get("peers")
    if measured is None:
        yield (
            "No other content API was installed where this ran. `--peer NAME=BASE_URL,ARTICLE_PATH,"
            "LIST_PATH` measures one that is, in turn with Caveat."
        )
        return
    yield "Each as it stands: its bytes are others, and it may check less or more."
    found = msgspec.convert(measured.found, peers.Found)
    rows = [_peer(name, kind, one) for name, kinds in found.items() for kind, one in kinds.items()]
    yield tables.table(
        ("peer", "what", "its requests/s", "p99 ms", "its bytes", "Caveat's requests/s", "ratio"),
        rows,
    )


def _peer(name: str, kind: str, one: peers.Compared | None) -> tuple[str, ...]:
    if one is None:
        return (name, kind, "does not answer 304", "–", "–", "–", "–")
    ratio = one.caveat.rate / one.peer.rate
    return (
        name,
        kind,
        f"{one.peer.rate:,.0f}",
        f"{one.peer.p99:.2f}",
        f"{one.peer_bytes:,}",
        f"{one.caveat.rate:,.0f} ({one.caveat_bytes:,} bytes)",
        f"{ratio:.2f}",
    )


def _method(known: Results) -> Iterator[str]:
    yield "## How it was measured"
    yield (
        "All on one machine, over 127.0.0.1. Where requests are counted, wrk has half of the cores "
        f"and {CONNECTIONS} connections that stay open, the servers have a process for each core "
        "of the other half, one server after the other is asked for 5 seconds, five times in "
        "alternating order, and the medians are shown. Every answer is looked at before, and "
        "bytes, statuses and broken connections are counted under load: one wrong answer ends the "
        "run. The article has about 9 KB (`/v1/articles/test-live?include=test`)."
    )
    shown = [name for name in MEASURES if name in known.measures or name not in ASKED_FOR]
    yield "\n".join(f"- `{name}`: {_said(name)}" for name in shown)


def _said(name: str) -> str:
    """Return what a measure says of itself, in one paragraph."""
    text = inspect.getdoc(MEASURES[name]) or ""
    text = re.sub(r":\w+:`([^`]+)`", r"`\1`", text.replace("``", "`"))
    return " ".join(text.split())
