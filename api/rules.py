"""The rules by which articles owe disclaimers, at one number of the log."""

from typing import Any

from flask import Response

from api import caching, moments, responses
from api.examples import RULES_EXAMPLE
from api.openapi import Slice
from content import rules
from content.errors import NotFound
from schemas.rules import RuleListOut, RuleQuery

bp = Slice("Rules", __name__, url_prefix="/v1/rules", description="When what is owed.")


@bp.get("")
@bp.query(RuleQuery)
@bp.response(200, RuleListOut, example=RULES_EXAMPLE)
@bp.doc(operationId="listRules", summary="List all rules")
def index(query: dict[str, Any]) -> Response:
    """Every rule, each with its reason."""
    return _rules(query, only=None)


@bp.get("/<slug:id>")
@bp.query(RuleQuery)
@bp.response(200, RuleListOut, example=RULES_EXAMPLE)
@bp.doc(operationId="getRule", summary="Read one rule")
def show(query: dict[str, Any], id: str) -> Response:
    """One rule; an edition's `required_by` names it."""
    return _rules(query, only=id)


def _rules(query: dict[str, Any], only: str | None) -> Response:
    at = moments.number(query) or caching.head()
    known = caching.policy_at(at).rules
    found = [rules.describe(id, rule) for id, rule in known.items() if only in (None, id)]
    if only and not found:
        raise NotFound(f"There is no rule {only!r} at {at}.")
    return responses.conditional(responses.of_data({"sequence": at, "rules": found}, sequence=at))
