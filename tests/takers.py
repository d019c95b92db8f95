"""Partners who take content: with what they have, webhooks, usage and recalls."""

from datetime import timedelta
from typing import Any

from delivery import end
from factories import NOW, publish
from keyholders import Holder, hold

from api import db
from content import articles, conformance, exposures, partners, usage
from content.db import Database
from content.exposures import Given
from content.recalls import opening
from content.usage import Used
from content.webhooks import deliveries, endpoints
from content.webhooks.deliveries import Outcome, Told


def live(database: Database, count: int) -> None:
    """Let there be so many more articles, partners who have them, webhooks, recalls and usage."""
    for number in range(count):
        slug = f"more-{db.now().timestamp()}-{number}".replace(".", "-")
        title = f"A title that is long enough, of {slug}"
        publish(database, slug=slug, title=title)
        take(database, hold(database), slug)
        if number % 2:
            end(database, slug)
            _recall(database, slug)


def take(database: Database, holder: Holder, slug: str) -> None:
    """Let a partner be given an article today, use its key, and have a webhook."""
    today = db.now()
    with database.write() as session:
        article = articles.identify(session, slug)
        exposures.record(session, [Given(holder.id, article, "en", 1, "d", today, today)])
        day = today.date().isoformat()
        usage.record(session, [Used(holder.id, day, "/v1/articles/{slug}", 200, 2, 3, 20)])
        _add_webhook(session, partners.find(session, holder.id))
        session.commit()


def _add_webhook(session: Any, partner: Any) -> None:
    about = {"url": "https://www.partner.example/"}
    made, _ = endpoints.add(session, partner, about, key=b"k" * 32, loopback=False, now=NOW)
    endpoints.verified(made)
    outcomes = [
        Outcome(number, "article.updated", status, None, 5)
        for number, status in ((1, 200), (2, 500))
    ]
    told = Told(made.cursor, made.urgent_cursor, outcomes)
    deliveries.record(session, made, told, now=db.now())


def _recall(database: Database, slug: str) -> None:
    with database.write() as session:
        last = articles.publications(session, articles.identify(session, slug), 10**6)["en"].seq
        numbers = range(last, last + 1)
        opening.open_recall(session, numbers, hours=1, everyone=False, by="test", now=db.now())
        session.commit()


def look(session: Any, partner: Any, path: str, *, conforms: bool, ago: int) -> None:
    """Keep a report on a page, so many days ago."""
    outcome = "conforms" if conforms else "fails"
    checks = [{"id": "C1", "what": "Notices", "outcome": outcome}]
    url, nothing = f"https://partner.example/{path}", dict.fromkeys(("article", "context"))
    report = {"url": url, "outcome": outcome, "checks": checks, "edition": None, **nothing}
    conformance.save(session, partner, report, db.now() - timedelta(days=ago))
