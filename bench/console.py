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
from sqlalchemy import event, select

from api.app import create_app
from api.db import now
from api.settings import Settings
from bench import insights
from bench.impact import articles
from content import documents
from content.db import Database
from content.editorial import workflow
from content.models.access import Editor
from content.models.editorial import Draft
from content.models.heads import Head

PAGES = (
    *("", "/articles", "/articles?q=number+7", "/tasks", "/calendar", "/visits"),
    *("/matrix", "/policy", "/policy?kind=rule", "/policy/disclaimer/crisis-support"),
    *("/releases", "/jurisdictions", "/jurisdictions/US-AL"),
)
BELOW = ("owed?jurisdiction=US-AL", "history", "acts", "diff?from=1")  # a text's page
HERE = {"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"}
TIMES = 7


def main() -> None:
    """Print one row for each page."""
    with insights.asked(__doc__, partners=200) as (settings, size, partners):
        token = insights.fill(settings, size, partners)
        _work(settings)
        _measure(settings, token)


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


def _measure(settings: Settings, token: str) -> None:
    app = create_app(settings)
    client, database = app.test_client(), app.extensions["caveat"].database
    client.post("/console/sign-in", data={"token": token}, headers=HERE)
    queries: list[str] = []

    def count(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        queries.append(statement)

    event.listen(database.engine, "before_cursor_execute", count)
    print("| page | ms | queries | KB |\n| --- | --- | --- | --- |")
    for page in (f"/console{one}" for one in (*PAGES, *_of_one(database))):
        _time(client, page, queries)
    database.close()


def _of_one(database: Database) -> list[str]:
    """Return the pages of one article and of its text."""
    with database.read() as session:
        query = select(Draft.article, Draft.locale).order_by(Draft.article).limit(1)
        article, locale = session.execute(query).one()
    text = f"/articles/{article}/{locale}"
    return [f"/articles/{article}", text, *(f"{text}/{name}" for name in BELOW)]


def _time(client: FlaskClient, page: str, queries: list[str]) -> None:
    times = []
    for _ in range(TIMES):
        queries.clear()
        begun = time.process_time()
        answer = client.get(page)
        times.append(time.process_time() - begun)
        if answer.status_code != 200:
            raise SystemExit(f"{page}: {answer.text}")
    size = len(answer.data) / 1000
    print(f"| {page} | {statistics.median(times) * 1000:.0f} | {len(queries)} | {size:.0f} |")


if __name__ == "__main__":
    main()
