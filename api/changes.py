"""The log as readers follow it: what changed after a number, oldest first, and nothing missed."""

from collections.abc import Collection, Sequence
from typing import Any

from flask import Response

from api import caching, responses
from api.db import installation, session
from api.examples import CHANGES_EXAMPLE
from api.openapi import Slice
from content import articles, changes, helplines
from content.contexts import NOWHERE
from content.errors import Finding, Invalid
from content.models.log import Change, Publication
from schemas.changes import ChangeListOut, ChangeQuery

bp = Slice("Changes", __name__, url_prefix="/v1/changes", description="The log.")


@bp.get("")
@bp.query(ChangeQuery)
@bp.response(200, ChangeListOut, example=CHANGES_EXAMPLE)
@bp.doc(operationId="listChanges", summary="Follow what changes, from any number on")
def index(query: dict[str, Any]) -> Response:
    """Dense numbers in commit order: whoever has seen N has missed nothing before it."""
    after, limit = query["after"], query["limit"]
    head = caching.head()
    if after > head:
        raise Invalid([Finding("after", f"is from the future; the newest number is {head}")])
    found = session().scalars(changes.select_after(after, head).limit(limit)).all()
    last = found[-1].seq if found else after
    further = f"{installation().settings.public_url}/v1/changes?after={last}&limit={limit}"
    data = {
        "sequence": head,
        "changes": _describe(found),
        "links": {"next": further},
    }
    response = responses.of_data(data, sequence=head)
    response.headers["Link"] = f'<{further}>; rel="next"'
    return responses.conditional(response)


def _describe(found: Sequence[Change]) -> list[dict[str, Any]]:
    shown = articles.shown_by(session(), [change.seq for change in found])
    gone = articles.redacted(session(), shown.values())
    help = _help() if found else []
    return [_entry(change, shown.get(change.seq), gone, help) for change in found]


def _help() -> list[dict[str, Any]]:
    """Return the generic help; where the facts lack it, what ships with Caveat."""
    now = caching.policy_now()
    try:
        found = now.atlas.help(NOWHERE, str(now.site.get("default_locale", "en")))
    except KeyError:  # a contact has no words in this locale
        found = []
    return found or helplines.generic()


def _entry(
    change: Change,
    shown: Publication | None,
    gone: dict[int, str | None],
    help: list[dict[str, Any]],
) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "seq": change.seq,
        "group_end": change.group_end,
        "at": change.at.isoformat().replace("+00:00", "Z"),  # exact, as ``as_of`` takes it
        "kind": change.kind,
        "subject": {"type": change.subject_type, "id": change.subject},
        "impact": change.impact,
        "scope": change.scope,
        "notice": change.notice,
    }
    if shown is not None:
        entry["subject"] |= {"slug": shown.slug, "locale": shown.locale}
        if reason := _reason(change, shown, gone):
            notice = gone.get(shown.seq) if reason == "redacted" else shown.notice
            entry["tombstone"] = _tombstone(shown, reason, notice, help)
    return entry


def _reason(change: Change, shown: Publication, gone: Collection[int]) -> str | None:
    """Return why the article is not shown any more as of a change; None while it is."""
    if change.kind == "article.expired":
        return "expired"
    if shown.status != "live":
        return shown.status
    return "redacted" if shown.seq in gone else None


def _tombstone(
    row: Publication, reason: str, notice: str | None, help: list[dict[str, Any]]
) -> dict[str, Any]:
    facts = {"type": reason, "notice": notice, "replacement": row.replacement}
    return {**facts, "your_copy": "remove", "help": help}
