"""Import: a folder of YAML and Markdown becomes policy and articles in the log.

Everything is read and checked before anything is written; what is wrong is refused with file and
line. A folder looks like ``content/library``: ``site.yaml``, ``rules.yaml``, ``mentions.yaml``,
``jurisdictions.yaml``, ``disclaimers/*.yaml`` and ``articles/*.md``.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from content import changes, disclaimers, documents, editions, markdown
from content.changes import Entry
from content.contexts import NOWHERE
from content.disclaimers import Disclaimer
from content.documents import HttpsUrl, Line, Manuscript, Name, Part, Tag
from content.errors import Finding, Invalid
from content.jurisdictions import CONTACTS, Dated, Help, Place, fact_type
from content.located import Located, read_text
from content.models.heads import Head
from content.models.log import (
    DisclaimerVersion,
    Fact,
    JurisdictionFact,
    Mention,
    Publication,
    Rule,
    SiteFact,
)
from content.rules import RuleData

LIBRARY = Path(__file__).parent / "library"


class Site(Part):
    """What ``site.yaml`` has to say; each becomes one site fact."""

    publisher: Line
    contact_url: HttpsUrl
    locales: list[Tag]
    default_locale: Tag
    licence: Line
    attribution: Line
    modification_allowed: bool
    indexing: str
    terms: list[Line]
    recheck_after: str
    max_offline: str
    notice_labels: dict[str, dict[str, Line]]


@dataclass(frozen=True)
class Item:
    """One fact that a file states, and where it stands."""

    fact: Fact
    shape: Any  # its checked form, or the plain value
    file: Located
    pointer: str

    def finding(self, message: str) -> Finding:
        """Return a finding at this item's line."""
        return self.file.finding(self.pointer, message)


def read_policy(folder: Path) -> list[Item]:
    """Read and check rules, texts and facts; raise ``Invalid`` with everything that is wrong."""
    items: list[Item] = []
    findings: list[Finding] = []
    for file, reader in _files(folder):
        try:
            items += reader(Located(read_text(file), str(file)))
        except Invalid as error:
            findings += error.findings
    if not findings:
        findings = list(_check(items))
    if findings:
        raise Invalid(findings)
    return items


def read_articles(folder: Path) -> list[Manuscript]:
    """Read and check all Markdown files of a folder."""
    found: list[Manuscript] = []
    findings: list[Finding] = []
    for file in sorted(folder.glob("*.md")):
        try:
            found.append(markdown.parse(read_text(file), str(file)))
        except Invalid as error:
            findings += error.findings
    if findings:
        raise Invalid(findings)
    return found


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
        editions.check(session, publication, numbers[-1])
    return numbers


def site_item(name: str, value: str) -> Item:
    """Return a site fact that comes from a setting, such as the public URL."""
    origin = Located(f"{name}: {value}", "settings")
    return Item(SiteFact(id=name, data=value), value, origin, f"/{name}")


def _files(folder: Path) -> Iterator[tuple[Path, Any]]:
    yield folder / "site.yaml", _site
    yield folder / "mentions.yaml", _mentions
    yield folder / "jurisdictions.yaml", _jurisdictions
    yield folder / "rules.yaml", _rules
    for file in sorted((folder / "disclaimers").glob("*.yaml")):
        yield file, _disclaimers


def _site(file: Located) -> Iterator[Item]:
    site = documents.dump(_convert(file, file.data, Site, ""))
    for name, value in site.items():
        yield Item(SiteFact(id=name, data=value), value, file, f"/{name}")


def _mentions(file: Located) -> Iterator[Item]:
    for i, data in _entries(file):
        terms = _convert(file, data["terms"], dict[str, list[Line]], f"/{i}/terms")
        yield Item(Mention(id=data["id"], data=terms), terms, file, f"/{i}")


def _rules(file: Located) -> Iterator[Item]:
    for i, data in _entries(file):
        rest = {key: value for key, value in data.items() if key != "id"}
        rule = _convert(file, rest, RuleData, f"/{i}")
        yield Item(Rule(id=data["id"], data=rest), rule, file, f"/{i}")


