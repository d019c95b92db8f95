"""The matrix of articles and places: where which notices stand, what is stale, what is withheld."""

from typing import Any

from flask import Response

from api import caching, jurisdictions, paging
from api.db import session
from api.editorial import Desk, as_of
from content.contexts import Context
from content.editors import READ
from content.errors import NotFound
from content.insights import explained, matrix
from content.insights.matrix import Row
from schemas.insights.matrix import CellQuery, MatrixCellOut, MatrixOut, MatrixQuery

bp = Desk(
    *("Matrix", __name__),
    url_prefix="/v1/insights/matrix",
    description="What becomes of each article in each place.",
)
CELL = ("outcome", "notices", "extra", "raised", "stale", "rule")


@bp.get("")
@bp.needs(READ)
@bp.query(MatrixQuery)
@bp.response(200, MatrixOut)
@bp.doc(operationId="getMatrix", summary="See what becomes of live texts in every place")
def index(query: dict[str, Any]) -> Response:
    """By slug; for one audience and channel, the most careful ones unless others are named."""
    return as_of(listed(query))


@bp.get("/<slug:id>/<locale:locale>")
@bp.needs(READ)
@bp.query(CellQuery)
@bp.response(200, MatrixCellOut)
@bp.doc(operationId="explainMatrix", summary="See why a text is shown as it is in one place")
def show(query: dict[str, Any], id: str, locale: str) -> Response:
    """Every disclaimer that is owed there with the rules that ask for it, or what withholds it."""
    return as_of(explanation(query, id, locale))


def listed(query: dict[str, Any]) -> dict[str, Any]:
    """Return a page of the matrix, as data."""
    limit, only = query["limit"], {name: query.get(name) for name in ("topic", "locale")}
    after = paging.parse_name(query.get("cursor"))
    found = matrix.texts(session(), after, limit + 1, **only)
    reader = {name: query[name] for name in ("audience", "channel")}
    rows = matrix.read(caching.policy_now(), found[:limit], **reader)
    last = found[limit - 1] if len(found) > limit else None
    named = {one["code"]: one for one in jurisdictions.named("")}
    return {
        "sequence": caching.head(),
        **reader,
        "places": [named[code] for code in matrix.places(caching.policy_now())],
        "texts": [_row(row) for row in rows],
        "next": paging.name_cursor(last.slug, last.locale) if last else None,
    }


def explanation(query: dict[str, Any], id: str, locale: str) -> dict[str, Any]:
    """Return one cell of it with its reasons, as data."""
    now = caching.policy_now()
    place = now.atlas.resolve(query["jurisdiction"].upper())
    if place not in matrix.places(now):
        raise NotFound(f"There is nothing known of the place {query['jurisdiction']!r}.")
    context = Context(locale, place, query["audience"], query["channel"])
    return {"sequence": caching.head(), **explained.explain(session(), now, id, context)}


def _row(row: Row) -> dict[str, Any]:
    return {
        **{name: getattr(row.text, name) for name in ("article", "slug", "locale")},
        "common": row.common,
        "outcomes": [
            {**{name: getattr(cell, name) for name in CELL}, "places": codes}
            for cell, codes in row.cells.items()
        ],
    }
