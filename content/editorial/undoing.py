"""Undoing: what a group of the log has changed is changed back, as a release like any other.

Nothing is taken out of the log. What was true before the group becomes true once more, checked by
all gates, in one new group. What somebody has changed since, what was taken down, what was said to
be wrong, keys, packs, redactions and dates that have passed are no matter of undoing: they are
named, and nothing is done.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from content import changes
from content.editorial import policy_items, releases, second
from content.editorial.policy_items import OURS, TABLES
from content.errors import Finding, Invalid
from content.lapses import RECHECK_BY
from content.models.editorial import Release
from content.models.log import Change, Fact, JurisdictionFact, Publication

UNDONE: dict[str, type[Fact]] = {**TABLES, "article": Publication}


@dataclass(frozen=True)
class Group:
    """What became true together: the last number, when, by whom, and how often which kind."""

    end: int
    at: datetime
    actor: str
    kinds: Counter[str]


def groups(session: Session, limit: int) -> list[Group]:
    """Return the newest groups of the log, newest first."""
    ends = select(Change.group_end).distinct().order_by(Change.group_end.desc()).limit(limit)
    return [_group(session, end) for end in session.scalars(ends)]


def undo(session: Session, number: int, reason: str, *, by: str, now: datetime) -> Release:
    """Change back what the group of a number has changed; where one person is enough, at once.

    Else the release is left for a second person. Raise ``NotFound``, and ``Invalid`` with all that
    cannot be undone.
    """
    end = changes.end_of_group(session, number)
    made = releases.create(
        session, f"Undo of change {end}", reason, _items(session, end, now), by=by, now=now
    )
    if not second.needs(made):
        releases.publish(session, made, by=by, now=now)
    return made


def _group(session: Session, end: int) -> Group:
    kinds = select(Change.kind, func.count()).where(Change.group_end == end).group_by(Change.kind)
    last = session.get_one(Change, end)
    return Group(end, last.at, last.actor, Counter(dict(session.execute(kinds).all())))


def _items(session: Session, end: int, now: datetime) -> list[dict[str, Any]]:
    """Return what has to be true again for a group to be undone."""
    mine = (Change.group_end == end, Change.kind != changes.AFFECTED)
    rows = session.scalars(select(Change).where(*mine).order_by(Change.seq)).all()
    today = now.date().isoformat()
    found = [_item(session, change, rows[0].seq, today) for change in rows]
    if findings := [one for one in found if isinstance(one, Finding)]:
        raise Invalid(findings)
    return [one for one in found if isinstance(one, dict)]


def _item(session: Session, change: Change, begins: int, today: str) -> dict[str, Any] | Finding:
    """Return the item that undoes one change, or why there is none."""
    table = UNDONE.get(change.subject_type)
    row: Any = session.get(table, change.seq) if table else None
    if row is None:
        return _refuse(change, f"{change.kind} is nothing that can be undone")
    newest = changes.newest(session, row)
    if newest != change.seq:
        return _refuse(change, f"{change.subject} has been changed again since, by change {newest}")
    before = _before(session, row, begins)
    if change.subject == OURS:
        return _refuse(change, "the public address is a setting, CAVEAT_PUBLIC_URL")
    found = _earlier(change, row, before) if isinstance(row, Publication) else _again(row, before)
    if isinstance(found, dict) and (last := _last_day(before)) and last < today:
        message = f"what stood before it was good until {last}; say what is true now"
        return _refuse(change, message)
    return found


def _again(row: Fact, before: Fact | None) -> dict[str, Any]:
    return {**policy_items.described(row), "data": getattr(before, "data", None)}


def _earlier(change: Change, row: Publication, before: Any) -> dict[str, Any] | Finding:
    reasons = {
        "it took the article down; ask for it to be restored": row.status != "live",
        "it said what was wrong, and that stays said; publish what is right": row.correction,
        "it published the article for the first time; withdraw it": before is None,
        "it brought the article back; suspend or withdraw it": before and before.status != "live",
    }
    for reason, holds in reasons.items():
        if holds:
            return _refuse(change, f"{row.slug} in {row.locale}: {reason}")
    names = {"article": row.article, "locale": row.locale}
    return {"type": "earlier", **names, "sequence": before.seq}


def _before(session: Session, row: Fact, begins: int) -> Fact | None:
    """Return what stood before a number where a row stands now."""
    table = type(row)
    same = [getattr(table, name) == getattr(row, name) for name in table.key]
    query = select(table).where(*same, table.seq < begins).order_by(table.seq.desc()).limit(1)
    return session.scalar(query)


def _last_day(row: Any) -> str | None:
    """Return the last day on which a text is shown, or a fact holds without a second look."""
    if isinstance(row, Publication):
        return row.display_until
    if isinstance(row, JurisdictionFact):
        return (row.data or {}).get(RECHECK_BY)
    return None


def _refuse(change: Change, message: str) -> Finding:
    return Finding(f"/changes/{change.seq}", message)
