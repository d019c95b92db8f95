"""Requests for keys: who asks to become a partner, to be approved or declined by an admin."""

from typing import Any

from flask import Response, flash

from api import key_requests
from api.console import Console, go, link, page
from api.db import writing
from content.editors import ADMIN
from schemas.partners import RequestQuery

bp = Console("console key requests", __name__, url_prefix="/console/key-requests")
SHOWN = 20  # requests of a page


@bp.get("")
@bp.needs(ADMIN)
@bp.query(RequestQuery)
def index(query: dict[str, Any]) -> Response:
    """What `/v1/key-requests` answers: oldest first."""
    listed = key_requests.listed({**query, "limit": SHOWN})
    return page("key_requests.html", waiting="state" in query, listed=listed)


@bp.post("/<slug:id>/approve")
@bp.needs(ADMIN)
def approve(id: str) -> Response:
    """Make a partner of who asks."""
    with writing() as session:
        made = key_requests.approved(session, id)
        session.commit()
    flash(f"{made.name} is a partner; who has asked takes the key by the address they have.")
    return go(link("console partners.show", id=made.id))


@bp.post("/<slug:id>/decline")
@bp.needs(ADMIN)
def decline(id: str) -> Response:
    """Give no key to who asks."""
    with writing() as session:
        key_requests.declined(session, id)
        session.commit()
    flash("The request is declined; who has asked is told so.")
    return go(link("console key requests.index", state="waiting"))
