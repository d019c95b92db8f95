"""Disclaimers by use: how many live texts owe each, by which rules, in how many places.

A text counts if it owes the disclaimer to *some* reader (:mod:`content.insights.places`), so these
are upper bounds that are found by index. Whether one reader is owed it stands in the edition.
"""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from content import changes, heads, policy
from content.insights import places
from content.models.log import Change, DisclaimerVersion
from content.policy import Policy
from content.rules import RuleData

Version = tuple[dict[str, Any], bool]  # what is known of it, and whether it is current


def read(session: Session, now: Policy) -> dict[str, Any]:
    """Return each disclaimer with its use, by id."""
    versions, used = _versions(session), _used(session, now)
    return {
        "texts": heads.count(session),
        "places": len(now.atlas.places),
        "disclaimers": [
            _described(session, now, id, used, versions[id])
            for id in sorted({id for id, _ in now.texts})
        ],
    }


def _used(session: Session, now: Policy) -> dict[str, tuple[int, int]]:
    """Return of each rule that requires or raises how many texts and places it can hold for."""
    return {
        id: (_count(session, now, [rule]), len(places.known(now, rule.when)))
        for id, rule in now.rules.items()
        if rule.require or rule.raises
    }


def _described(
    session: Session,
    now: Policy,
    id: str,
    used: dict[str, tuple[int, int]],
    versions: list[Version],
) -> dict[str, Any]:
    rules = {name: rule for name, rule in now.rules.items() if id in rule.require}
    raising = {
        n: rule for n, rule in now.rules.items() if rule.raises and rule.raises.disclaimer == id
    }
    said = next(words.said for (one, _), words in sorted(now.texts.items()) if one == id)
    return {
        "id": id,
        "kind": said.kind,
        "group": said.group,
        "level": said.display.level,
        "texts": _total(session, now, rules, used),
        "rules": [_rule(name, *used[name]) for name in sorted(rules)],
        "raised": [
            _rule(name, *used[name]) | {"level": rule.raises.level if rule.raises else None}
            for name, rule in sorted(raising.items())
        ],
        "versions": [one for one, is_current in versions if is_current],
        "changes": len(versions),
        "changed_at": max(one["at"] for one, _ in versions),
    }


def _total(
    session: Session, now: Policy, rules: dict[str, RuleData], used: dict[str, tuple[int, int]]
) -> int:
    if len(rules) > 1:
        return _count(session, now, rules.values())
    return sum(used[name][0] for name in rules)


def _rule(name: str, texts: int, places: int) -> dict[str, Any]:
    return {"rule": name, "texts": texts, "places": places}


def _count(session: Session, now: Policy, rules: Iterable[RuleData]) -> int:
    """Return how many live texts meet one of some rules in some place."""
    meeting = [places.meeting(now, rule.when) for rule in rules if places.known(now, rule.when)]
    return places.count(session, meeting)


def _versions(session: Session) -> dict[str, list[Version]]:
    """Return all versions of each disclaimer, and which of them are current."""
    current = {row.seq for row in policy.current(session, DisclaimerVersion, changes.head(session))}
    table = DisclaimerVersion
    query = select(table.id, table.locale, table.version, table.seq, Change.at)
    found: dict[str, list[Version]] = defaultdict(list)
    for id, locale, version, seq, at in session.execute(
        query.join(Change, Change.seq == table.seq).order_by(table.id, table.locale, table.seq)
    ):
        facts = {"locale": locale, "version": version, "sequence": seq, "at": at.isoformat()}
        found[id].append((facts, seq in current))
    return found
