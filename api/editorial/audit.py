"""The audit: who did what, for auditors; as pages, as one stream of lines, and its seals."""

from typing import Any
from urllib.parse import urlencode

from flask import Response

from api import moments
from api.db import installation, session
from api.editorial import Desk, answer
from api.media import AUDIT_LINES
from content import editors
from content.editorial import audit, audit_export, seals
from content.editorial.audit import Wanted
from content.errors import Finding, Invalid
from schemas.audit import AuditOut, AuditQuery, SealListOut, SealQuery, WantedQuery

bp = Desk("Audit", __name__, url_prefix="/v1/editorial", description="Who did what.")
MIMETYPE = "application/x-ndjson"


@bp.get("/audit")
@bp.needs(editors.AUDIT)
@bp.query(AuditQuery)
@bp.response(200, AuditOut)
@bp.doc(operationId="listAudit", summary="Read who did what, from any number on")
def index(query: dict[str, Any]) -> Response:
    """Dense numbers in the order of commits: follow `links.next`, and you miss nothing."""
    newest = audit.newest(session())
    if query["after"] > newest:
        raise Invalid([Finding("after", f"is from the future; the newest number is {newest}")])
    found = audit.find(session(), wanted(query), after=query["after"], limit=query["limit"])
    seen = found[-1].number if len(found) == query["limit"] else newest
    rows = [audit.facts(row) for row in found]
    further = _address("audit", {**query, "after": seen})
    return answer({"newest": newest, "rows": rows, "links": {"next": further}})


@bp.get("/audit.ndjson")
@bp.needs(editors.AUDIT)
@bp.query(WantedQuery)
@bp.response(200, AUDIT_LINES, content_type=MIMETYPE)
@bp.doc(operationId="exportAudit", summary="Read all of the audit, with its seals, as lines")
def export(query: dict[str, Any]) -> Response:
    """NDJSON: each row, then each seal that vouches for one of them, then an end with counts."""
    lines = audit_export.lines(installation().database, wanted(query))
    return Response(lines, mimetype=MIMETYPE)


@bp.get("/audit/seals")
@bp.needs(editors.AUDIT)
@bp.query(SealQuery)
@bp.response(200, SealListOut)
@bp.doc(operationId="listSeals", summary="Read the seals of the audit")
def list_seals(query: dict[str, Any]) -> Response:
    """A signed statement about each row, chained; write the newest `digest` down elsewhere."""
    found = seals.find(session(), **query)
    seen = found[-1].number if found else query["after"]
    further = _address("audit/seals", {**query, "after": seen})
    return answer({"seals": [seals.facts(one) for one in found], "links": {"next": further}})


def wanted(query: dict[str, Any]) -> Wanted:
    """Return which rows a query asks for; raise ``Invalid`` for a time that is none."""
    names = ("actor", "act", "subject_type", "subject")
    same = {name: query[name] for name in names if name in query}
    times: dict[str, Any] = {
        name: moments.parse(query[name], name) for name in ("since", "until") if name in query
    }
    return Wanted(**same, **times)


def _address(path: str, query: dict[str, Any]) -> str:
    return f"{installation().settings.public_url}/v1/editorial/{path}?{urlencode(query)}"
