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

    PostgreSQL goes through small tables even so; what is left when it may not has no other way.
    """
    if connection.dialect.name == "sqlite":
        found = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
        return [line for *_, line in found if _is_scan(line)]
    connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
    said = connection.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {statement}", parameters).scalar_one()
    plan = (json.loads(said) if isinstance(said, str) else said)[0]["Plan"]
    return [_described(node) for node in _nodes(plan) if _is_whole(node)]


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
