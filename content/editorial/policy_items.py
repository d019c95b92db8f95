"""Policy at the desk: disclaimers, rules, mentions, facts of places and of the site, as items.

An item of a release says what becomes true, or with ``data: null`` that something is true no
longer. ``seen`` is the number of the row that it replaces, as its writer knew it, so that nobody
writes over what they have not read. Items are checked as an import checks a folder: what stands in
the log, with the items laid over it, has to hold as a whole.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Annotated, Any, get_type_hints

from msgspec import Meta
from sqlalchemy.orm import Session

from content import canonical, changes, parts, policy
from content.disclaimers import Disclaimer, Fallback
from content.errors import Finding, Invalid, NotFound, Outdated
from content.evidence import Mark
from content.jurisdictions import Code, fact_type
from content.located import UNREADABLE
from content.models.log import (
    DisclaimerVersion,
    Fact,
    JurisdictionFact,
    Mention,
    Rule,
    SiteFact,
    SourceMark,
)
from content.parts import Name, Part, Tag
from content.policy import checks, files
from content.policy.files import FurtherSite, Lines, MentionEntry, Site
from content.rules import RuleData

Seen = Annotated[int, Meta(ge=0, le=2**53 - 1)] | None  # 0: there was none
About = Annotated[str, Meta(pattern=r"\A(place|help|(law|authority)/[a-z0-9]+(-[a-z0-9]+)*\Z)")]
Data = dict[str, Any] | None
SITE = {**get_type_hints(Site, include_extras=True)}
NEEDED = [name for name in SITE if name != "fallbacks"]
SITE |= get_type_hints(FurtherSite, include_extras=True)
OURS = "public_url"  # the fact of the site that is a setting


class DisclaimerItem(Part, tag="disclaimer", tag_field="type"):
    """The words of a disclaimer in one locale."""

    id: Name
    locale: Tag
    data: Data
    seen: Seen = None


class RuleItem(Part, tag="rule", tag_field="type"):
    """A rule."""

    id: Name
    data: Data
    seen: Seen = None


class MentionItem(Part, tag="mention", tag_field="type"):
    """The words by which a text is found to mention something, by locale."""

    id: Name
    data: Data
    seen: Seen = None


class JurisdictionItem(Part, tag="jurisdiction", tag_field="type"):
    """A fact about a place: ``place``, ``help``, ``law/<topic>`` or ``authority/<name>``."""

    code: Code
    fact: About
    data: Data
    seen: Seen = None


class SiteItem(Part, tag="site", tag_field="type"):
    """A fact about the publisher."""

    id: Annotated[str, Meta(pattern=r"\A[a-z]+(_[a-z]+)*\Z", max_length=80)]
    data: Any
    seen: Seen = None


class SourceItem(Part, tag="source", tag_field="type"):
    """What is known of a source, whoever cites it."""

    id: Name
    data: Data
    seen: Seen = None


PolicyItem = DisclaimerItem | RuleItem | MentionItem | JurisdictionItem | SiteItem | SourceItem
TABLES: dict[str, type[Fact]] = {
    table.subject_type: table
    for table in (DisclaimerVersion, Rule, Mention, JurisdictionFact, SiteFact, SourceMark)
}


class _Sent:
    """The items that somebody has sent, as the origin of findings."""

    def place(self, pointer: str) -> str:
        return pointer

    def finding(self, pointer: str, message: str) -> Finding:
        return Finding(pointer, message)


class _Log:
    """What stands in the log: a finding there is about what the items leave behind."""

    def place(self, pointer: str) -> str:
        return f"the log ({pointer})"

    def finding(self, pointer: str, message: str) -> Finding:
        return Finding("/items", f"{pointer} {message}")


SENT, LOG = _Sent(), _Log()


def read(session: Session, items: Sequence[tuple[int, PolicyItem]]) -> list[files.Item]:
    """Return what the items of a release say, each with its number there.

    Raise ``Outdated`` where somebody was faster, and ``Invalid`` with all that would not hold.
    """
    for _, item in items:
        _expect_seen(session, item)
    read = [_read(session, item, f"/items/{number}") for number, item in items]
    if findings := [one for one in read if isinstance(one, Finding)]:
        raise Invalid(findings)
    found = [one for one in read if isinstance(one, files.Item)]
    _check(session, found)
    return found


def with_seen(session: Session, item: PolicyItem) -> PolicyItem:
    """Return an item that knows which row it replaces: what is there now, if it does not say."""
    if item.seen is not None:
        return item
    return parts.changed(item, seen=changes.newest(session, _row(item)) or 0)


def standing(
    session: Session, kind: str, words: str | None = None, **asked: str
) -> list[dict[str, Any]]:
    """Return what stands of one kind, each as an item takes it; raise ``NotFound``, ``Invalid``.

    ``asked`` looks only for those with some names, such as ``id`` or ``code``; ``words`` for those
    with these characters in a name or a text.
    """
    rows = policy.current(session, table(kind, asked), changes.head(session))
    wanted = (row for row in rows if all(getattr(row, key) == asked[key] for key in asked))
    found = [described(row) for row in wanted]
    return [one for one in found if words is None or _says(one, words.casefold())]


def table(kind: str, asked: Collection[str]) -> type[Fact]:
    """Return where a kind of policy is kept; raise ``NotFound``, or ``Invalid`` for no name."""
    if kind not in TABLES:
        raise NotFound(f"There is no kind of policy {kind!r}; one of {', '.join(TABLES)}.")
    known = TABLES[kind].key
    if strange := [name for name in asked if name not in known]:
        message = f"is no name of a {kind}; it has {', '.join(known)}"
        raise Invalid([Finding(name, message) for name in strange])
    return TABLES[kind]


def _says(said: Any, words: str) -> bool:
    if isinstance(said, dict | list):
        return any(_says(one, words) for one in (said.values() if isinstance(said, dict) else said))
    return isinstance(said, str) and words in said.casefold()


def described(row: Fact) -> dict[str, Any]:
    """Return a row as the item that would say the same."""
    names = {name: getattr(row, name) for name in row.key}
    data: Any = getattr(row, "data", None)
    return {"type": row.subject_type, **names, "data": data, "seen": row.seq}


def name(item: PolicyItem) -> str:
    """Return what an item is about, in words."""
    return " ".join([*_key(_row(item))])


def _row(item: PolicyItem) -> Any:
    table = TABLES[parts.dump(item)["type"]]
    return table(**{name: getattr(item, name) for name in table.key})


def _key(row: Fact) -> list[str]:
    return [row.subject_type, *(str(getattr(row, name)) for name in row.key)]


def _expect_seen(session: Session, item: PolicyItem) -> None:
    there = changes.newest(session, _row(item)) or 0
    if item.seen is not None and item.seen != there:
        message = f"{name(item)} has been changed meanwhile, by change {there}"
        raise Outdated(f"{message}; you have seen {item.seen}. Read it again.")


def _read(session: Session, item: PolicyItem, at: str) -> files.Item | Finding:
    """Return what one item says, or what is wrong with it alone."""
    row = _row(item)
    if item.data is None:
        return files.Item(row, None, SENT, at)
    if findings := list(_unplain(item.data, f"{at}/data")):
        return findings[0]
    try:
        shape = _shape(row, item.data, f"{at}/data")
    except Invalid as error:
        return error.findings[0]
    row.data = item.data if isinstance(row, Rule) else _dumped(row, shape)
    return files.Item(row, shape, SENT, f"{at}/data")


def _unplain(data: Any, at: str) -> Iterator[Finding]:
    """Yield what an import would not read either: fractions, characters that cannot be meant."""
    try:
        canonical.encode(data)
    except ValueError as error:
        yield Finding(at, f"cannot be kept: {error}")
    else:
        yield from _unreadable(data, at)


def _unreadable(data: Any, at: str) -> Iterator[Finding]:
    if isinstance(data, dict | list):
        for key, value in data.items() if isinstance(data, dict) else enumerate(data):
            yield from _unreadable(value, f"{at}/{key}")
    elif isinstance(data, str) and (found := UNREADABLE.search(data)):
        yield Finding(at, f"has a character that cannot be meant (U+{ord(found[0]):04X})")


def _dumped(row: Fact, shape: Any) -> Any:
    return parts.dump(shape.terms if isinstance(row, Mention) else shape)


def _shape(row: Any, data: Any, at: str) -> Any:
    """Return the checked form of a row's data; raise ``Invalid`` with pointers after ``at``."""
    match row:
        case DisclaimerVersion():
            return parts.convert(data, Fallback if "fallback" in data else Disclaimer, at)
        case Rule():
            return parts.convert(data, RuleData, at)
        case Mention():
            return MentionEntry(row.id, parts.convert(data, dict[Tag, Lines], at))
        case JurisdictionFact():
            return parts.convert(data, fact_type(row.fact), at)
        case SourceMark():
            return parts.convert(data, Mark, at)
        case SiteFact() if row.id in SITE:
            return parts.dump(parts.convert(data, SITE[row.id], at))
    known = "it comes from CAVEAT_PUBLIC_URL" if row.id == OURS else f"one of {', '.join(SITE)}"
    raise Invalid([Finding(at.removesuffix("data") + "id", f"cannot be set here; {known}")])


