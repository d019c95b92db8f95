"""Who calls: ``Authorization: Bearer <key>``, looked up once for each request.

Every blueprint's guard stands in ``GUARDS``; one that is missing there is closed. A key that is not
valid is refused everywhere, also where none is needed: a partner must not be served by accident as
somebody else.
"""

from dataclasses import replace
from typing import Any

from flask import Flask, Response, current_app, g, request

from api import names
from api.db import installation, now, session, writing
from api.errors import problem
from content import contexts, credentials
from content.contexts import TEST, Context
from content.credentials import Caller
from content.errors import Finding, Invalid
from content.models.access import Partner
from schemas.contexts import LEFT_OUT

OPEN = "open"  # for everybody
DELIVERY = "delivery"  # with a key, or for everybody when the setting says so
CALLER = "caller"  # only with a key or token
EDITOR = "editor"  # only with an editor's token that has the scope which the view declares
GUARDS = {
    "Articles": DELIVERY,
    "Break glass": EDITOR,
    "Audit": EDITOR,
    "Changes": DELIVERY,
    "Comments": EDITOR,
    "Desk": EDITOR,
    "Diffs": DELIVERY,
    "Disclaimers": DELIVERY,
    "Drafts": EDITOR,
    "Editors": EDITOR,
    "Embeds": DELIVERY,
    "Embed files": OPEN,
    "Feeds": DELIVERY,
    "Frames": DELIVERY,
    "Imports": EDITOR,
    "Jurisdictions": DELIVERY,
    "Policy": EDITOR,
    "Previews": EDITOR,
    "Releases": EDITOR,
    "Rules": DELIVERY,
    "Seen previews": OPEN,  # to whoever has a signed address
    "Snapshot": DELIVERY,
    "snippets": DELIVERY,
    "Sources": EDITOR,
    "Tasks": EDITOR,
    "Topics": DELIVERY,
    "Undoing": EDITOR,
    "Me": CALLER,
    "Meta": OPEN,
    "Metrics": EDITOR,
    "front": OPEN,
    "swagger_ui": OPEN,
}


def init_app(app: Flask) -> None:
    """Guard every request of the app."""
    app.before_request(_guard)


def caller() -> Caller | None:
    """Return who calls, or None."""
    found: Caller | None = g.get("caller")
    return found


def may_read() -> bool:
    """Return whether this caller is served articles at all."""
    return caller() is not None or installation().settings.flag("open_delivery")


def is_open() -> bool:
    """Return whether a shared cache may keep the answer to this request."""
    return caller() is None


def context(asked: dict[str, str]) -> Context:
    """Return the context of this request: what was asked for, with what the key fixes.

    Test articles are meant only where the setting says that there are any. Raise ``Invalid`` when
    the request asks for another audience or channel than the key's.
    """
    found = contexts.parse(
        locale=asked.get("locale"),
        jurisdiction=asked.get("jurisdiction"),
        audience=asked.get("audience"),
        channel=asked.get("channel"),
    )
    included = names.listed(asked.get("include"), "include", "value", LEFT_OUT)
    test = TEST in (included or ()) and installation().settings.flag("sandbox")
    found = replace(found, test=test)
    known = caller()
    return _fixed(found, asked, known.partner) if known and known.partner else found


def _fixed(found: Context, asked: dict[str, str], partner: Partner) -> Context:
    fixed: dict[str, Any] = {"audience": partner.audience, "channel": partner.channel}
    for name, value in fixed.items():
        if asked.get(name, value) != value:
            raise Invalid([Finding(name, f"is fixed to {value!r} by your key; leave it out")])
    given: dict[str, Any] = {name: getattr(partner, name) for name in ("locale", "jurisdiction")}
    filled = {name: value for name, value in given.items() if value and name not in asked}
    return replace(found, **fixed, **filled)


def _guard() -> Response | None:
    if request.method == "OPTIONS":
        return None  # browsers ask without the key whether they may send it
    guard = GUARDS.get(request.blueprint or "front", CALLER)
    header = request.headers.get("Authorization")
    if header is not None:
        g.caller = _find(header)
        if g.caller is None:
            return _refuse("The key is not valid.")
        _note_use(g.caller)
    if guard == EDITOR and caller():
        return _guard_desk()
    if guard == OPEN or caller() or (guard == DELIVERY and may_read()):
        return None
    return _refuse("This address needs a key.")


def _guard_desk() -> Response | None:
    """Let an editor pass whose token has the scope of the view; one without a scope is closed."""
    known, view = caller(), current_app.view_functions[request.endpoint or ""]
    scope = getattr(view, "scope", None)
    if known and known.editor and scope in known.scopes:
        return None
    needs = f"It needs an editor's token with the scope {scope!r}." if scope else "It is closed."
    return problem("forbidden", needs)


def _find(header: str) -> Caller | None:
    scheme, _, secret = header.partition(" ")
    if scheme.lower() != "bearer" or not 10 < len(secret) < 200:
        return None
    pepper = installation().pepper
    return credentials.find_caller(session(), secret.strip(), pepper=pepper, now=now())


def _note_use(known: Caller) -> None:
    """Remember when an editor's token was used, to the minute, so that unused ones are found."""
    if known.editor and not credentials.is_noted(known.credential, now()):
        with writing() as session:
            credentials.note_use(session, known.credential, now=now())
            session.commit()


def _refuse(detail: str) -> Response:
    return problem("unauthorized", detail, headers={"WWW-Authenticate": 'Bearer realm="caveat"'})
