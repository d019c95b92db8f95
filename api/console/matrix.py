"""The matrix: live texts and all places, with what becomes of each there; one cell explained."""

from typing import Any

from flask import Response

from api import insights, matrix
from api.console import Console, page
from content.contexts import AUDIENCES, CHANNELS
from content.editors import READ
from content.insights.matrix import OUTCOMES
from schemas.insights.matrix import CellQuery, MatrixQuery

bp = Console("console matrix", __name__, url_prefix="/console/matrix")
ASKED = ("topic", "locale", "audience", "channel")


@bp.get("")
@bp.needs(READ)
@bp.query(MatrixQuery)
def index(query: dict[str, Any]) -> Response:
    """What `/v1/insights/matrix` answers: a row for each text, a column for each place."""
    listed = matrix.listed(query)
    return page(
        "matrix.html",
        asked={name: query.get(name, "") for name in ASKED},
        is_first="cursor" not in query,
        listed=listed,
        rows=[(text, _cells(text, listed["places"])) for text in listed["texts"]],
        topics=insights.corpus_now()["topics"],
        **_choices(),
    )


@bp.get("/<slug:id>/<locale:locale>")
@bp.needs(READ)
@bp.query(CellQuery)
def show(query: dict[str, Any], id: str, locale: str) -> Response:
    """What `/v1/insights/matrix/{id}/{locale}` answers: why a text is shown as it is there."""
    cell = matrix.explanation(query, id, locale)
    return page("cell.html", cell=cell, **_choices())


def _choices() -> dict[str, Any]:
    return {"audiences": AUDIENCES, "channels": CHANNELS, "outcomes": OUTCOMES}


def _cells(text: dict[str, Any], places: list[dict[str, str]]) -> list[tuple[str, str, str]]:
    """Return code and name of each place, and the outcome there, in the order of the places."""
    found = {code: one["outcome"] for one in text["outcomes"] for code in one["places"]}
    return [(one["code"], one["name"], found[one["code"]]) for one in places]
