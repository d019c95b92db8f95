"""The context that an edition is made for: locale, jurisdiction, audience and channel.

Left out means the most careful value: the default locale, the whole world, audience ``general``
and channel ``unknown``, which owe what any other value would owe.
"""

import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import langcodes
from langcodes.tag_parser import LanguageTagError

from content.errors import Finding, Invalid

AUDIENCES = ("general", "adults", "clinicians", "minors", "parents", "patients", "pregnancy")
CHANNELS = (
    "unknown",
    "affiliate",
    "app",
    "health-service",
    "internal",
    "publisher",
    "retail",
    "supplements",
)
TEST = "test"  # the topic that is reserved for test articles, and what ``include`` calls them
TEST_PLACE = "XA"  # a country's code that ISO 3166-1 leaves to its users; for tests only
WORLD = "001"  # UN M49, as in CLDR
NOWHERE = "ZZ"  # CLDR's code for an unknown region
LOCALE = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,4}", re.ASCII)
SAME_LANGUAGE = 9  # CLDR's distance between two tags; another language begins at 10
JURISDICTION = re.compile(r"[A-Za-z]{2}(-[A-Za-z0-9]{1,3})?|001", re.ASCII)


@dataclass(frozen=True)
class Context:
    """Whom an edition is for. All four values are always there.

    ``test`` is no value of it: asked for, it means that test articles are meant, too; served, that
    this is one. It stands here so that every address made from a context finds what it is for.
    """

    locale: str
    jurisdiction: str = WORLD
    audience: str = "general"
    channel: str = "unknown"
    test: bool = False

    def values(self) -> dict[str, str]:
        """Return the four values by name."""
        return {name: value for name, value in vars(self).items() if name != "test"}

    def query(self) -> str:
        """Return the context as a URL query, always whole and in one order."""
        asked = self.values() | ({"include": TEST} if self.test else {})
        return "&".join(f"{name}={value}" for name, value in asked.items())

    def asked(self) -> str:
        """Return the query of an address that asks for it; no locale where none was asked for."""
        return self.query().removeprefix("locale=&")


def included(*, test: bool) -> str:
    """Return the query that an address needs to find a test article; nothing for a real one."""
    return f"?include={TEST}" if test else ""


def of_body(body: Mapping[str, Any]) -> Context:
    """Return the context that an edition's body says it is for."""
    said = body["context"]
    code, is_test = said["jurisdiction"]["code"], TEST in body["article"]["topics"]
    return Context(**{**said, "jurisdiction": code, "test": is_test})


def parse(
    *,
    locale: str | None,
    jurisdiction: str | None,
    audience: str | None,
    channel: str | None,
) -> Context:
    """Check what a reader asked for; raise ``Invalid`` for a malformed or unknown value.

    ``locale`` may stay empty: the default is a site fact, and is filled in when it is resolved.
    """
    findings = [
        *_shape("locale", locale, LOCALE, "a BCP 47 tag such as 'en' or 'es-MX'"),
        *_shape("jurisdiction", jurisdiction, JURISDICTION, "an ISO 3166 code"),
        *_choice("audience", audience, AUDIENCES),
        *_choice("channel", channel, CHANNELS),
    ]
    if findings:
        raise Invalid(findings)
    return Context(
        locale or "", (jurisdiction or WORLD).upper(), audience or "general", channel or "unknown"
    )


def look_up(wanted: str, available: Iterable[str]) -> str | None:
    """Find the language tag that serves a reader best (BCP 47), never another language.

    The tag itself, then without its last subtags (RFC 4647 lookup), then what CLDR's distances
    call the same language: ``zh-TW`` finds ``zh-Hant``, ``iw`` finds ``he``, ``ca`` not ``es``.
    """
    return _look_up(wanted.lower(), tuple(available))


@lru_cache(maxsize=1024)
def _look_up(wanted: str, available: tuple[str, ...]) -> str | None:
    known = {tag.lower(): tag for tag in available}
    parts = wanted.split("-")
    while parts:
        if "-".join(parts) in known:
            return known["-".join(parts)]
        parts.pop()
    try:
        found, _ = langcodes.closest_match(wanted, list(available), max_distance=SAME_LANGUAGE)
    except LanguageTagError:
        return None
    return found if found in available else None


def nearest(value: str, choices: tuple[str, ...]) -> str:
    """Return `` Did you mean 'x'?`` for the closest of the choices, or nothing."""
    close = difflib.get_close_matches(value, choices, n=1)
    return f" Did you mean {close[0]!r}?" if close else ""


def _shape(name: str, value: str | None, shape: re.Pattern[str], what: str) -> list[Finding]:
    if value is None or shape.fullmatch(value):
        return []
    return [Finding(name, f"is malformed; write {what}")]


def _choice(name: str, value: str | None, choices: tuple[str, ...]) -> list[Finding]:
    if value is None or value in choices:
        return []
    return [Finding(name, f"is not known; one of {', '.join(choices)}.{nearest(value, choices)}")]
