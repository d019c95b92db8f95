"""Seals: signed statements about the rows of the audit, each chained to the one before it.

A seal holds the digest of each row that came after the last seal, by its number. Its own digest is
that of :func:`statement`, which names the digest of the seal before, so that one digest which was
written down elsewhere vouches for everything up to it. The signature is a detached JWS over the
digest (:mod:`content.signing`). :mod:`content.editorial.seal_checks` tells what has changed since.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from content import canonical, changes, signing, work
from content.editorial import audit
from content.models.audit import AuditRow, AuditSeal
from content.signing import Keyring

MOST = 1000  # rows of one seal


def seal(session: Session, keyring: Keyring, *, now: datetime) -> AuditSeal | None:
    """Seal the rows after the last seal, at most :data:`MOST`; None when there are none.

    One process seals at a time, the others wait. Raise :class:`~content.signing.KeyMissing`.
    """
    work.wait_turn(session, work.SEALS)
    before = newest(session)
    first = before.last + 1 if before else 1
    further = select(AuditRow.number).where(AuditRow.number >= first).order_by(AuditRow.number)
    numbers = session.scalars(further.limit(MOST)).all()
    if not numbers:
        return None
    made = AuditSeal(
        number=before.number + 1 if before else 1,
        first=first,
        last=numbers[-1],
        at=now,
        previous=before.digest if before else None,
        digests={str(n): one for n, one in audit.digests(session, numbers).items()},
    )
    made.digest = digest(made)
    made.kid = signing.in_force(session, changes.head(session))
    made.jws = keyring.sign(made.kid, made.digest.encode())
    session.add(made)
    session.flush()
    return made


def newest(session: Session) -> AuditSeal | None:
    """Return the newest seal."""
    return session.scalar(select(AuditSeal).order_by(AuditSeal.number.desc()).limit(1))


def find(session: Session, *, after: int, limit: int) -> Sequence[AuditSeal]:
    """Return the seals after a number, oldest first."""
    further = select(AuditSeal).where(AuditSeal.number > after).order_by(AuditSeal.number)
    return session.scalars(further.limit(limit)).all()


def statement(seal: AuditSeal) -> dict[str, Any]:
    """Return what a seal says, which its digest is made of."""
    return {
        "number": seal.number,
        "first": seal.first,
        "last": seal.last,
        "at": seal.at.isoformat(),
        "previous": seal.previous,
        "digests": seal.digests,
    }


def digest(seal: AuditSeal) -> str:
    """Return the digest that belongs to what a seal says."""
    return canonical.digest(canonical.encode(statement(seal)))


def facts(seal: AuditSeal) -> dict[str, Any]:
    """Return a seal as it is shown."""
    signed = {"digest": seal.digest, "kid": seal.kid, "jws": seal.jws}
    return {**statement(seal), **signed}
