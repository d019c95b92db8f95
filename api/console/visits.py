"""Visits: where somebody is signed in, to be ended one by one; and the way out."""

from flask import Response, flash
from sqlalchemy.orm import Session

from api import visits
from api.console import Console, go, link, page
from api.console.signing_in import note
from api.db import now, session, writing
from api.editorial import acting
from content import visits as known
from content.editors import READ
from content.visits import Visitor

bp = Console("console visits", __name__, url_prefix="/console")


@bp.get("/visits")
@bp.needs(READ)
def index() -> Response:
    """In which browsers somebody is signed in, this one marked."""
    found = known.of(session(), acting(), now())
    return page("visits.html", visits=found, mine=_mine().visit.id)


@bp.post("/visits/<slug:id>/end")
@bp.needs(READ)
def end(id: str) -> Response:
    """Sign out somewhere else, or here."""
    with writing() as session:
        _end(session, id)
        session.commit()
    flash("That browser is signed out.")
    return _leave() if id == _mine().visit.id else go(link("console visits.index"))


@bp.post("/sign-out")
@bp.needs(READ)
def sign_out() -> Response:
    """Sign out here."""
    with writing() as session:
        _end(session, _mine().visit.id)
        session.commit()
    flash("You are signed out.")
    return _leave()


def _end(session: Session, id: str) -> None:
    visit = known.end(session, acting(), id)
    note(session, "visit.end", visit, _mine().caller)


def _leave() -> Response:
    response = go(link("signing in.form"))
    visits.forget(response)
    return response


def _mine() -> Visitor:
    """Return this visit; the guard has made sure that there is one."""
    found = visits.visitor()
    if found is None:
        raise RuntimeError("a page of the console without a guard")
    return found
