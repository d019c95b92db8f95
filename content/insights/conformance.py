"""Conformance: what was found lately on the pages of partners, by the newest look at each page."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from content.models.conformance import ConformanceReport

LATELY = timedelta(days=30)


def summed(session: Session, partners: Sequence[str], now: datetime) -> dict[str, dict[str, Any]]:
    """Return of each partner how many pages were looked at lately, and how many failed last.

    Nothing of those of whom no page was.
    """
    row = ConformanceReport
    mine = (row.partner.in_(partners), row.at >= now - LATELY)
    newest = select(func.max(row.id)).where(*mine).group_by(row.partner, row.url)
    failing = func.sum(case((row.conforms, 0), else_=1))
    query = select(row.partner, func.count(), failing, func.max(row.at)).where(row.id.in_(newest))
    return {
        partner: {"pages": pages, "failing": int(failed), "looked_at": at.isoformat()}
        for partner, pages, failed, at in session.execute(query.group_by(row.partner))
    }


def page(session: Session, partner: str, before: str, limit: int) -> list[ConformanceReport]:
    """Return a partner's reports before an id, from the newest on where it is empty."""
    row = ConformanceReport
    query = select(row).where(row.partner == partner).order_by(row.id.desc()).limit(limit)
    return list(session.scalars(query.where(row.id < before) if before else query))
