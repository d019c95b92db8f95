"""Entries of the log as readers see them, and which of them a reader wants to see."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from api import caching
from api.db import session
from content import articles, changes, helplines
from content.contexts import NOWHERE
from content.models.log import Change, Publication
from content.transparency import leaves


@dataclass(frozen=True)
class Entry:
    """A change; of an article also what it shows, what that replaced, and whether it has ended."""

    change: Change
    shown: Publication | None
    replaced: Publication | None
    tombstone: dict[str, Any] | None
    fact: dict[str, Any] | None

    def describe(self) -> dict[str, Any]:
        """Return the entry as data: its leaf, and what else is to be told of an article."""
        leaf = leaves.describe(self.change, self.fact)
        facts = {**leaf, "subject": self._told(leaf["subject"])}
        return facts | ({"tombstone": self.tombstone} if self.tombstone else {})

    def _told(self, subject: dict[str, Any]) -> dict[str, Any]:
        if self.shown is None:
            return subject
        subject |= {"slug": self.shown.slug, "locale": self.shown.locale}
        subject |= {"test": True} if self.shown.is_test else {}
        old = self.replaced.slug if self.replaced else self.shown.slug
        return subject | ({"moved_from": old} if old != self.shown.slug else {})


@dataclass(frozen=True)
class Filter:
    """What a reader wants to see: entries about some types of subjects, articles with some tags."""

    types: frozenset[str] | None = None
    tags: Mapping[str, str] = field(default_factory=dict)  # by kind: topic, condition
    has_items: bool = False  # which say of an article that is affected what it is now

    def shows(self, entry: Entry) -> bool:
        """Return whether an entry is shown; an ending and the end of a group always are."""
        change = entry.change
        told = self.has_items and change.kind == changes.AFFECTED
        listed = self.types is None or change.subject_type in self.types
        is_end = bool(entry.tombstone) or change.seq == change.group_end
        return is_end or (listed and not told and self.is_about(entry))

    def is_about(self, entry: Entry) -> bool:
        """Return whether a change is in articles that are wanted; an ending always is."""
        return bool(entry.tombstone or entry.change.scope == "all") or self._tagged(entry)

    def _tagged(self, entry: Entry) -> bool:
        """Return whether an article has the tags, or had them until then."""
        rows = [row for row in (entry.shown, entry.replaced) if row]
        return not self.tags or any(self.has_tags(row.topics, row.conditions) for row in rows)

    def has_tags(self, topics: Collection[str], conditions: Collection[str]) -> bool:
        """Return whether an article with these tags is wanted."""
        found = {"topic": topics, "condition": conditions}
        return all(tag in found[kind] for kind, tag in self.tags.items())


def read(found: Sequence[Change]) -> list[Entry]:
    """Return some changes with what is to be told of them."""
    if not found:
        return []
    shown = articles.shown_by(session(), [change.seq for change in found])
    replaced = articles.before(session(), [row for seq, row in shown.items() if row.seq == seq])
    gone = articles.redacted(session(), shown.values())
    facts = leaves.facts(session(), found)
    return [
        Entry(
            change,
            row := shown.get(change.seq),
            replaced.get(change.seq),
            _ending(change, row, gone) if row else None,
            facts.get(change.seq),
        )
        for change in found
    ]


def tombstone(
    type: str, help: list[dict[str, Any]], *, notice: str | None, replacement: str | None
) -> dict[str, Any]:
    """Return what a reader is told in the place of an article that is not to be shown."""
    copy = "remove-here" if type == "withheld" else "remove"
    facts = {"type": type, "notice": notice, "replacement": replacement}
    return {**facts, "your_copy": copy, "help": help}


def _ending(
    change: Change, shown: Publication, gone: Mapping[int, str | None]
) -> dict[str, Any] | None:
    """Return the tombstone of an article that is not shown any more as of a change."""
    reason = _reason(change, shown, gone)
    if reason is None:
        return None
    notice = gone[shown.seq] if reason == "redacted" else shown.notice
    return tombstone(reason, generic_help(), notice=notice, replacement=shown.replacement)


def _reason(change: Change, shown: Publication, gone: Collection[int]) -> str | None:
    if change.kind == "article.expired":
        return "expired"
    if shown.status != "live":
        return shown.status
    return "redacted" if shown.seq in gone else None


def generic_help() -> list[dict[str, Any]]:
    """Return the generic help; where the facts lack it, what ships with Caveat."""
    now = caching.policy_now()
    try:
        found = now.atlas.help(NOWHERE, str(now.site.get("default_locale", "en")))
    except KeyError:  # a contact has no words in this locale
        found = []
    return found or helplines.generic()
