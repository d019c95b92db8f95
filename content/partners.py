"""Partners: who takes content, and the context that their keys fix."""

from datetime import datetime

from sqlalchemy.orm import Session

from content import contexts
from content.articles import new_id
from content.models.access import Partner


def add(
    session: Session,
    name: str,
    *,
    audience: str,
    channel: str,
    now: datetime,
    locale: str | None = None,
    jurisdiction: str | None = None,
) -> Partner:
    """Register who takes content, with the context that its keys fix."""
    fixed = contexts.parse(
        locale=locale, jurisdiction=jurisdiction, audience=audience, channel=channel
    )
    partner = Partner(
        id=new_id(now),
        name=name,
        audience=fixed.audience,
        channel=fixed.channel,
        locale=locale,
        jurisdiction=fixed.jurisdiction if jurisdiction else None,
        created_at=now,
    )
    session.add(partner)
    return partner
