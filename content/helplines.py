"""The help that a refusal keeps even when no database can be asked: the generic contacts."""

from functools import cache
from pathlib import Path
from typing import Any

import msgspec

from content.contexts import NOWHERE
from content.jurisdictions import Atlas, Help, Known
from content.located import Located, read_text

SHIPPED = Path(__file__).parent / "library" / "jurisdictions.yaml"


def generic(locale: str = "en") -> list[dict[str, Any]]:
    """Return the generic contacts in a locale, from the library that ships with Caveat."""
    return _shipped().help(NOWHERE, locale)


@cache
def _shipped() -> Atlas:
    entries = Located(read_text(SHIPPED), SHIPPED.name).data
    found = next(entry["help"] for entry in entries if entry["code"] == NOWHERE)
    help = Known(msgspec.convert(found, Help), lapsed=False)
    return Atlas(facts={(NOWHERE, "help"): help})
