"""The shapes of releases and tasks."""

from marshmallow import fields, validate

from content.editorial.release_items import MOST
from content.editorial.releases import ACTS, STATES
from content.editorial.tasks import KINDS
from schemas.drafts import REASON, WORDS
from schemas.fields import MAX_NUMBER, In, Out, Query, Tagged, names, number, whole
from schemas.release_items import ITEMS, Item

TITLE = validate.Length(min=1, max=200)
MOMENT = {"description": "RFC 3339 with a zone; kept in UTC."}


class ScheduleIn(In):
    """When it is published."""

    publish_at = fields.AwareDateTime(required=True, metadata=MOMENT)


class ReasonIn(In):
    """Why."""

    reason = fields.String(required=True, validate=WORDS, metadata=REASON)


class ReleaseIn(In):
    """What becomes true together."""

    title = fields.String(required=True, validate=TITLE)
    reason = fields.String(required=True, validate=WORDS, metadata=REASON)
    items = fields.List(Item(ITEMS), required=True, validate=validate.Length(min=1, max=MOST))


class ReleaseListQuery(Query):
    """Which releases, and where in the walk."""

    state = fields.String(
        validate=validate.OneOf(STATES), metadata={"description": "Only those in this state."}
    )
    before = fields.String(
        validate=validate.Length(max=100), metadata={"description": "From `next`: older ones."}
    )
    limit = number(
        low=1, high=100, load_default=20, metadata={"description": "Releases of a page."}
    )


class ReleaseApproveIn(In):
    """That somebody has seen what it does."""

    count = fields.Integer(
        strict=True,
        load_default=None,
        allow_none=True,
        validate=validate.Range(min=0, max=MAX_NUMBER),
        metadata={
            "description": "`changed` of the impact; needed where `needs_second` comes from it."
        },
    )


class EditionsOut(Out):
    """How many editions (a live text in one context) a change of policy touches, and how."""

    editions = whole(required=True, metadata={"description": "That there are."})
    changed = whole(required=True, metadata={"description": "In any way; all others included."})
    withheld = whole(required=True, metadata={"description": "That would be shown no more."})
    released = whole(required=True, metadata={"description": "That are withheld until now."})
    alert = fields.Boolean(required=True, metadata={"description": "Whether an alert is touched."})
    reasons = fields.List(
        fields.String(), required=True, metadata={"description": "Why it takes two people."}
    )


class KeptImpactOut(EditionsOut):
    """The impact as it was when somebody last saved or approved the release."""

    articles = whole(required=True)


class TouchedOut(Out):
    """A live text that is touched."""

    slug = fields.String(required=True)
    locale = fields.String(required=True)


class TouchedListOut(Out):
    """The live texts that are touched, the first hundred by name."""

    count = whole(required=True)
    first = fields.List(fields.Nested(TouchedOut), required=True)


class SampleNoticeOut(Out):
    """A disclaimer as a reader sees it."""

    id = fields.String(required=True)
    level = fields.String(required=True)
    short = fields.String(required=True)
    text = fields.String(required=True)


class SampleOut(Out):
    """What one reader sees before and after: only the disclaimers that differ; null: withheld."""

    slug = fields.String(required=True)
    context = fields.Dict(keys=fields.String(), values=fields.String(), required=True)
    what = names("withheld", "released", "changed")
    before = fields.List(fields.Nested(SampleNoticeOut), required=True, allow_none=True)
    after = fields.List(fields.Nested(SampleNoticeOut), required=True, allow_none=True)


class ImpactOut(EditionsOut):
    """What a release would do to readers if it were published now."""

    sequence = whole(required=True)
    needs_second = fields.Boolean(required=True)
    articles = fields.Nested(TouchedListOut, required=True)
    samples = fields.List(fields.Nested(SampleOut), required=True)


class ReleaseOut(Out):
    """A release: what is in it, who has looked at it, when it is due, what it became."""

    id = fields.String(required=True)
    title = fields.String(required=True)
    reason = fields.String(required=True)
    items = fields.List(Tagged(ITEMS), required=True)
    version = whole(required=True, metadata={"description": "Also its `ETag`."})
    state = names(*STATES)
    acts = fields.List(fields.String(validate=validate.OneOf(list(ACTS))), required=True)
    needs_second = fields.Boolean(
        required=True, metadata={"description": "Whether another person has to approve it."}
    )
    impact = fields.Nested(KeptImpactOut, required=True, allow_none=True)
    publish_at = fields.AwareDateTime(required=True, allow_none=True)
    created_at = fields.AwareDateTime(required=True)
    created_by = fields.String(required=True)
    updated_at = fields.AwareDateTime(required=True)
    updated_by = fields.String(required=True)
    approved_by = fields.String(required=True, allow_none=True)
    group_end = whole(required=True, allow_none=True)
    failure = fields.String(required=True, allow_none=True)


class ReleaseListOut(Out):
    """Releases, newest first."""

    releases = fields.List(fields.Nested(ReleaseOut), required=True)
    next = fields.String(required=True, allow_none=True)


class TaskListQuery(Query):
    """Which tasks, and where in the walk."""

    kind = fields.String(
        validate=validate.OneOf(KINDS), metadata={"description": "Only those of this kind."}
    )
    done = fields.Boolean(
        load_default=False,
        metadata={"description": "Those that are done, not the open ones."},
    )
    after = fields.String(
        load_default="", validate=validate.Length(max=100), metadata={"description": "From `next`."}
    )
    limit = number(low=1, high=100, load_default=20, metadata={"description": "Tasks of a page."})


class TaskOut(Out):
    """Something that a person has to look at."""

    id = fields.String(required=True)
    kind = names(*KINDS)
    subject_type = fields.String(required=True)
    subject = fields.String(required=True)
    locale = fields.String(required=True, allow_none=True)
    text = fields.String(required=True)
    due_at = fields.AwareDateTime(required=True, allow_none=True)
    created_at = fields.AwareDateTime(required=True)
    created_by = fields.String(required=True)
    done_at = fields.AwareDateTime(required=True, allow_none=True)
    done_by = fields.String(required=True, allow_none=True)
    note = fields.String(required=True, allow_none=True)


class TaskListOut(Out):
    """Tasks, oldest first."""

    tasks = fields.List(fields.Nested(TaskOut), required=True)
    next = fields.String(required=True, allow_none=True)


class TaskDoneIn(In):
    """What came of it."""

    note = fields.String(required=True, validate=WORDS)


class HelpIn(ReasonIn):
    """The help of a place, as `/v1/editorial/policy/jurisdiction` gives its `data`."""

    data = fields.Dict(required=True)


class HelpReplacedOut(Out):
    """What became of it, and who has to look at it: anybody else who may publish."""

    release = fields.Nested(ReleaseOut, required=True)
    task = fields.Nested(TaskOut, required=True)
