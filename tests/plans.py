"""The plans by which a database answers, and what in them goes through a whole table."""

import json
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection

# Tables that have a row or more for each article; the others have rules, words, places and keys.
GROWING = {
    *("articles", "bodies", "changes", "citations", "effects", "facets", "heads", "lapses"),
    *("publications", "revisions", "search", "traits"),
}


def scans(connection: Connection, statement: str, parameters: Any) -> list[str]:
    """Return what in the plan of a query goes through all rows of a table that grows.

    PostgreSQL goes through small tables whatever there is, or joins them whole; what is left when
    it may not has no other way. What it does with many rows is for ``bench/scale.py`` to see.
    """
    if connection.dialect.name == "sqlite":
        found = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
        return [line for *_, line in found if _is_scan(line)]
    for way in ("seqscan", "hashjoin", "mergejoin"):
        connection.exec_driver_sql(f"SET LOCAL enable_{way} = off")
    said = connection.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {statement}", parameters).scalar_one()
    plan = (json.loads(said) if isinstance(said, str) else said)[0]["Plan"]
    return [_described(node) for node in _nodes(plan) if _is_whole(node)]


def fill(connection: Connection) -> None:
    """Give the tables that are empty here rows: PostgreSQL plans for what there is.

    The caller rolls it back.
    """
    if connection.dialect.name == "postgresql":
        same = "SELECT seq, article, locale FROM publications"
        connection.exec_driver_sql(f"INSERT INTO effects (seq, article, locale) {same}")
        dated = "SELECT seq, 'publications', seq, 'a date' FROM publications"
        connection.exec_driver_sql(f'INSERT INTO lapses (seq, table_name, "row", field) {dated}')
        connection.exec_driver_sql("ANALYZE effects, lapses")


def _is_scan(line: str) -> bool:
    """Tell ``SCAN publications USING …`` from ``SEARCH …``; a match in FTS5 is ``INDEX …:M``."""
    match line.split():
        case ["SCAN", table, *rest]:
            asks_terms = table == "search" and any(":M" in word for word in rest)
            return table.rstrip("_0123456789") in GROWING and not asks_terms
    return False


def _nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for node in plan.get("Plans", ()):
        yield from _nodes(node)


def _is_whole(node: dict[str, Any]) -> bool:
    """Return whether a node reads a table from its beginning, by itself or along an index."""
    reads = "Scan" in node["Node Type"] and node.get("Relation Name") in GROWING
    return reads and not any(name in node for name in ("Index Cond", "Recheck Cond", "TID Cond"))


def _described(node: dict[str, Any]) -> str:
    return f"{node['Node Type']} on {node['Relation Name']}"
