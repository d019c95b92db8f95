"""Data as fields of a form, and back: each leaf is a field, named by its kind and JSON Pointer.

``s:/short`` is a text, ``o:/display/anchor`` one that may be left out, ``n:/order`` a number,
``l:/require`` names of which each has a line, ``b:/worldwide`` a choice of yes and no, and
``e:/variants`` a list of nothing. What a form says is checked where all data is: in the domain.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any, get_args, get_type_hints

from content.disclaimers import Disclaimer, Variant
from content.jurisdictions import Action, Dated
from content.rules import LEVELS, Anchor, When

TEXT, MAYBE, NUMBER, NAMES, FLAG, NOTHING = KINDS = ("s", "o", "n", "l", "b", "e")
FIELD = re.compile(rf"([{''.join(KINDS)}]):((?:/[^/]{{1,100}}){{0,8}})")
LONG = 80  # characters from which on a text gets a field of several lines
OPTIONAL = ("anchor", "authority", "within", "url", "notice")
FIRST = ("short", "text", "status", "as_of", "recheck_by", "confidence", "source")
UNSAID = ("require", "raise", "withhold")  # of a rule, where there is nothing in them
PARTS = ("variants",)  # lists of objects, also where there is none
WHEN = When.__struct_fields__
CHOICES: dict[str, tuple[str, ...]] = {
    "level": LEVELS,
    "anchor": get_args(Anchor),
    **{name: get_args(get_type_hints(Disclaimer)[name]) for name in ("kind", "group")},
    "obligation": get_args(get_type_hints(Disclaimer)["obligation"]),
    "confidence": get_args(get_type_hints(Dated)["confidence"]),
    "type": get_args(get_type_hints(Action)["type"]),
}
"""Names that a field with this last name may have."""


@dataclass(frozen=True)
class Field:
    """One field: its kind and pointer, what is in it, and what is there now if that differs."""

    kind: str
    pointer: str
    value: str
    now: str | None = None

    @property
    def name(self) -> str:
        """Its name in the form."""
        return f"{self.kind}:{self.pointer}"

    @property
    def said(self) -> str:
        """What it is called: ``Variants, 1, text``; ``Value`` where it is all that there is."""
        parts = self.pointer[1:].replace("_", " ").split("/")
        said = ", ".join(str(int(one) + 1) if _is_place(one) else one for one in parts)
        return said[:1].upper() + said[1:] if said else "Value"

    @property
    def last(self) -> str:
        """The last name of its pointer."""
        return self.pointer.rpartition("/")[2]

    @property
    def choices(self) -> tuple[str, ...]:
        """What may be chosen; nothing where anything may be written."""
        return CHOICES.get(self.last, ()) if self.kind in (TEXT, MAYBE) else ()

    @property
    def is_long(self) -> bool:
        """Whether it needs several lines."""
        is_words = "text" in self.pointer.split("/")
        return self.kind == NAMES or is_words or len(self.value) > LONG or "\n" in self.value


def of(data: Any, at: str = "") -> Iterator[Field]:
    """Yield a field for every leaf of some data, in its order."""
    if isinstance(data, dict):
        for name, value in data.items():
            yield from of(value, f"{at}/{_escaped(name)}")
    elif isinstance(data, list) and (any(isinstance(one, dict) for one in data)):
        for number, value in enumerate(data):
            yield from of(value, f"{at}/{number}")
    else:
        yield _leaf(data, at)


def read(form: Iterable[tuple[str, str]]) -> list[Field]:
    """Return the fields of data among those of a form; others are none of ours."""
    found = ((FIELD.fullmatch(name), value) for name, value in form)
    return [Field(one[1], one[2], value.replace("\r\n", "\n")) for one, value in found if one]


def data(fields: Iterable[Field]) -> Any:
    """Return what fields say, put together again; data that is one leaf is one field."""
    root: dict[str, Any] = {}
    for field in fields:
        if not field.pointer:
            return _value(field)
        *path, last = (_plain(part) for part in field.pointer[1:].split("/"))
        here = root
        for part in path:
            here = here.setdefault(part, {})
            if not isinstance(here, dict):
                break
        else:
            here[last] = _value(field)
    return _listed(root)


def beside(fields: Iterable[Field], now: Any) -> list[Field]:
    """Return fields, each with what is there now where that differs."""
    there = {field.pointer: field.value for field in of(now)}
    return [
        replace(one, now=there.get(one.pointer, ""))
        if there.get(one.pointer, "") != one.value
        else one
        for one in fields
    ]


def differing(before: Any, after: Any) -> list[tuple[str, str, str]]:
    """Return what differs between two, leaf by leaf: what it is called, before and after."""
    old, new = ({one.pointer: one for one in of(side)} if side else {} for side in (before, after))
    return [
        (one.said, old[at].value if at in old else "", new[at].value if at in new else "")
        for at, one in {**old, **new}.items()
        if at not in old or at not in new or old[at].value != new[at].value
    ]


def blank(kind: str, known: Any) -> Any:
    """Return data, what people read first, with room for what a rule or disclaimer may have."""
    if isinstance(known, dict):
        known = {**{name: known[name] for name in FIRST if name in known}, **known}
    if kind == "rule":
        known = known or {}
        raised, withheld = known.get("raise") or {}, known.get("withhold") or {}
        return {
            "because": known.get("because", ""),
            "when": {name: known.get("when", {}).get(name) or [] for name in WHEN},
            "require": known.get("require", []),
            "raise": {"disclaimer": None, "level": None, "anchor": None, "first": False, **raised},
            "withhold": {"status": None, "authority": None, "worldwide": False, **withheld},
        }
    if kind == "disclaimer" and "variants" in known:
        more = dict.fromkeys(Variant.__struct_fields__)
        return {**known, "variants": [*known["variants"], more]}
    return known


def trimmed(kind: str, said: Any) -> Any:
    """Return data without the room that nobody has used; what is odd is left for the domain."""
    if not isinstance(said, dict):
        return said
    if kind == "rule":
        parts = {name: _used(said[name]) for name in ("when", "raise", "withhold") if name in said}
        kept = {**said, **parts}
        return {name: value for name, value in kept.items() if value or name not in UNSAID}
    if kind == "disclaimer" and isinstance(said.get("variants"), list):
        return {**said, "variants": [one for one in said["variants"] if _used(one)]}
    return said


def _used(part: Any) -> Any:
    """Return what somebody has filled in of an object."""
    if not isinstance(part, dict):
        return part
    return {name: value for name, value in part.items() if value}


def _leaf(value: Any, at: str) -> Field:
    last = at.rpartition("/")[2]
    match value:
        case bool():
            return Field(FLAG, at, "yes" if value else "no")
        case int():
            return Field(NUMBER, at, str(value))
        case list() if not value and last in PARTS:
            return Field(NOTHING, at, "")
        case list():
            return Field(NAMES, at, "\n".join(map(str, value)))
        case None:
            return Field(NUMBER if last == "status" else MAYBE, at, "")
        case _:
            return Field(MAYBE if last in OPTIONAL or "/variants/" in at else TEXT, at, str(value))


def _value(field: Field) -> Any:
    if field.kind == FLAG:
        return field.value == "yes"
    if field.kind == NUMBER:
        digits = field.value.strip()
        return int(digits) if re.fullmatch("[0-9]{1,15}", digits) else digits or None
    if field.kind == NAMES:
        return [one.strip() for one in field.value.split("\n") if one.strip()]
    if field.kind == NOTHING:
        return []
    return field.value or (None if field.kind == MAYBE else "")


def _listed(value: Any) -> Any:
    """Return objects whose names are all numbers as lists, in their order."""
    if not isinstance(value, dict):
        return value
    if value and all(map(_is_place, value)):
        return [_listed(value[name]) for name in sorted(value, key=int)]
    return {name: _listed(one) for name, one in value.items()}


def _is_place(name: str) -> bool:
    """Return whether a name is the place of something in a list, rather than of an object."""
    return name.isascii() and name.isdigit()


def _escaped(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")


def _plain(part: str) -> str:
    return part.replace("~1", "/").replace("~0", "~")
