"""Reading a folder of policy: YAML files become items, each a fact and the place where it stands.

``site.yaml``, ``mentions.yaml``, ``jurisdictions.yaml`` and ``rules.yaml`` are one file each, and
every disclaimer has its own. Each entry is checked alone here; what entries say about each other is
for ``content/policy/checks.py``. A folder that adds to another one may lack any of them.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Protocol

from msgspec import Meta, field

from content.claims import packs as claim_packs
from content.disclaimers import Disclaimer, Fallback
from content.errors import Finding, Invalid
from content.jurisdictions import Authority, Code, Help, Law, Place, Words
from content.located import Located, read_text
from content.models.log import (
    ClaimPack,
    DisclaimerVersion,
    Fact,
    JurisdictionFact,
    Mention,
    Rule,
    SiteFact,
)
from content.parts import HttpsUrl, Line, Name, Part, Tag, convert, dump
from content.rules import RuleData

Lines = Annotated[list[Line], Meta(min_length=1, max_length=1000)]
Duration = Annotated[
    str, Meta(pattern=r"\AP([0-9]{1,5}D)?(T([0-9]{1,5}H)?([0-9]{1,5}M)?)?\Z", min_length=3)
]
SPOKEN = ("short", "text", "actions", "variants")  # what differs between a disclaimer's locales


class Site(Part):
    """What ``site.yaml`` has to say; each becomes one site fact."""

    publisher: Line
    contact_url: HttpsUrl
    locales: Annotated[list[Tag], Meta(min_length=1)]
    default_locale: Tag
    licence: Line
    attribution: Line
    modification_allowed: bool
    indexing: str
    terms: list[Line]
    recheck_after: Duration
    max_offline: Duration
    notice_labels: dict[str, dict[str, Line]]
    fallbacks: dict[Tag, Annotated[list[Tag], Meta(min_length=1, max_length=10)]] = field(
        default_factory=dict
    )


class FurtherSite(Part):
    """What ``site.yaml`` has to say in a folder that adds to another one."""

    borrowed_locales: dict[Tag, Tag]


class MentionEntry(Part):
    """One entry of ``mentions.yaml``."""

    id: Name
    terms: dict[Tag, Lines]


class PlaceEntry(Part):
    """One entry of ``jurisdictions.yaml``: a place, and facts that age each on its own."""

    code: Code
    name: Words
    within: Code | None = None
    members: list[Code] = field(default_factory=list)
    law: dict[Name, Any] = field(default_factory=dict)
    help: Any = None
    authorities: dict[Name, Any] = field(default_factory=dict)


class Origin(Protocol):
    """What an item comes from, such as a file; it tells its places."""

    def place(self, pointer: str) -> str:
        """Return where a place is, as people find it."""

    def finding(self, pointer: str, message: str) -> Finding:
        """Return a finding at a place."""


@dataclass(frozen=True)
class Item:
    """One fact that a file states, and where it stands."""

    fact: Fact
    shape: Any  # its checked form, or the plain value
    file: Origin
    pointer: str

    @property
    def key(self) -> tuple[str, ...]:
        """Kind and names of the fact; a folder says each only once."""
        return (self.fact.subject_type, *(str(getattr(self.fact, name)) for name in self.fact.key))

    @property
    def place(self) -> str:
        """The file and line."""
        return self.file.place(self.pointer)

    def finding(self, message: str, within: str = "") -> Finding:
        """Return a finding at this item's line, or at that of a part of it."""
        return self.file.finding(self.pointer + within, message)


Reader = Callable[[Located, Any, str], Iterator[Item]]


def read(folder: Path) -> list[Item]:
    """Read all files of a folder; raise ``Invalid`` with everything that is wrong in them."""
    return _read(folder, _files(folder))


def is_in(folder: Path) -> bool:
    """Return whether a folder has files of policy."""
    return any(path.exists() for path, _ in _files(folder))


def read_further(folder: Path) -> list[Item]:
    """Read what a folder adds to another one; raise ``Invalid``."""
    readers: dict[Reader, Reader] = {_site: _further_site}
    files = ((path, readers.get(reader, reader)) for path, reader in _files(folder))
    return _read(folder, (pair for pair in files if pair[0].exists()))


def _read(folder: Path, files: Iterable[tuple[Path, Reader]]) -> list[Item]:
    found = [one for path, reader in files for one in _attempt(path, reader)]
    try:
        found += read_packs(folder)
    except Invalid as error:
        found += error.findings
    findings = [one for one in found if isinstance(one, Finding)]
    if findings:
        raise Invalid(findings)
    return [one for one in found if isinstance(one, Item)]


def _files(folder: Path) -> Iterator[tuple[Path, Reader]]:
    yield folder / "site.yaml", _site
    yield folder / "mentions.yaml", _mention
    yield folder / "jurisdictions.yaml", _place
    yield folder / "rules.yaml", _rule
    for path in sorted((folder / "disclaimers").glob("*.yaml")):
        yield path, _disclaimer


