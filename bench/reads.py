"""What reads cost: the processor's time, the clock's, and what the database visits."""

import gc
import json
import random
import statistics
import time
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import Connection, event, func, select

from api.app import create_app
from api.paging import Behind, Cursor
from api.settings import Settings
from bench.errors import BenchError
from bench.patterns import COMMON, TOPIC, WORD
from bench.rows import RARE
from content import changes
from content.models.heads import Head
from content.models.log import Article
from content.models.search import Facet

ARTICLE = "article"
FIRST, FAR = "list by a common topic", "list by a common topic, page 5,000"
PAGES, ITEMS = 5_000, 20
RARE_ONE = f"topic={RARE[TOPIC]}"
TICK = 100  # of /proc, in a second
Paths = dict[str, list[str]]


@dataclass(frozen=True)
class Cost:
    """What a request costs: milliseconds, and steps or rows."""

    cpu: float
    p50: float
    p95: float
    queries: int
    visited: int


def measure(
    corpora: Sequence[Settings], requests: int, only: Collection[str] = ()
) -> Iterator[tuple[str, list[Cost | None]]]:
    """Yield what each kind of read costs in each corpus, with nothing in the cache.

    The corpora take turns, so that what else the machine does is the same for all. ``only`` names
    kinds, where not all are wanted.
    """
    apps = [create_app(settings) for settings in corpora]
    try:
        paths = [addresses(app, requests) for app in apps]
        gc.collect()
        gc.freeze()  # as a server does (api/serving.py)
        for app in apps:
            watch(app)
        for name in dict.fromkeys(
            name for one in paths for name in one if not only or name in only
        ):
            asked = [(app, one[name]) for app, one in zip(apps, paths, strict=True) if name in one]
            costs = dict(zip((app for app, _ in asked), _costs(asked), strict=True))
            yield name, [costs.get(app) for app in apps]
    finally:
        for app in apps:
            app.extensions["caveat-meter"].ledger.flush()
            app.extensions["caveat"].database.close()


def addresses(app: Flask, requests: int) -> Paths:
    """Return addresses by what they read; the same corpus is asked for the same."""
    dice = random.Random(requests)  # noqa: S311 - the same every time
    with app.extensions["caveat"].database.read() as session:
        head = changes.head(session)
        some = [_some(session, dice) for _ in range(requests)]
        lists = {
            "list, newest": "",
            FIRST: f"topic={COMMON}",
            "list by a rare topic": "topic=tinnitus",
        }
        if far := _far(session, head):
            lists[FAR] = f"topic={COMMON}&cursor={far}"
        middle = _some_article(session, dice)
    searches = {
        "search, a rare word": RARE[WORD],
        "search, a common word": COMMON,
        "search, two words": f"{COMMON} therapy",
        "search, a common word in a rare topic": f"{COMMON}&{RARE_ONE}",
        "search, seldom two words": f"{RARE[WORD]} stress",
    }
    once = {
        **{name: f"/v1/articles?{query}" for name, query in lists.items()},
        **{name: f"/v1/articles?q={query}" for name, query in searches.items()},
        "changes, old": f"/v1/changes?after={head // 3}",
        "changes, new": f"/v1/changes?after={head - 50}",
        "snapshot, first part": f"/v1/snapshot?at={head}&limit=20",
        "snapshot, middle": f"/v1/snapshot?at={head}&limit=20&cursor={Behind(head, middle)}",
    }
    return {
        ARTICLE: [f"/v1/articles/{slug}" for slug in some],
        "article, at": [f"/v1/articles/{slug}?at={head - 1}" for slug in some],
        "revisions": [f"/v1/articles/{slug}/revisions" for slug in some],
        **{name: [path] * requests for name, path in once.items()},
    }


def _some(session: Any, dice: random.Random) -> str:
    """Return the slug of an article that is live in English, any of them."""
    live = (Head.article >= _some_article(session, dice), Head.locale == "en")
    found = session.scalar(select(Head.slug).where(*live).order_by(Head.article).limit(1))
    return str(found or session.scalar(select(Head.slug).limit(1)))


def _some_article(session: Any, dice: random.Random) -> str:
    """Return the id of any article: they are made of the seconds of their time."""
    first, last = session.execute(select(func.min(Article.id), func.max(Article.id))).one()
    ends = [int(id.replace("-", "")[:12], 16) for id in (first, last)]
    found = f"{dice.randint(*ends):012x}"
    return f"{found[:8]}-{found[8:]}-7000-8000-000000000000"


