"""Leaves: what a checkpoint vouches for of each change, all of it public.

A leaf is what ``/v1/changes`` says of a change for ever: no actor, no reason, nothing that later
changes touch. ``fact`` is the digest of the row that became true with it, so a rule, the words of
a disclaimer or a publication (with the digest of its text) cannot be another one later either.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Table, select, tuple_
from sqlalchemy.orm import Session

from content import canonical
from content.models.log import FACTS, Change, Publication, Revision

Facts = dict[int, dict[str, Any]]  # by number
TABLES = [table for one in FACTS if isinstance(table := one.__dict__["__table__"], Table)]


def describe(change: Change, fact: dict[str, Any] | None) -> dict[str, Any]:
    """Return the leaf of a change, as data; its canonical bytes are what is hashed."""
    return {
        "seq": change.seq,
        "group_end": change.group_end,
        "at": canonical.time(change.at),
        "kind": change.kind,
        "subject": {"type": change.subject_type, "id": change.subject},
        "impact": change.impact,
        "scope": change.scope,
        "notice": change.notice,
        "fact": canonical.digest(canonical.encode(fact)) if fact else None,
    }


def facts(session: Session, changes: Sequence[Change]) -> Facts:
    """Return what became true with each of some changes; nothing for those that have no row."""
    wanted = {change.seq for change in changes}
    found: Facts = {}
    for table in TABLES:
        if missing := wanted - found.keys():
            rows = session.execute(select(table).where(_among(table, missing)))
            found |= {row.seq: _said(table, row._mapping) for row in rows}
    _add_texts(session, found)
    return found


def _among(table: Table, numbers: Iterable[int]) -> Any:
    """Return the condition that a row is one of some numbers, which mostly follow one another."""
    known = sorted(numbers)
    if known[-1] - known[0] < 2 * len(known):
        return table.c.seq.between(known[0], known[-1])
    return table.c.seq.in_(known)


def _said(table: Table, row: Any) -> dict[str, Any]:
    """Return a row as data, without what is null: so a new column changes no leaf that there is.

    Names of columns are part of every root, and may never change.
    """
    values = {column.name: row[column] for column in table.columns if column.name != "seq"}
    return {"table": table.name, **{k: v for k, v in values.items() if v is not None}}


def _add_texts(session: Session, found: Facts) -> None:
    """Name the text of each publication by its digest, which stays when the text is redacted."""
    mine = [fact for fact in found.values() if fact["table"] == Publication.__tablename__]
    keys = {(fact["article"], fact["locale"], fact["revision"]) for fact in mine}
    key = (Revision.article, Revision.locale, Revision.number)
    # SQLite finds nothing by index for several columns at once; by the first of them it does.
    wanted = (Revision.article.in_({key[0] for key in keys}), tuple_(*key).in_(keys))
    rows = session.execute(select(*key, Revision.digest).where(*wanted)) if keys else ()
    texts = {tuple(row[:3]): row.digest for row in rows}
    for fact in mine:
        fact["text"] = texts.get((fact["article"], fact["locale"], fact["revision"]))
