"""Compound documents: many editions beside each other, whose shared disclaimers stand once.

An item is an edition whose ``disclaimers`` are keys, ``<id>@<version>~<8 hex of its digest>``.
Putting the texts in their place gives the edition back, byte for byte. A difference is an item for
who has an earlier edition: what is as it was stands in ``same``, by name only.
"""

from collections.abc import Mapping
from typing import Any

from content import canonical
from content.excerpts import FIELDS

Texts = dict[str, dict[str, Any]]
ALWAYS = ("article", "disclaimers", "integrity", "sequence")  # of a difference


def key(entry: Mapping[str, Any]) -> str:
    """Return the key under which a disclaimer of an edition stands among the texts."""
    digest = canonical.digest(canonical.encode(entry)).removeprefix("sha256:")
    return f"{entry['id']}@{entry['version']}~{digest[:8]}"


def item(body: Mapping[str, Any], texts: Texts) -> dict[str, Any]:
    """Return an edition whose disclaimers are keys, and put what they stand for into ``texts``."""
    known = {key(entry): entry for entry in body["disclaimers"]}
    texts |= known
    return {**body, "disclaimers": list(known)}


def difference(
    body: Mapping[str, Any], earlier: Mapping[str, Any] | None, texts: Texts
) -> dict[str, Any]:
    """Return what an edition has that is not as it was in an earlier one, None for none.

    Where any text of the article is among it, ``texts`` gets all that the edition owes; else only
    what the earlier one had not.
    """
    same = _same(body, earlier) if earlier else []
    changed = {name: value for name, value in body.items() if name not in same}
    owed = Texts()
    found = item(changed, owed)
    if earlier and not any(name in found for name in FIELDS):
        for entry in earlier["disclaimers"]:
            owed.pop(key(entry), None)
    texts |= owed
    return found | ({"same": same} if same else {})


def _same(body: Mapping[str, Any], earlier: Mapping[str, Any]) -> list[str]:
    names = (name for name in body if name not in ALWAYS and name in earlier)
    return sorted(name for name in names if body[name] == earlier[name])
