"""Errors: every one, also of unmatched URLs, is an RFC 9457 problem made in this one file.

Domain errors find their problem in ``TABLE``; the types themselves are in ``api/problems.py``.
A problem about an article says what to do with a copy (``your_copy``) and keeps the help.
"""

import logging
import re
import uuid
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, urlsplit

from flask import Flask, Response, g, request
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException

from api import surrogates
from api.db import installation
from api.problems import PROBLEMS
from content import canonical, errors, signing
from content.contexts import nearest
from content.db import SchemaMismatch
from content.errors import Finding
from content.helplines import generic

MIMETYPE = "application/problem+json"
log = logging.getLogger("caveat")


TABLE: dict[type[errors.CaveatError], str] = {
    errors.NotFound: "not-found",
    errors.Conflict: "conflict",
    errors.Outdated: "conflict",
    errors.Ended: "conflict",
    errors.Forbidden: "forbidden",
    errors.Illegal: "illegal-transition",
    errors.Stale: "precondition-failed",
    errors.Gone: "gone",
    errors.NotEntitled: "not-entitled",
    errors.Over: "preview-over",
    errors.Unresolvable: "unresolvable",
    signing.KeyMissing: "unavailable",
    SchemaMismatch: "unavailable",
}
SHORT_LIFE = 10  # seconds that caches may keep a refusal
RETRY_AFTER = 5  # seconds until it is worth to ask again after a 503
MAX_ERRORS = 20  # that one problem lists
MAX_FINDINGS = 200  # that it lists about a whole text
MAX_INSTANCE = 500  # characters of the address that a problem repeats


def init_app(app: Flask) -> None:
    """Register the handlers on the app, so that unmatched URLs and 405 get the same shape."""
    app.register_error_handler(errors.Invalid, _invalid)
    app.register_error_handler(errors.Unfinished, _unfinished)
    app.register_error_handler(errors.Moved, _moved)
    app.register_error_handler(errors.Withheld, _withheld)
    app.register_error_handler(errors.NotEntitled, _domain)
    app.register_error_handler(errors.CaveatError, _domain)
    app.register_error_handler(DBAPIError, _database)
    app.register_error_handler(PoolTimeout, _database)
    app.register_error_handler(HTTPException, _http)
    app.before_request(_number_request)


def problem(
    kind: str, detail: str, *, headers: dict[str, str] | None = None, **more: Any
) -> Response:
    """Return a problem response of a type from ``PROBLEMS``."""
    known = PROBLEMS[kind]
    base = installation().settings.public_url
    body: dict[str, Any] = {
        "type": f"{base}/problems/{kind}",
        "title": known.title,
        "status": known.status,
        "detail": detail,
        "instance": _instance(),
        "request_id": request_id(),
        "docs": f"{base}/docs",
        **({"your_copy": known.your_copy} if known.your_copy else {}),
        **more,
    }
    if known.status >= 500 and "help" not in body:
        body["help"] = generic()
    response = Response(canonical.encode(body), status=known.status, mimetype=MIMETYPE)
    response.headers["Cache-Control"] = life_of_refusal(known.status)
    if known.status == 503:
        response.headers["Retry-After"] = str(RETRY_AFTER)
    response.headers.update(headers or {})
    return response


def request_id() -> str:
    """Return the id of this request, for problems and logs."""
    return str(g.get("request_id", ""))


def bad_request(findings: list[Finding]) -> Response:
    """Return a 400 that names each parameter and its fix."""
    return _refused("bad-request", findings, MAX_ERRORS)


def _refused(kind: str, findings: list[Finding], most: int) -> Response:
    first = findings[0]
    detail = f"{first.pointer} {first.message}".strip()
    if len(findings) > most:
        detail += f" ({len(findings)} errors; {most} are listed)"
    return problem(kind, detail, errors=_errors(findings[:most]))


def _instance() -> str:
    """Return the address that was asked for as the URI reference that RFC 9457 wants."""
    return quote(request.path, safe="/:@!$&'()*+,;=~")[:MAX_INSTANCE]


def life_of_refusal(status: int) -> str:
    """Return the ``Cache-Control`` of a refusal: short, and nothing for what may pass."""
    if status in (308, 404, 410, 451):
        scope = "private" if request.headers.get("Authorization") else "public"
        return f"{scope}, max-age={SHORT_LIFE}"
    return "no-store"


def _number_request() -> None:
    g.request_id = uuid.uuid4().hex


def _errors(findings: list[Finding]) -> list[dict[str, str]]:
    return [
        {"pointer": f.pointer, "detail": f.message, **({"id": f.id} if f.id else {})}
        for f in findings
    ]


def _invalid(error: errors.Invalid) -> Response:
    """Refuse a malformed question with 400, and content that is sent with 422."""
    if request.method in ("GET", "HEAD"):
        return bad_request(error.findings)
    return _refused("invalid", error.findings, MAX_FINDINGS)


