"""The audit: who did what, when, to what, and with which reason.

A row says what was done and never what was written: no secret and no words of an article stand in
it, because it is kept for ever. :mod:`content.editorial.seals` makes a later change of it visible.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from content import canonical, work
from content.db import NEWS
from content.models.audit import AuditRow, AuditSeal

T = TypeVar("T", AuditRow, AuditSeal)


@dataclass(frozen=True)
class Wanted:
    """Which rows are wanted; what is None narrows nothing. ``until`` is the first moment after."""

    actor: str | None = None
    act: str | None = None
    subject_type: str | None = None
    subject: str | None = None
    since: datetime | None = None
    until: datetime | None = None


def note(  # noqa: PLR0913 - a row names who, what, when and why
    session: Session,
    act: str,
    subject: tuple[str, str],
    *,
    by: str,
    now: datetime,
    locale: str | None = None,
    reason: str | None = None,
    detail: dict[str, Any] | None = None,
    request_id: str | None = None,
) -> AuditRow:
    """Note an act, such as ``article.publish``, about a subject (type and id); the caller commits.

    Call it last in a transaction, after :func:`content.changes.append`: it locks the end of the
    audit, and all writers have to take their locks in one order. With the lock the numbers are
    dense and in the order of commits, so a seal can never miss a row that is committed later.
    ``by`` is an editor's id or the name of a program. Raise ``ValueError`` for a ``detail`` without
    canonical form.
    """
    work.wait_turn(session, work.AUDIT)
    newest = AuditRow.number.desc()
    last = session.execute(select(AuditRow.number, AuditRow.at).order_by(newest).limit(1)).first()
    row = AuditRow(
        number=last.number + 1 if last else 1,
        at=max(now, last.at) if last else now,  # also when a clock was set back
        actor=by,
        act=act,
        subject_type=subject[0],
        subject=subject[1],
        locale=locale,
        reason=reason,
        detail=detail,
        request_id=request_id,
    )
    session.add(row)
    session.flush()
    session.info[NEWS] = True
    return row


def facts(row: AuditRow) -> dict[str, Any]:
    """Return a row as it is shown, and as it is sealed."""
    return {
        "number": row.number,
        "at": row.at.isoformat(),
        "actor": row.actor,
        "act": row.act,
        "subject": {"type": row.subject_type, "id": row.subject},
        "locale": row.locale,
        "reason": row.reason,
        "detail": row.detail,
        "request_id": row.request_id,
    }


def digest(row: AuditRow) -> str:
    """Return the digest of a row: SHA-256 of the canonical bytes of its facts."""
    return canonical.digest(canonical.encode(facts(row)))


def digests(session: Session, numbers: Sequence[int]) -> dict[int, str | None]:
    """Return the digests of rows by their numbers; None for one that nobody can read."""
    found = unbroken(session, AuditRow, numbers)
    return {number: digest(row) if row else None for number, row in found.items()}


def unbroken(session: Session, table: type[T], numbers: Sequence[int]) -> dict[int, T | None]:
    """Return rows by their numbers as they lie in the database; None for one that is garbled.

    What was written by hand around Caveat may be no JSON, or no time.
    """
    fresh = {"populate_existing": True}
    try:
        query = select(table).where(table.number.in_(numbers))
        rows = session.scalars(query.order_by(table.number), execution_options=fresh)
        return {row.number: row for row in rows}
    except (ValueError, TypeError):
        if len(numbers) == 1:
            return {numbers[0]: None}
        return {n: row for one in numbers for n, row in unbroken(session, table, [one]).items()}


def newest(session: Session) -> int:
    """Return the number of the newest row; 0 when there is none."""
    return session.scalar(select(func.max(AuditRow.number))) or 0


def find(session: Session, wanted: Wanted, *, after: int, limit: int) -> Sequence[AuditRow]:
    """Return the wanted rows after a number, oldest first."""
    further = _select(wanted).where(AuditRow.number > after).order_by(AuditRow.number)
    return session.scalars(further.limit(limit)).all()


def find_newest(
    session: Session, wanted: Wanted, *, limit: int, before: int | None = None
) -> Sequence[AuditRow]:
    """Return the newest of the wanted rows, or of those before a number, newest first."""
    query = _select(wanted).order_by(AuditRow.number.desc())
    older = query if before is None else query.where(AuditRow.number < before)
    return session.scalars(older.limit(limit)).all()


def _select(wanted: Wanted) -> Select[AuditRow]:
    names = ("actor", "act", "subject_type", "subject")
    same = {name: value for name in names if (value := getattr(wanted, name)) is not None}
    query = select(AuditRow).filter_by(**same)
    if wanted.since is not None:
        query = query.where(AuditRow.at >= wanted.since)
    if wanted.until is not None:
        query = query.where(AuditRow.at < wanted.until)
    return query
