"""Insights for dashboards: each address answers one question about the installation, at once.

For editors who may read; no cache keeps an answer. They count, and say no word of an article.
"""

import os
from collections import Counter
from datetime import date, timedelta
from typing import Any

from flask import Response, current_app

from api import caching, metering, paging
from api.db import now, session
from api.editorial import Desk, answer, as_of
from api.memory import Memory
from content import partners, usage
from content.editors import READ
from content.errors import Finding, Invalid
from content.insights import calendar, corpus, days, deliveries, disclaimers, facts
from content.insights import partners as taking
from content.insights.calendar import Entry
from schemas.fields import Query
from schemas.insights.calendar import CalendarOut, CalendarQuery
from schemas.insights.corpus import CorpusOut
from schemas.insights.days import CacheOut, DaysOut, DaysQuery
from schemas.insights.deliveries import DeliveriesOut, DeliveriesQuery
from schemas.insights.disclaimers import DisclaimersUseOut
from schemas.insights.facts import FactsOut, FactsQuery
from schemas.insights.partners import (
    KEPT,
    OnePartnerInsightOut,
    PartnerListQuery,
    PartnerQuery,
    PartnersInsightOut,
)

bp = Desk(
    "Insights",
    __name__,
    url_prefix="/v1/insights",
    description="What dashboards ask of an installation.",
)
ENTRY = ("day", "kind", "subject", "detail", "slug", "by")
LEFT_OUT = timedelta(days=29)  # from the first day to the last one


@bp.get("/corpus")
@bp.needs(READ)
@bp.query(Query)
@bp.response(200, CorpusOut)
@bp.doc(operationId="getCorpus", summary="Count articles and texts by how they stand")
def show_corpus(query: dict[str, Any]) -> Response:
    """By state, language, topic and review; and what is withheld somewhere."""
    return _as_of_head(corpus_now())


def corpus_now() -> dict[str, Any]:
    """Return how many articles and texts stand how, as data; the log is counted once a number."""
    kept, head = current_app.extensions.get("caveat-corpus"), caching.head()
    if kept is None or kept[0] != head:
        kept = (head, corpus.of_log(session(), caching.policy_now()))
        current_app.extensions["caveat-corpus"] = kept
    return corpus.with_drafts(session(), kept[1])


@bp.get("/reviews")
@bp.needs(READ)
@bp.query(CalendarQuery)
@bp.response(200, CalendarOut)
@bp.doc(operationId="getReviewCalendar", summary="Read what has to be looked at when")
def show_reviews(query: dict[str, Any]) -> Response:
    """Reviews, last days of display, and facts of places to be checked again, overdue first."""
    return answer(reviews(query))


def reviews(query: dict[str, Any]) -> dict[str, Any]:
    """Return what has to be looked at when, as data."""
    today, limit = now().date(), query["limit"]
    first, last = query.get("from_"), query.get("to") or today + calendar.AHEAD
    _check_span(first or min(today, last), last)
    after = paging.parse_entry(query.get("cursor"))
    found = calendar.entries(session(), first, last, after=after, limit=limit + 1)
    further = paging.entry_cursor(found[limit - 1].place) if len(found) > limit else None
    data = {
        "today": today.isoformat(),
        "from": first.isoformat() if first else None,
        "to": last.isoformat(),
        "overdue": calendar.overdue(session(), today),
        "days": calendar.days(session(), first or today, last),
        "entries": [_entry(one, today) for one in found[:limit]],
    }
    return {**data, "next": further}


@bp.get("/disclaimers")
@bp.needs(READ)
@bp.query(Query)
@bp.response(200, DisclaimersUseOut)
@bp.doc(operationId="getDisclaimerUse", summary="Count which texts owe which disclaimers")
def show_disclaimers(query: dict[str, Any]) -> Response:
    """By how many live texts each is owed to some reader, and by which rules."""
    return _as_of_head(disclaimers.read(session(), caching.policy_now()))


@bp.get("/facts")
@bp.needs(READ)
@bp.query(FactsQuery)
@bp.response(200, FactsOut)
@bp.doc(operationId="getFacts", summary="Read how old the facts of places are")
def show_facts(query: dict[str, Any]) -> Response:
    """What the law, authorities and help lines are, when that was checked, what is overdue."""
    return as_of(known_facts(query))


def known_facts(query: dict[str, Any]) -> dict[str, Any]:
    """Return the facts of places by their age, as data."""
    policy, today = caching.policy_now(), now().date()
    tongue = policy.site["default_locale"]
    asked = {"kind": query.get("kind"), "sort": query["sort"]}
    found = facts.read(session(), policy, today, tongue, **asked)
    return {"sequence": caching.head(), "today": today.isoformat(), "facts": found}


@bp.get("/partners")
@bp.needs(READ)
@bp.query(PartnerListQuery)
@bp.response(200, PartnersInsightOut)
@bp.doc(operationId="getPartnerInsights", summary="Read how far behind partners are")
def show_partners(query: dict[str, Any]) -> Response:
    """And what they use of their plans; in the order in which they came."""
    return _as_of_head(partners_now(query))


