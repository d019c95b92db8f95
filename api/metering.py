"""Metering: each answer to a partner's key is held against its plan, counted, and remembered.

Flask's side of :mod:`api.meter`. What an answer carries is noted where editions come from
(:mod:`api.caching`), so that no route can forget it. Who reads without a key is not counted, and
neither is what is open to everybody.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from flask import Flask, Response, current_app, g, request

from api import auth
from api.db import now
from api.errors import problem
from api.leases import Alone, Shared
from api.ledger import Carried, Ledger
from api.limits import Limits, Taken
from api.meter import Given, Meter, Payer
from api.settings import Settings
from content import plans
from content.errors import Refusal
from content.usage import FAILED_OPEN

PAST = ("at", "as_of")  # parameters
PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>")


def init_app(app: Flask, settings: Settings) -> None:
    """Meter every request behind the guard."""
    ledger = Ledger(app.extensions["caveat"].database)
    lessor = Shared(settings.redis_url) if settings.redis_url else Alone()
    limits = Limits(lessor, lambda: ledger.tally(FAILED_OPEN))
    app.extensions["caveat-meter"] = Meter(limits, ledger, settings.known_plans)
    app.before_request(_take)
    app.after_request(_settle)


def meter() -> Meter:
    """Return what this application meters with."""
    found: Meter = current_app.extensions["caveat-meter"]
    return found


def mark(name: str) -> None:
    """Count that something has happened today, whoever asks."""
    meter().ledger.mark(name, now())


def payer() -> Payer | None:
    """Return whose quota this request is taken from; None: it is not metered."""
    caller = auth.caller()
    if caller is None or caller.partner is None or auth.is_for_everybody():
        return None
    plan = plans.of(meter().plans, caller.partner.plan)
    return Payer(caller.partner.id, plan, caller.is_site)


def give_back() -> None:
    """Give back what this request has taken, because it is asked again."""
    if taken := g.get("taken"):
        meter().limits.settle(taken, 0)


def carry(article: str, locale: str, revision: int, digest: str) -> None:
    """Note that this answer carries an edition, if it turns out to be one that shows it."""
    if auth.caller():
        carried: dict[tuple[str, str, int], Carried] = g.setdefault("carried", {})
        edition = Carried(article, locale, revision, digest)
        carried.setdefault(edition[:3], edition)


def carry_body(body: dict[str, Any]) -> None:
    """Note the same of an edition's body."""
    served, number = body["context"]["locale"], body["revision"]["number"]
    carry(body["article"]["id"], served, number, body["integrity"]["digest"])


@contextmanager
def noticing() -> Iterator[None]:
    """Note that an article may not be shown; it counts where that is what is answered."""
    try:
        yield
    except Refusal as refusal:
        g.refusal = refusal
        raise


def given() -> Given:
    """Return what the answer to this request is to the meter."""
    is_dear = request.blueprint == "Diffs" or any(name in request.args for name in PAST)
    refusal = g.get("refusal")
    return Given(
        template(request.url_rule.rule if request.url_rule else ""),
        is_safety=_is_safety(),
        is_dear=is_dear,
        carried=tuple(g.get("carried", {}).values()),
        refused=refusal.about if refusal else None,
    )


@cache
def template(rule: str) -> str:
    """Return a route as the description names it: ``/v1/articles/{slug}``."""
    return PARAMETER.sub(r"{\1}", rule)


def _take() -> Response | None:
    """Refuse a partner who has nothing left."""
    if (found := payer()) is None:
        return None
    g.taken = taken = meter().take(found, is_safety=_is_safety())
    return _refuse(meter().limits, taken) if taken.broken else None


def _is_safety() -> bool:
    """Return whether this request asks what was withdrawn."""
    is_log = request.blueprint == "Changes" and "include" not in request.args
    return is_log or request.blueprint == "My recalls"


def _refuse(limits: Limits, taken: Taken) -> Response:
    wait = limits.retry_after(taken)
    named = " and ".join(taken.broken)
    return problem(
        "too-many-requests",
        f"Your plan {taken.plan.name!r} has nothing left of {named}; ask again in {wait} s.",
        headers={"Retry-After": str(wait)},
        **{"violated-policies": list(taken.broken)},
    )


def _settle(response: Response) -> Response:
    """Count an answer, take what it has cost, and tell what is left."""
    if found := payer():
        told = meter().settle(found, g.get("taken"), given(), response.status_code, _size(response))
        response.headers.update(told)
    return response


def _size(response: Response) -> int | None:
    """Return how many bytes of body are sent; None where none is wanted."""
    if request.method == "HEAD":
        return None
    if response.status_code == 304:
        return 0
    return response.content_length or response.calculate_content_length() or 0
