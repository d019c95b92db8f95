"""Confirming: a partner's copies are gone, by its word, by what it fetched, or by an editor's."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from content import exposures
from content.errors import Conflict, NotFound
from content.models.recalls import Recall, RecallPartner
from content.recalls import CONFIRMED, FETCH


def confirm(
    session: Session, recall: Recall, partner: str, *, by: str, note: str | None, now: datetime
) -> RecallPartner:
    """Note that a partner's copies are gone; again is no error, and changes nothing.

    Raise ``NotFound`` where the partner is not asked, and ``Conflict`` where the recall was called
    off.
    """
    one = find(session, recall.id, partner)
    if one.state == CONFIRMED:
        return one
    if recall.closed_at is not None:
        raise Conflict("The recall is closed.")
    one.state, one.confirmed_at, one.confirmed_by, one.note = CONFIRMED, now, by, note
    return one


def find(session: Session, recall: str, partner: str) -> RecallPartner:
    """Return how far a partner is; raise ``NotFound`` where it is not asked."""
    found = session.get(RecallPartner, (recall, partner), populate_existing=True)
    if found is None:
        raise NotFound(f"There is no recall {recall!r} that asks this partner.")
    return found


def of_partner(session: Session, partner: str) -> list[tuple[Recall, RecallPartner]]:
    """Return what a partner was asked to confirm, newest first."""
    mine = select(Recall, RecallPartner).join(RecallPartner, RecallPartner.recall == Recall.id)
    rows = session.execute(mine.where(RecallPartner.partner == partner).order_by(Recall.id.desc()))
    return [(recall, one) for recall, one in rows]


def by_fetch(session: Session, recall: Recall, waiting: Iterable[RecallPartner]) -> None:
    """Confirm for those whose own fetches were answered 410, in each language that they had."""
    held: dict[str, set[str]] = {}
    for row in exposures.of_article(session, recall.article):
        held.setdefault(row.partner, set()).add(row.locale)
    seen = exposures.endings_seen(session, recall.article, recall.opened_at)
    for one in waiting:
        at = _in_all(seen.get(one.partner, {}), held.get(one.partner, set()))
        if at is not None:
            one.state, one.confirmed_at, one.confirmed_by = CONFIRMED, at, FETCH


def _in_all(seen: Mapping[str, datetime], locales: set[str]) -> datetime | None:
    """Return when a partner had seen the ending in all its languages; in any where it had none."""
    if not locales:
        return min(seen.values(), default=None)
    return max(seen[locale] for locale in locales) if locales <= seen.keys() else None