def partners_now(query: dict[str, Any]) -> dict[str, Any]:
    """Return partners with what is counted of them, as data."""
    after, limit, kept = query.get("after", ""), query["limit"], query["holds"] == KEPT
    among = taking.kept_silent(session(), now()) if query["silent"] else None
    words = query.get("words", "")
    found = partners.after(session(), after, limit + 1, words=words, among=among)
    shown, further = paging.cut(found, limit)
    plans = metering.meter().plans
    return {
        "all": taking.counts(session(), now(), kept=kept),
        "partners": taking.described(session(), shown, plans, now(), kept=kept),
        "next": further,
    }


@bp.get("/partners/<slug:id>")
@bp.needs(READ)
@bp.query(PartnerQuery)
@bp.response(200, OnePartnerInsightOut)
@bp.doc(operationId="getPartnerInsight", summary="Read how far behind one partner is")
def show_partner(query: dict[str, Any], id: str) -> Response:
    """And what it used on each of the last thirty days."""
    return _as_of_head(partner_now(id, kept=query["holds"] == KEPT))


def partner_now(id: str, *, kept: bool) -> dict[str, Any]:
    """Return one partner with all that is counted of it, as data; raise ``NotFound``."""
    found, plans = partners.find(session(), id), metering.meter().plans
    [shown] = taking.described(session(), [found], plans, now(), kept=kept)
    return {**shown, "days": taking.by_day(session(), id, now().date())}


@bp.get("/deliveries")
@bp.needs(READ)
@bp.query(DeliveriesQuery)
@bp.response(200, DeliveriesOut)
@bp.doc(operationId="getDeliveryInsights", summary="Read what becomes of webhooks' events")
def show_deliveries(query: dict[str, Any]) -> Response:
    """How many are taken, how long that takes, what waits and what failed last."""
    since = now() - timedelta(days=query["days"])
    found = deliveries.page(session(), query.get("after", ""), query["limit"] + 1)
    shown, further = paging.cut(found, query["limit"])
    data = {
        "since": since.isoformat(),
        **deliveries.summary(session(), since),
        "endpoints": deliveries.described(session(), shown, since),
    }
    return answer({**data, "next": further})


@bp.get("/cache")
@bp.needs(READ)
@bp.query(Query)
@bp.response(200, CacheOut)
@bp.doc(operationId="getCacheInsights", summary="Read how often the cache helps")
def show_cache(query: dict[str, Any]) -> Response:
    """Sums of all processes, a few seconds behind; entries are those of the one that answers."""
    return answer(cache_now())


def cache_now() -> dict[str, Any]:
    """Return how often the cache helps, as data."""
    kept, today = current_app.extensions["caveat-cache"].cache, now().date()
    ever = Counter({name: one.count for name, one in usage.totals(session()).items()})
    lately = Counter({one.name: one.count for one in usage.summed(session(), today, today)})
    data = {
        "shared": not isinstance(kept, Memory),
        "process": _process(kept) if isinstance(kept, Memory) else None,
        "ever": days.reads(ever),
        "today": days.reads(lately),
    }
    lost = {name: usage.tallied(session(), name) for name in (usage.FAILED_OPEN, usage.LOST)}
    return {**data, **lost}


@bp.get("/days")
@bp.needs(READ)
@bp.query(DaysQuery)
@bp.response(200, DaysOut)
@bp.doc(operationId="getDays", summary="Read what happened on each day")
def show_days(query: dict[str, Any]) -> Response:
    """A row for every day (UTC), also where nothing happened."""
    last = query.get("to") or now().date()
    first = query.get("from_") or last - min(LEFT_OUT, last - date.min)
    _check_span(first, last)
    found = days.read(session(), first, last, _series(query["series"]))
    return answer({"from": first.isoformat(), "to": last.isoformat(), "days": found})


def _as_of_head(data: dict[str, Any]) -> Response:
    return as_of({"sequence": caching.head(), **data})


def _check_span(first: date, last: date) -> None:
    if not timedelta(0) <= last - first < timedelta(days=days.MOST):
        message = f"must be a day up to 'to', and at most {days.MOST} days with it"
        raise Invalid([Finding("from", message)])


def _series(said: str) -> list[str]:
    found = list(dict.fromkeys(said.split(",")))
    if strangers := [name for name in found if name not in days.SERIES]:
        known = ", ".join(days.SERIES)
        raise Invalid([Finding("series", f"{strangers[0]!r} is none of {known}")])
    return found


def _entry(one: Entry, today: date) -> dict[str, Any]:
    shown = {name: getattr(one, name) for name in ENTRY}
    return {**shown, "overdue": one.day < today.isoformat()}


def _process(kept: Memory) -> dict[str, int]:
    most = kept.most
    return {"pid": os.getpid(), "entries": kept.entries, "most": most, "dropped": kept.dropped}
