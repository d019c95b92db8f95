"""Responses of delivery: validators, caching and links, the same for every representation."""

from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from flask import Flask, Response, g, request
from werkzeug.datastructures import MIMEAccept
from werkzeug.exceptions import (
    BadRequest,
    ClientDisconnected,
    NotAcceptable,
    PreconditionFailed,
    RequestEntityTooLarge,
    RequestURITooLarge,
)

from api import auth, caching, codings
from api.caching import Kept
from api.db import installation, now
from api.errors import bad_request, life_of_refusal
from content import canonical
from content.contexts import Context
from content.errors import Finding
from schemas.renditions import formats, html
from schemas.renditions.formats import Format

JSON, HTML = formats.JSON.mimetype, formats.HTML.mimetype
MAX_URL = 8 * 1024  # characters
MAX_BODY = 1024 * 1024  # bytes
CHUNK = 64 * 1024  # bytes
EXPOSED = (
    "ETag, Link, Content-Location, Content-Language, Last-Modified, "
    "Caveat-Sequence, Caveat-Fallback, RateLimit, RateLimit-Policy, Retry-After"
)
VARY = "Accept, Accept-Encoding, Authorization"


def init_app(app: Flask) -> None:
    """Bound every request, and finish every response."""
    app.config["MAX_CONTENT_LENGTH"] = app.config["MAX_FORM_MEMORY_SIZE"] = MAX_BODY
    app.before_request(_bound)
    app.after_request(_finish)
    app.after_request(_exhaust)


def negotiate(*choices: str) -> str:
    """Return the format of a closed list that ``Accept`` prefers; silent: the first one.

    A parameter such as ``charset`` is no reason to refuse: each format has one form only.
    """
    if not request.headers.get("Accept", "").strip():
        return choices[0]
    accepted = [(name.partition(";")[0].strip(), q) for name, q in request.accept_mimetypes]
    found: str | None = MIMEAccept(accepted).best_match(choices)
    if found is None:
        raise NotAcceptable(f"This address has {' and '.join(choices)}.")
    return found


def of_edition(kept: Kept, asked: Context, form: Format, at: int | None = None) -> Response:
    """Return an edition with all of its headers, or 304 when the reader has it.

    ``at`` is the number of the past that was asked for; its address names it, its body does not.
    """
    response = _tagged(kept.octets, form.mimetype, kept.etag, kept.modified)
    if form.profile:
        response.content_type = form.content_type
    links = kept.links
    address = formats.address(links, form)
    here = address + (f"&at={at}" if at else "")
    response.headers.update(of_context(here, kept.context, asked))
    response.headers["Caveat-Sequence"] = str(kept.sequence)
    response.headers["Link"] = ", ".join(_links(links, kept.schema))
    if form.mimetype == HTML:
        response.headers["Content-Security-Policy"] = page_policy(html.STYLE)
    tell_robots(response, kept.indexing)
    return conditional(response)


def of_context(here: str, served: Context, asked: Context) -> dict[str, str]:
    """Return the headers that say for whom an answer is, and what was asked for and not there."""
    named = {
        "Content-Location": path(here),
        "Content-Language": served.locale,
        "Caveat-Fallback": fallbacks(served, asked),
    }
    return {name: value for name, value in named.items() if value}


def of_several(served: Iterable[Context], asked: Context) -> dict[str, str]:
    """Return the same headers of an answer with several editions, each in a context of its own."""
    found = list(served)
    pairs = [pair for one in found for pair in (fallbacks(one, asked) or "").split("; ") if pair]
    named = {
        "Content-Language": ", ".join(sorted({context.locale for context in found})),
        "Caveat-Fallback": "; ".join(dict.fromkeys(pairs)),
    }
    return {name: value for name, value in named.items() if value}


def of_ending(octets: bytes, form: Format, locale: str) -> Response:
    """Return 410 in the words of a format that has its own way to say so."""
    response = Response(octets, status=410)
    response.content_type = form.content_type
    response.headers["Cache-Control"] = life_of_refusal(410)
    response.headers["Content-Language"] = locale
    return response


def of_data(data: dict[str, Any], *, sequence: int | None = None) -> Response:
    """Return canonical JSON of something that is not an edition."""
    response = of_octets(canonical.encode(data), JSON)
    if sequence is not None:
        response.headers["Caveat-Sequence"] = str(sequence)
    return response


def of_octets(octets: bytes, mimetype: str) -> Response:
    """Return finished bytes of something that is not an edition."""
    return _tagged(octets, mimetype, caching.etag(octets), None)