def _unfinished(error: errors.Unfinished) -> Response:
    """Refuse to show what is kept here, whatever the method: the question was right."""
    return _refused("invalid", error.findings, MAX_FINDINGS)


def _moved(error: errors.Moved) -> Response:
    start = request.path.index("/", len("/v1/")) + 1  # of the slug in /v1/articles/{slug}
    end = start + len(re.split(r"[./]", request.path[start:])[0])
    query = f"?{request.query_string.decode()}" if request.query_string else ""
    prefix = urlsplit(installation().settings.public_url).path
    target = prefix + request.path[:start] + error.slug + request.path[end:] + query
    response = Response(status=308, headers={"Location": target})
    response.headers["Cache-Control"] = life_of_refusal(308)
    return response


def _withheld(error: errors.Withheld) -> Response:
    _note(error)
    kind = "withheld-by-law" if error.status == 451 else "withheld-for-audience"
    link = {"Link": f'<{error.authority}>; rel="blocked-by"'} if error.authority else {}
    return problem(kind, str(error), headers=link, help=error.help)


def _domain(error: errors.CaveatError) -> Response:
    _note(error)
    kind = TABLE.get(type(error), "internal-error")
    if kind == "unresolvable" and request.method not in ("GET", "HEAD"):
        kind = "invalid"  # what would be so: nothing was changed
    more: dict[str, Any] = {"help": error.help} if isinstance(error, errors.Refusal) else {}
    if isinstance(error, errors.Illegal):
        more["legal"] = error.legal
    if isinstance(error, errors.Stale):
        more["version"] = error.version
    if isinstance(error, errors.Gone):
        more |= {"reason": error.reason, "notice": error.notice, "replacement": error.replacement}
    if PROBLEMS[kind].status >= 500:
        log.error("%s: %s (request %s)", kind, error, request_id())
    return problem(kind, str(error), **more)


def _note(error: errors.CaveatError) -> None:
    """Note which article is refused: only what changes that one changes the refusal."""
    if isinstance(error, errors.Refusal) and error.about:
        surrogates.note(error.about[0])


def _database(error: Exception) -> Response:
    if not g.get("is_of_replica"):  # else the replica tells so, and the database is asked
        log.error("the database failed: %s (request %s)", type(error).__name__, request_id())
    return problem("unavailable", "The database cannot be reached.")


def _http(error: HTTPException) -> Response:
    """Turn what Flask, Werkzeug and webargs raise into problems, with their headers kept."""
    data = getattr(error, "data", {})  # webargs puts there what it found wrong
    for place, find in (("query", query_findings), ("json", body_findings)):
        if place in data.get("messages", {}):
            return bad_request(find(data["messages"][place], data.get("schema")))
    if error.response is not None and isinstance(error.response, Response):
        return error.response
    kinds = {known.status: kind for kind, known in reversed(PROBLEMS.items())}
    status = error.code or 500
    kind = kinds.get(status, "bad-request" if status < 500 else "internal-error")
    detail = error.description or error.name
    if status == 404 or status >= 500:
        detail = PROBLEMS[kind].explanation
    kept = ("Allow", "Content-Range", "Retry-After", "WWW-Authenticate")
    headers = {name: value for name, value in error.get_headers() if name in kept}
    return problem(kind, detail, headers=headers)


def body_findings(messages: Any, schema: Any) -> list[Finding]:
    """Return what is wrong in a body, each at its place as a JSON Pointer (RFC 6901)."""
    if not isinstance(messages, dict) or "_schema" in messages:
        return [Finding("", "is no JSON object; send one with `Content-Type: application/json`")]
    known = tuple(schema.fields)
    return [
        Finding(f"/{'/'.join(place)}"[:200], _said(place, texts, known))
        for place, texts in _leaves(messages, ())
    ]


def _leaves(messages: Any, place: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], list[str]]]:
    if isinstance(messages, dict):
        for name, deeper in messages.items():
            yield from _leaves(deeper, (*place, str(name)))
    else:
        yield place, [*map(str, messages)]


def _said(place: tuple[str, ...], texts: list[str], known: tuple[str, ...]) -> str:
    if len(place) == 1 and place[0] not in known:
        return f"is not a name of this body; one of {', '.join(known)}.{nearest(place[0], known)}"
    return f"is wrong: {' '.join(texts)}"


def query_findings(messages: dict[str, Any], schema: Any) -> list[Finding]:
    """Return what is wrong in a query string, each by the name of its parameter."""
    known = tuple(field.data_key or name for name, field in schema.fields.items())
    findings = []
    for name, texts in messages.items():
        if name in known:
            findings.append(Finding(name, f"is wrong: {' '.join(map(str, texts))}"))
        else:
            listed = f"one of {', '.join(known)}" if known else "it takes none"
            message = f"is not a parameter of this address; {listed}.{nearest(name, known)}"
            findings.append(Finding(name[:100], message))
    return findings
