"""The log as readers follow it: what changed after a number, oldest first, and nothing missed."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from flask import Response

from api import auth, caching, entries, following, names, paging, responses
from api.db import installation, session
from api.entries import Filter
from api.examples import CHANGES_EXAMPLE
from api.following import Follower, Items
from api.openapi import Slice
from api.paging import Behind
from content import changes
from content.contexts import TEST
from content.editions import Part
from content.errors import Finding, Invalid
from content.models.log import Change
from schemas.changes import INCLUDED, MAX_ITEMS, ChangeListOut, ChangeQuery

bp = Slice("Changes", __name__, url_prefix="/v1/changes", description="The log.")
POLLED = 1  # seconds between two looks of who is in a hurry; no cache may keep an answer longer
OF_EDITIONS = ("locale", "jurisdiction", "audience", "channel", "fields_", "cursor")
KEPT = ("topic", "condition", "type", "include")  # in the link to the next page


@bp.get("")
@bp.query(ChangeQuery)
@bp.response(200, ChangeListOut, example=CHANGES_EXAMPLE)
@bp.doc(operationId="listChanges", summary="Follow what changes, from any number on")
def index(query: dict[str, Any]) -> Response:
    """Dense numbers in commit order: whoever has seen N has missed nothing before it.

    With `include` a page carries the editions of the articles that it names, so that a copy of all
    of them stays in step: follow `links.next`, and put each item in the place of your copy.
    """
    head, query = caching.head(), _read(query)
    _check(query, head)
    wanted = _filter(query)
    if "cursor" in query:
        return _rest(query, wanted, paging.parse_behind(query["cursor"], head))
    found = _look_at(query, head)
    read = entries.read(found)
    shown = [one.describe() for one in read if wanted.shows(one)]
    seen = found[-1].seq if found else query["after"]
    if "carried" not in query:
        return _answer(shown, None, _address(query, seen))
    follower = _follower(query, wanted)
    items = Items(follower)
    items.add_named(one.shown for one in read if one.shown and wanted.is_about(one))
    further = following.begin(follower, found)
    return _answer(shown, items, _address(query, query["after"] if further else seen, further))


def _rest(query: dict[str, Any], wanted: Filter, place: Behind) -> Response:
    """Return a page of the walk over all that a page of changes called for."""
    if place.number <= query["after"]:
        raise Invalid([Finding("cursor", "is of another walk; take it from links.next")])
    items = Items(_follower(query, wanted))
    further = following.rest(items, place, query["limit"])
    after = query["after"] if further else place.number
    return _answer([], items, _address(query, after, further))


def _answer(shown: list[dict[str, Any]], items: Items | None, further: str) -> Response:
    head = caching.head()
    carried = items.describe() if items else {}
    data = {"sequence": head, "changes": shown, **carried, "links": {"next": further}}
    response = responses.of_data(data, sequence=head)
    response.headers["Cache-Control"] = responses.life(POLLED)
    response.headers["Link"] = f'<{further}>; rel="next"'
    if items:
        response.headers.update(items.headers())
        responses.tell_robots(response, *items.indexing())
    return responses.conditional(response)


def _read(query: dict[str, Any]) -> dict[str, Any]:
    """Tell what a page carries (``carried``) from whose editions those are (``include``)."""
    known = (*INCLUDED, TEST)
    found = names.listed(query.get("include"), "include", "value", known) or frozenset()
    carried = found.intersection(INCLUDED)
    if len(carried) > 1:
        raise Invalid([Finding("include", f"names both {' and '.join(INCLUDED)}; give one")])
    read = {name: value for name, value in query.items() if name != "include"}
    if carried:
        read["carried"] = next(iter(carried))
    return read | ({"include": TEST} if TEST in found else {})


def _check(query: dict[str, Any], head: int) -> None:
    if query["after"] > head:
        message = f"is from the future; the newest number is {head}"
        raise Invalid([Finding("after", message)])
    if "carried" in query and query["limit"] > MAX_ITEMS:
        raise Invalid([Finding("limit", f"is at most {MAX_ITEMS} with editions")])
    for name in OF_EDITIONS if "carried" not in query else ():
        if name in query:
            message = "goes with 'include=editions': the log itself is the same for everybody"
            raise Invalid([Finding(name.rstrip("_"), message)])


def _filter(query: dict[str, Any]) -> Filter:
    types = names.listed(query.get("type"), "type", "type", changes.SUBJECTS)
    tags: dict[str, str] = {kind: query[kind] for kind in ("topic", "condition") if kind in query}
    return Filter(types, tags, has_items="carried" in query)


def _look_at(query: dict[str, Any], head: int) -> Sequence[Change]:
    """Return what comes next; a reader who has seen all costs no query."""
    if query["after"] == head:
        return []
    further = changes.select_after(query["after"], head).limit(query["limit"])
    return session().scalars(further).all()


def _follower(query: dict[str, Any], wanted: Filter) -> Follower:
    differences = query["carried"] == "differences"
    part = Part(fields=names.fields(query))
    return Follower(auth.context(query), part, wanted, query["after"], differences)


def _address(query: dict[str, Any], after: int, place: Behind | None = None) -> str:
    """Return where to go on; for editions with the whole context, which nobody has to know."""
    base = installation().settings.public_url
    asked = {"after": after, "limit": query["limit"]}
    asked |= {name: query[name] for name in KEPT if name in query}
    if "carried" not in query:
        return f"{base}/v1/changes?{urlencode(asked, safe=',')}"
    context = auth.context(query)
    asked["include"] = following.include(query["carried"], context)
    asked |= {"cursor": str(place)} if place else {}
    reader = f"{following.reader(context)}{names.of_fields(query)}"
    return f"{base}/v1/changes?{urlencode(asked, safe=',')}&{reader}"
