"""What each question of a dashboard costs in a full installation: ``python bench/insights.py``.

Articles, partners, what these hold, a year of their usage, webhooks with a month of deliveries and
recalls are put into a database; then each address is asked over the application, and timed.
"""

import sys
from pathlib import Path

# As in http.py: that file must not hide Python's own `http`.
sys.path.pop(0)
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import argparse
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from api import db, secrets
from api.app import create_app
from api.settings import Settings
from bench import corpus
from bench.impact import articles
from content import credentials, editors, partners, usage
from content.articles import new_id
from content.db import Database
from content.errors import CaveatError
from content.models.heads import Head
from content.models.log import Change
from content.models.recalls import Recall, RecallPartner
from content.models.usage import Exposure, Usage
from content.models.webhooks import Delivery, Endpoint
from content.signing import Keyring
from content.usage import Summed

ADDRESSES = (
    *("corpus", "reviews", "disclaimers", "partners", "partners?limit=50", "deliveries"),
    *("deliveries?days=30", "recalls", "cache", "days", "days?from={year}"),
)
ROUTES = tuple(f"/v1/route-{number}" for number in range(8))
SHARE = 10  # a partner of the later pages holds one in so many texts; those of the first, all
WHOLE = 50  # partners who hold all
BATCH = 20_000
DAY = timedelta(days=1)


def main() -> None:
    """Print one row for each address."""
    with asked(__doc__, partners=1_000) as (settings, size, partners):
        _measure(settings, size, partners)


@contextmanager
def asked(about: str | None, partners: int) -> Iterator[tuple[Settings, int, int]]:
    """Yield what the command line asks for: an installation, how many articles and partners."""
    parser = argparse.ArgumentParser(description=about)
    parser.add_argument("--size", type=int, default=10_000, help="Articles.")
    parser.add_argument("--partners", type=int, default=partners, help="Partners.")
    parser.add_argument("--database", default="", help="An empty database's URL; else SQLite.")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="caveat-bench-") as folder:
        url = given.database or f"sqlite:///{folder}/caveat.db"
        settings = Settings(data=folder, database_url=url, secret_key="s")  # noqa: S106 - it signs nothing that lasts
        yield settings, given.size, given.partners


def fill(settings: Settings, size: int, count: int) -> str:
    """Fill an installation with articles, partners and what they did; return an admin's token."""
    database, keyring = Database(settings.database), Keyring([])
    corpus.fill(database, keyring, articles(size))
    keyring.save(secrets.keyring_path(settings))
    with database.write() as session:
        token = _fill(session, count, db.now(), secrets.pepper(settings))
        session.commit()
    database.close()
    return token


def _measure(settings: Settings, size: int, count: int) -> None:
    token = fill(settings, size, count)
    app = create_app(settings)
    print(f"{size:,} articles, {count:,} partners\n\n| address | ms | KB |\n| --- | --- | --- |")
    year = (db.now() - 399 * DAY).date().isoformat()
    for address in (*(f"/v1/insights/{one}" for one in ADDRESSES), "/metrics"):
        path = address.format(year=year)
        times = []
        for _ in range(5):
            begun = time.perf_counter()
            answer = app.test_client().get(path, headers={"Authorization": f"Bearer {token}"})
            times.append((time.perf_counter() - begun) * 1e3)
        if answer.status_code != 200:
            raise SystemExit(f"{path}: {answer.text}")
        print(f"| `{address}` | {statistics.median(times):.0f} | {len(answer.data) / 1e3:.0f} |")
    app.extensions["caveat"].database.close()


def _fill(session: Session, count: int, now: datetime, pepper: bytes) -> str:
    facts: dict[str, Any] = {"audience": "adults", "channel": "publisher"}
    ids = []
    for number in range(count):
        made = partners.add(session, {"name": f"Partner {number}", **facts}, ["standard"], now=now)
        credentials.add(session, made, pepper=pepper, now=now)
        ids.append(made.id)
    session.flush()
    texts = list(session.execute(select(Head.article, Head.locale)))
    _put(session, Exposure, _held(sorted(ids), texts, now))
    _put(session, Usage, _used(ids, now))
    _put(session, Endpoint, (_hook(id, now) for id in ids))
    _put(session, Delivery, _deliveries(ids, now))
    _recall(session, ids, texts, now)
    days = [(now - n * DAY).date().isoformat() for n in range(400)]
    usage.add(session, [Summed(day, usage.answers(s), 9, 9, 9) for day in days for s in (200, 304)])
    editor = editors.add(session, "A dashboard", role="admin", now=now)
    return credentials.add(session, editor, pepper=pepper, now=now)[1]


def _held(ids: list[str], texts: list[Any], now: datetime) -> Iterator[dict[str, Any]]:
    times = {"digest": "d", "first_at": now, "last_at": now, "count": 1, "revision": 1}
    for number, partner in enumerate(ids):
        for article, locale in texts if number < WHOLE else texts[number % SHARE :: SHARE]:
            yield {"partner": partner, "article": article, "locale": locale, **times}


def _used(ids: list[str], now: datetime) -> Iterator[dict[str, Any]]:
    sums = {"count": 9, "bytes": 9_000, "cost": 90}
    for partner in ids:
        for ago in range(60):
            day = (now - ago * DAY).date().isoformat()
            for route in ROUTES:
                for status in (200, 304):
                    about = {"partner": partner, "day": day, "route": route, "status": status}
                    yield about | sums


def _hook(partner: str, now: datetime) -> dict[str, Any]:
    facts = {"url": "https://partner.example/", "name": "", "state": "active", "challenge": "c"}
    cursors = {"cursor": 1, "urgent_cursor": 1, "failures": 0, "created_at": now, "secret": "s"}
    return {"id": partner, "partner": partner, **facts, **cursors}


def _deliveries(ids: list[str], now: datetime) -> Iterator[dict[str, Any]]:
    for endpoint in ids:
        for event in range(1, 301):
            at = now - timedelta(hours=2 * event)
            state = "delivered" if event % 50 else "failed"
            outcome = {"state": state, "attempts": 1, "milliseconds": event * 7 % 911, "at": at}
            about = {"endpoint": endpoint, "event": event, "type": "article.updated"}
            yield {"id": new_id(at), **about, **outcome, "status": 200}


def _recall(session: Session, ids: list[str], texts: list[Any], now: datetime) -> None:
    head = session.scalars(select(Change.seq).order_by(Change.seq.desc())).first()
    for number, (article, _) in enumerate(texts[:20]):
        id, times = new_id(now), {"opened_at": now, "deadline": now + DAY}
        facts = {"article": article, "slug": f"s-{number}", "sequence": head, "notice": "n"}
        who = {"is_drill": bool(number % 2), "opened_by": "bench"}
        _put(session, Recall, iter([{"id": id, **facts, **times, **who}]))
        told = {"recall": id, "state": "told", "told_at": now}
        _put(session, RecallPartner, ({"partner": partner, **told} for partner in ids))


def _put(session: Session, table: type[Any], rows: Iterator[dict[str, Any]]) -> None:
    while batch := list(islice(rows, BATCH)):
        session.execute(insert(table), batch)


if __name__ == "__main__":
    try:
        main()
    except CaveatError as error:
        sys.exit(f"bench: {error}")
