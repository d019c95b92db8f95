"""Who calls: ``Authorization: Bearer <key>``, looked up once for each request.

Every blueprint's guard stands in :mod:`api.guards`; one that has none answers nobody. A key that
is not valid is refused everywhere, also where none is needed: a partner must not be served by
accident as somebody else. An account key is a secret, so no page may send it; a site key is none,
so it opens delivery and nothing else. The console is opened by a visit (:mod:`api.visits`) instead,
and by no key or token; the API by no visit.
"""

from collections.abc import Collection
from dataclasses import replace
from typing import Any

from flask import Flask, Response, current_app, g, request

from api import names, visits
from api.db import installation, now, session, writing
from api.errors import problem
from api.guards import ACCOUNT, CONSOLE, DELIVERY, EDITOR, GUARDS, OPEN
from content import contexts, credentials, partners
from content.contexts import TEST, Context
from content.credentials import Caller
from content.errors import Finding, Invalid
from content.models.access import Partner
from schemas.contexts import LEFT_OUT


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


def entitled() -> frozenset[str] | None:
    """Return the topics of which an article needs one for this caller's key to open it; None: any.

    Test articles are to develop against, whatever a partner's topics are.
    """
    known = caller()
    topics = known.partner.topics if known and known.partner else None
    return None if topics is None else frozenset([*topics, TEST])


def opens(topics: Collection[str]) -> bool:
    """Return whether this caller's key opens an article on these topics."""
    wanted = entitled()
    return wanted is None or not wanted.isdisjoint(topics)


def is_for_everybody() -> bool:
    """Return whether the address that was asked for has the same answer with a key and without."""
    return _guard_here() == OPEN


def is_editor() -> bool:
    """Return whether an editor calls."""
    known = caller()
    return known is not None and known.editor is not None


def is_delivery() -> bool:
    """Return whether delivery was asked for; what has no guard is not of it."""
    return GUARDS.get(request.blueprint or "front") == DELIVERY


def is_token(header: str) -> bool:
    """Return whether ``Authorization`` has an editor's token, by its form."""
    return header.partition(" ")[2].strip().startswith(f"{credentials.PREFIXES[None]}_")


def fixes() -> tuple[object, ...]:
    """Return all of this caller that an answer of delivery depends on: not who it is.

    Partners for whom this is the same are given the same answers.
    """
    known = caller()
    if known is None or known.partner is None:
        return ()
    one = known.partner
    topics = None if one.topics is None else tuple(sorted(one.topics))
    return one.audience, one.channel, one.locale, one.jurisdiction, topics


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
    guard = _guard_here()
    header = request.headers.get("Authorization")
    if header is not None and (refused := _identify(header, guard)):
        return refused
    if guard == CONSOLE:
        return _guard_console()
    if guard in (EDITOR, ACCOUNT) and caller():
        return _guard_desk() if guard == EDITOR else _guard_account()
    if guard == OPEN or caller() or (guard == DELIVERY and may_read()):
        return None
    return _refuse("This address needs a key.")


def _guard_here() -> str:
    return GUARDS[request.blueprint or "front"]


def _identify(header: str, guard: str) -> Response | None:
    """Find out who calls; return why it is refused, if it is."""
    g.caller = known = _find(header)
    if known is None:
        return _refuse("The key is not valid.")
    if known.partner and (refused := _refuse_key(known, known.partner, guard)):
        return refused
    _note_use(known)
    return None


def _guard_account() -> Response | None:
    known = caller()
    if known and known.partner:
        return None
    return problem("forbidden", "It needs a partner's account key.")


def _refuse_key(known: Caller, partner: Partner, guard: str) -> Response | None:
    """Refuse a key where it should not be: a secret one in a page, a public one elsewhere."""
    if partner.suspended_at:
        return problem("forbidden", "The partner is suspended; ask who runs this installation.")
    origin = request.headers.get("Origin")
    if not known.is_site:
        told = "A page has sent an account key. Use a site key there, and revoke this one."
        return problem("secret-in-page", told) if origin is not None else None
    if guard not in (OPEN, DELIVERY) or request.method not in ("GET", "HEAD"):
        return problem("forbidden", "A site key reads articles, and does nothing else.")
    if origin is not None and not partners.may_stand_at(partner, origin):
        return problem("forbidden", f"This site key is not for pages of {origin[:100]!r}.")
    return None


def _guard_desk() -> Response | None:
    """Let an editor pass whose token has the scope of the view; one without a scope is closed."""
    known, view = caller(), current_app.view_functions[request.endpoint or ""]
    scope = getattr(view, "scope", None)
    if known and known.editor and scope in known.scopes:
        return None
    needs = f"It needs an editor's token with the scope {scope!r}." if scope else "It is closed."
    return problem("forbidden", needs)


def _guard_console() -> Response | None:
    """Let an editor pass who is signed in in this browser; believe a form only from our pages."""
    is_form = request.method not in ("GET", "HEAD")
    if is_form and not visits.is_from_here():
        return problem("forbidden", "This form was not sent from a page of this console.")
    found = visits.recognise()
    g.caller = found.caller if found else None
    if found is None:
        return _refuse("You are not signed in.")
    if is_form and not visits.has_token():
        return problem(
            "forbidden", "This form is of an earlier visit. Look at it, and send it again."
        )
    return _guard_desk()


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
