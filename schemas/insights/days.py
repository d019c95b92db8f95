"""The shapes of what happened by day, and of the cache."""

from marshmallow import fields

from content.insights.days import MOST, SERIES
from schemas.fields import Out, Query, listed
from schemas.insights.numbers import count, permille


class DaysQuery(Query):
    """Which days (UTC), and which series."""

    from_ = fields.Date(
        data_key="from",
        metadata={"description": "The first day; left out: 30 days up to the last one."},
    )
    to = fields.Date(metadata={"description": "The last day; left out: today."})
    series = fields.String(
        load_default=",".join(SERIES),
        metadata={
            "pattern": listed(tuple(SERIES)),
            "description": f"Which series, separated by commas. At most {MOST} days.",
        },
    )


class KindOut(Out):
    """Changes of one kind."""

    kind = fields.String(required=True, metadata={"examples": ["article.published"]})
    count = count()


class LogDayOut(Out):
    """Changes of the log; those of test articles, too."""

    changes = count("All of them.")
    publications = count("Articles published, updated or corrected.")
    endings = count("Articles withdrawn, suspended, replaced or gone.")
    lapses = count("Dates that had passed and were recorded.")
    kinds = fields.List(fields.Nested(KindOut), required=True)


class UsageDayOut(Out):
    """Answers to partners' keys; others are not counted."""

    answers = count()
    bytes = count("Of bodies, as they were sent.")
    cost = count("In units; ten are a request.")
    unchanged = count("304.")
    permille_unchanged = permille()
    refused = count("429.")
    failed = count("5xx.")


class ReadsOut(Out):
    """Reads of the cache, whoever asked."""

    hits = count()
    misses = count("Not there, or not true any more: an edition was composed.")
    unanswered = count("Redis did not answer; these are misses, too.")
    permille_hits = permille()


class WebhooksDayOut(Out):
    """Events of webhooks that were delivered or given up, by the day of the last attempt."""

    delivered = count()
    failed = count()


class RecallsDayOut(Out):
    """Recalls opened, and partners' confirmations of recalls; drills apart."""

    opened = count()
    drills = count()
    confirmed = count()


class KeysDayOut(Out):
    """Requests for keys."""

    requested = count()
    approved = count()
    declined = count()


class DayOut(Out):
    """One day (UTC): the series that were asked for."""

    day = fields.Date(required=True)
    log = fields.Nested(LogDayOut)
    usage = fields.Nested(UsageDayOut)
    cache = fields.Nested(ReadsOut)
    webhooks = fields.Nested(WebhooksDayOut)
    recalls = fields.Nested(RecallsDayOut)
    keys = fields.Nested(KeysDayOut)


class DaysOut(Out):
    """Every day from one to another, also those on which nothing happened."""

    from_ = fields.Date(required=True, data_key="from")
    to = fields.Date(required=True)
    days = fields.List(fields.Nested(DayOut), required=True)


class ProcessOut(Out):
    """The cache of the one process that has answered this; another one has another."""

    pid = count()
    entries = count("Editions that it keeps.")
    most = count("How many it may keep.")
    dropped = count("To make room, since the process began.")


class CacheOut(Out):
    """Reads of the cache by all processes, and who keeps the entries."""

    shared = fields.Boolean(
        required=True, metadata={"description": "Whether Redis keeps them for all processes."}
    )
    process = fields.Nested(
        ProcessOut, required=True, allow_none=True, metadata={"description": "Null with Redis."}
    )
    ever = fields.Nested(
        ReadsOut, required=True, metadata={"description": "Since the installation began."}
    )
    today = fields.Nested(ReadsOut, required=True)
    limits_failed_open = count("Requests that no limit was held against, ever.")
    usage_lost = count("Answers that are in no usage and no ledger, ever.")
