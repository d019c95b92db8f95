"""The places for which there is data, by name: what a reader may choose as their own."""

from typing import Any

from flask import Response

from api import caching, responses
from api.examples import JURISDICTIONS_EXAMPLE
from api.openapi import Slice
from content import contexts
from content.contexts import NOWHERE, TEST_PLACE, WORLD
from schemas.jurisdictions import JurisdictionListOut, JurisdictionQuery

bp = Slice("Jurisdictions", __name__, url_prefix="/v1/jurisdictions", description="Places.")


@bp.get("")
@bp.query(JurisdictionQuery)
@bp.response(200, JurisdictionListOut, example=JURISDICTIONS_EXAMPLE)
@bp.doc(operationId="listJurisdictions", summary="List the places that have data")
def index(query: dict[str, Any]) -> Response:
    """By name, the world first; a place that is not here is served as what contains it."""
    locale = query.get("locale")
    contexts.parse(locale=locale, jurisdiction=None, audience=None, channel=None)
    data = {"sequence": caching.head(), "jurisdictions": named(locale or "")}
    return responses.conditional(responses.of_data(data, sequence=caching.head()))


def named(locale: str) -> list[dict[str, str]]:
    """Return code and name of each place, in the language of the site that serves a locale."""
    now = caching.policy_now()
    spoken = now.site["locales"]
    tongue = next(tag for tag in now.chain(now.fold(locale)) if tag in spoken)
    codes = [code for code in now.atlas.places if code not in (NOWHERE, TEST_PLACE)]
    found = [{"code": code, "name": now.atlas.name(code, tongue)} for code in codes]
    return sorted(found, key=lambda one: (one["code"] != WORLD, one["name"]))
