"""The log as readers follow it: what changed after a number, oldest first, and nothing missed."""

from collections.abc import Iterable
from typing import Any

from flask import Response
from sqlalchemy import func, select

from api import responses
from api.db import installation, session
from api.examples import CHANGES_EXAMPLE
from api.openapi import Slice
from content import changes, editions, policy
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
    head = changes.head(session())
    if after > head:
        raise Invalid([Finding("after", f"is from the future; the newest number is {head}")])
    found = session().scalars(changes.select_after(after, head).limit(limit)).all()
    last = found[-1].seq if found else after
    further = f"{installation().settings.public_url}/v1/changes?after={last}&limit={limit}"
    data = {
        "sequence": head,
        "changes": _describe(found, head),
        "links": {"next": further},
    }
    response = responses.of_data(data, sequence=head)
    response.headers["Link"] = f'<{further}>; rel="next"'
    return responses.conditional(response)


def _describe(found: Iterable[Change], head: int) -> list[dict[str, Any]]:
    found = list(found)
    publications = _publications(found)
    help = policy.at(session(), head).atlas.help(NOWHERE, _language(head)) if found else []
    return [_entry(change, publications, help) for change in found]


def _language(head: int) -> str:
    return str(policy.at(session(), head).site.get("default_locale", "en"))


def _publications(found: list[Change]) -> dict[str, Publication]:
    """Return for each change about an article what it says: its own row, or the newest one."""
    mine = [change for change in found if change.subject_type == "article"]
    own = select(Publication).where(Publication.seq.in_([change.seq for change in mine]))
    rows = {str(row.seq): row for row in session().scalars(own)}
    others = {change.subject for change in mine if str(change.seq) not in rows}
    newest = select(func.max(Publication.seq)).where(Publication.article.in_(others))
    query = select(Publication).where(Publication.seq.in_(newest.group_by(Publication.article)))
    return rows | {row.article: row for row in session().scalars(query)}


def _entry(
    change: Change, publications: dict[str, Publication], help: list[dict[str, Any]]
) -> dict[str, Any]:
    own = publications.get(str(change.seq))
    shown = own or publications.get(change.subject)
    subject = {"type": change.subject_type, "id": change.subject}
    if shown is not None and change.subject_type == "article":
        subject |= {"slug": shown.slug, "locale": shown.locale}
    entry: dict[str, Any] = {
        "seq": change.seq,
        "group_end": change.group_end,
        "at": editions.instant(change.at),
        "kind": change.kind,
        "subject": subject,
        "impact": change.impact,
        "notice": change.notice,
    }
    return entry | ({"tombstone": _tombstone(own, help)} if own and own.status != "live" else {})


def _tombstone(row: Publication, help: list[dict[str, Any]]) -> dict[str, Any]:
    facts = {"type": row.status, "notice": row.notice, "replacement": row.replacement}
    return {**facts, "your_copy": "remove", "help": help}
