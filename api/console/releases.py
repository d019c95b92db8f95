"""Releases: what becomes true together, what that would do to readers, and what is done with it."""

from collections.abc import Callable
from typing import Any

from flask import Response, flash
from sqlalchemy.orm import Session

from api.console import Console, fields, go, link, page
from api.db import session, writing
from api.editorial import policy, releases
from content.editorial import releases as known
from content.editorial.releases import STATES
from content.editors import PUBLISH, READ
from content.errors import Stale
from content.models.editorial import Release
from schemas.fields import Query
from schemas.release_forms import ApproveForm, ScheduleForm, VersionForm
from schemas.release_items import POLICY_ITEMS
from schemas.releases import ReleaseListQuery

bp = Console("console releases", __name__, url_prefix="/console/releases")
KEYS = ("type", "id", "locale", "code", "fact")
Items = list[dict[str, Any]]


@bp.get("")
@bp.needs(READ)
@bp.query(ReleaseListQuery)
def index(query: dict[str, Any]) -> Response:
    """What `/v1/editorial/releases` answers: newest first."""
    listed = releases.listed(query)
    asked = {"state": query.get("state", "")}
    return page("releases.html", asked=asked, states=STATES, listed=listed)


@bp.get("/<slug:id>")
@bp.needs(READ)
@bp.query(Query)
def show(query: dict[str, Any], id: str) -> Response:
    """What `/v1/editorial/releases/{id}` answers, each change beside what stands."""
    release = releases.data(known.find(session(), id))
    return page("release.html", release=release, items=_compared(release["items"]))


@bp.get("/<slug:id>/impact")
@bp.needs(READ)
@bp.query(Query)
def show_impact(query: dict[str, Any], id: str) -> Response:
    """What `/v1/editorial/releases/{id}/impact` answers: it is looked at as it would be now."""
    release = known.find(session(), id)
    found = releases.impact(session(), release)
    return page("impact.html", release=releases.data(release), impact=found)


@bp.post("/<slug:id>/approve")
@bp.needs(PUBLISH)
@bp.form(ApproveForm)
def approve(form: dict[str, Any], id: str) -> Response:
    """Approve it, as another person who has seen what it does."""
    return _do(id, form, releases.approved, form["count"], said="It is approved.")


@bp.post("/<slug:id>/schedule")
@bp.needs(PUBLISH)
@bp.form(ScheduleForm)
def schedule(form: dict[str, Any], id: str) -> Response:
    """Have it published at a time."""
    return _do(id, form, releases.scheduled, form["publish_at"], said="It waits for its time.")


@bp.post("/<slug:id>/unschedule")
@bp.needs(PUBLISH)
@bp.form(VersionForm)
def unschedule(form: dict[str, Any], id: str) -> Response:
    """Take its time back."""
    return _do(id, form, releases.unscheduled, said="It has no time any more.")


@bp.post("/<slug:id>/publish")
@bp.needs(PUBLISH)
@bp.form(VersionForm)
def publish(form: dict[str, Any], id: str) -> Response:
    """Publish it now."""
    return _do(id, form, releases.published, said="It is published.")


@bp.post("/<slug:id>/cancel")
@bp.needs(PUBLISH)
@bp.form(VersionForm)
def cancel(form: dict[str, Any], id: str) -> Response:
    """Give it up."""
    return _do(id, form, releases.cancelled, said="It is given up.")


def _do(
    id: str, form: dict[str, Any], act: Callable[..., object], *about: Any, said: str
) -> Response:
    """Do something with a release that is as its reader has seen it."""
    with writing() as session:
        act(session, _seen(session, id, form["version"]), *about)
        session.commit()
    flash(said)
    return go(link("console releases.show", id=id))


def _seen(session: Session, id: str, version: int) -> Release:
    """Return a release; raise ``Stale`` when it is not as somebody has seen it."""
    release = known.find(session, id)
    if release.version != version:
        message = f"The release is at version {release.version}; you have seen {version}."
        raise Stale(message, release.version)
    return release


def _compared(items: Items) -> Items:
    """Return items; what is of policy with what differs, and whether it is late."""
    kinds = {one["type"] for one in items}.intersection(POLICY_ITEMS)
    there = {_key(one): one for kind in kinds for one in policy.listed(kind, {})["items"]}
    return [{**one, **_difference(one, there.get(_key(one)))} for one in items]


def _difference(item: dict[str, Any], there: dict[str, Any] | None) -> dict[str, Any]:
    if item["type"] not in POLICY_ITEMS:
        return {}
    standing, seen = (there["data"], there["seen"]) if there else (None, 0)
    return {"differing": fields.differing(standing, item["data"]), "late": seen != item["seen"]}


def _key(item: dict[str, Any]) -> tuple[str | None, ...]:
    return tuple(item.get(name) for name in KEYS)
