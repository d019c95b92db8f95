"""Checkpoints: signed roots of the log, by which anybody can tell that it was not rewritten."""

from typing import Any

from flask import Response

from api import examples, openapi, responses
from api.db import session
from content.errors import Finding, Invalid, NotFound
from content.models.checkpoints import Checkpoint
from content.transparency import checkpoints
from content.transparency.checkpoints import Tree
from schemas.checkpoints import CheckpointOut, CheckpointQuery

bp = openapi.Slice("Checkpoints", __name__, description="Signed roots of the log.")
KEPT = 60  # seconds; a new one comes each hour
PUBLIC: dict[str, list[dict[str, list[str]]]] = {"security": []}


@bp.get("/v1/checkpoint")
@bp.query(CheckpointQuery)
@bp.response(200, CheckpointOut, example=examples.CHECKPOINT_EXAMPLE)
@bp.doc(operationId="getCheckpoint", summary="Read a signed root of the log", **PUBLIC)
def show(query: dict[str, Any]) -> Response:
    """The newest of those that are made each hour, and proofs that you ask for.

    Keep some: whoever has one can tell later whether the log up to its number was rewritten.
    """
    found = _find(query)
    data = checkpoints.facts(found) | _proofs(found, query)
    response = responses.of_data(data, sequence=found.sequence)
    response.headers["Cache-Control"] = responses.life(KEPT)
    return responses.conditional(response)


def _find(query: dict[str, Any]) -> Checkpoint:
    if "at" in query:
        return checkpoints.covering(session(), query["at"])
    found = checkpoints.newest(session())
    if found is None:
        raise NotFound("There is no checkpoint yet: a worker (caveat work) makes the first.")
    return found


def _proofs(found: Checkpoint, query: dict[str, Any]) -> dict[str, Any]:
    tree, size, proofs = Tree(session()), found.sequence, {}
    first, number = query.get("from_"), query.get("change")
    for name, asked in (("from", first), ("change", number)):
        if asked and asked > size:
            raise Invalid([Finding(name, f"is after this checkpoint, which is of {size}")])
    if first:
        proofs["consistency"] = {"from": first, "hashes": tree.continues(first, size)}
    if number:
        leaf = checkpoints.leaf(session(), number)
        proofs["inclusion"] = {"leaf": leaf, "hashes": tree.includes(number, size)}
    return proofs
