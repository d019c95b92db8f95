"""The policy: all rules, texts and facts as they stood at one number of the log.

An edition depends on its article and on this, and on nothing else. Policies change rarely, so a
database remembers a few by the number of their newest change.
"""

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Any, TypeVar

import msgspec
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from content import changes, contexts, mentions
from content.disclaimers import Disclaimer, Fallback, Words
from content.evidence import Mark
from content.jurisdictions import Atlas, Known, Place, fact_type
from content.mentions import Mentions
from content.models.log import (
    DisclaimerVersion,
    Fact,
    JurisdictionFact,
    Lapse,
    Mention,
    Publication,
    Rule,
    SiteFact,
    SourceMark,
)
from content.rules import RuleData

REMEMBERED = 64  # numbers per database
F = TypeVar("F", bound=Fact)


@dataclass(frozen=True)
class Policy:
    """Everything that an edition depends on besides its article, at number ``seq``."""

    seq: int
    texts: dict[tuple[str, str], Words]  # by (id, locale); an explicit fallback is followed
    rules: dict[str, RuleData]
    mentions: dict[str, Mentions]  # by locale
    atlas: Atlas
    site: dict[str, Any]
    marks: dict[str, Mark]  # of sources, by their ids
    memory: dict[tuple[str, str], frozenset[str]] = field(default_factory=dict, compare=False)
    # Of each kind of text that resolves everywhere, where it would be crowded by its notices.
    checked: dict[Hashable, list[str]] = field(default_factory=dict, compare=False)

    def displays(self, locale: str) -> dict[str, tuple[str, str | None]]:
        """Return the own level and anchor of each disclaimer that has words in a locale."""
        return {
            id: (words.said.display.level, words.said.display.anchor)
            for (id, spoken), words in self.texts.items()
            if spoken == locale
        }

    def chain(self, wanted: str) -> list[str]:
        """Return the locales to try for a reader, best first: as asked, its fallbacks, the default.

        ``fallbacks`` is a site fact, such as ``{ca: [es, en]}``.
        """
        fallbacks: dict[str, list[str]] = self.site.get("fallbacks", {})
        key = contexts.look_up(wanted, fallbacks) if wanted else None
        further = fallbacks[key] if key else []
        return [tag for tag in (wanted, *further, self._default) if tag]

    def fold(self, wanted: str) -> str:
        """Return the one tag by which all are known that get the same as ``wanted``."""
        known = [*self.site.get("fallbacks", {}), *self.site.get("locales", []), *self.borrowed]
        return (contexts.look_up(wanted, known) if wanted else None) or self._default

    def reaches(self, locale: str) -> bool:
        """Return whether a reader who asks for a language gets a text in it."""
        tags = self.chain(self.fold(locale))
        return any(contexts.look_up(tag, [locale]) is not None for tag in tags)

    @property
    def borrowed(self) -> dict[str, str]:
        """The test locales that take all words besides the text from another: ``{ar-XB: en}``."""
        found: dict[str, str] = self.site.get("borrowed_locales", {})
        return found

    def tongue(self, publication: Publication) -> str:
        """Return the locale of the words around a text: its own, but for tests that may borrow."""
        own = publication.locale
        return self.borrowed.get(own, own) if publication.is_test else own

    @property
    def _default(self) -> str:
        return str(self.site.get("default_locale", "en"))

    def address(self, slug: str) -> str:
        """Return the public address of an article, without a format's suffix."""
        return f"{self.site['public_url']}/v1/articles/{slug}"

    def page(self, publication: Publication) -> str:
        """Return the public address of an article as a page, which search engines should show."""
        test = contexts.included(test=publication.is_test)
        return f"{self.address(publication.slug)}.html{test}"

    def mentioned(self, text: str, locale: str) -> frozenset[str]:
        """Return the ids of what a text mentions, by the words of its language."""
        return self.mentions[locale].of(text) if locale in self.mentions else frozenset()


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


def amended(session: Session, number: int, facts: list[Fact]) -> Policy:
    """Return the policy at a number as it would be with some more facts; nothing is written."""
    return _load(session, changes.policy_head(session, number), facts)


def forget(memory: dict[Any, Any], keep: int) -> None:
    """Drop the oldest entries of a memory that several threads may be using."""
    for oldest in list(memory)[: max(0, len(memory) - keep)]:
        memory.pop(oldest, None)


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


def _load(session: Session, seq: int, facts: list[Fact] | None = None) -> Policy:
    gone = {fact.row for fact in facts or () if isinstance(fact, Lapse)}

    def rows(table: type[F]) -> list[F]:
        return _overlaid(current(session, table, seq), table, facts or [])

    return Policy(
        seq=seq,
        texts=_texts(rows(DisclaimerVersion)),
        rules={row.id: _read(row.data, RuleData) for row in rows(Rule)},
        mentions=mentions.by_locale({row.id: row.data or {} for row in rows(Mention)}),
        atlas=_atlas(rows(JurisdictionFact), lapsed(session, JurisdictionFact, seq) | gone),
        site={row.id: row.data for row in rows(SiteFact)},
        marks={row.id: _read(row.data, Mark) for row in rows(SourceMark)},
    )


def _overlaid(rows: list[F], table: type[F], facts: list[Fact]) -> list[F]:
    """Return rows, those replaced that some facts are newer than, in the order of their keys."""
    newer = [fact for fact in facts if isinstance(fact, table)]
    found = {_key(row): row for row in [*rows, *newer]}
    return [found[key] for key in sorted(found) if getattr(found[key], "data", True) is not None]


def _key(row: Fact) -> tuple[str, ...]:
    return tuple(str(getattr(row, name)) for name in row.key)


def _texts(rows: list[DisclaimerVersion]) -> dict[tuple[str, str], Words]:
    """Return the words of each disclaimer in each locale; a fallback to nothing has none."""
    own: dict[tuple[str, str], Words] = {}
    borrowed: list[tuple[str, str, str]] = []
    for row in rows:
        if row.data and "fallback" in row.data:
            borrowed.append((row.id, row.locale, _read(row.data, Fallback).fallback))
        else:
            said = _read(row.data, Disclaimer)
            own[row.id, row.locale] = Words(row.version, said, row.locale)
    lent = {(id, to): own[id, of] for id, to, of in borrowed if (id, of) in own}
    return own | lent


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
