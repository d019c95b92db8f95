"""Imports: many manuscripts at once, never held in memory as a whole.

An item is known by its slug and its locale, so a request that was cut off is simply sent again:
what is there already is left. With an ``Idempotency-Key`` it is answered as before, too.
"""

import hashlib
from collections import Counter
from tempfile import TemporaryFile
from typing import Any, BinaryIO

from flask import Response, request
from werkzeug.exceptions import RequestEntityTooLarge, UnsupportedMediaType

from api import auth, errors, importing
from api.db import installation, let_go, writing
from api.editorial import Desk, acting, answer, preconditions
from api.importing import Import
from content import manuscripts, parts
from content.editorial.imports import OUTCOMES, REFUSED, Outcome
from content.editors import PUBLISH, WRITE
from content.errors import Forbidden
from schemas.imports import ImportOut, ImportQuery

bp = Desk("Imports", __name__, url_prefix="/v1/editorial/imports", description="Many at once.")
NDJSON = "application/x-ndjson"
MAX_BODY = 64 * 1024 * 1024  # bytes of this one address; larger imports go by the command line
PIECE = 64 * 1024  # bytes that are read at a time
MAX_LISTED, MAX_FINDINGS = 100, 20  # refused items, and findings of each
BODY = {
    "requestBody": {
        "required": True,
        "content": {
            NDJSON: {
                "schema": {
                    "type": "string",
                    "description": f"A Manuscript a line; at most {MAX_BODY} bytes.",
                }
            }
        },
    }
}


@bp.post("")
@bp.needs(WRITE)
@bp.query(ImportQuery)
@bp.response(200, ImportOut)
@bp.doc(operationId="importManuscripts", summary="Bring in many manuscripts at once", **BODY)
@preconditions.keyed
def create(query: dict[str, Any]) -> Response:
    """A manuscript a line becomes a draft, or is published. Send it again to go on."""
    if request.mimetype != NDJSON:
        raise UnsupportedMediaType(f"Send {NDJSON}: a manuscript a line.")
    if query["publish"]:
        _check_may_publish()
    with TemporaryFile() as body:
        if (again := preconditions.said(_receive(body))) is not None:
            return again
        let_go()
        wanted = Import(acting().id, query["publish"], request_id=errors.request_id())
        done = _bring_in(body, wanted)
    with writing() as session:
        return preconditions.commit(session, answer(done))


def _bring_in(body: BinaryIO, wanted: Import) -> dict[str, Any]:
    counts, refused = Counter[str](), list[Outcome]()
    items = manuscripts.of_lines(body, "line")
    for group in importing.run(installation().database, items, wanted):
        counts.update(one.outcome for one in group)
        refused += [one for one in group if one.outcome == REFUSED][: MAX_LISTED - len(refused)]
    return {
        "counts": {name: counts[name] for name in OUTCOMES},
        "refused": [_refusal(one) for one in refused],
        "left_out": counts[REFUSED] - len(refused),
    }


def _check_may_publish() -> None:
    caller = auth.caller()
    if caller is None or PUBLISH not in caller.scopes:
        raise Forbidden(f"To publish needs an editor's token with the scope {PUBLISH!r}.")


def _receive(file: BinaryIO) -> "hashlib._Hash":
    """Write the body of this request to a file, bounded, and return its digest."""
    request.max_content_length = MAX_BODY
    if (request.content_length or 0) > MAX_BODY:
        raise RequestEntityTooLarge(f"At most {MAX_BODY} bytes; send it in parts.")
    digest = hashlib.sha256()
    while piece := request.stream.read(PIECE):
        digest.update(piece)
        file.write(piece)
    file.seek(0)
    return digest


def _refusal(one: Outcome) -> dict[str, Any]:
    found = [parts.dump(finding) for finding in one.findings[:MAX_FINDINGS]]
    names = ("pointer", "message", "gate")
    return {**importing.named(one), "findings": [{n: one[n] for n in names} for one in found]}