def _far(session: Any, head: int) -> Cursor | None:
    """Return where page 5,000 begins, None in a corpus that has none."""
    common = (Facet.kind == "topic", Facet.tag == COMMON)
    numbers = select(Facet.seq).join(Head, Head.seq == Facet.seq).where(*common)
    newest = numbers.order_by(Facet.seq.desc()).offset((PAGES - 1) * ITEMS).limit(1)
    found = session.scalar(newest)
    return Cursor(head, found) if found else None


def _costs(asked: list[tuple[Flask, list[str]]]) -> list[Cost]:
    for app, paths in asked:
        _get(app, paths[-1])  # the policy is read, and queries are put together, once per process
    begun = [_backend(app) for app, _ in asked]
    spent: list[list[tuple[float, float]]] = [[] for _ in asked]
    for turn in range(len(asked[0][1])):
        for (app, paths), mine in zip(asked, spent, strict=True):
            mine.append(_timed(app, paths[turn]))
    backends = [_backend(app) - before for (app, _), before in zip(asked, begun, strict=True)]
    return [_cost(*one) for one in zip(asked, spent, backends, strict=True)]


def _timed(app: Flask, path: str) -> tuple[float, float]:
    """Return the milliseconds of the clock and of this process that a read takes."""
    app.extensions["caveat-cache"].clear()
    clock, cpu = time.perf_counter(), time.process_time()
    _get(app, path)
    return (time.perf_counter() - clock) * 1e3, (time.process_time() - cpu) * 1e3


def _cost(asked: tuple[Flask, list[str]], spent: list[tuple[float, float]], backend: float) -> Cost:
    app, paths = asked
    times = sorted(clock for clock, _ in spent)
    queries, steps = zip(*(visited(app, path) for path in paths[:5]), strict=True)
    return Cost(
        cpu=statistics.median(cpu for _, cpu in spent) + backend / len(spent),
        p50=statistics.median(times),
        p95=times[int(len(times) * 0.95)],
        queries=max(queries),
        visited=round(statistics.mean(steps)),
    )


def _get(app: Flask, path: str) -> None:
    answer = app.test_client().get(path)
    if answer.status_code != 200:
        raise BenchError(f"{path}: {answer.status}")


def _backend(app: Flask) -> float:
    """Return the milliseconds that PostgreSQL's processes for this one have worked."""
    found = 0.0
    for pid in app.extensions["caveat-backends"]:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        found += (int(fields[11]) + int(fields[12])) * 1e3 / TICK
    return found


def watch(app: Flask) -> None:
    """Note the processes that serve this one, and count the steps of SQLite's machine."""
    backends, steps = set[int](), app.extensions.setdefault("caveat-steps", [0, False])
    app.extensions["caveat-backends"] = backends

    def step() -> int:
        steps[0] += 1
        return 0

    def begin(connection: Any, *_: Any) -> None:
        if hasattr(connection, "set_progress_handler"):
            connection.set_progress_handler(step if steps[1] else None, 1)
        else:
            backends.add(connection.info.backend_pid)

    event.listen(app.extensions["caveat"].database.engine, "checkout", begin)


def visited(app: Flask, path: str) -> tuple[int, int]:
    """Return how many queries a read asks, and what they visit."""
    app.extensions["caveat-cache"].clear()
    engine, steps = app.extensions["caveat"].database.engine, app.extensions["caveat-steps"]
    steps[:] = [0, True]
    with noted(engine) as asked:
        _get(app, path)
    steps[1] = False
    if engine.dialect.name == "sqlite":
        return len(asked), steps[0]
    with engine.connect() as connection:
        return len(asked), sum(_rows(connection, *one) for one in asked)


@contextmanager
def noted(engine: Any) -> Iterator[list[tuple[str, Any]]]:
    """Collect the queries that are asked."""
    found: list[tuple[str, Any]] = []

    def note(_: Any, __: Any, statement: str, parameters: Any, *___: Any) -> None:
        if statement.startswith(("SELECT", "WITH")):
            found.append((statement, parameters))

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(engine, "before_cursor_execute", note)


def _rows(connection: Connection, statement: str, parameters: Any) -> int:
    """Return the rows of all nodes of a plan, those that a filter took out, too."""
    said = connection.exec_driver_sql(f"EXPLAIN (ANALYZE, FORMAT JSON) {statement}", parameters)
    plan = said.scalar_one()
    return _sum((json.loads(plan) if isinstance(plan, str) else plan)[0]["Plan"])


def _sum(node: dict[str, Any]) -> int:
    names = ("Actual Rows", "Rows Removed by Filter", "Rows Removed by Index Recheck")
    mine = sum(node.get(name, 0) for name in names) * node["Actual Loops"]
    return int(mine) + sum(map(_sum, node.get("Plans", ())))
