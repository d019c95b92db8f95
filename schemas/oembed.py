"""What oEmbed takes and gives (oembed.com)."""

from marshmallow import fields, validate

from schemas.fields import MAX_NUMBER, Out, Query, names, number, whole


class OembedQuery(Query):
    """The address of an article, and how much room there is for its card."""

    url = fields.String(
        required=True,
        validate=validate.Length(max=2000),
        metadata={"description": "Address of an article here, in any format and context."},
    )
    format = fields.String(
        load_default="json",
        metadata={"description": "Only `json` is offered.", "enum": ["json"]},
    )
    maxwidth = number(low=1, high=MAX_NUMBER, metadata={"description": "CSS pixels"})
    maxheight = number(low=1, high=MAX_NUMBER, metadata={"description": "CSS pixels"})


class OembedOut(Out):
    """A card (`rich`), or a bare link where there is no room for all that a card owes."""

    version = names("1.0")
    type = names("rich", "link")
    provider_name = fields.String(required=True)
    provider_url = fields.String(required=True)
    cache_age = whole(required=True, metadata={"description": "seconds"})
    title = fields.String(metadata={"description": "Only where a title may stand alone."})
    html = fields.String()
    width = whole(metadata={"description": "CSS pixels"})
    height = whole(metadata={"description": "CSS pixels, with the full texts folded"})
