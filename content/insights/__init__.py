"""Insights: what dashboards ask of an installation, each question answered at once.

corpus       how many articles and texts stand how, and how they were reviewed
calendar     which dates come when: of reviews, of displays, of facts
disclaimers  which of them is owed by how many texts, by which rules
holdings     what partners hold of what there is, and how current that is
conformance  whether partners' pages show what they owe
partners     how far behind each is, what it uses, whether it still asks
deliveries   what becomes of webhooks' events, and how long that takes
recalls      how far they are, and how long they took
days         what happened on each day

They count what is in the tables and change nothing. The number of queries does not grow with the
articles or the partners. Test articles are left out.
"""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, literal_column, select
from sqlalchemy.orm import Session

from content.contexts import TEST
from content.models.log import Publication
from content.models.search import Facet


def day_of(session: Session, moment: Any) -> ColumnElement[str]:
    """Return the day (UTC) of a column with moments, as an ISO date."""
    if session.get_bind().dialect.name == "sqlite":
        return func.substr(
            moment, literal_column("1"), literal_column("10")
        )  # they are kept as text, in UTC
    zone: Any = literal_column("'UTC'")
    form: Any = literal_column("'YYYY-MM-DD'")  # to be grouped by
    return func.to_char(func.timezone(zone, moment), form)


def start(day: date) -> datetime:
    """Return when a day began."""
    return datetime.combine(day, time(), UTC)


def within(moment: Any, first: date, last: date) -> ColumnElement[bool]:
    """Return the condition that a moment is on one of these days."""
    return and_(moment >= start(first), moment < start(last) + timedelta(days=1))


def tests() -> Select[str]:
    """Return the query for the ids of test articles."""
    facet = (Facet.kind == "topic", Facet.tag == TEST)
    return select(Publication.article).join(Facet, Facet.seq == Publication.seq).where(*facet)
