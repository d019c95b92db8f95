"""The pages at which anybody asks for a key; they need no script, and set no cookie.

Nobody is written to: who asks keeps the address at which the answer will be, and takes the key
there. The address holds a secret, so no cache keeps it and no other page learns it.
"""

from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, Response, render_template, request
from sqlalchemy.orm import Session

from api import caching, errors, responses
from api.db import installation, now, session, writing
from api.front import STYLE
from content import credentials, key_requests
from content import partners as takers
from content.contexts import AUDIENCES, CHANNELS
from content.editorial import audit
from content.errors import Conflict, Finding, Invalid, NotFound

bp = Blueprint("key pages", __name__, url_prefix="/keys")
LINES = tuple(name for name in key_requests.ASKED if name != "domains")  # of the form
LONGEST = 5000  # characters of a field that are shown again
POLICY = responses.page_policy(STYLE).replace("form-action 'none'", "form-action 'self'")
ALONE = {
    "Cache-Control": "no-store",
    "X-Robots-Tag": "noindex, nofollow, noarchive",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Content-Security-Policy": f"{POLICY}; frame-ancestors 'none'",
}


@bp.get("")
def form() -> Response:
    """The page that asks who wants a key, and what for."""
    return _form({}, [], 200)


@bp.post("")
def ask() -> Response:
    """Take a request; what is wrong is said beside its field, and nothing typed is lost."""
    sent = {name: value.strip() for name, value in request.form.items()}
    said, pepper = (_facts(sent), sent.get("purpose", ""), _terms(sent)), installation().pepper
    try:
        with writing() as session:
            made, claim = key_requests.create(session, *said, pepper=pepper, now=now())
            _note(session, "key-request.add", ("key-request", made.id))
            session.commit()
    except Invalid as error:
        return _form(sent, error.findings, 422)
    except Conflict as error:
        return _form(sent, [Finding("", str(error))], 409)
    folder = urlsplit(installation().settings.public_url).path
    there = {"Location": f"{folder}/keys/requests/{claim}"}
    return _alone(Response(status=303, headers=there))


@bp.get("/requests/<claim>")
def look(claim: str) -> Response:
    """What became of a request, for who has its claim."""
    return _look(claim, 200)


@bp.post("/requests/<claim>")
def take(claim: str) -> Response:
    """Show the key, once; afterwards the page says that it was shown."""
    pepper = installation().pepper
    try:
        with writing() as session:
            found = key_requests.claimed(session, claim, pepper=pepper)
            made, key = key_requests.take(session, found, pepper=pepper, now=now())
            _note(session, "partner-key.add", ("partner-key", made.id), credentials.described(made))
            session.commit()
    except (NotFound, Conflict):
        return _look(claim, 409)
    return _page("key_request.html", asked=found, state="shown", key=key)


def _look(claim: str, status: int) -> Response:
    try:
        found = key_requests.claimed(session(), claim, pepper=installation().pepper)
    except NotFound:
        return _page("key_request.html", 404, state="unknown")
    return _page("key_request.html", status, asked=found, state=key_requests.state(found))


def _facts(sent: dict[str, str]) -> dict[str, Any]:
    facts: dict[str, Any] = {name: sent[name] for name in LINES if sent.get(name)}
    return {**facts, "domains": sent.get("domains", "").lower().split()}


def _terms(sent: dict[str, str]) -> int:
    said = sent.get("terms", "")
    return int(said) if said.isascii() and said.isdigit() and len(said) < 16 else 0


def _form(sent: dict[str, str], findings: list[Finding], status: int) -> Response:
    wrong = {one.pointer.strip("/").partition("/")[0]: one.message for one in reversed(findings)}
    facts = {
        "audiences": AUDIENCES,
        "channels": CHANNELS,
        "version": takers.terms_version(session()),
        "sent": {name: value[:LONGEST] for name, value in sent.items()},
    }
    return _page("keys.html", status, wrong=wrong, **facts)


def _page(template: str, status: int = 200, **facts: Any) -> Response:
    site, base = caching.policy_now().site, installation().settings.public_url
    text = render_template(template, site=site, base=base, style=STYLE, **facts)
    return _alone(Response(text, status=status, mimetype=responses.HTML))


def _alone(response: Response) -> Response:
    response.headers.update(ALONE)
    return response


def _note(
    session: Session, act: str, about: tuple[str, str], detail: dict[str, Any] | None = None
) -> None:
    request_id = errors.request_id()
    audit.note(session, act, about, by="key page", now=now(), detail=detail, request_id=request_id)
