"""Import: a folder of YAML and Markdown becomes policy and articles in the log.

Everything is read and checked before anything is written; what is wrong is refused with file and
line. A folder looks like ``content/library``: ``site.yaml``, ``rules.yaml``, ``mentions.yaml``,
``jurisdictions.yaml``, ``disclaimers/*.yaml`` and ``articles/*.md``. An import adds and changes;
what a folder no longer names stays in the log as it is.
"""

from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from content import canonical, changes, editions, policy_checks, policy_files
from content.changes import Entry
from content.documents import Manuscript, Source
from content.errors import Finding, Gone, Invalid
from content.located import Located, read_text
from content.markdown_reading import Reader
from content.models.heads import Head
from content.models.log import DisclaimerVersion, Publication, SiteFact
from content.policy_files import Item

__all__ = [
    "LIBRARY",
    "Item",
    "read_articles",
    "read_policy",
    "site_item",
    "write_policy",
]

LIBRARY = Path(__file__).parent / "library"
Read = tuple[Reader, Manuscript]


def read_policy(folder: Path) -> list[Item]:
    """Read and check rules, texts and facts; raise ``Invalid`` with everything that is wrong."""
    items = policy_files.read(folder)
    findings = policy_checks.check(items)
    if findings:
        raise Invalid(findings)
    return items


def read_articles(folder: Path) -> list[Manuscript]:
    """Read and check all Markdown files of a folder; raise ``Invalid`` with all that is wrong."""
    found: list[Read] = []
    findings: list[Finding] = []
    for file in sorted(folder.glob("*.md")):
        try:
            reader = Reader(read_text(file), str(file))
            found.append((reader, reader.manuscript()))
        except Invalid as error:
            findings += error.findings
    findings += [*_double_slugs(found), *_double_sources(found)]
    if findings:
        raise Invalid(findings)
    return [manuscript for _, manuscript in found]


def write_policy(session: Session, items: list[Item], *, by: str, now: datetime) -> range | None:
    """Record what differs from the log as one group; None when nothing does.

    Refused as a whole when a live article could then not be resolved any more.
    """
    entries = [entry for item in items if (entry := _entry(session, item))]
    if not entries:
        return None
    numbers = changes.append(session, entries, by=by, now=now)
    live = select(Publication).join(Head, Head.seq == Publication.seq)
    for publication in session.scalars(live):
        with suppress(Gone):  # redacted: there is no text left that could lose its notices
            editions.check(session, publication, numbers[-1])
    return numbers


def site_item(name: str, value: str) -> Item:
    """Return a site fact that comes from a setting, such as the public URL."""
    origin = Located(canonical.encode({name: value}).decode(), "settings")
    return Item(SiteFact(id=name, data=value), value, origin, f"/{name}")


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
    return Entry(kind, fact, seen=seen, impact="notice")


def _double_slugs(found: list[Read]) -> Iterator[Finding]:
    seen: dict[tuple[str, str], Reader] = {}
    for reader, manuscript in found:
        slug, locale = manuscript.slug, manuscript.document.locale
        first = seen.setdefault((slug, locale), reader)
        if first is not reader:
            message = f"{slug!r} in {locale!r} is the slug of {first.name} already"
            yield reader.locate(Finding("/slug", message))


def _double_sources(found: list[Read]) -> Iterator[Finding]:
    """A source has one identity across articles, so its id says the same everywhere."""
    seen: dict[str, tuple[Reader, Source]] = {}
    for reader, manuscript in found:
        for i, source in enumerate(manuscript.document.sources):
            first, known = seen.setdefault(source.id, (reader, source))
            if known != source:
                message = f"the source {source.id!r} is another one in {first.name}"
                yield reader.locate(Finding(f"/document/sources/{i}", message))
