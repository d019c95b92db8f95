"""Changing rules, texts and facts: what of a change is new, and whom it touches.

What would leave a live edition unresolvable is refused before anything is written. Only what the
change touches is looked at, and documents with the same traits resolve alike, so each kind of them
is checked once.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy.orm import Session

from content import canonical, changes, editions, effects, heads
from content.changes import Entry
from content.effects import Effects
from content.located import Located
from content.models.log import ClaimPack, DisclaimerVersion, Fact, SiteFact, SourceMark
from content.policy import Policy
from content.policy.files import Item


def entries(session: Session, items: Iterable[Item]) -> list[Entry]:
    """Return the changes that bring the log in line with items; none for what is so already."""
    return [entry for item in items if (entry := _entry(session, item))]


def site_item(name: str, value: str) -> Item:
    """Return a site fact that comes from a setting, such as the public URL."""
    origin = Located(canonical.encode({name: value}).decode(), "settings")
    return Item(SiteFact(id=name, data=value), value, origin, f"/{name}")


def touched(
    session: Session, facts: Sequence[Fact], old: Policy, new: Policy, *, since: int = 0
) -> Effects:
    """Return what facts touch; raise ``Unresolvable`` when that would not resolve any more.

    ``since`` looks only at what was published after a number.
    """
    found = effects.of(session, facts, old, new, since=since)
    everywhere = any(changes.is_everywhere(fact) for fact in facts)
    editions.check_live(
        session, heads.everything(session, since) if everywhere else found.articles, new
    )
    return found


def _entry(session: Session, item: Item) -> Entry | None:
    fact: Any = item.fact
    seen = changes.newest(session, fact)
    known: Any = session.get(type(fact), seen) if seen else None
    if (known.data if known else None) == fact.data:
        return None
    if isinstance(fact, DisclaimerVersion):
        fact.version = known.version + 1 if known else 1
    kind = f"{fact.subject_type}.{_verb(known, fact)}"
    impact = "metadata" if isinstance(fact, ClaimPack) else "notice"
    if isinstance(fact, SourceMark) and fact.data:
        said = fact.data["notice"]
        return Entry("source.retracted", fact, seen=seen, impact="safety", notice=said)
    return Entry(kind, fact, seen=seen, impact=impact)


def _verb(known: Any, fact: Any) -> str:
    if fact.data is None:
        return "removed"
    return "changed" if known else "added"
