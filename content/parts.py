"""Parts: the base of everything that is checked while it is read, and its smallest shapes.

A part is a msgspec struct, immutable and strict about what it does not know. :func:`convert` turns
plain data into parts and says what is wrong with it by JSON Pointer.
"""

import re
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, TypeVar, dataclass_transform

import msgspec
from msgspec import Meta, Struct, field

from content.errors import Finding, Invalid

# What no line that people read may hold: control characters, ends of lines, halves of signs.
_UNSEEN = r"\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff"
_LABEL = "[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
# What each pattern asks for, in the words of an error message.
PATTERNS = {
    r"\A[a-z0-9]+(-[a-z0-9]+)*\Z": "small letters and digits, joined by single hyphens",
    r"\Ahttps://[^\s\"<>\\^`{|}]{1,2000}\Z": "an address that begins with https://",
    r"\A10\.[0-9]{4,9}/[^\s\"<>]{1,300}\Z": "a DOI such as 10.1000/182",
    r"\A[0-9]{4}-[0-9]{2}-[0-9]{2}\Z": "a day such as 2026-11-23",
    r"\A[a-z]{2,8}(-[A-Za-z0-9]{2,8})*\Z": "a language tag such as en or pt-BR",
    rf"\A[^\s{_UNSEEN}]([^{_UNSEEN}]*[^\s{_UNSEEN}])?\Z": "one line without spaces around it",
    rf"\A([^{_UNSEEN}]|[\t\r\n])*\Z": "text without control characters",
    rf"\A[^\s@<>{_UNSEEN}]+@[^\s@<>{_UNSEEN}]+\Z": "an e-mail address such as web@example.org",
    rf"\A(\*\.)?({_LABEL}\.)*{_LABEL}\Z": "a host in small letters: example.org, *.example.org",
}
_SIZE = re.compile(r"Expected `(?P<kind>str|array)` of length (>= (?P<least>\d+)|<= (?P<most>\d+))")
_COUNTED = {"str": "characters", "array": "items"}
_NAME, _HTTPS, _DOI, _DAY, _TAG, _TITLE, _PLAIN, _EMAIL, _DOMAIN = PATTERNS

Name = Annotated[str, Meta(pattern=_NAME, max_length=80)]
Line = Annotated[str, Meta(min_length=1, max_length=500)]
Passage = Annotated[str, Meta(min_length=1, max_length=20_000)]
HttpsUrl = Annotated[str, Meta(pattern=_HTTPS)]
Doi = Annotated[str, Meta(pattern=_DOI)]
Day = Annotated[str, Meta(pattern=_DAY)]
Tag = Annotated[str, Meta(pattern=_TAG, max_length=35)]
Title = Annotated[str, Meta(pattern=_TITLE, min_length=1, max_length=200)]
Note = Annotated[str, Meta(pattern=_PLAIN, min_length=10, max_length=2000)]
Email = Annotated[str, Meta(pattern=_EMAIL, max_length=200)]
Domain = Annotated[str, Meta(pattern=_DOMAIN, max_length=253)]


if TYPE_CHECKING:

    @dataclass_transform(frozen_default=True, field_specifiers=(field,))
    class Part:
        """What mypy has to be told: whoever inherits from a frozen struct is frozen too."""

        __struct_fields__: ClassVar[tuple[str, ...]]

        def __init_subclass__(
            cls, tag: str = "", tag_field: str = "", omit_defaults: bool = False
        ) -> None: ...

else:

    class Part(Struct, frozen=True, forbid_unknown_fields=True):
        """Base of every part: immutable, and strict about what it does not know."""


P = TypeVar("P", bound=Part)


def convert(data: Any, kind: Any, at: str = "") -> Any:
    """Turn plain data into ``kind``; raise ``Invalid`` with a JSON Pointer after ``at``."""
    try:
        return msgspec.convert(data, kind)
    except msgspec.ValidationError as error:
        message, _, path = str(error).partition(" - at `")
        path = path.removeprefix("key` in `")  # of a mapping whose key is not well formed
        raise Invalid([_finding(at + pointer(path.rstrip("`")), message)]) from None


def dump(part: Any) -> Any:
    """Return plain JSON data of a part."""
    return msgspec.to_builtins(part)


def changed(part: P, **fields: Any) -> P:
    """Return a part with other values in some fields; nothing is checked again."""
    values: dict[str, Any] = {name: getattr(part, name) for name in part.__struct_fields__}
    make: Any = type(part)
    made: P = make(**(values | fields))
    return made


def pointer(path: str) -> str:
    """Turn msgspec's ``$.claims[0].id`` into the JSON Pointer (RFC 6901) ``/claims/0/id``."""
    return "".join("/" + part for part in re.findall(r"[^.\[\]$]+", path))


def _finding(at: str, message: str) -> Finding:
    unknown = re.fullmatch(r"Object contains unknown field `(.*)`", message)
    if unknown:
        return Finding(f"{at}/{unknown[1]}", f"{unknown[1]!r} is not a name that is known here")
    for pattern, words in PATTERNS.items():
        message = message.replace(f"Expected `str` matching regex {pattern!r}", f"must be {words}")
    return Finding(at, _SIZE.sub(_say_size, message))


def _say_size(found: re.Match[str]) -> str:
    if found["most"]:
        return f"has more than {found['most']} {_COUNTED[found['kind']]}"
    if found["least"] == "1":
        return "is empty"
    return f"has fewer than {found['least']} {_COUNTED[found['kind']]}"
