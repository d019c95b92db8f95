"""Releases: put together what becomes true together, have it approved, publish it or set a time."""

from datetime import datetime
from typing import Any

from flask import Response
from sqlalchemy.orm import Session

from api.db import now, session, writing
from api.editorial import Desk, acting, answer, noted
from api.editorial.preconditions import commit, etag, match, once, versioned
from content import canonical
from content.editorial import releases, second
from content.editorial.impact import MOST, Impact
from content.editors import PUBLISH, READ
from content.models.editorial import Release
from schemas.drafts import PublishedOut
from schemas.fields import Query
from schemas.releases import (
    ImpactOut,
    ReleaseApproveIn,
    ReleaseIn,
    ReleaseListOut,
    ReleaseListQuery,
    ReleaseOut,
    ScheduleIn,
)

bp = Desk(
    *("Releases", __name__),
    url_prefix="/v1/editorial/releases",
    description="What becomes true together.",
)


@bp.get("")
@bp.needs(READ)
@bp.query(ReleaseListQuery)
@bp.response(200, ReleaseListOut)
@bp.doc(operationId="listReleases", summary="List releases")
def index(query: dict[str, Any]) -> Response:
    """Newest first; `next` continues."""
    return answer(listed(query))


@bp.post("")
@bp.needs(PUBLISH)
@once
@bp.body(ReleaseIn)
@bp.response(201, ReleaseOut)
@bp.doc(operationId="createRelease", summary="Put a release together")
def create(body: dict[str, Any]) -> Response:
    """Nothing is published yet."""
    with writing() as session:
        return commit(session, described(created(session, body), 201))


@bp.get("/<slug:id>")
@bp.needs(READ)
@bp.query(Query)
@bp.response(200, ReleaseOut)
@bp.doc(operationId="getRelease", summary="Read a release")
def show(query: dict[str, Any], id: str) -> Response:
    """Its `ETag` is what a change has to send as `If-Match`."""
    return described(releases.find(session(), id))


@bp.put("/<slug:id>")
@bp.needs(PUBLISH)
@versioned
@bp.body(ReleaseIn)
@bp.response(200, ReleaseOut)
@bp.doc(operationId="saveRelease", summary="Change a release")
def save(body: dict[str, Any], id: str) -> Response:
    """Whoever had approved it has to look again."""
    with writing() as session:
        release, who = _find(session, id), acting().id
        release = releases.save(session, release, **body, by=who, now=now())
        note(session, "release.save", release)
        return commit(session, described(release))


@bp.get("/<slug:id>/impact")
@bp.needs(READ)
@bp.query(Query)
@bp.response(200, ImpactOut)
@bp.doc(operationId="getImpact", summary="See what a release would do to readers")
def show_impact(query: dict[str, Any], id: str) -> Response:
    """What its disclaimers, rules and facts change, as if it were published now."""
    return answer(impact(session(), releases.find(session(), id)))


@bp.post("/<slug:id>/approve")
@bp.needs(PUBLISH)
@versioned
@bp.body(ReleaseApproveIn)
@bp.response(200, ReleaseOut)
@bp.doc(operationId="approveRelease", summary="Approve a release as another person")
def approve(body: dict[str, Any], id: str) -> Response:
    """Needed where `needs_second` says so; never by one of those who put it together."""
    with writing() as session:
        release = approved(session, _find(session, id), body["count"])
        return commit(session, described(release))


@bp.post("/<slug:id>/schedule")
@bp.needs(PUBLISH)
@versioned
@bp.body(ScheduleIn)
@bp.response(200, ReleaseOut)
@bp.doc(operationId="scheduleRelease", summary="Have a release published at a time")
def schedule(body: dict[str, Any], id: str) -> Response:
    """The worker publishes it; what is in it cannot be changed meanwhile."""
    with writing() as session:
        release = scheduled(session, _find(session, id), body["publish_at"])
        return commit(session, described(release))


@bp.post("/<slug:id>/unschedule")
@bp.needs(PUBLISH)
@versioned
@bp.response(200, ReleaseOut)
@bp.doc(operationId="unscheduleRelease", summary="Take the time of a release back")
def unschedule(id: str) -> Response:
    """It can be changed again."""
    with writing() as session:
        return commit(session, described(unscheduled(session, _find(session, id))))


