"""The shapes of an import: what is asked for, and what has become of the items."""

from marshmallow import fields, validate

from schemas.fields import Out, Query, names, whole

PLACE = {"description": "The line, such as `line:17`."}


class ImportQuery(Query):
    """Whether what comes in goes live."""

    publish = fields.Boolean(
        load_default=False,
        truthy={"true"},
        falsy={"false"},
        metadata={"description": "Publish what passes every gate; needs the scope `publish`."},
    )


class ImportFindingOut(Out):
    """One thing that is wrong with an item: where in it (a JSON Pointer), and what."""

    pointer = fields.String(required=True)
    message = fields.String(required=True)
    gate = fields.String(required=True)


class RefusedOut(Out):
    """An item that was refused, and why; the first few of its findings."""

    place = fields.String(required=True, metadata=PLACE)
    slug = fields.String(required=True, allow_none=True)
    locale = fields.String(required=True, allow_none=True)
    outcome = names("refused")
    draft = fields.String(
        required=True,
        allow_none=True,
        validate=validate.OneOf(["created", "updated", "unchanged"]),
        metadata={"description": "What has become of its draft; null: it has none."},
    )
    findings = fields.List(fields.Nested(ImportFindingOut), required=True)


class ImportCountsOut(Out):
    """How many items were created as drafts, updated, left as they are, published, or refused."""

    created = whole(required=True)
    updated = whole(required=True)
    unchanged = whole(required=True)
    published = whole(required=True)
    refused = whole(required=True)


class ImportOut(Out):
    """What has become of the items; of refused ones the first are listed."""

    counts = fields.Nested(ImportCountsOut, required=True)
    refused = fields.List(fields.Nested(RefusedOut), required=True)
    left_out = whole(required=True, metadata={"description": "Refused items that are not listed."})