def _attempt(path: Path, reader: Reader) -> Iterator[Item | Finding]:
    """Read one file entry by entry, so that one bad entry does not hide the next."""
    try:
        file = Located(read_text(path), str(path))
        entries = list(_entries(file, many=reader in (_mention, _place, _rule)))
    except Invalid as error:
        yield from error.findings
        return
    for pointer, data in entries:
        try:
            yield from list(reader(file, data, pointer))
        except Invalid as error:
            yield from (file.finding(one.pointer, one.message) for one in error.findings)


def read_packs(folder: Path) -> list[Item]:
    """Read the packs of the claims lint in a folder's ``claims``; none where there is no such."""
    claims = folder / "claims"
    origin = Located("{}", str(claims))
    packs = claim_packs.read_packs(claims) if claims.is_dir() else []
    return [Item(ClaimPack(id=one.id, data=dump(one)), one, origin, "") for one in packs]


def _entries(file: Located, *, many: bool) -> Iterator[tuple[str, dict[str, Any]]]:
    kind, what = (list, "list of entries") if many else (dict, "mapping of names to values")
    if not isinstance(file.data, kind):
        raise Invalid([file.finding("", f"must be a {what}")])
    places = {f"/{i}": data for i, data in enumerate(file.data)} if many else {"": file.data}
    for pointer, data in places.items():
        if not isinstance(data, dict):
            raise Invalid([file.finding(pointer, "must be a mapping of names to values")])
        yield pointer, data


def _site(file: Located, data: Any, at: str) -> Iterator[Item]:
    yield from _site_facts(file, convert(data, Site, at))


def _further_site(file: Located, data: Any, at: str) -> Iterator[Item]:
    yield from _site_facts(file, convert(data, FurtherSite, at))


def _site_facts(file: Located, site: Site | FurtherSite) -> Iterator[Item]:
    for name, value in dump(site).items():
        yield Item(SiteFact(id=name, data=value), value, file, f"/{name}")


def _mention(file: Located, data: Any, at: str) -> Iterator[Item]:
    entry = convert(data, MentionEntry, at)
    yield Item(Mention(id=entry.id, data=dump(entry.terms)), entry, file, at)


def _rule(file: Located, data: Any, at: str) -> Iterator[Item]:
    rest = {key: value for key, value in data.items() if key != "id"}
    id = convert(data.get("id"), Name, f"{at}/id")
    yield Item(Rule(id=id, data=rest), convert(rest, RuleData, at), file, at)


def _disclaimer(file: Located, data: Any, at: str) -> Iterator[Item]:
    id = convert(data.get("id"), Name, "/id")
    shared = {key: value for key, value in data.items() if key not in ("id", "texts")}
    _only(shared, "", [name for name in Disclaimer.__struct_fields__ if name not in SPOKEN])
    convert({**shared, "short": "-", "text": "-"}, Disclaimer)  # so that its errors have their line
    texts = Annotated[dict[Tag, dict[str, Any]], Meta(min_length=1)]
    for locale, words in convert(data.get("texts"), texts, "/texts").items():
        at = f"/texts/{locale}"
        text = _text(shared, words, at)
        row = DisclaimerVersion(id=id, locale=locale, data=dump(text))
        yield Item(row, text, file, at)


def _text(shared: dict[str, Any], words: dict[str, Any], at: str) -> Disclaimer | Fallback:
    """Return a disclaimer's words in a locale, or the locale whose words it takes there."""
    if "fallback" in words:
        borrowed: Fallback = convert(words, Fallback, at)
        return borrowed
    _only(words, at, (*SPOKEN, "fallback"))
    own: Disclaimer = convert({**shared, **words}, Disclaimer, at)
    return own


def _only(data: dict[str, Any], at: str, known: tuple[str, ...] | list[str]) -> None:
    strange = [name for name in data if name not in known]
    if strange:
        message = f"is not a name that is known here; there are {', '.join(known)}"
        raise Invalid([Finding(f"{at}/{name}", message) for name in strange])


def _place(file: Located, data: Any, at: str) -> Iterator[Item]:
    entry = convert(data, PlaceEntry, at)
    place = Place(entry.name, entry.within, entry.members)
    found = [("place", place, at)]
    for topic, law in entry.law.items():
        found.append((f"law/{topic}", convert(law, Law, f"{at}/law/{topic}"), f"{at}/law/{topic}"))
    for name, said in entry.authorities.items():
        where = f"{at}/authorities/{name}"
        found.append((f"authority/{name}", convert(said, Authority, where), where))
    if entry.help is not None:
        found.append(("help", convert(entry.help, Help, f"{at}/help"), f"{at}/help"))
    for fact, shape, pointer in found:
        row = JurisdictionFact(code=entry.code, fact=fact, data=dump(shape))
        yield Item(row, shape, file, pointer)
