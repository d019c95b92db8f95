"""The shapes of the log as readers see it. It names slugs and ids, never titles."""

from marshmallow import fields, validate

from content.changes import SUBJECTS
from schemas.articles import FIELDS_HELP, FIELDS_PATTERN
from schemas.contexts import ContextQuery
from schemas.disclaimers import DisclaimerOut, HelpOut
from schemas.fields import MAX_NUMBER, Out, listed, names, number, whole
from schemas.lists import ArticleItemOut, about

MAX_LIMIT = 1000
MAX_ITEMS = 100  # changes of a page that carries editions
INCLUDED = ("editions", "differences")
TYPES_PATTERN = listed(SUBJECTS)


class ChangeQuery(ContextQuery):
    """Where to go on, which changes to see, and whether to get the editions with them."""

    after = number(
        low=0,
        high=MAX_NUMBER,
        load_default=0,
        metadata={"description": "The last number that you have seen; 0 for everything."},
    )
    limit = number(
        low=1,
        high=MAX_LIMIT,
        load_default=100,
        metadata={
            "description": f"Look at this many; with `include` at most {MAX_ITEMS}. What filters "
            "hide is looked at, too."
        },
    )
    topic = about("topic")
    condition = about("condition")
    type = fields.String(
        metadata={
            "description": f"Only changes about these, by comma: {', '.join(SUBJECTS)}.",
            "pattern": TYPES_PATTERN,
            "examples": ["article"],
        }
    )
    include = fields.String(
        metadata={
            "description": "`editions`: with the edition of each article that is named, in the "
            "context that is asked for. `differences`: the same for who has those as of `after`. "
            "`test`, by comma: with those of test articles, too.",
            "pattern": f"^(({'|'.join(INCLUDED)})(,test)?|test(,({'|'.join(INCLUDED)}))?)$",
            "examples": ["editions"],
        }
    )
    fields_ = fields.String(
        data_key="fields",
        metadata={"description": f"With `include`. {FIELDS_HELP}", "pattern": FIELDS_PATTERN},
    )
    cursor = fields.String(
        validate=validate.Length(max=200),
        metadata={"description": "With `include`, from the link to the next page. Opaque."},
    )


class SubjectOut(Out):
    """What a change is about; `slug` and `locale` where it is an article."""

    type = fields.String(required=True)
    id = fields.String(required=True)
    slug = fields.String()
    locale = fields.String()
    moved_from = fields.String(metadata={"description": "The slug that it had until this change."})
    test = fields.Boolean(
        metadata={"description": "Whether it is a test article, given only with `include=test`."}
    )


class TombstoneOut(Out):
    """An article that is not to be shown: why, what instead, and what to do with a copy."""

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
    fact = fields.String(
        required=True,
        allow_none=True,
        metadata={
            "description": "SHA-256 of the row that became true with it. With it a checkpoint "
            "vouches for what the change said."
        },
    )
    tombstone = fields.Nested(TombstoneOut)


class ChangeItemOut(ArticleItemOut):
    """An edition whose disclaimers are keys; or `article` with a `tombstone` and no text.

    Of a difference, `same` names what is as in the edition as of `after`, and is left out.
    """

    same = fields.List(fields.String())
    tombstone = fields.Nested(TombstoneOut)


class ChangeLinksOut(Out):
    """Where the next changes are, also when there are none yet."""

    next = fields.String(required=True)


class ChangeListOut(Out):
    """What happened after a number, oldest first, dense and in commit order."""

    sequence = whole(required=True, metadata={"description": "The newest number there is."})
    changes = fields.List(fields.Nested(ChangeOut), required=True)
    items = fields.List(
        fields.Nested(ChangeItemOut(partial=True)),
        metadata={"description": "With `include`: each article once, as it is at `sequence`."},
    )
    texts = fields.Dict(
        keys=fields.String(),
        values=fields.Nested(DisclaimerOut),
        metadata={"description": "With `include`: the disclaimers of the items by their keys."},
    )
    withheld = whole(metadata={"description": "With `include`: items that a rule withholds."})
    links = fields.Nested(ChangeLinksOut, required=True)
