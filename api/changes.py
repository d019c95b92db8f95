"""The log as readers follow it: what changed after a number, oldest first, and nothing missed."""

from collections.abc import Sequence
from typing import Any

from flask import Response
from sqlalchemy import select

from api import caching, responses
from api.db import installation, session
from api.examples import CHANGES_EXAMPLE
from api.openapi import Slice
from content import changes, editions, helplines
from content.contexts import NOWHERE
from content.errors import Finding, Invalid
from content.models.log import Change, Lapse, Publication
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
    shown = _publications(found)
    help = _help() if found else []
    return [_entry(change, shown.get(change.seq), help) for change in found]


def _help() -> list[dict[str, Any]]:
    """Return the generic help; where the facts lack it, what ships with Caveat."""
    now = caching.policy_now()
    try:
        found = now.atlas.help(NOWHERE, str(now.site.get("default_locale", "en")))
    except KeyError:  # a contact has no words in this locale
        found = []
    return found or helplines.generic()


def _publications(found: Sequence[Change]) -> dict[int, Publication]:
    """Return what each change about an article is about: its own row, or the one that lapsed."""
    numbers = [change.seq for change in found if change.subject_type == "article"]
    own = select(Publication).where(Publication.seq.in_(numbers))
    lapsed = select(Lapse.seq, Publication).join(Publication, Publication.seq == Lapse.row)
    lapsed = lapsed.where(Lapse.seq.in_(numbers), Lapse.table_name == Publication.__tablename__)
    rows = {row.seq: row for row in session().scalars(own)}
    return rows | dict(list(session().execute(lapsed)))


def _entry(change: Change, shown: Publication | None, help: list[dict[str, Any]]) -> dict[str, Any]:
    subject = {"type": change.subject_type, "id": change.subject}
    if shown is not None:
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
    if shown is not None and shown.status != "live":
        entry["tombstone"] = _tombstone(shown, help)
    return entry


def _tombstone(row: Publication, help: list[dict[str, Any]]) -> dict[str, Any]:
    facts = {"type": row.status, "notice": row.notice, "replacement": row.replacement}
    return {**facts, "your_copy": "remove", "help": help}
