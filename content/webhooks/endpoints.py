"""Endpoints: where partners want to be told, verified before anything is sent there.

pending ──answers the challenge──► active ◄──enable── disabled
                                      └──410, or nothing but failures for three days──▲
"""

import base64
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any
from urllib.parse import urlsplit

from msgspec import UNSET, Meta, UnsetType
from sqlalchemy import ColumnElement, exists, func, or_, select
from sqlalchemy.orm import Session

from content import changes, parts, sealed
from content.articles import new_id
from content.errors import Conflict, Finding, Invalid, NotFound
from content.models.access import Partner
from content.models.webhooks import WAITING, Delivery, Endpoint
from content.parts import Name, Part
from content.webhooks import events
from content.webhooks.events import Wanted

PENDING, ACTIVE, DISABLED = "pending", "active", "disabled"
STATES = (PENDING, ACTIVE, DISABLED)
MOST = 20  # endpoints of one partner
OVERLAP = timedelta(days=1)  # that events are signed with the old secret, too
VERIFIED_WITHIN = timedelta(days=1)
ASKED_AGAIN, LONGEST_PAUSE = timedelta(seconds=1), timedelta(minutes=10)
LOOPBACK = ("127.0.0.1", "localhost", "::1")
LOWEST_PORT = 1024  # below it only that of https
HTTPS_PORT = 443
Url = Annotated[str, Meta(max_length=2000, pattern=r"\A[\x21-\x7e]+\Z")]
Kind = Annotated[str, Meta(max_length=80, pattern=r"\A[a-z]+(-[a-z]+)*(\.[a-z]+)?\Z")]
Line = Annotated[str, Meta(max_length=200, pattern=r"\A[^\x00-\x1f\x7f]*\Z")]


class Facts(Part, omit_defaults=True):
    """What a partner says of an endpoint; what is not there stays as it is."""

    url: Url | UnsetType = UNSET
    name: Line | UnsetType = UNSET
    events: Annotated[list[Kind], Meta(min_length=1, max_length=50)] | UnsetType | None = UNSET
    topics: Annotated[list[Name], Meta(min_length=1, max_length=100)] | UnsetType | None = UNSET


@dataclass(frozen=True)
class Secrets:
    """By which an endpoint knows that an event is ours: the secret, and the old one for a while."""

    current: str
    old: str | None = None


def add(
    session: Session,
    partner: Partner,
    facts: dict[str, Any],
    *,
    key: bytes,
    loopback: bool,
    now: datetime,
) -> tuple[Endpoint, str]:
    """Add an endpoint; return it and its secret, which is shown once.

    It hears of what happens from now on, once it has been verified. ``key`` seals the secret;
    ``loopback`` allows addresses of this machine, for development. Raise ``Invalid``, and
    ``Conflict`` for too many.
    """
    if "url" not in facts:
        raise Invalid([Finding("/url", "is needed")])
    if len(of(session, partner)) >= MOST:
        raise Conflict(f"A partner has at most {MOST} endpoints; delete one first.")
    secret, head = new_secret(), changes.head(session)
    made = Endpoint(
        id=new_id(now),
        partner=partner.id,
        name="",
        events=None,
        topics=None,
        cursor=head,
        urgent_cursor=head,
        secret=sealed.seal(secret, key),
        failures=0,
        created_at=now,
    )
    change(made, facts, loopback=loopback)
    session.add(made)
    session.flush()
    return made, secret


def change(endpoint: Endpoint, facts: dict[str, Any], *, loopback: bool) -> None:
    """Change what is known of an endpoint; a new address has to be verified again."""
    given = parts.dump(parts.convert(facts, Facts))
    if findings := _strange(given.get("events")):
        raise Invalid(findings)
    if "url" in given and given["url"] != endpoint.url:
        _check_address(given["url"], loopback=loopback)
        endpoint.state, endpoint.reason = PENDING, None
        endpoint.challenge = secrets.token_urlsafe(24)
        _forget_failures(endpoint)
    for name, value in given.items():
        setattr(endpoint, name, value)


def of(session: Session, partner: Partner) -> Sequence[Endpoint]:
    """Return the endpoints of a partner, oldest first."""
    mine = select(Endpoint).where(Endpoint.partner == partner.id)
    return session.scalars(mine.order_by(Endpoint.id)).all()


def find(session: Session, partner: Partner, id: str) -> Endpoint:
    """Return one of a partner's endpoints; raise ``NotFound`` for another's, too."""
    found = session.get(Endpoint, id)
    if found is None or found.partner != partner.id:
        raise NotFound(f"There is no webhook {id!r} of {partner.name}.")
    return found


def counts(session: Session) -> dict[str, int]:
    """Return how many endpoints are in each state."""
    query = select(Endpoint.state, func.count()).group_by(Endpoint.state)
    return {**dict.fromkeys(STATES, 0), **dict(session.execute(query).all())}


def rotate(endpoint: Endpoint, *, key: bytes, now: datetime) -> str:
    """Give an endpoint a new secret; for a day events are signed with the old one, too."""
    secret = new_secret()
    endpoint.old_secret, endpoint.old_secret_until = endpoint.secret, now + OVERLAP
    endpoint.secret = sealed.seal(secret, key)
    return secret


def secrets_of(endpoint: Endpoint, *, key: bytes, now: datetime) -> Secrets:
    """Return the secrets that an event is signed with at a moment."""
    until = endpoint.old_secret_until
    old = endpoint.old_secret if until and now < until else None
    current = sealed.unseal(endpoint.secret, key)
    return Secrets(current, sealed.unseal(old, key) if old else None)


