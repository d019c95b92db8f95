"""The policy: all rules, texts and facts as they stood at one number of the log.

An edition depends on its article and on this, and on nothing else. Policies change rarely, so a
database remembers a few by the number of their newest change.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

import msgspec
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from content import changes
from content.disclaimers import Disclaimer
from content.jurisdictions import Atlas, Known, Place, fact_type
from content.models.log import (
    DisclaimerVersion,
    Fact,
    JurisdictionFact,
    Lapse,
    Mention,
    Rule,
    SiteFact,
)
from content.rules import RuleData

REMEMBERED = 64  # numbers per database
F = TypeVar("F", bound=Fact)


@dataclass(frozen=True)
class Policy:
    """Everything that an edition depends on besides its article, at number ``seq``."""

    seq: int
    texts: dict[tuple[str, str], tuple[int, Disclaimer]]  # (id, locale) -> (version, words)
    rules: dict[str, RuleData]
    mentions: dict[str, dict[str, re.Pattern[str]]]  # id -> locale -> words
    atlas: Atlas
    site: dict[str, Any]
    memory: dict[tuple[str, str], frozenset[str]] = field(default_factory=dict, compare=False)

    def displays(self, locale: str) -> dict[str, tuple[str, str | None]]:
        """Return the own level and anchor of each disclaimer that has words in a locale."""
        return {
            id: (words.display.level, words.display.anchor)
            for (id, spoken), (_, words) in self.texts.items()
            if spoken == locale
        }

    def mentioned(self, text: str, locale: str) -> frozenset[str]:
        """Return the ids of what a text mentions, by the words of its language."""
        found = (id for id, by in self.mentions.items() if locale in by and by[locale].search(text))
        return frozenset(found)


def at(session: Session, number: int) -> Policy:
    """Return the policy at a number of the log.

    What stood at a number never changes, so it is remembered by that number, and by the number of
    its newest change, under which many others find it.
    """
    memory: dict[int, Policy] = session.info.setdefault("memory", {})
    if (known := memory.get(number)) is not None:
        return known
    seq = changes.policy_head(session, number)
    found = memory.pop(seq, None) or _load(session, seq)
    memory[seq] = memory[number] = found
    forget(memory, REMEMBERED)
    return found


def forget(memory: dict[Any, Any], keep: int) -> None:
    """Drop the oldest entries of a memory that several threads may be using."""
    for oldest in list(memory)[: max(0, len(memory) - keep)]:
        memory.pop(oldest, None)


def pattern(terms: list[str]) -> re.Pattern[str]:
    """Return a pattern that finds any of some words or phrases, whole and in any case."""
    alternatives = "|".join(re.escape(term) for term in terms)
    return re.compile(rf"(?<!\w)(?:{alternatives})(?!\w)", re.IGNORECASE)


def current(session: Session, table: type[F], number: int) -> list[F]:
    """Return the newest row of each key at a number, those that say "no longer" left out."""
    keys = [getattr(table, name) for name in table.key]
    newest = select(func.max(table.seq)).where(table.seq <= number).group_by(*keys)
    rows = session.scalars(select(table).where(table.seq.in_(newest)).order_by(*keys))
    return [row for row in rows if getattr(row, "data", True) is not None]


def lapsed(session: Session, table: type[Fact], number: int) -> set[int]:
    """Return the numbers of a table's rows whose date has passed."""
    name = str(table.__dict__["__tablename__"])
    query = select(Lapse.row).where(Lapse.table_name == name, Lapse.seq <= number)
    return set(session.scalars(query))


def _load(session: Session, seq: int) -> Policy:
    def rows(table: type[F]) -> list[F]:
        return current(session, table, seq)

    return Policy(
        seq=seq,
        texts={
            (row.id, row.locale): (row.version, _read(row.data, Disclaimer))
            for row in rows(DisclaimerVersion)
        },
        rules={row.id: _read(row.data, RuleData) for row in rows(Rule)},
        mentions={
            row.id: {locale: pattern(terms) for locale, terms in (row.data or {}).items()}
            for row in rows(Mention)
        },
        atlas=_atlas(rows(JurisdictionFact), lapsed(session, JurisdictionFact, seq)),
        site={row.id: row.data for row in rows(SiteFact)},
    )


def _atlas(rows: list[JurisdictionFact], lapsed: set[int]) -> Atlas:
    atlas = Atlas()
    for row in rows:
        fact = _read(row.data, fact_type(row.fact))
        if isinstance(fact, Place):
            atlas.places[row.code] = fact
        else:
            atlas.facts[row.code, row.fact] = Known(fact, row.seq in lapsed)
    return atlas


_read: Callable[..., Any] = msgspec.convert
