"""Sums that grow: rows that are added to what is there already under their key."""

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Table, case
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session
from sqlalchemy.sql.base import ReadOnlyColumnCollection

from content.db import Model

Columns = ReadOnlyColumnCollection[str, Any]
INSERT: dict[str, Callable[[Table], Any]] = {
    "sqlite": sqlite.insert,
    "postgresql": postgresql.insert,
}
SUMS = ("count", "bytes", "cost")


def add(session: Session, model: type[Model], rows: Sequence[dict[str, Any]]) -> None:
    """Add rows; where there is one of that key its counts grow, and its times reach further.

    ``first_at`` becomes the earlier one, ``last_at`` the later one, and whatever else they say that
    of the later row. Keys are taken in one order, so that two writers never wait for each other.
    """
    table = model.metadata.tables[model.__tablename__]
    key = [column.name for column in table.primary_key]
    made = INSERT[session.get_bind().dialect.name](table)
    grown = made.on_conflict_do_update(index_elements=key, set_=_grown(table, key, made.excluded))
    if rows:
        session.execute(grown, sorted(rows, key=lambda row: [row[name] for name in key]))


def _grown(table: Table, key: Sequence[str], new: Columns) -> dict[str, ColumnElement[Any]]:
    names = [column.name for column in table.c if column.name not in key]
    return {name: _new(name, table.c, new) for name in names}


def _new(name: str, old: Columns, new: Columns) -> ColumnElement[Any]:
    if name in SUMS:
        summed: ColumnElement[Any] = old[name] + new[name]
        return summed
    if name == "first_at":
        return case((new.first_at < old.first_at, new.first_at), else_=old.first_at)
    return case((new.last_at >= old.last_at, new[name]), else_=old[name])
