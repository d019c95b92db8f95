"""Names that a query lists, separated by commas: fields of a text, types of changes."""

from typing import Any

from content import contexts
from content.errors import Finding, Invalid
from content.excerpts import FIELDS


def fields(query: dict[str, Any]) -> frozenset[str] | None:
    """Return the asked-for fields of a text as a set; None for the whole of it."""
    found = listed(query.get("fields_"), "fields", "field", FIELDS)
    return None if found == frozenset(FIELDS) else found


def of_fields(query: dict[str, Any]) -> str:
    """Return the end of an address that asks for the same fields; nothing for all of them."""
    return f"&fields={query['fields_']}" if "fields_" in query else ""


def listed(
    text: str | None, parameter: str, what: str, choices: tuple[str, ...]
) -> frozenset[str] | None:
    """Return the names in a text, None where there is none; raise ``Invalid`` for unknown ones."""
    if text is None:
        return None
    found = frozenset(text.split(","))
    for name in sorted(found - set(choices)):
        known = f"one of {', '.join(choices)}"
        message = f"has no {what} {name!r}; {known}.{contexts.nearest(name, choices)}"
        raise Invalid([Finding(parameter, message)])
    return found