def _check(session: Session, items: Sequence[files.Item]) -> None:
    """Raise ``Invalid`` with what would not hold any more, or is wrong in the items."""
    before = _standing(session)
    ended = [item for item in items if item.shape is None]
    laid = {one.key: one for one in before} | {one.key: one for one in items}
    after = [one for one in laid.values() if one.shape is not None]
    after += [one for one in items if laid[one.key] is not one]  # said twice
    findings = [*_never(ended, before), *_lacking(after)]
    if not findings and (findings := checks.check(after)):
        known = [] if _lacking(before) else checks.check(before)
        findings = [one for one in findings if one not in known]
    if findings:
        raise Invalid(findings)


def _never(ended: Iterable[files.Item], before: list[files.Item]) -> list[Finding]:
    known = {one.key for one in before}
    message = "is not there, so it cannot end"
    return [one.finding(f"{' '.join(one.key)} {message}") for one in ended if one.key not in known]


def _lacking(items: list[files.Item]) -> list[Finding]:
    there = {one.key for one in items}
    missing = [name for name in NEEDED if ("site", name) not in there]
    return [Finding("/items", f"the site needs its {name!r}") for name in missing]


def _standing(session: Session) -> list[files.Item]:
    at = changes.head(session)
    rows: list[Any] = [
        row for table in TABLES.values() for row in policy.current(session, table, at)
    ]
    known = (row for row in rows if not isinstance(row, SiteFact) or row.id in SITE)
    return [files.Item(row, _shape(row, row.data, ""), LOG, _said(row)) for row in known]


def _said(row: Fact) -> str:
    return " ".join(_key(row)) + ":"
