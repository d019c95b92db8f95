"""What each page of the console costs in a full installation: ``python bench/console.py``.

The database is that of ``bench/insights.py``, with a newsroom at work in it. Each page is asked
for by who may see all, over the application; what the server's processor takes is timed.
"""

import sys
from pathlib import Path

# As in http.py: that file must not hide Python's own `http`.
sys.path.pop(0)
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import statistics
import time

from flask.testing import FlaskClient
from sqlalchemy import event, func, insert, select
from sqlalchemy.orm import Session

from api.app import create_app
from api.db import now
from api.settings import Settings
from api.worker import count_holdings
from bench import insights
from bench.impact import articles
from content import documents, samples
from content.articles import new_id
from content.db import Database
from content.editorial import workflow
from content.models.access import Editor, Partner
from content.models.editorial import Draft
from content.models.heads import Head
from content.models.recalls import Recall
from content.models.samples import Sample
from content.models.webhooks import Delivery, Endpoint

PAGES = (
    *("", "/articles", "/articles?q=number+7", "/tasks", "/calendar", "/visits"),
    *("/matrix", "/policy", "/policy?kind=rule", "/policy/disclaimer/crisis-support"),
    *("/releases", "/jurisdictions", "/jurisdictions/US-AL"),
    *("/partners", "/partners?q=9", "/partners/{partner}"),
    "/partners/{partner}/webhooks/{partner}",
    *("/recalls", "/recalls/board", "/recalls/{recall}", "/recalls/{recall}/progress"),
    *("/system", "/system?hours=168", "/system/sequence.svg?hours=168"),
    *("/articles/{article}", "/articles/{article}/{locale}", "/drafts/{article}/{locale}/edit"),
    *(
        "/articles/{article}/{locale}/owed?jurisdiction=US-AL",
        "/articles/{article}/{locale}/history",
    ),
    *("/articles/{article}/{locale}/acts", "/articles/{article}/{locale}/diff?from=1"),
)
HERE = {"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"}
TIMES = 7
DELIVERIES = 100_000


def main() -> None:
    """Print one row for each page."""
    with insights.asked(__doc__, partners=200) as (settings, size, partners):
        token = insights.fill(settings, size, partners)
        _work(settings)
        _measure(settings, token, _watch(settings))


def _work(settings: Settings) -> None:
    """Let every text have a draft, a tenth of them in each state of the workflow."""
    database = Database(settings.database)
    states = [workflow.DRAFT, workflow.IN_REVIEW, workflow.APPROVED, *[workflow.PUBLISHED] * 7]
    [(document, topics)] = articles(1)
    with database.write() as session:
        who = session.scalars(select(Editor.id)).first()
        texts = session.execute(select(Head.article, Head.locale, Head.slug)).all()
        front = {"change_note": "First.", "topics": topics, "conditions": [], "display_until": None}
        facts = {"version": 1, "authors": ["somebody"], "updated_at": now(), "updated_by": who}
        for number, (article, locale, slug) in enumerate(texts):
            title = f"Title number {number}"
            data = {**documents.dump(document), "title": title, "locale": locale}
            text = {**front, "slug": slug, "document": data}
            own = {"article": article, "locale": locale, "slug": slug, "title": title}
            session.add(Draft(**own, manuscript=text, state=states[number % 10], **facts))
        session.commit()
    database.close()


def _watch(settings: Settings) -> dict[str, str]:
    """Let the worker have counted what partners hold, noted a week, and all deliveries be there.

    Return the ids of a partner, which has a webhook of the same id, of a recall and of a text.
    """
    database = Database(settings.database)
    while count_holdings(database):
        pass
    with database.write() as session:
        deliver(session, DELIVERIES - session.scalars(select(func.count(Delivery.id))).one())
        numbers = dict.fromkeys(("workers", "waiting", "scheduled", "slow"), 1)
        for ago in range(7 * 24 * 60):
            sums = dict.fromkeys(("sequence", "answers", "hits", "misses"), 20_000 - ago)
            at = now().replace(second=0, microsecond=0) - ago * samples.EVERY
            session.add(Sample(at=at, **numbers, **sums))
        text = select(Draft.article, Draft.locale).order_by(Draft.article).limit(1)
        ids = (select(Partner.id).limit(1), select(Recall.id).limit(1))
        found = [*map(session.scalar, ids), *session.execute(text).one()]
        session.commit()
    database.close()
    return dict(zip(("partner", "recall", "article", "locale"), found, strict=True))


def deliver(session: Session, count: int) -> None:
    """Add so many deliveries, to the webhooks one after another."""
    hooks = session.scalars(select(Endpoint.id)).all()
    facts = {"type": "rule.changed", "state": "delivered", "attempts": 1, "milliseconds": 20}
    rows = [
        {
            "id": new_id(now()),
            "endpoint": hooks[number % len(hooks)],
            **facts,
            "event": 1_000 + number,
            "at": now() - number * samples.EVERY / 3,
            "status": 200,
        }
        for number in range(count)
    ]
    session.execute(insert(Delivery), rows)


def _measure(settings: Settings, token: str, ids: dict[str, str]) -> None:
    app = create_app(settings)
    client, database = app.test_client(), app.extensions["caveat"].database
    client.post("/console/sign-in", data={"token": token}, headers=HERE)
    queries: list[str] = []

    def count(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        queries.append(statement)

    event.listen(database.engine, "before_cursor_execute", count)
    print("| page | ms | queries | KB |\n| --- | --- | --- | --- |")
    for page in PAGES:
        _time(client, page, ids, queries)
    database.close()


def _time(client: FlaskClient, page: str, ids: dict[str, str], queries: list[str]) -> None:
    address, times = f"/console{page.format(**ids)}", list[float]()
    for _ in range(TIMES):
        queries.clear()
        begun = time.process_time()
        answer = client.get(address)
        times.append(time.process_time() - begun)
        if answer.status_code != 200:
            raise SystemExit(f"{page}: {answer.text}")
    size = len(answer.data) / 1000
    print(
        f"| /console{page} | {statistics.median(times) * 1000:.0f} | {len(queries)} | {size:.0f} |"
    )


if __name__ == "__main__":
    main()