def _disclaimers(file: Located) -> Iterator[Item]:
    data = _mapping(file)
    shared = {key: value for key, value in data.items() if key not in ("id", "texts")}
    for locale, words in _convert(file, data.get("texts"), dict[Tag, Any], "/texts").items():
        pointer = f"/texts/{locale}"
        text = _convert(file, {**shared, **words}, Disclaimer, pointer)
        row = DisclaimerVersion(id=data.get("id"), locale=locale, data=documents.dump(text))
        yield Item(row, text, file, pointer)


def _jurisdictions(file: Located) -> Iterator[Item]:
    for i, data in _entries(file, key="code"):
        for fact, value, pointer in _facts(data, f"/{i}"):
            shape = _convert(file, value, fact_type(fact), pointer)
            row = JurisdictionFact(code=data["code"], fact=fact, data=documents.dump(shape))
            yield Item(row, shape, file, pointer)


def _facts(data: dict[str, Any], at: str) -> Iterator[tuple[str, Any, str]]:
    """Split one entry of jurisdictions.yaml into facts that age each on its own."""
    nested = ("code", "law", "help", "authorities")
    yield "place", {key: value for key, value in data.items() if key not in nested}, at
    for topic, law in (data.get("law") or {}).items():
        yield f"law/{topic}", law, f"{at}/law/{topic}"
    for name, authority in (data.get("authorities") or {}).items():
        yield f"authority/{name}", authority, f"{at}/authorities/{name}"
    if "help" in data:
        yield "help", data["help"], f"{at}/help"


def _entries(file: Located, key: str = "id") -> Iterator[tuple[int, dict[str, Any]]]:
    if not isinstance(file.data, list):
        raise Invalid([file.finding("", "must be a list")])
    for i, data in enumerate(file.data):
        if not (isinstance(data, dict) and isinstance(data.get(key), str)):
            raise Invalid([file.finding(f"/{i}", f"needs {key!r}")])
        yield i, data


def _mapping(file: Located) -> dict[str, Any]:
    if not isinstance(file.data, dict):
        raise Invalid([file.finding("", "must be a mapping")])
    _convert(file, file.data.get("id"), Name, "/id")
    return file.data


def _convert(file: Located, data: Any, shape: Any, pointer: str) -> Any:
    try:
        return msgspec.convert(data, shape)
    except msgspec.ValidationError as error:
        message, _, path = str(error).partition(" - at `")
        found = pointer + documents.pointer(path.rstrip("`"))
        raise Invalid([file.finding(found, message)]) from None


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


def _check(items: list[Item]) -> Iterator[Finding]:
    """Return what no single entry can know: double keys, and references to nothing."""
    yield from _doubles(items)
    known = {
        "disclaimer": {i.fact.id for i in items if isinstance(i.fact, DisclaimerVersion)},
        "mention": {i.fact.id for i in items if isinstance(i.fact, Mention)},
        "place": {i.fact.code for i in items if isinstance(i.fact, JurisdictionFact)},
    }
    site = {i.fact.id: i.shape for i in items if isinstance(i.fact, SiteFact)}
    for item in items:
        if isinstance(item.shape, RuleData):
            yield from _check_rule(item, item.shape, known)
        elif isinstance(item.shape, Disclaimer):
            yield from _check_disclaimer(item, item.shape)
        elif isinstance(item.fact, JurisdictionFact):
            yield from _check_fact(item, known["place"], site["locales"])
    yield from _check_locales(items, site)


def _doubles(items: list[Item]) -> Iterator[Finding]:
    seen: dict[tuple[str, ...], Item] = {}
    for item in items:
        names = [str(getattr(item.fact, name)) for name in item.fact.key]
        key = (item.fact.subject_type, *names)
        if key in seen:
            first = seen[key]
            where = f"{first.file.name}:{first.file.line(first.pointer)}"
            yield item.finding(f"{' '.join(names)} is defined already in {where}")
        seen.setdefault(key, item)


