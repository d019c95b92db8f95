"""Two people: which releases need a second one, and what that person has to have seen.

To bring back what was taken down always takes two. A change of policy does when it withholds more
than 1 % of all editions, or touches an alert; so does an earlier text that comes back. Who approves
it types how many editions change, so that nobody approves what they have not looked at. What they
have approved may grow by a tenth until it is published, since articles come and go; beyond that
somebody has to look again.
"""

from typing import Any

from sqlalchemy.orm import Session

from content import changes
from content.editorial import impact, release_items
from content.editorial.impact import Impact
from content.errors import Conflict, Finding, Forbidden, Invalid, Outdated, Unresolvable
from content.models.editorial import Release

GROWTH = 10  # percent that an approved impact may grow
COUNTED = ("editions", "changed", "withheld", "released")


def needs(release: Release) -> bool:
    """Return whether a release needs two people, as it was when somebody last looked."""
    return _restores(release) or bool(release.impact and release.impact["reasons"])


def look(session: Session, release: Release) -> dict[str, Any] | None:
    """Return the impact of a release as it is kept with it; None where there is none to see."""
    found = measure(session, release)
    return None if found is None else _kept(found)


def show(session: Session, release: Release) -> Impact:
    """Return the impact to who wants to see it; raise ``Conflict`` when it could not be."""
    if release.group_end is not None:
        raise Conflict("It is published already; its group in the log says what it changed.")
    try:
        return measure(session, release) or Impact(changes.head(session))
    except (Invalid, Unresolvable) as error:
        raise Conflict(f"It could not be published as it is: {error}") from None


def measure(session: Session, release: Release) -> Impact | None:
    """Return the impact of a release on readers.

    None where it changes no policy and brings back no earlier text; new texts were reviewed.
    """
    items, earlier = release_items.policy(session, release), release_items.earlier(session, release)
    return impact.measure(session, items, earlier) if items or earlier else None


def check_count(found: dict[str, Any] | None, count: int | None) -> None:
    """Raise ``Invalid`` unless who approves has typed how many editions change, where it counts."""
    if count is None and found and found["reasons"]:
        message = "is needed: the number of editions that change, as the impact says it"
        raise Invalid([Finding("/count", message)])
    if count is not None and count != (found["changed"] if found else 0):
        raise Invalid([Finding("/count", "differs; read the impact again")])


def expect(session: Session, release: Release) -> None:
    """Raise ``Forbidden`` or ``Outdated`` unless all have looked who have to, at what it is now."""
    now = look(session, release)
    approved = release.impact if release.approved_by else None
    reasons = ["it brings back what was taken down"] if _restores(release) else []
    reasons += now["reasons"] if now else []
    if reasons and release.approved_by is None:
        why = ", and ".join(reasons)
        raise Forbidden(f"This needs two people: {why}. Somebody else has to approve it first.")
    if now and now["reasons"] and _has_grown(approved, now):
        was = approved["changed"] if approved else 0
        message = f"It would change {now['changed']} editions now, {was} when it was approved"
        raise Outdated(f"{message}; read the impact again, and approve it again.")


def _restores(release: Release) -> bool:
    return any(one["type"] == "restore" for one in release.items)


def _kept(found: Impact) -> dict[str, Any]:
    counts = {name: getattr(found, name) for name in COUNTED}
    articles = len(found.articles)
    return {**counts, "articles": articles, "alert": found.alert, "reasons": found.reasons}


def _has_grown(approved: dict[str, Any] | None, now: dict[str, Any]) -> bool:
    if approved is None or (now["alert"] and not approved["alert"]):
        return True
    most = {name: approved[name] * (100 + GROWTH) for name in ("changed", "withheld")}
    return any(now[name] * 100 > allowed for name, allowed in most.items())
