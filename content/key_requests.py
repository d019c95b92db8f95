"""Requests for keys: anybody may ask, an admin decides, and who has asked takes the key, once.

Nothing can be sent to who asks, so they keep a claim: a secret of their own, by which they see what
became of the request, and take the key when there is one.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from content import credentials, partners, parts
from content.articles import new_id
from content.errors import Conflict, Finding, Invalid, NotFound
from content.models.access import Credential, KeyRequest, Partner

PREFIX = "cvr"
MAX_WAITING = 500  # requests that nobody has decided; more are refused
NEEDED = ("name", "contact", "audience", "channel")
ASKED = (*NEEDED, "locale", "jurisdiction", "domains")  # plan and topics are an admin's to give
WAITING, APPROVED, DECLINED, TAKEN = "waiting", "approved", "declined", "taken"


def create(
    session: Session,
    facts: dict[str, Any],
    purpose: str,
    terms: int,
    *,
    pepper: bytes,
    now: datetime,
) -> tuple[KeyRequest, str]:
    """Ask for a key with facts that are ``ASKED``; return the request and the claim, shown once.

    Raise ``Invalid`` with all that is wrong, and ``Conflict`` where too many wait.
    """
    if findings := _check(session, facts, purpose, terms):
        raise Invalid(findings)
    if waiting(session) >= MAX_WAITING:
        raise Conflict("Too many requests wait to be looked at; ask again in a few days.")
    claim = credentials.new_secret(PREFIX)
    made = KeyRequest(
        id=new_id(now),
        claim=credentials.digest(claim, pepper),
        purpose=purpose,
        facts=facts,
        terms=terms,
        created_at=now,
    )
    session.add(made)
    session.flush()
    return made, claim


def waiting(session: Session) -> int:
    """Return how many requests nobody has decided."""
    query = select(func.count()).select_from(KeyRequest).where(KeyRequest.decided_at.is_(None))
    return session.scalars(query).one()


def find(session: Session, id: str) -> KeyRequest:
    """Return a request, for one transaction at a time to change; raise ``NotFound``."""
    found = session.get(KeyRequest, id, populate_existing=True, with_for_update=True)
    if found is None:
        raise NotFound(f"There is no request {id!r}; caveat partners requests names them.")
    return found


def claimed(session: Session, claim: str, *, pepper: bytes) -> KeyRequest:
    """Return the request of who has a claim; raise ``NotFound`` for any other secret."""
    digest = credentials.digest(claim, pepper)
    found = session.scalar(select(KeyRequest).where(KeyRequest.claim == digest))
    if found is None:
        raise NotFound("There is no such request. Look at its address again.")
    return found


def after(
    session: Session, id: str, limit: int | None = None, *, waiting: bool = False
) -> list[KeyRequest]:
    """Return requests behind an id, oldest first; if ``waiting``, only undecided ones."""
    query = select(KeyRequest).where(KeyRequest.id > id).order_by(KeyRequest.id).limit(limit)
    undecided = query.where(KeyRequest.decided_at.is_(None))
    return list(session.scalars(undecided if waiting else query))


def approve(
    session: Session, request: KeyRequest, plans: Collection[str], *, by: str, now: datetime
) -> Partner:
    """Make a partner of who asks; raise ``Conflict`` where it is decided."""
    _decide(request, by, now)
    made = partners.add(session, request.facts, plans, now=now)
    made.terms, made.terms_at = request.terms, request.created_at
    request.partner = made.id
    return made


def decline(request: KeyRequest, *, by: str, now: datetime) -> None:
    """Say no; raise ``Conflict`` where it is decided."""
    _decide(request, by, now)


def forget(session: Session, request: KeyRequest) -> None:
    """Delete a request and all that stands in it; a partner that it has made stays."""
    session.delete(request)


def take(
    session: Session, request: KeyRequest, *, pepper: bytes, now: datetime
) -> tuple[Credential, str]:
    """Make the account key of who asked, once; raise ``Conflict`` where there is none to take."""
    request = find(session, request.id)
    if (found := state(request)) != APPROVED:
        raise Conflict(f"There is no key to take: this request is {found}.")
    request.taken_at = now
    owner = partners.find(session, request.partner or "")
    return credentials.add(session, owner, pepper=pepper, now=now, name="first")


def state(request: KeyRequest) -> str:
    """Return what became of a request."""
    if request.decided_at is None:
        return WAITING
    if request.partner is None:
        return DECLINED
    return TAKEN if request.taken_at else APPROVED


def _check(session: Session, facts: dict[str, Any], purpose: str, terms: int) -> list[Finding]:
    findings = [Finding(f"/{name}", "is needed") for name in NEEDED if not facts.get(name)]
    findings += partners.check(facts)
    try:
        parts.convert(purpose, parts.Note, "/purpose")
    except Invalid as error:
        findings += error.findings
    return findings + partners.check_terms(session, terms)


def _decide(request: KeyRequest, by: str, now: datetime) -> None:
    if request.decided_at is not None:
        raise Conflict(f"The request is {state(request)} already.")
    request.decided_at, request.decided_by = now, by
