"""The registry of disclaimers: all that an article can owe, in words, with their slots."""

from collections.abc import Sequence
from typing import Any

from flask import Response

from api import auth, caching, moments, paging, responses
from api.db import installation, session
from api.examples import DISCLAIMERS_EXAMPLE, WHERE_USED_EXAMPLE
from api.openapi import Slice
from content import contexts, disclaimers, effects
from content.errors import NotFound
from content.models.heads import Head
from schemas.disclaimers import (
    DisclaimerListOut,
    DisclaimerQuery,
    WhereUsedOut,
    WhereUsedQuery,
)

bp = Slice("Disclaimers", __name__, url_prefix="/v1/disclaimers", description="The registry.")


@bp.get("")
@bp.query(DisclaimerQuery)
@bp.response(200, DisclaimerListOut, example=DISCLAIMERS_EXAMPLE)
@bp.doc(operationId="listDisclaimers", summary="List all disclaimers")
def index(query: dict[str, Any]) -> Response:
    """Every disclaimer in every language, with its words and their slots."""
    return _entries(query, only=None)


@bp.get("/<slug:id>")
@bp.query(DisclaimerQuery)
@bp.response(200, DisclaimerListOut, example=DISCLAIMERS_EXAMPLE)
@bp.doc(operationId="getDisclaimer", summary="Read one disclaimer")
def show(query: dict[str, Any], id: str) -> Response:
    """One disclaimer in all its languages."""
    return _entries(query, only=id)


@bp.get("/<slug:id>/articles")
@bp.query(WhereUsedQuery)
@bp.response(200, WhereUsedOut, example=WHERE_USED_EXAMPLE)
@bp.doc(operationId="listWhereUsed", summary="List the live articles that owe a disclaimer")
def used(query: dict[str, Any], id: str) -> Response:
    """Every live article that owes it to some reader, by slug. It names no title."""
    head, limit = caching.head(), query["limit"]
    now = caching.policy_now()
    if not any(known == id for known, _ in now.texts):
        raise NotFound(f"There is no disclaimer {id!r}.")
    after = paging.parse_name(query.get("cursor"))
    test = auth.context(query).test
    owing = effects.owing(now, id, after, test=test)
    found = session().scalars(owing.limit(limit + 1)).all()
    data = {
        "sequence": head,
        "disclaimer": id,
        "articles": [
            {"id": row.article, "slug": row.slug, "locale": row.locale} for row in found[:limit]
        ],
        "links": {"next": _next(id, found, limit, test=test)},
    }
    return responses.conditional(responses.of_data(data, sequence=head))


def _next(id: str, found: Sequence[Head], limit: int, *, test: bool) -> str | None:
    if len(found) <= limit:
        return None
    last = found[limit - 1]
    base = installation().settings.public_url
    cursor = paging.name_cursor(last.slug, last.locale)
    included = f"include={contexts.TEST}&" if test else ""
    return f"{base}/v1/disclaimers/{id}/articles?{included}limit={limit}&cursor={cursor}"


def _entries(query: dict[str, Any], only: str | None) -> Response:
    locale = query.get("locale")
    contexts.parse(locale=locale, jurisdiction=None, audience=None, channel=None)
    at = moments.number(query) or caching.head()
    texts = caching.policy_at(at).texts
    spoken = sorted({tongue for _, tongue in texts})
    wanted = [contexts.look_up(locale, spoken)] if locale else spoken
    found = [
        disclaimers.describe(id, words)
        for (id, tongue), words in sorted(texts.items(), key=lambda pair: pair[0])
        if tongue in wanted and only in (None, id) and (locale or words.locale == tongue)
    ]
    if not found and (only or locale):
        raise NotFound(_nothing(only, locale, spoken))
    data = {"sequence": at, "disclaimers": found}
    return responses.conditional(responses.of_data(data, sequence=at))


def _nothing(only: str | None, locale: str | None, spoken: list[str]) -> str:
    """Say what is missing: an empty list in a language would read as 'nothing is owed'."""
    what = f"There is no disclaimer {only!r}" if only else "There are no disclaimers"
    if not locale:
        return f"{what}."
    return f"{what} in {locale!r}; there is text in: {', '.join(spoken) or 'no language'}."
