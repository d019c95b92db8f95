"""Partners who take content: with what they have, webhooks, usage and recalls."""

from datetime import timedelta
from typing import Any

from delivery import OCD, PEPPER, end
from factories import NOW, publish
from keyholders import Holder, hold

from api import db
from content import (
    articles,
    conformance,
    exposures,
    key_requests,
    partners,
    samples,
    usage,
    work,
)
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


def field(database: Database) -> tuple[str, str, str]:
    """Let there be a partner with all that there can be, whose recall is open, and who asks.

    Return the partner's id, where its webhook is below it, and the recall's id.
    """
    holder = hold(database, name="The Good Health Site", contact="who@partner.example")
    ended = "sleep-well-no-more"
    publish(database, slug=ended, title="A title that is long enough, to be withdrawn")
    for slug in (OCD, ended):
        take(database, holder, slug)
    end(database, ended)
    _recall(database, ended)
    with database.write() as session:
        partner = partners.find(session, holder.id)
        for path, conforms in (("good", True), ("bad", False)):
            look(session, partner, path, conforms=conforms, ago=1)
        ask(session)
        samples.note(session, db.now() - timedelta(minutes=30))
        samples.note(session, db.now())
        work.beat(session, "a-host:1", now=db.now())
        [recall] = opening.page(session, None, 1)
        hook = endpoints.of(session, partner)[0].id
        session.commit()
    return holder.id, f"webhooks/{hook}", recall.id


def ask(session: Any) -> None:
    """Let somebody ask for a key."""
    facts = {"name": "A new site", "contact": "new@partner.example", "audience": "adults"}
    about = (
        {**facts, "channel": "publisher"},
        "To help our readers.",
        partners.terms_version(session),
    )
    key_requests.create(session, *about, pepper=PEPPER, now=db.now())