def _check_rule(item: Item, rule: RuleData, known: dict[str, set[str]]) -> Iterator[Finding]:
    named = [*rule.require, *([rule.raises.disclaimer] if rule.raises else [])]
    for disclaimer in set(named) - known["disclaimer"]:
        yield item.finding(f"refers to the disclaimer {disclaimer!r}, which is not defined")
    for mention in set(rule.when.mentions or []) - known["mention"]:
        yield item.finding(f"refers to the mention {mention!r}, which is not defined")
    for place in set(rule.when.jurisdiction or []) - known["place"]:
        yield item.finding(f"refers to the jurisdiction {place!r}, which is not defined")
    if not (rule.require or rule.raises or rule.withhold):
        yield item.finding("does nothing: it needs 'require', 'raise' or 'withhold'")
    if rule.raises and (rule.raises.level == "inline") != bool(rule.raises.anchor):
        yield item.finding("an anchor goes with the level 'inline', and only with it")
    if rule.withhold and (rule.withhold.status == 451) != bool(rule.withhold.authority):
        yield item.finding("451 names the authority that demands it, 403 does not")


def _check_disclaimer(item: Item, text: Disclaimer) -> Iterator[Finding]:
    for slot in sorted(disclaimers.unknown_slots(text)):
        yield item.finding(f"uses the slot {{{slot}}}, which does not exist")
    if (text.display.level == "inline") != bool(text.display.anchor):
        yield item.finding("an anchor goes with the level 'inline', and only with it")


def _check_fact(item: Item, places: set[str], locales: list[str]) -> Iterator[Finding]:
    fact: Any = item.fact
    shape = item.shape
    if isinstance(shape, Place):
        named = [code for code in (shape.within, *shape.members) if code]
        yield from (
            item.finding(f"{code} is not an ISO 3166 code") for code in named if not _exists(code)
        )
        if shape.within and shape.within not in places:
            yield item.finding(f"lies within {shape.within!r}, which is not defined")
        if not _exists(fact.code):
            yield item.finding(f"{fact.code} is not an ISO 3166 code")
    if isinstance(shape, Dated) and not _in_order(shape.as_of, shape.recheck_by):
        yield item.finding("'as_of' and 'recheck_by' must be dates, in this order")
    if isinstance(shape, Help) and fact.code == NOWHERE:
        for kind in (kind for kind in CONTACTS if getattr(shape, kind) is None):
            yield item.finding(f"{NOWHERE} needs {kind!r}: everybody else falls back to it")
    for locale in locales:
        for at in _unspoken(item.fact.data, locale, ""):  # type: ignore[attr-defined]
            yield item.file.finding(item.pointer + at, f"has no text in {locale!r}")


def _unspoken(data: Any, locale: str, at: str) -> Iterator[str]:
    """Yield the places of texts that a locale lacks."""
    if isinstance(data, dict):
        for key, value in data.items():
            if key in ("text", "name", "phrase", "label") and locale not in value:
                yield f"{at}/{key}"
            else:
                yield from _unspoken(value, locale, f"{at}/{key}")
    elif isinstance(data, list):
        for i, value in enumerate(data):
            yield from _unspoken(value, locale, f"{at}/{i}")


def _check_locales(items: list[Item], site: dict[str, Any]) -> Iterator[Finding]:
    texts = [item for item in items if isinstance(item.fact, DisclaimerVersion)]
    spoken = {(item.fact.id, item.fact.locale) for item in texts}  # type: ignore[attr-defined]
    for item in texts:
        for locale in site["locales"]:
            if (item.fact.id, locale) not in spoken:  # type: ignore[attr-defined]
                yield item.finding(f"has no text in the served locale {locale!r}")


def _exists(code: str) -> bool:
    import pycountry  # noqa: PLC0415 - half a second, and only an import of policy needs it

    if code in ("001", NOWHERE, "EU", "XK"):
        return True
    table = pycountry.subdivisions if "-" in code else pycountry.countries
    return bool(table.get(code=code) if "-" in code else table.get(alpha_2=code))


def _in_order(first: str, second: str) -> bool:
    try:
        return date.fromisoformat(first) <= date.fromisoformat(second)
    except ValueError:
        return False
