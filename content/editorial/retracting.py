"""Retracting: a source is marked as retracted, or the mark is taken back, as a release.

It is published at once where one person is enough, which depends on what rules make of it (see
:mod:`content.editorial.second`); else it waits for a second one. With it, whoever wrote a text that
cites the source gets a task.
"""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from content import changes, policy
from content.editorial import releases, second, sources
from content.errors import Conflict
from content.evidence import Mark
from content.models.editorial import Release
from content.parts import convert, dump


def retract(
    session: Session,
    id: str,
    notice: str,
    url: str | None,
    reason: str,
    *,
    by: str,
    now: datetime,
) -> Release:
    """Mark a source as retracted; raise ``NotFound`` for one that nobody cites."""
    sources.find(session, id)
    data = dump(convert({"status": "retracted", "notice": notice, "url": url}, Mark))
    return _publish(session, f"Source {id} was retracted", id, data, reason, by=by, now=now)


def unretract(session: Session, id: str, reason: str, *, by: str, now: datetime) -> Release:
    """Take a mark back; raise ``Conflict`` where there is none."""
    if id not in policy.at(session, changes.head(session)).marks:
        raise Conflict(f"The source {id!r} is not marked as retracted.")
    return _publish(session, f"Source {id} was not retracted", id, None, reason, by=by, now=now)


def _publish(
    session: Session, title: str, id: str, data: Any, reason: str, *, by: str, now: datetime
) -> Release:
    item = {"type": "source", "id": id, "data": data}
    made = releases.create(session, title, reason, [item], by=by, now=now)
    if not second.needs(made):
        releases.publish(session, made, by=by, now=now)
    return made
