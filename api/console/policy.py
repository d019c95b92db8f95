"""The registry: disclaimers and rules, their words, their versions, and where they are used."""

from typing import Any

from flask import Response

from api.console import Console, page
from api.editorial import policy
from content.disclaimers import GROUPS
from content.editors import READ
from content.errors import NotFound
from schemas.policy import RegistryQuery, UseQuery

bp = Console("console policy", __name__, url_prefix="/console/policy")
USED, VERSIONS = 25, 20  # of a page
Item = dict[str, Any]


@bp.get("")
@bp.needs(READ)
@bp.query(RegistryQuery)
def index(query: dict[str, Any]) -> Response:
    """What `/v1/editorial/policy/disclaimer`, or `…/rule`, answers: all that there is."""
    kind, group = query.pop("kind"), query.pop("group", "")
    items = policy.listed(kind, query)["items"]
    asked = {"kind": kind, "group": group, "words": query.get("words", "")}
    found = _by_id(items, group) if kind == "disclaimer" else items
    return page("policy.html", asked=asked, groups=GROUPS, items=found)


@bp.get("/disclaimer/<slug:id>")
@bp.needs(READ)
@bp.query(UseQuery)
def show_disclaimer(query: dict[str, Any], id: str) -> Response:
    """One disclaimer in all its languages, who requires it, which texts owe it."""
    rules = policy.listed("rule", {})["items"]
    return page(
        "disclaimer.html",
        **_item("disclaimer", id, query),
        requiring=[one for one in rules if id in one["data"].get("require", ())],
        raising=[one for one in rules if _raises(one, id)],
    )


@bp.get("/rule/<slug:id>")
@bp.needs(READ)
@bp.query(UseQuery)
def show_rule(query: dict[str, Any], id: str) -> Response:
    """One rule: when it holds, what it does, and which texts have what it looks for."""
    return page("rule.html", **_item("rule", id, query))


def _item(kind: str, id: str, query: dict[str, Any]) -> dict[str, Any]:
    """Return what stands under an id, what stood before, and where it is used."""
    found = policy.listed(kind, {"id": id})["items"]
    versions = policy.versions(kind, {"id": id, "limit": VERSIONS, **_before(query)})
    if not versions["versions"]:
        raise NotFound(f"There was never a {kind} {id!r}.")
    asked = {"id": id, "limit": USED} | ({"cursor": query["cursor"]} if "cursor" in query else {})
    used = policy.used(kind, asked) if found else {"articles": [], "next": None}
    return {"id": id, "items": found, "versions": versions, "used": used, "asked": query}


def _before(query: dict[str, Any]) -> dict[str, int]:
    return {"before": query["before"]} if "before" in query else {}


def _raises(rule: Item, id: str) -> bool:
    return bool((rule["data"].get("raise") or {}).get("disclaimer") == id)


def _by_id(items: list[Item], group: str) -> list[dict[str, Any]]:
    """Return disclaimers, each with its languages; the first with words of its own speaks."""
    found: dict[str, list[Item]] = {}
    for one in items:
        found.setdefault(one["id"], []).append(one)
    known = ((id, [one for one in all if "short" in one["data"]], all) for id, all in found.items())
    return [
        {"id": id, "said": own[0], "items": all}
        for id, own, all in known
        if own and group in ("", own[0]["data"]["group"])
    ]
