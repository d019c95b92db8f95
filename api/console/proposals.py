"""Proposals: a change of policy is written as a form, and becomes a release that waits.

Nothing is true for readers until the release is published; before, its impact can be seen. Where
somebody was faster, or something would not hold, the form comes back with all that was typed, and
with what is there now beside it.
"""

from typing import Any

from flask import Response, flash, request

from api.console import Console, fields, forms, go, link, page
from api.console.fields import Field
from api.db import writing
from api.editorial import policy, releases
from content.editors import PUBLISH
from content.errors import CaveatError, Finding, Invalid, NotFound, Outdated, Unresolvable
from schemas.policy import NamesQuery, ProposalIn

bp = Console("console proposals", __name__, url_prefix="/console/policy/change")
Item = dict[str, Any]


@bp.get("/<slug:kind>")
@bp.needs(PUBLISH)
@bp.query(NamesQuery)
def form(query: dict[str, Any], kind: str) -> Response:
    """What `/v1/editorial/policy/{kind}` answers of one thing, to be changed."""
    item = _standing(kind, query)
    return _page(item, [*fields.of(fields.blank(kind, item["data"]))], seen=item["seen"])


@bp.post("/<slug:kind>")
@bp.needs(PUBLISH)
@bp.query(NamesQuery)
def propose(query: dict[str, Any], kind: str) -> Response:
    """Put a release together that has the one change in it."""
    typed = fields.read(request.form.items())
    said = forms.read_known(ProposalIn)
    becomes = None if said["ends"] else fields.trimmed(kind, fields.data(typed))
    item = {"type": kind, **query, "seen": said["seen"], "data": becomes}
    try:
        with writing() as session:
            about = {name: said[name] for name in ("title", "reason")}
            made = releases.created(session, {**about, "items": [item]})
            session.commit()
    except (Invalid, Outdated, Unresolvable) as error:
        return _again(item, typed, said, error)
    flash("The change is put together. Nothing is published yet: look at what it would do.")
    return go(link("console releases.show", id=made.id))


def _again(item: Item, typed: list[Field], said: dict[str, Any], error: CaveatError) -> Response:
    """Return the form as it was sent, with what is wrong, or with what is there by now."""
    names = {name: value for name, value in item.items() if name not in ("type", "seen", "data")}
    if not isinstance(error, Outdated):
        alone = [Finding("/items", str(error))]
        findings = error.findings if isinstance(error, Invalid) else alone
        return _page(item, typed, 422, seen=said["seen"], said=said, findings=findings)
    now = _standing(item["type"], names)
    shown = fields.beside(typed, fields.blank(item["type"], now["data"]))
    return _page(item, shown, 409, seen=now["seen"], said=said, late=str(error))


def _standing(kind: str, names: dict[str, Any]) -> Item:
    """Return the one thing that has some names, or room for a new rule."""
    found: list[Item] = policy.listed(kind, names)["items"]
    if kind == "rule" and not found and "id" in names:
        return {"type": kind, **names, "data": None, "seen": 0}
    if len(found) != 1:
        raise NotFound(f"There is no one {kind} of these names.")
    return found[0]


def _page(
    item: Item,
    shown: list[Field],
    status: int = 200,
    *,
    seen: int,
    said: dict[str, Any] | None = None,
    findings: list[Finding] | None = None,
    late: str = "",
) -> Response:
    names = {name: item[name] for name in ("id", "locale", "code", "fact") if name in item}
    facts = {"said": said or {}, "findings": findings or [], "late": late, "seen": seen}
    return page("proposal.html", status, kind=item["type"], names=names, fields=shown, **facts)