@bp.post("/<slug:id>/publish")
@bp.needs(PUBLISH)
@versioned
@bp.response(200, PublishedOut)
@bp.doc(operationId="publishRelease", summary="Publish a release now")
def publish(id: str) -> Response:
    """All of it in one group of the log, or nothing."""
    with writing() as session:
        numbers = published(session, _find(session, id))
        first, last = (numbers[0], numbers[-1]) if numbers else (None, None)
        return commit(session, answer({"first": first, "last": last}))


@bp.post("/<slug:id>/cancel")
@bp.needs(PUBLISH)
@versioned
@bp.response(200, ReleaseOut)
@bp.doc(operationId="cancelRelease", summary="Give a release up")
def cancel(id: str) -> Response:
    """Its drafts can be changed again."""
    with writing() as session:
        return commit(session, described(cancelled(session, _find(session, id))))


def listed(query: dict[str, Any]) -> dict[str, Any]:
    """Return a page of releases, as data."""
    limit = query["limit"]
    found = releases.page(session(), query.get("before", ""), limit, query.get("state"))
    following = found[-1].id if len(found) == limit else None
    return {"releases": [data(one) for one in found], "next": following}


def created(session: Session, body: dict[str, Any]) -> Release:
    """Put a release together, and note it."""
    made = releases.create(session, **body, by=acting().id, now=now())
    note(session, "release.create", made)
    return made


def approved(session: Session, release: Release, count: int | None) -> Release:
    """Approve a release, and note it."""
    release = releases.approve(session, release, count, by=acting(), now=now())
    note(session, "release.approve", release, count=count)
    return release


def scheduled(session: Session, release: Release, at: datetime) -> Release:
    """Have a release published at a time, and note it."""
    release = releases.schedule(session, release, at, by=acting().id, now=now())
    note(session, "release.schedule", release, publish_at=at.isoformat())
    return release


def unscheduled(session: Session, release: Release) -> Release:
    """Take the time of a release back, and note it."""
    release = releases.unschedule(session, release, by=acting().id, now=now())
    note(session, "release.unschedule", release)
    return release


def published(session: Session, release: Release) -> range | None:
    """Publish a release, and note it; return the numbers of its group, None for no change."""
    numbers = releases.publish(session, release, by=acting().id, now=now())
    note(session, "release.publish", release, change=numbers[0] if numbers else None)
    return numbers


def cancelled(session: Session, release: Release) -> Release:
    """Give a release up, and note it."""
    release = releases.cancel(session, release, by=acting().id, now=now())
    note(session, "release.cancel", release)
    return release


def impact(session: Session, release: Release) -> dict[str, Any]:
    """Return what a release would do to readers, as data."""
    return _impact(second.show(session, release))


def described(release: Release, status: int = 200) -> Response:
    """Return a release with its entity tag and, when it is new, its address."""
    response = answer(data(release), status)
    response.headers["ETag"] = etag(release.version)
    if status == 201:
        response.headers["Location"] = f"/v1/editorial/releases/{release.id}"
    return response


def note(session: Session, act: str, release: Release, **detail: Any) -> None:
    """Note what was done to a release: which version that has become, and the digest of its items.

    They may be long, and are written over; the digest tells later what somebody has approved.
    """
    items = canonical.digest(canonical.encode(release.items))
    facts = {"version": release.version, "items": items, **detail}
    noted(session, act, "release", release.id, reason=release.reason, **facts)


def data(release: Release) -> dict[str, Any]:
    """Return a release as data."""
    names = (
        *("id", "title", "reason", "items", "version", "state", "created_by", "updated_by"),
        *("impact", "approved_by", "group_end", "failure"),
    )
    times = ("publish_at", "created_at", "updated_at")
    return {
        **{name: getattr(release, name) for name in names},
        **{name: at.isoformat() if (at := getattr(release, name)) else None for name in times},
        "acts": releases.legal(release.state),
        "needs_second": second.needs(release),
    }


def _impact(found: Impact) -> dict[str, Any]:
    first = [{"slug": slug, "locale": locale} for slug, locale in found.articles[:MOST]]
    counts = ("sequence", "editions", "changed", "withheld", "released", "alert", "reasons")
    return {
        **{name: getattr(found, name) for name in counts},
        "articles": {"count": len(found.articles), "first": first},
        "needs_second": bool(found.reasons),
        "samples": found.samples,
    }


def _find(session: Session, id: str) -> Release:
    """Return a release that the caller has seen as it is."""
    release = releases.find(session, id)
    match(release.version)
    return release
