"""What a publisher does about a recall: start one, note a confirmation, end it early."""

from typing import Any

from flask import Response, flash, request

from api.console import Console, forms, go, link, page
from api.db import session, writing
from api.editorial import articles as desk
from api.editorial import recalls
from content import articles
from content.editors import PUBLISH
from content.errors import Finding, Invalid, NotFound
from content.recalls import RECALL, opening
from schemas.recall_forms import StartForm, StartQuery
from schemas.recalls import CloseIn, ConfirmForIn

bp = Console("console recall acts", __name__, url_prefix="/console/recalls")
Data = dict[str, Any]


@bp.get("/start")
@bp.needs(PUBLISH)
@bp.query(StartQuery)
def choose(query: Data) -> Response:
    """Which article, then a form that says what will happen."""
    return _form({"notice": "", "reason": "", "hours": opening.HOURS, **query}, [])


@bp.post("/start")
@bp.needs(PUBLISH)
def start() -> Response:
    """Withdraw it and open the recall, or say beside the fields what is wrong."""
    try:
        made = _start(forms.read(StartForm))
    except Invalid as error:
        return _form(request.form.to_dict(), error.findings, 422)
    flash("The recall is open. Below is how far everybody is.")
    return go(link("console recalls.show", id=made))


@bp.post("/<slug:id>/confirm")
@bp.needs(PUBLISH)
@bp.form(ConfirmForIn)
def confirm(form: Data, id: str) -> Response:
    """Note that a partner's copies are gone, and how we know."""
    with writing() as session:
        recalls.confirmed(session, id, form)
        session.commit()
    flash("The confirmation is noted.")
    return go(link("console recalls.show", id=id))


@bp.post("/<slug:id>/close")
@bp.needs(PUBLISH)
@bp.form(CloseIn)
def close(form: Data, id: str) -> Response:
    """End it before everybody has confirmed; the article stays down."""
    with writing() as session:
        recalls.closed(session, id, form["reason"])
        session.commit()
    flash("The recall is closed. The article stays down.")
    return go(link("console recalls.show", id=id))


def _start(form: Data) -> str:
    """Do what a form asks for, and return the recall's id."""
    facts = {name: form[name] for name in ("notice", "reason", "hours", "everyone", "drill")}
    body = {**facts, "status": "withdrawn", "replacement": None, "severity": RECALL}
    with writing() as session:
        article = articles.identify(session, form["slug"])
        _, made = desk.withdrawn(session, article, **body)
        session.commit()
    return str(made)


def _form(asked: Data, findings: list[Finding], status: int = 200) -> Response:
    """Return the form; what is wrong stands beside its field, the rest above."""
    slug, wrong = asked.get("slug", ""), {one.pointer.strip("/"): one.message for one in findings}
    found = None
    try:
        found = desk.described(session(), articles.identify(session(), slug)) if slug else None
    except NotFound:
        wrong["slug"] = "No article has this slug. Look it up among the articles."
    facts = {"asked": asked, "article": found, "wrong": wrong}
    return page("recall_start.html", status, **facts, longest=opening.LONGEST_HOURS)
