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

Span = tuple[int, int]  # of numbers of the log


@dataclass(frozen=True)
class Work:
    """What an endpoint is to be told next: ``began`` is behind which number, ``looked_at`` how far.

    ``cursor`` names the cursor that moves with it; none does with what is tried again. In
    ``urgent`` there is no ending to be told, so the urgent cursor moves along: a log that never
    rests would keep all else back otherwise.
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
    urgent: Span = (0, 0)

    @property
    def is_of_endings(self) -> bool:
        """Whether these are endings, which go first."""
        return self.cursor == "urgent_cursor"

    def after(self, outcomes: list[Outcome]) -> "Work":
        """Return what is left after some of it."""
        left = self.events[len(outcomes) :]
        reached = outcomes[-1].event if left else self.looked_at
        return replace(self, events=left, began=reached, unwanted=[])


def read(
    session: Session, one: Endpoint, *, key: bytes, upto: int, at: datetime, endings_first: bool
) -> Work | None:
    """Return what an endpoint is to be told, up to a number; None: nothing now.

    ``key`` unseals its secrets. One that has not said the challenge is told nothing else. After a
    turn of endings it is the turn of what waits and follows, so that neither waits for ever.
    """
    secrets = endpoints.secrets_of(one, key=key, now=at)
    work = Work(one.id, one.url, one.state, one.challenge, secrets, [])
    if one.state == endpoints.PENDING:
        return work
    wanted, began = endpoints.wanted(one, session.get_one(Partner, one.partner)), one.urgent_cursor
    ended, seen = events.urgent(session, began, upto, wanted)
    endings = replace(work, events=ended, looked_at=seen, began=began, cursor="urgent_cursor")
    if not ended and seen >= upto:
        work = replace(work, urgent=(began, seen))
        return _others(session, one, work, wanted, upto, at) or (work if began < upto else None)
    others = None if endings_first else _others(session, one, work, wanted, upto, at)
    return others or endings


def _others(
    session: Session, one: Endpoint, work: Work, wanted: Wanted, upto: int, at: datetime
) -> Work | None:
    """Return what waits to be tried again, else what follows."""
    if again := deliveries.due(session, one.id, at):
        found = {row.event: _again(session, row, wanted) for row in again}
        unwanted = [number for number, event in found.items() if event is None]
        return replace(work, events=[one for one in found.values() if one], unwanted=unwanted)
    if one.cursor < upto:
        new, seen = events.following(session, one.cursor, upto, wanted)
        told = _untold(session, one, new)
        return replace(work, events=told, looked_at=seen, began=one.cursor, cursor="cursor")
    return None


def _untold(session: Session, one: Endpoint, found: list[Event]) -> list[Event]:
    """Return events but for the endings that went first, or will: those up to the urgent cursor.

    One up to there that nobody was told, because it was not wanted yet, is among them.
    """
    ends = [event.end for event in found if event.is_urgent]
    told = deliveries.known(session, one.id, [end for end in ends if end <= one.urgent_cursor])
    soon = {end for end in ends if end > one.urgent_cursor}
    return [event for event in found if event.end not in {*told, *soon}]


def _again(session: Session, row: Delivery, wanted: Wanted) -> Event | None:
    """Return an event that waits; None where it is not wanted any more."""
    if row.type == events.TEST:
        return Event(row.event, row.at, events.TEST, [], 0)
    if row.about:
        recall = opening.find(session, row.about)
        about = reports.told(session, recall)
        return Event(row.event, recall.opened_at, row.type, [], 0, about) if about else None
    return events.of_group(session, row.event, wanted)
