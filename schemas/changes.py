"""The shapes of the log as readers see it. It names slugs and ids, never titles."""

from marshmallow import fields

from schemas.disclaimers import HelpOut
from schemas.fields import MAX_NUMBER, Out, Query, names, number, whole

MAX_LIMIT = 1000


class ChangeQuery(Query):
    """Where to go on."""

    after = number(
        low=0,
        high=MAX_NUMBER,
        load_default=0,
        metadata={"description": "The last number that you have seen; 0 for everything."},
    )
    limit = number(
        low=1, high=MAX_LIMIT, load_default=100, metadata={"description": "At most this many."}
    )


class SubjectOut(Out):
    """What a change is about; `slug` and `locale` where it is an article."""

    type = fields.String(required=True)
    id = fields.String(required=True)
    slug = fields.String()
    locale = fields.String()


class TombstoneOut(Out):
    """An article that is no longer live: why, what instead, and what to do with a copy."""

    type = fields.String(required=True)
    notice = fields.String(required=True, allow_none=True)
    replacement = fields.String(required=True, allow_none=True)
    your_copy = fields.String(required=True)
    help = fields.List(fields.Nested(HelpOut), required=True)


class ChangeOut(Out):
    """One numbered entry of the log; `group_end` is the last number of its group.

    `scope` says whose editions may have changed: `listed`, then entries about those articles stand
    in the same group; or `all`.
    """

    seq = whole(required=True)
    group_end = whole(required=True)
    at = fields.AwareDateTime(required=True)
    kind = fields.String(required=True)
    subject = fields.Nested(SubjectOut, required=True)
    impact = fields.String(required=True)
    scope = names("listed", "all")
    notice = fields.String(required=True, allow_none=True)
    tombstone = fields.Nested(TombstoneOut)


class ChangeLinksOut(Out):
    """Where the next changes are, also when there are none yet."""

    next = fields.String(required=True)


class ChangeListOut(Out):
    """What happened after a number, oldest first, dense and in commit order."""

    sequence = whole(required=True, metadata={"description": "The newest number there is."})
    changes = fields.List(fields.Nested(ChangeOut), required=True)
    links = fields.Nested(ChangeLinksOut, required=True)
