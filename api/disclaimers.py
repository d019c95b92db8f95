"""The registry of disclaimers: all that an article can owe, in words, with their slots."""

from typing import Any

from flask import Response

from api import caching, responses
from api.examples import DISCLAIMERS_EXAMPLE
from api.openapi import Slice
from content import contexts, disclaimers
from content.errors import NotFound
from schemas.disclaimers import DisclaimerListOut, DisclaimerQuery

bp = Slice("Disclaimers", __name__, url_prefix="/v1/disclaimers", description="The registry.")


@bp.get("")
@bp.query(DisclaimerQuery)
@bp.response(200, DisclaimerListOut, example=DISCLAIMERS_EXAMPLE)
@bp.doc(operationId="listDisclaimers", summary="List all disclaimers")
def index(query: dict[str, Any]) -> Response:
    """Every disclaimer in every language, with its words and their slots."""
    return _entries(query.get("locale"), only=None)


@bp.get("/<slug:id>")
@bp.query(DisclaimerQuery)
@bp.response(200, DisclaimerListOut, example=DISCLAIMERS_EXAMPLE)
@bp.doc(operationId="getDisclaimer", summary="Read one disclaimer")
def show(query: dict[str, Any], id: str) -> Response:
    """One disclaimer in all its languages."""
    return _entries(query.get("locale"), only=id)


def _entries(locale: str | None, only: str | None) -> Response:
    contexts.parse(locale=locale, jurisdiction=None, audience=None, channel=None)
    head = caching.head()
    texts = caching.policy_now().texts
    spoken = sorted({tongue for _, tongue in texts})
    wanted = [contexts.look_up(locale, spoken)] if locale else spoken
    found = [
        disclaimers.describe(id, tongue, version, text)
        for (id, tongue), (version, text) in sorted(texts.items())
        if tongue in wanted and only in (None, id)
    ]
    if only and not found:
        raise NotFound(f"There is no disclaimer {only!r} in that language.")
    data = {"sequence": head, "disclaimers": found}
    return responses.conditional(responses.of_data(data, sequence=head))