def wanted(endpoint: Endpoint, partner: Partner) -> Wanted:
    """Return what an endpoint is told of: what it wants, of what its partner is entitled to."""
    chosen = [frozenset(one) for one in (endpoint.topics, partner.topics) if one is not None]
    topics = frozenset.intersection(*chosen) if chosen else None
    return Wanted(frozenset(endpoint.events) if endpoint.events is not None else None, topics)


def replay(session: Session, endpoint: Endpoint, after: int) -> None:
    """Tell an endpoint once more of what came after a number; raise ``Invalid`` for one to come."""
    if after > (head := changes.head(session)):
        raise Invalid([Finding("/after", f"is from the future; the newest number is {head}")])
    endpoint.cursor = changes.last_end(session, after)
    endpoint.urgent_cursor = endpoint.cursor


def enable(endpoint: Endpoint) -> None:
    """Tell a disabled endpoint again, once it has been verified; raise ``Conflict`` for others."""
    if endpoint.state != DISABLED:
        raise Conflict(f"The webhook is {endpoint.state}.")
    endpoint.state, endpoint.reason = PENDING, None
    _forget_failures(endpoint)


def disable(endpoint: Endpoint, reason: str) -> None:
    """Tell an endpoint nothing any more."""
    endpoint.state, endpoint.reason = DISABLED, reason


def verified(endpoint: Endpoint) -> None:
    """Note that an endpoint has answered the challenge."""
    endpoint.state, endpoint.reason = ACTIVE, None
    _forget_failures(endpoint)


def not_verified(endpoint: Endpoint, why: str, *, now: datetime) -> None:
    """Note that an endpoint has not answered the challenge; after a day it is asked no more."""
    endpoint.failing_since = endpoint.failing_since or now
    endpoint.reason = f"it has not said the challenge: {why}"
    if now - endpoint.failing_since >= VERIFIED_WITHIN:
        endpoint.state = DISABLED
    endpoint.failures += 1
    endpoint.paused_until = now + min(ASKED_AGAIN * 2 ** min(endpoint.failures, 12), LONGEST_PAUSE)


def waiting(session: Session, *, upto: int, now: datetime, limit: int) -> list[str]:
    """Return endpoints that nobody looks after, and that have something to be told."""
    free = or_(Endpoint.lease.is_(None), Endpoint.lease_until < now)
    rested = or_(Endpoint.paused_until.is_(None), Endpoint.paused_until <= now)
    due = (Delivery.endpoint == Endpoint.id, Delivery.state == WAITING, Delivery.next_at <= now)
    has_work = or_(
        Endpoint.state == PENDING,
        Endpoint.cursor < upto,
        Endpoint.urgent_cursor < upto,
        exists().where(*due),
    )
    query = select(Endpoint.id).where(Endpoint.state != DISABLED, free, rested, has_work)
    return list(session.scalars(query.order_by(func.random()).limit(limit)))


def claim(
    session: Session, ids: Iterable[str], worker: str, *, now: datetime, until: datetime
) -> list[str]:
    """Take those of some endpoints that nobody else has taken meanwhile."""
    free = or_(Endpoint.lease.is_(None), Endpoint.lease_until < now)
    return _lease(session, ids, free, worker, until)


def extend(session: Session, ids: Iterable[str], worker: str, *, until: datetime) -> None:
    """Keep those of some endpoints that a worker has still got."""
    _lease(session, ids, Endpoint.lease == worker, worker, until)


def hold(session: Session, *which: ColumnElement[bool]) -> list[Endpoint]:
    """Lock endpoints, in the one order in which everybody does: nobody waits in a ring."""
    query = select(Endpoint).where(*which).order_by(Endpoint.id)
    fresh = {"populate_existing": True}
    return list(session.scalars(query.with_for_update(), execution_options=fresh))


def new_secret() -> str:
    """Return a signing secret as Standard Webhooks has them: 32 random octets."""
    return f"whsec_{base64.b64encode(secrets.token_bytes(32)).decode()}"


def _lease(
    session: Session, ids: Iterable[str], still: ColumnElement[bool], worker: str, until: datetime
) -> list[str]:
    held = hold(session, Endpoint.id.in_(list(ids)), still)
    for one in held:
        one.lease, one.lease_until = worker, until
    return [one.id for one in held]


def _strange(named: Iterable[str] | None) -> list[Finding]:
    """Return the names that are no kind and no subject of changes."""
    known = ", ".join(events.SUBJECTS)
    return [
        Finding(f"/events/{number}", f"{one!r} is no kind of event; it begins with one of {known}")
        for number, one in enumerate(named or ())
        if one.partition(".")[0] not in events.SUBJECTS
    ]


def _check_address(url: str, *, loopback: bool) -> None:
    """Refuse what could never be sent to; where a name leads is looked at when it is sent."""
    try:
        parts_of = urlsplit(url)
        port = parts_of.port
    except ValueError:
        raise Invalid([Finding("/url", "is no address")]) from None
    local = loopback and parts_of.hostname in LOOPBACK
    if parts_of.scheme != "https" and not (local and parts_of.scheme == "http"):
        raise Invalid([Finding("/url", "has to begin with https://")])
    if not parts_of.hostname or parts_of.username or parts_of.password or parts_of.fragment:
        raise Invalid([Finding("/url", "has a host, no user, no password and no fragment")])
    if port is not None and port != HTTPS_PORT and port < LOWEST_PORT:
        raise Invalid([Finding("/url", f"has port {HTTPS_PORT}, or one from {LOWEST_PORT} on")])


def _forget_failures(endpoint: Endpoint) -> None:
    endpoint.failures, endpoint.failing_since, endpoint.paused_until = 0, None, None
