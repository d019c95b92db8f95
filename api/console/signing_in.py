"""Signing in: an editor's token is exchanged for a visit, which only this browser has.

Whoever was signed out while they wrote loses nothing: the form that they sent comes along through
the sign-in (:mod:`api.console.kept`) and is shown again, to be sent.
"""

from typing import Any

from flask import Flask, Response, current_app, request
from sqlalchemy.orm import Session

from api import errors, visits
from api.console import THEME_COOKIE, THEMES, Console, go, is_safe, kept, link, page
from api.console.kept import Fields
from api.db import installation, now, session, writing
from api.leases import Alone, Shared
from api.responses import MAX_BODY
from api.settings import Settings
from api.throttle import Throttle
from content import credentials
from content import visits as known
from content.credentials import Caller
from content.editorial import audit
from content.editors import READ
from content.models.access import Visit
from content.visits import Visitor

bp = Console("signing in", __name__, url_prefix="/console")
AROUND = 64 * 1024  # bytes of this form around another one that comes along in it
YEAR = 365 * 24 * 60 * 60  # seconds
WRONG = "This token opens nothing here. It may be mistyped, revoked, past its end, or not to read."
OFTEN = "That was tried too often. Wait a minute, then try again."
READABLE = (
    "What is sent to this address can be read on its way, so nobody signs in here. Whoever runs "
    "the installation gives it an https address, or opens the console on its own machine."
)


def init_app(app: Flask, settings: Settings) -> None:
    """Count who tries to sign in."""
    lessor = Shared(settings.redis_url) if settings.redis_url else Alone()
    app.extensions["caveat-throttle"] = Throttle(lessor, app.extensions["caveat"].pepper)


@bp.get("/sign-in")
def form() -> Response:
    """The page on which an editor's token is given."""
    if visits.recognise():
        return go(_next())
    return ask([], wrong="" if visits.is_private() else READABLE)


@bp.post("/sign-in")
def sign_in() -> Response:
    """Begin a visit; one that this browser had ends."""
    request.max_content_length = request.max_form_memory_size = MAX_BODY + AROUND
    if not visits.is_from_here():
        return errors.problem("forbidden", _stranger())
    fields, address = kept.carried(), request.remote_addr or ""
    if not _throttle().take(address):
        return _wait(ask(fields, 429, wrong=OFTEN))
    if (caller := _caller()) is None:
        return ask(fields, 403, wrong=WRONG)
    _throttle().give_back(address)
    secret = _begin(caller)
    response = page("send_again.html", fields=fields, action=_next()) if fields else go(_next())
    visits.remember(response, secret)
    return response


@bp.post("/theme")
def choose_theme() -> Response:
    """Show pages light, dark, or as the system is; remembered in this browser."""
    if not visits.is_from_here():
        return errors.problem("forbidden", _stranger())
    response, theme = go(_next()), request.form.get("theme", "")
    if theme in THEMES:
        facts: dict[str, Any] = {"secure": visits.is_https(), "samesite": visits.LAX}
        response.set_cookie(THEME_COOKIE, theme, max_age=YEAR, **facts)
    return response


def ask(fields: Fields, status: int = 200, *, wrong: str = "", next: str = "") -> Response:
    """Return the page that asks for a token; ``fields`` of the form at ``next`` come along."""
    facts = {"wrong": wrong, "fields": fields, "prefix": kept.PREFIX, "next": next or _next()}
    return page("sign_in.html", status, **facts)


def _caller() -> Caller | None:
    """Return the editor whose token was typed; every page shows what who reads may see."""
    token, pepper = request.form.get("token", "").strip(), installation().pepper
    found = credentials.find_caller(session(), token, pepper=pepper, now=now())
    return found if found and READ in found.scopes else None


def _begin(caller: Caller) -> str:
    """Sign an editor in; return the secret of the visit. One that the browser had is over."""
    before, agent = visits.recognise(), request.headers.get("User-Agent", "")
    token, pepper = caller.credential, installation().pepper
    with writing() as session:
        if before and before.caller.editor:
            known.end(session, before.caller.editor, before.visit.id)
        visit, secret = known.begin(session, token, agent, pepper=pepper, now=now())
        credentials.note_use(session, token, now=now())
        note(session, "visit.begin", visit, caller, instead_of=before.visit.id if before else None)
        session.commit()
    visits.welcome(Visitor(visit, caller))
    return secret


def note(session: Session, act: str, visit: Visit, caller: Caller, **detail: Any) -> None:
    """Note in the audit that a visit begins or ends."""
    audit.note(
        session,
        act,
        ("visit", visit.id),
        by=caller.editor.id if caller.editor else "",
        now=now(),
        detail={"token": caller.credential.id, **detail},
        request_id=errors.request_id(),
    )


def _next() -> str:
    """Return where to go afterwards: a page of the console, never one of another site."""
    asked = request.values.get("next", "")
    return asked if is_safe(asked) else link("console desk.show")


def _wait(response: Response) -> Response:
    response.headers["Retry-After"] = str(_throttle().retry_after())
    return response


def _throttle() -> Throttle:
    found: Throttle = current_app.extensions["caveat-throttle"]
    return found


def _stranger() -> str:
    return f"This form was not sent from {installation().settings.public_url}/console."
