"""Snapshots: everything that is live at one number of the log, to begin a copy with.

A snapshot is cut into parts by the ids of articles. Each part is a whole file of NDJSON, with the
texts that its editions owe. An address gives the same bytes until something in it is taken down or
withheld, so a part that was cut off can be resumed by its range (RFC 9110, section 14).
"""

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from flask import Response

from api import auth, caching, following, moments, names, paging, responses
from api.db import installation, session
from api.media import SNAPSHOT
from api.openapi import Slice
from api.paging import Behind
from content import articles, bodies, canonical, compounds, contexts, search
from content.compounds import Texts
from content.contexts import Context
from content.editions import Edition, Part
from content.errors import Finding, Gone, Invalid, Withheld
from content.search import Wanted
from schemas.changes import MAX_ITEMS
from schemas.snapshot import SnapshotQuery

bp = Slice("Snapshot", __name__, url_prefix="/v1/snapshot", description="All articles at once.")
MIMETYPE = "application/x-ndjson"
WHERE = ("at", "limit", "cursor")
MAX_OCTETS = 32 * 1024 * 1024  # of a part's editions; it ends where there are more


@dataclass
class Lines:
    """The editions of one part as lines, with the texts that they owe."""

    editions: list[bytes] = field(default_factory=list)
    texts: Texts = field(default_factory=Texts)
    withheld: int = 0
    octets: int = 0
    served: list[Context] = field(default_factory=list)
    indexing: set[str] = field(default_factory=set)

    def add(self, edition: Edition) -> None:
        """Add an edition."""
        item = compounds.item(edition.body, self.texts)
        self.editions.append(_line("edition", edition=item))
        self.octets += len(self.editions[-1])
        self.served.append(contexts.of_body(edition.body))
        self.indexing.add(edition.body["rights"]["indexing"])

    def counts(self) -> dict[str, int]:
        """Return how many lines of each type there are, and how many articles are left out."""
        lines = {"texts": len(self.texts), "editions": len(self.editions)}
        return {**lines, "withheld": self.withheld}


@bp.get("")
@bp.query(SnapshotQuery)
@bp.response(200, SNAPSHOT, content_type=MIMETYPE)
@bp.doc(operationId="getSnapshot", summary="Read everything that is live, to begin a copy")
def index(query: dict[str, Any]) -> Response:
    """NDJSON at one number: a header, each disclaimer once, each edition by keys, and an end.

    What is withdrawn or withheld today is left out, whatever the number. Go on with `links.next`,
    and in the end with `links.changes`.
    """
    asked, part = auth.context(query), Part(fields=names.fields(query))
    at = moments.number(query)
    if at is None:
        return _send_on(query, asked)
    place = paging.parse_behind(query["cursor"], at) if "cursor" in query else Behind(at)
    if place.number != at:
        raise Invalid([Finding("cursor", "is of another number; take it from links.next")])
    lines, further = _collect(asked, part, place, query["limit"])
    links = _links(query, asked, place, further)
    octets = b"".join([_header(asked, part, at, lines), *_texts(lines), *lines.editions])
    octets += _line("end", counts=lines.counts(), links=links)
    response = responses.of_octets(octets, MIMETYPE)
    response.headers.update(responses.of_several(lines.served, asked))
    response.headers["Caveat-Sequence"] = str(at)
    if further:
        response.headers["Link"] = f'<{links["next"]}>; rel="next"'
    responses.tell_robots(response, *lines.indexing)
    return responses.conditional(response, in_ranges=True)


def _send_on(query: dict[str, Any], asked: Context) -> Response:
    """Send a reader who names no number on to the newest one; a walk has to stay at one."""
    if "cursor" in query:
        raise Invalid([Finding("cursor", "goes with 'at'; take the whole address from links.next")])
    newest = _address({**query, "at": caching.head()}, asked)
    return Response(status=307, headers={"Location": responses.path(newest)})


def _collect(asked: Context, part: Part, place: Behind, limit: int) -> tuple[Lines, Behind | None]:
    """Return the lines of one part, and where the next one begins, None for the last."""
    lines, behind = Lines(), place
    wanted = Wanted(test=asked.test, topics=auth.entitled())
    walk = search.ids(wanted, place.number, place.article).limit(limit + 1)
    found = session().scalars(walk).all()
    rows = articles.firsts(session(), found, place.number)
    for looked_at, article in enumerate(found):
        if looked_at == limit or lines.octets >= MAX_OCTETS:
            return lines, behind
        try:
            lines.add(caching.issue(rows[article], asked, part, place.number))
        except (Gone, Withheld):
            lines.withheld += 1
        behind = Behind(place.number, article)
    return lines, None


def _header(asked: Context, part: Part, at: int, lines: Lines) -> bytes:
    locale = caching.policy_at(at).chain(asked.locale)[0]
    facts = {
        "$schema": f"{installation().settings.public_url}/v1/schemas/snapshot-1.0.json",
        "format": bodies.FORMAT,
        "sequence": at,
        "context": {**asked.values(), "locale": locale},
        "counts": lines.counts(),
    }
    fields = {} if part.fields is None else {"fields": sorted(part.fields)}
    return _line("header", **facts, **fields)


def _texts(lines: Lines) -> list[bytes]:
    return [_line("text", key=key, text=text) for key, text in lines.texts.items()]


def _line(type: str, **facts: Any) -> bytes:
    return canonical.encode({"type": type, **facts}) + b"\n"


def _links(
    query: dict[str, Any], asked: Context, place: Behind, further: Behind | None
) -> dict[str, str | None]:
    here = {**query, "at": place.number}
    return {
        "next": _address({**here, "cursor": str(further)}, asked) if further else None,
        "changes": _following(query, asked, place.number, "editions"),
        "differences": _following(query, asked, place.number, "differences"),
    }


def _following(query: dict[str, Any], asked: Context, at: int, include: str) -> str:
    """Return where to follow what changes, as the log itself links to it."""
    included = following.include(include, asked)
    known = urlencode({"after": at, "limit": MAX_ITEMS, "include": included}, safe=",")
    asking = f"{following.reader(asked)}{names.of_fields(query)}"
    return f"{installation().settings.public_url}/v1/changes?{known}&{asking}"


def _address(query: dict[str, Any], asked: Context) -> str:
    known: dict[str, Any] = {name: query[name] for name in WHERE if name in query}
    base = installation().settings.public_url
    return f"{base}/v1/snapshot?{urlencode(known)}&{_query(query, asked)}"


def _query(query: dict[str, Any], asked: Context) -> str:
    """Return what was asked for as the query of an address, always whole and in one order."""
    return asked.asked() + names.of_fields(query)
