"""Watching: what time does to recalls, and which partners have fallen silent.

:func:`look` is done again and again by the worker. What it notices it writes down once: a reminder
is sent once, a task is opened once.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import exists, func, or_, select
from sqlalchemy.orm import Session

from content import changes, durations, policy, usage
from content.editorial import tasks
from content.models.access import Partner
from content.models.recalls import Recall, RecallPartner
from content.models.usage import Exposure, Usage
from content.models.webhooks import Endpoint
from content.recalls import (
    CONFIRMED,
    ESCALATED,
    OVERDUE,
    REMINDED,
    STATES,
    WORK,
    confirming,
    opening,
)
from content.webhooks import deliveries, endpoints, events

CONFIRMED_BY_ALL = "everybody has confirmed"
NOBODY_HAD_IT = "nobody with a key was given it"
LEDGER_WRITTEN = timedelta(minutes=1)  # after which every process has told whom it gave the article


@dataclass(frozen=True)
class Silent:
    """A partner who holds copies, and has not asked for longer than a copy may be shown."""

    partner: Partner
    last_at: datetime  # when it last asked for anything


def has_open(session: Session) -> bool:
    """Return whether there is anything to look at."""
    return session.scalar(select(exists().where(Recall.closed_at.is_(None)))) or False


def look(session: Session, *, now: datetime) -> int:
    """Bring all open recalls up to date; return how many there are."""
    found = session.scalars(select(Recall).where(Recall.closed_at.is_(None))).all()
    if found:
        _hold_webhooks(session)
    for recall in found:
        if opening.is_back(session, recall):
            opening.close(recall, opening.IS_BACK, by=WORK, now=now)
        else:
            _bring_up_to_date(session, recall, now)
    return len(found)


def counts(session: Session) -> tuple[int, int]:
    """Return how many partners have to confirm an open recall, and how many of them are late."""
    states = select(RecallPartner.state).join(Recall, Recall.id == RecallPartner.recall)
    found = session.scalars(states.where(Recall.closed_at.is_(None), Recall.is_drill.is_(False)))
    waiting = [one for one in found if one != CONFIRMED]
    return len(waiting), sum(one in (OVERDUE, ESCALATED) for one in waiting)


def silent(session: Session, *, now: datetime) -> list[Silent]:
    """Return the partners that hold copies and have not asked within ``freshness.max_offline``.

    What they show may have been withdrawn meanwhile.
    """
    before = now - longest_offline(session)
    still = quiet(session, before)
    given = {id: at for id, at in last_given(session, still).items() if at < before}
    asked = usage.last_days(session, given)
    found = session.scalars(select(Partner).where(Partner.id.in_(given)).order_by(Partner.id))
    return [Silent(one, last_heard(given[one.id], asked.get(one.id))) for one in found]


def quiet(session: Session, before: datetime) -> list[str]:
    """Return the partners that have asked for nothing on a day that has begun since."""
    first = (before + timedelta(days=1, microseconds=-1)).date()
    heard = exists().where(
        Usage.partner == Partner.id, Usage.day >= first.isoformat(), Usage.status < usage.TOO_MANY
    )
    return list(session.scalars(select(Partner.id).where(~heard)))


def last_given(session: Session, partners: Collection[str]) -> dict[str, datetime]:
    """Return when some partners were last given an edition, or heard that they have it."""
    given = select(Exposure.partner, func.max(Exposure.last_at)).group_by(Exposure.partner)
    return dict(session.execute(given.where(Exposure.partner.in_(partners))).all())


def last_heard(given: datetime, asked: date | None) -> datetime:
    """Return when a partner was last heard: given something, or on a day that then began."""
    return max(given, datetime.combine(asked, time(), UTC)) if asked else given


def report_silent(session: Session, *, now: datetime) -> int:
    """Open a task for each partner that has fallen silent; return how many partners are."""
    found = silent(session, now=now)
    for one in found:
        text = f"{one.partner.name} holds copies, and has asked for nothing since {one.last_at:%F}."
        about = (tasks.SILENT, "partner", one.partner.id, text)
        if not tasks.is_known(session, *about):
            tasks.add(session, *about, by=WORK, now=now)
    return len(found)


def longest_offline(session: Session) -> timedelta:
    """Return how long a copy may be shown by who hears nothing (``freshness.max_offline``)."""
    site = policy.at(session, changes.head(session)).site
    return durations.parse(str(site.get("max_offline", "P7D")))


def _hold_webhooks(session: Session) -> None:
    """Lock the webhooks of all who may be told something, before one of them is."""
    is_open = Recall.closed_at.is_(None)
    asked = select(RecallPartner.partner).join(Recall, Recall.id == RecallPartner.recall)
    given = select(Exposure.partner).join(Recall, Recall.article == Exposure.article)
    may_be = (Endpoint.partner.in_(one.where(is_open)) for one in (asked, given))
    endpoints.hold(session, or_(*may_be))


def _bring_up_to_date(session: Session, recall: Recall, now: datetime) -> None:
    opening.tell(session, recall, opening.exposed(session, recall), now=now)
    waiting = [one for one in opening.asked(session, recall.id) if one.state != CONFIRMED]
    confirming.by_fetch(session, recall, waiting)
    for one in waiting:
        _move_on(session, recall, one, now)
    session.flush()
    _close_done(session, recall, now)


def _close_done(session: Session, recall: Recall, now: datetime) -> None:
    found = opening.asked(session, recall.id)
    if not found and now >= recall.deadline:
        opening.close(recall, NOBODY_HAD_IT, by=WORK, now=now)
    all_have = bool(found) and all(one.state == CONFIRMED for one in found)
    if all_have and now - recall.opened_at >= LEDGER_WRITTEN:
        opening.close(recall, CONFIRMED_BY_ALL, by=WORK, now=now)


def _move_on(session: Session, recall: Recall, one: RecallPartner, now: datetime) -> None:
    """Bring a partner to the state of its time; one that was not looked at for long skips none."""
    while one.state not in (CONFIRMED, ESCALATED):
        following = STATES[STATES.index(one.state) + 1]
        if now < _when(recall, following):
            return
        one.state = following
        _say(session, recall, one, now)


def _when(recall: Recall, state: str) -> datetime:
    whole = recall.deadline - recall.opened_at
    return recall.opened_at + {REMINDED: whole / 2, OVERDUE: whole, ESCALATED: whole * 2}[state]


def _say(session: Session, recall: Recall, one: RecallPartner, now: datetime) -> None:
    """Remind a partner; tell editors who is overdue, and admins who still is."""
    if one.state == REMINDED:
        asked = (session, [one.partner], events.RECALL_REMINDER)
        deliveries.notify(*asked, about=recall.id, now=now)
        return
    partner = session.get_one(Partner, one.partner)
    what = "drill" if recall.is_drill else "recall"
    since = "is overdue" if one.state == OVERDUE else "has not confirmed long after the deadline"
    text = f"{partner.name} {since} in the {what} of {recall.slug}; write to {partner.contact}."
    kind = tasks.OVERDUE if one.state == OVERDUE else tasks.ESCALATED
    tasks.add(session, kind, "recall", recall.id, text, by=WORK, now=now)
