"""A library with the sandbox in it, and what each test article answers."""

from typing import Any

import delivery
from factories import NOW
from flask import Flask

from content import imports, lapses, sandbox
from content.db import Database
from content.editorial import publishing

# What a reader who asks for it gets: the status, and what `your_copy` says.
ANSWERS: dict[str, tuple[int, str | None]] = {
    "test-live": (200, None),
    "test-corrected": (200, None),
    "test-withdrawn": (410, "remove"),
    "test-replaced": (410, "remove"),
    "test-withheld": (200, None),
    "test-stale": (200, None),
    "test-every-block": (200, None),
    "test-rtl": (200, None),
    "test-longest": (200, None),
}
LIVE = [slug for slug, (status, _) in ANSWERS.items() if status == 200]
ENDED = [slug for slug, (status, _) in ANSWERS.items() if status == 410]
ASK = "?include=test"
INCLUDED = {"include": "test"}
IN_XA: dict[str, Any] = {**INCLUDED, "jurisdiction": "XA"}


def add(database: Database) -> int:
    """Bring the sandbox into a database that has the shipped library; return how many are new."""
    items = sandbox.read_policy(imports.read_policy(imports.LIBRARY))
    with database.write() as session:
        publishing.publish(session, items=items, by="test", now=NOW)
        plans = sandbox.read_plans()
        new = sum(sandbox.carry_out(session, plan, by="test", now=NOW) for plan in plans)
        lapses.record(session, by="test", now=NOW)
        session.commit()
    return new


def addresses(app: Flask, slug: str) -> dict[str, dict[str, str]]:
    """Return the address of every route that takes a slug, and what its query needs besides."""
    filled = {"slug": slug, "number": "1", "kind": "mechanisms"}
    found = {}
    for rule in app.url_map.iter_rules():
        if "slug" in rule.arguments:
            path = delivery.filled(rule.rule, filled)
            found[path] = {"from": "1"} if "diff" in path else {}
    return found
