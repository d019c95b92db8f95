"""The facts of places by their age: what the law says, what authorities say, who helps.

A fact is *overdue* when its day to be looked up again has passed, and *lapsed* from when the log
says so: from then on what readers are told takes that into account.
"""

from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from content import changes, policy
from content.jurisdictions import Dated, Law
from content.lapses import RECHECK_BY
from content.models.log import Change, JurisdictionFact
from content.policy import Policy

KINDS = ("law", "authority", "help")
SORTS = ("place", "as_of", "recheck_by")  # the first is by code; the others oldest first
DATES = ("as_of", RECHECK_BY, "confidence", "source")


def read(
    session: Session, now: Policy, today: date, locale: str, *, kind: str | None, sort: str
) -> list[dict[str, Any]]:
    """Return the dated facts of all places, of one kind or of all, in an order."""
    rows = policy.current(session, JurisdictionFact, changes.head(session))
    wanted = [row for row in rows if _kind(row) in ([kind] if kind else KINDS)]
    who = select(Change.seq, Change.actor).where(Change.seq.in_([row.seq for row in wanted]))
    actors = dict(session.execute(who).all())
    found = [
        {**_described(row, now, today, locale), "sequence": row.seq, "by": actors[row.seq]}
        for row in wanted
    ]
    key = "code" if sort == "place" else sort
    return sorted(found, key=lambda one: (one[key], one["code"], one["fact"]))


def _kind(row: JurisdictionFact) -> str:
    return row.fact.partition("/")[0]


def _described(row: JurisdictionFact, now: Policy, today: date, locale: str) -> dict[str, Any]:
    known = now.atlas.facts[row.code, row.fact]
    fact: Dated = known.fact
    return {
        "code": row.code,
        "name": now.atlas.name(row.code, locale),
        "within": now.atlas.places[row.code].within,
        "kind": _kind(row),
        "fact": row.fact,
        "status": list(fact.status) if isinstance(fact, Law) else [],
        "text": fact.text[locale] if hasattr(fact, "text") else None,
        **{name: getattr(fact, name) for name in DATES},
        "age": (today - date.fromisoformat(fact.as_of)).days,
        "overdue": fact.recheck_by < today.isoformat(),
        "lapsed": known.lapsed,
    }
