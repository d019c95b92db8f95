"""The agenda: what an endpoint is told next: endings, then what waits, then what follows."""

from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy.orm import Session

from content.models.access import Partner
from content.models.webhooks import Delivery, Endpoint
from content.recalls import opening, reports
from content.webhooks import deliveries, endpoints, events
from content.webhooks.deliveries import Outcome
from content.webhooks.endpoints import Secrets
from content.webhooks.events import Event, Wanted

Next = tuple[list[Event], int, int, str | None, list[int]]  # as the fields of Work from events on


@dataclass(frozen=True)
class Work:
    """What an endpoint is to be told next: ``began`` is behind which number, ``looked_at`` how far.

    ``cursor`` names the cursor that moves with it; none does with what is tried again.
    """

    endpoint: str
    url: str
    state: str
    challenge: str
    secrets: Secrets
    events: list[Event]
    looked_at: int = 0
    began: int = 0
    cursor: str | None = None
    unwanted: list[int] = field(default_factory=list)

    def after(self, outcomes: list[Outcome]) -> "Work":
        """Return what is left after some of it."""
        left = self.events[len(outcomes) :]
        reached = outcomes[-1].event if left else self.looked_at
        return replace(self, events=left, began=reached, unwanted=[])


def read(session: Session, one: Endpoint, *, key: bytes, upto: int, at: datetime) -> Work | None:
    """Return what an endpoint is to be told, up to a number; None: nothing now.

    ``key`` unseals its secrets. One that has not said the challenge is told nothing else.
    """
    secrets = endpoints.secrets_of(one, key=key, now=at)
    about = (one.id, one.url, one.state, one.challenge, secrets)
    if one.state == endpoints.PENDING:
        return Work(*about, [])
    found = _next(session, one, upto, at)
    return Work(*about, *found) if found else None


def _next(session: Session, one: Endpoint, upto: int, at: datetime) -> Next | None:
    wanted = endpoints.wanted(one, session.get_one(Partner, one.partner))
    if one.urgent_cursor < upto:
        found, seen = events.urgent(session, one.urgent_cursor, upto, wanted)
        return found, seen, one.urgent_cursor, "urgent_cursor", []
    if again := deliveries.due(session, one.id, at):
        found_again = {row.event: _again(session, row, wanted) for row in again}
        unwanted = [number for number, event in found_again.items() if event is None]
        return [event for event in found_again.values() if event], 0, 0, None, unwanted
    if one.cursor < upto:
        found, seen = events.following(session, one.cursor, upto, wanted)
        return _untold(session, one, found), seen, one.cursor, "cursor", []
    return None


def _untold(session: Session, one: Endpoint, found: list[Event]) -> list[Event]:
    """Return events but for the endings that went first; those were not, that nobody wanted yet."""
    ends = [event.end for event in found if event.is_urgent and event.end <= one.urgent_cursor]
    told = deliveries.known(session, one.id, ends)
    return [event for event in found if event.end not in told]


def _again(session: Session, row: Delivery, wanted: Wanted) -> Event | None:
    """Return an event that waits; None where it is not wanted any more."""
    if row.type == events.TEST:
        return Event(row.event, row.at, events.TEST, [], 0)
    if row.about:
        recall = opening.find(session, row.about)
        about = reports.told(session, recall)
        return Event(row.event, recall.opened_at, row.type, [], 0, about) if about else None
    return events.of_group(session, row.event, wanted)
