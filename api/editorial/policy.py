"""Policy at the desk: what stands of disclaimers, rules and facts, as a release takes it."""

from typing import Any

from flask import Response

from api import caching, paging
from api.db import session
from api.editorial import Desk, answer
from content import changes
from content.editorial import policy_items, policy_versions
from content.editorial.policy_versions import Version
from content.editors import READ
from schemas.policy import (
    PolicyListOut,
    PolicyQuery,
    PolicyUseOut,
    PolicyUseQuery,
    PolicyVersionsOut,
    PolicyVersionsQuery,
)

bp = Desk(
    *("Policy", __name__),
    url_prefix="/v1/editorial/policy",
    description="Disclaimers, rules and facts.",
)


@bp.get("/<slug:kind>")
@bp.needs(READ)
@bp.query(PolicyQuery)
@bp.response(200, PolicyListOut)
@bp.doc(operationId="listPolicy", summary="See what stands of one kind of policy")
def index(query: dict[str, Any], kind: str) -> Response:
    """Of `disclaimer`, `rule`, `mention`, `jurisdiction`, `site`, `source`: as releases take it."""
    return answer(listed(kind, query))


@bp.get("/<slug:kind>/versions")
@bp.needs(READ)
@bp.query(PolicyVersionsQuery)
@bp.response(200, PolicyVersionsOut)
@bp.doc(operationId="listPolicyVersions", summary="See what was said before, by whom")
def show_versions(query: dict[str, Any], kind: str) -> Response:
    """Every version that ever stood, newest first; `next` continues."""
    return answer(versions(kind, query))


@bp.get("/<slug:kind>/articles")
@bp.needs(READ)
@bp.query(PolicyUseQuery)
@bp.response(200, PolicyUseOut)
@bp.doc(operationId="listPolicyUse", summary="See which live texts owe a disclaimer or meet a rule")
def show_used(query: dict[str, Any], kind: str) -> Response:
    """Of a `disclaimer` or a `rule`: for some reader, somewhere. It names no title."""
    return answer(used(kind, query))


def listed(kind: str, query: dict[str, Any]) -> dict[str, Any]:
    """Return what stands of one kind, as data."""
    found = policy_items.standing(session(), kind, **query)
    return {"sequence": changes.head(session()), "items": found}


def versions(kind: str, query: dict[str, Any]) -> dict[str, Any]:
    """Return a page of what was ever said, as data."""
    names = {name: query[name] for name in ("id", "locale", "code", "fact") if name in query}
    limit = query["limit"]
    found = policy_versions.read(session(), kind, query.get("before"), limit + 1, **names)
    following = found[limit - 1].change.seq if len(found) > limit else None
    return {"versions": [_version(one) for one in found[:limit]], "next": following}


def used(kind: str, query: dict[str, Any]) -> dict[str, Any]:
    """Return a page of the live texts that something concerns, as data."""
    limit, after = query["limit"], paging.parse_name(query.get("cursor"))
    now = caching.policy_now()
    found = policy_versions.concerned(session(), now, kind, query["id"], after, limit + 1)
    last = found[limit - 1] if len(found) > limit else None
    return {
        "sequence": caching.head(),
        "articles": [
            {"id": one.article, "slug": one.slug, "locale": one.locale} for one in found[:limit]
        ],
        "next": paging.name_cursor(last.slug, last.locale) if last else None,
    }


def _version(one: Version) -> dict[str, Any]:
    change = one.change
    said = {"sequence": change.seq, "at": change.at.isoformat(), "by": change.actor}
    return {"item": one.item, "version": one.version, **said, "reason": change.reason}