def conditional(response: Response, *, in_ranges: bool = False) -> Response:
    """Return an answer as its reader wants it: compressed, or as 304 where the reader has it.

    It is refused where it is not what ``If-Match`` asks for. What is long is given ``in_ranges``,
    too: a part of the octets, by ``Range`` and ``If-Range``.
    """
    codings.encode(response)
    environ, tag = {**request.environ}, response.get_etag()[0]
    if environ.pop("HTTP_IF_MATCH", None) and not (tag and request.if_match.contains(tag)):
        raise PreconditionFailed("This is not what If-Match asks for.")
    size = len(response.get_data()) if in_ranges else None
    response.make_conditional(  # which would refuse ``If-Match: *``, with a body
        environ, accept_ranges=in_ranges, complete_length=size
    )
    return response


def tell_robots(response: Response, *indexing: str) -> None:
    """Keep search engines out of an answer any part of which may not be indexed."""
    if "noindex" in indexing:
        response.headers["X-Robots-Tag"] = "noindex"


def page_policy(style: str) -> str:
    """Return the Content-Security-Policy of a page that has this style and no script."""
    return (
        f"default-src 'none'; img-src https:; style-src {html.style_hash(style)}; "
        "base-uri 'none'; form-action 'none'"
    )


def life(most: int | None = None) -> str:
    """Return the ``Cache-Control`` of delivery: short, and private with a key.

    ``most`` bounds it for what is asked for again and again, in seconds.
    """
    scope = "public" if auth.is_open() else "private"
    allowed = installation().settings.number("max_age")
    return f"{scope}, max-age={allowed if most is None else min(allowed, most)}"


def _tagged(octets: bytes, mimetype: str, etag: str, modified: datetime | None) -> Response:
    response = Response(octets, mimetype=mimetype)
    response.set_etag(etag)
    settled = _settled(modified) if modified else None
    if settled:
        response.last_modified = settled
    g.is_unsettled = modified is not None and settled is None
    response.headers["Cache-Control"] = life()
    return response


def _settled(modified: datetime) -> datetime | None:
    """Return a time in whole seconds that no later change can have too; None while one still can.

    Two changes in one second would look the same to ``If-Modified-Since``, and a time that is yet
    to come (a clock was set back) must not be sent at all.
    """
    settled = modified.replace(microsecond=0) + timedelta(seconds=1)
    return settled if settled <= now() else None


def fallbacks(served: Context, asked: Context) -> str | None:
    """Return what was asked for (or filled in by a key) and not served, as ``name=asked`` pairs."""
    pairs = [
        f"{name}={wanted}"
        for name in ("locale", "jurisdiction")
        if (wanted := getattr(asked, name)) and wanted.lower() != getattr(served, name).lower()
    ]
    return "; ".join(pairs) or None


def _links(links: dict[str, str], schema: str) -> list[str]:
    base = installation().settings.public_url
    return [
        f'<{links["canonical"]}>; rel="canonical"',
        *(
            f'<{at}>; rel="alternate"; type="{type}"; title="{name}"'
            for type, at, name in formats.alternates(links)
        ),
        f'<{schema}>; rel="describedby"',
        f'<{base}/terms>; rel="license"',
        f'<{links["revisions"]}>; rel="version-history"',
    ]


def path(address: str) -> str:
    """Return path and query of an address: it is relative to whatever host was asked."""
    return "/" + address.split("/", 3)[3]


def _bound() -> Response | None:
    if len(request.full_path) > MAX_URL:
        raise RequestURITooLarge(f"At most {MAX_URL} characters.")
    if "\x00" in request.path or "\ufffd" in request.full_path:
        raise BadRequest("The address is not valid UTF-8 or contains NUL.")
    for name in request.args:
        if len(request.args.getlist(name)) > 1:
            return bad_request([Finding(name[:100], "is given more than once; give it once")])
        if any("\x00" in value for value in request.args.getlist(name)):
            return bad_request([Finding(name[:100], "contains NUL")])
    return None


def _exhaust(response: Response) -> Response:
    """Read what nobody has read of a body: a server that leaves some of it resets the connection.

    Then who was refused would not be told. What is too long is left.
    """
    with suppress(RequestEntityTooLarge, ClientDisconnected):
        while request.stream.read(CHUNK):
            pass
    return response


def _finish(response: Response) -> Response:
    headers = response.headers
    headers.setdefault("Cache-Control", "no-store")
    headers.setdefault("Vary", VARY)
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("Referrer-Policy", "no-referrer")
    if headers.get("Cross-Origin-Resource-Policy") == "same-origin":
        return response  # pages of other sites are not to read it
    headers["Access-Control-Allow-Origin"] = "*"
    headers["Access-Control-Expose-Headers"] = EXPOSED
    if request.method == "OPTIONS":
        headers["Access-Control-Allow-Methods"] = "GET, HEAD, OPTIONS"
        headers["Access-Control-Allow-Headers"] = "Authorization, If-None-Match, If-Modified-Since"
        headers["Access-Control-Max-Age"] = str(24 * 60 * 60)
    return response
