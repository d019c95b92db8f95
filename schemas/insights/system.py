"""The shapes of the system: whether it works, and how it stood in the last hours."""

from marshmallow import fields

from content.samples import LONGEST_HOURS
from schemas.fields import Out, Query, number
from schemas.insights.numbers import count, maybe, permille


class SamplesQuery(Query):
    """How far back."""

    hours = number(
        low=1,
        high=LONGEST_HOURS,
        load_default=24,
        metadata={"description": "How many hours up to now, in sixty steps."},
    )


class WorkerOut(Out):
    """A worker that was heard of within a day; one that ends as it should is not listed."""

    name = fields.String(required=True, metadata={"description": "Host and process."})
    at = fields.AwareDateTime(required=True)
    is_alive = fields.Boolean(
        required=True, metadata={"description": "It was heard of within a minute."}
    )


class QueueOut(Out):
    """What waits."""

    events_waiting = count("Of webhooks, that will be sent again.")
    events_due_since = fields.AwareDateTime(required=True, allow_none=True)
    webhooks_disabled = count()
    releases_scheduled = count()
    releases_overdue = count()
    dates_overdue = count("That have passed and are not recorded.")
    unpurged = count("Changes that the cache that is furthest behind was not told of.")


class SlowOut(Out):
    """Statements of SQL that took longer than `milliseconds`, in processes that answer requests."""

    milliseconds = count()
    today = count()
    ever = count()


class SystemOut(Out):
    """Whether the installation works, by what `/readyz` asks; `wrong` says what does not."""

    sequence = count("The newest number of the log.")
    changed_at = fields.AwareDateTime(required=True, allow_none=True)
    is_ready = fields.Boolean(required=True)
    wrong = fields.List(fields.String(), required=True)
    workers = fields.List(fields.Nested(WorkerOut), required=True)
    queue = fields.Nested(QueueOut, required=True)
    slow = fields.Nested(SlowOut, required=True)


class StepOut(Out):
    """Some minutes; all but `at` is null where no worker has noted anything."""

    at = fields.AwareDateTime(required=True, metadata={"description": "When they begin."})
    sequence = maybe()
    changes = maybe()
    workers = maybe()
    waiting = maybe()
    scheduled = maybe()
    answers = maybe()
    hits = maybe()
    misses = maybe()
    permille_hits = permille()
    slow = maybe()


class SamplesOut(Out):
    """Sixty steps, oldest first: noted by the worker each minute, and kept for eight days.

    Of workers each has the least, of what waits the most; the rest is what was added.
    """

    hours = count()
    steps = fields.List(fields.Nested(StepOut), required=True)
