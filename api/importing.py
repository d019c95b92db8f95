"""Imports, over HTTP and on the command line: groups of items, each in a transaction of its own.

So an import that is cut off has lost the group that it was at, and goes on when it is run again.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from api.db import now
from content import articles, manuscripts
from content.db import Database
from content.editorial import audit, imports
from content.editorial.imports import CREATED, PUBLISHED, UPDATED, Outcome
from content.errors import CaveatError, Conflict
from content.manuscripts import Item


@dataclass(frozen=True)
class Import:
    """Who brings in manuscripts, and whether they go live; ``id`` names it in the audit."""

    by: str
    live: bool
    id: str = field(default_factory=lambda: articles.new_id(now()))
    request_id: str | None = None


def run(database: Database, items: Iterable[Item], wanted: Import) -> Iterator[list[Outcome]]:
    """Write items as drafts or publications; yield what was committed, group by group.

    Originals come before their translations where they are published: a translation needs its
    source to be live.
    """
    ordered = manuscripts.originals_first(items) if wanted.live else items
    for group in imports.in_groups(ordered):
        yield from _write(database, group, wanted)


def named(one: Outcome) -> dict[str, Any]:
    """Return what has become of an item, by names."""
    text = one.item.manuscript
    return {
        "place": one.item.place,
        "slug": text.slug if text else None,
        "locale": text.document.locale if text else None,
        "outcome": one.outcome,
        "draft": one.saved,
    }


def _write(database: Database, group: list[Item], wanted: Import) -> Iterator[list[Outcome]]:
    try:
        with database.write() as session:
            at = now()
            found = imports.take(session, group, live=wanted.live, by=wanted.by, now=at)
            _note(session, found, wanted, at)
            session.commit()
    except (CaveatError, IntegrityError) as error:
        if len(group) == 1:
            yield [_refused(group[0], error)]
            return
        for one in group:  # so that one which cannot be written keeps no other back
            yield from _write(database, [one], wanted)
    else:
        yield found


def _note(session: Session, found: list[Outcome], wanted: Import, at: datetime) -> None:
    """Note in the audit what a group has changed; that something is so already is no act."""
    about, detail = ("import", wanted.id), dict[str, Any]()
    for one in found:
        act = PUBLISHED if one.outcome == PUBLISHED else one.saved
        if act in (CREATED, UPDATED, PUBLISHED):
            detail.setdefault(act, []).append(list(one.key))
    if detail:
        facts: dict[str, Any] = {"by": wanted.by, "now": at, "request_id": wanted.request_id}
        audit.note(session, "articles.import", about, detail=detail, **facts)


def _refused(item: Item, error: CaveatError | IntegrityError) -> Outcome:
    found = Outcome(item, ("", ""))
    meanwhile = Conflict("Somebody else wrote the same at the same time; import it again.")
    found.refuse(error if isinstance(error, CaveatError) else meanwhile)
    return found
