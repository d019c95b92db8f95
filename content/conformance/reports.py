"""Reports of conformance, kept for evidence: each as it was made, for ever."""

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from content.articles import new_id
from content.models.access import Partner
from content.models.conformance import ConformanceReport


def save(
    session: Session, partner: Partner, report: dict[str, Any], now: datetime
) -> ConformanceReport:
    """Keep a report on a page of a partner, as ``caveat conformance --json`` has it.

    Its article is null where the page named none that is known.
    """
    article, context, edition = (report[name] or {} for name in ("article", "context", "edition"))
    row = ConformanceReport(
        id=new_id(now),
        partner=partner.id,
        url=report["url"],
        article=article.get("id"),
        locale=context.get("locale"),
        revision=edition.get("revision"),
        at=now,
        conforms=report["outcome"] == "conforms",
        report=report,
    )
    session.add(row)
    session.flush()
    return row


def of(
    session: Session,
    *,
    partner: str | None = None,
    article: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
) -> list[ConformanceReport]:
    """Return reports, oldest first, narrowed by the ids of partner and article.

    ``since`` is the first moment that counts, ``until`` the first that does not any more.
    """
    row = ConformanceReport
    query = select(row).order_by(row.at, row.id)
    if partner is not None:
        query = query.where(row.partner == partner)
    if article is not None:
        query = query.where(row.article == article)
    if since is not None:
        query = query.where(row.at >= since)
    if until is not None:
        query = query.where(row.at < until)
    return list(session.scalars(query))
