"""Changing rules, texts and facts: gated, in one group, with every article that it touches.

What would leave a live edition unresolvable is refused before anything is written. Only what the
change touches is looked at, and documents with the same traits resolve alike, so each kind of them
is checked once.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from content import canonical, changes, editions, effects, heads, policy
from content.changes import Entry
from content.effects import Effects
from content.located import Located
from content.models.log import ClaimPack, DisclaimerVersion, Fact, SiteFact
from content.policy import Policy
from content.policy_files import Item


def write(session: Session, items: Sequence[Item], *, by: str, now: datetime) -> range | None:
    """Record what differs from the log as one group; None when nothing does.

    Refused as a whole, with ``Unresolvable``, when a live article could then not be resolved.
    """
    entries = [entry for item in items if (entry := _entry(session, item))]
    return _write(session, entries, by=by, now=now) if entries else None


def site_item(name: str, value: str) -> Item:
    """Return a site fact that comes from a setting, such as the public URL."""
    origin = Located(canonical.encode({name: value}).decode(), "settings")
    return Item(SiteFact(id=name, data=value), value, origin, f"/{name}")


def _write(session: Session, entries: list[Entry], *, by: str, now: datetime) -> range:
    facts = [entry.fact for entry in entries if entry.fact is not None]
    at = changes.head(session)
    seen = changes.gates_head(session, at)
    old, new = policy.at(session, at), policy.amended(session, at, facts)
    found = _gate(session, facts, old, new, since=0)
    changes.lock(session)  # what was published meanwhile is looked at now that nothing more can be
    fresh = _gate(session, facts, old, new, since=at)
    touched = found.articles | fresh.articles
    numbers = changes.append(session, entries, by=by, now=now, checked=seen, affected=touched)
    for article in found.retraited | fresh.retraited:
        heads.follow(session, article)
    return numbers


def _entry(session: Session, item: Item) -> Entry | None:
    """Return the change that brings the log in line with an item, or None where it is."""
    fact: Any = item.fact
    seen = changes.newest(session, fact)
    known: Any = session.get(type(fact), seen) if seen else None
    if known is not None and known.data == fact.data:
        return None
    if isinstance(fact, DisclaimerVersion):
        fact.version = known.version + 1 if known else 1
    kind = f"{fact.subject_type}.{'changed' if known else 'added'}"
    impact = "metadata" if isinstance(fact, ClaimPack) else "notice"
    return Entry(kind, fact, seen=seen, impact=impact)


def _gate(
    session: Session, facts: Sequence[Fact], old: Policy, new: Policy, *, since: int
) -> Effects:
    """Return what the facts touch; raise ``Unresolvable`` when that would not resolve any more."""
    found = effects.of(session, facts, old, new, since=since)
    everywhere = any(changes.is_everywhere(fact) for fact in facts)
    editions.check_live(
        session, heads.everything(session, since) if everywhere else found.articles, new
    )
    return found
