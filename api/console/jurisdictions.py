"""Jurisdictions: what is known of places, how old that is, and where it is from."""

from typing import Any

from flask import Response

from api import insights
from api.console import Console, page
from api.db import now
from api.editorial import policy
from content.editors import READ
from content.errors import NotFound
from content.insights.facts import KINDS
from schemas.fields import Query
from schemas.insights.facts import FactsQuery

bp = Console("console jurisdictions", __name__, url_prefix="/console/jurisdictions")
STATES_OF = "US"
SORTS = {"place": "Place", "as_of": "Checked", "recheck_by": "Due"}  # what is said of each order


@bp.get("")
@bp.needs(READ)
@bp.query(FactsQuery)
def index(query: dict[str, Any]) -> Response:
    """What `/v1/insights/facts` answers: the world in one table, the United States in another."""
    kind = query.get("kind", "law")
    found = insights.known_facts({**query, "kind": kind})
    states = [one for one in found["facts"] if one["code"].partition("-")[0] == STATES_OF]
    world = [one for one in found["facts"] if one not in states]
    asked = {"kind": kind, "sort": query["sort"]}
    tables = {"The world": world, "The United States": states}
    return page("jurisdictions.html", asked=asked, kinds=KINDS, sorts=SORTS, tables=tables)


@bp.get("/<place:code>")
@bp.needs(READ)
@bp.query(Query)
def show(query: dict[str, Any], code: str) -> Response:
    """What `/v1/editorial/policy/jurisdiction?code=` answers: all facts of one place."""
    items = policy.listed("jurisdiction", {"code": code})["items"]
    known = {item["fact"]: item for item in items}
    if "place" not in known:
        raise NotFound(f"There is nothing known of the place {code!r}.")
    place, today = known.pop("place"), now().date().isoformat()
    return page("jurisdiction.html", place=place, facts=[*known.values()], today=today)
