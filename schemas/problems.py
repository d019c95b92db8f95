"""The shape of every error: RFC 9457 problem details."""

from marshmallow import fields, validate

from schemas.disclaimers import HelpOut
from schemas.fields import Open, Out, whole


class ProblemErrorOut(Out):
    """One thing that is wrong with a request: where, and how to mend it."""

    pointer = fields.String(required=True)
    detail = fields.String(required=True)
    id = fields.String(metadata={"description": "Of a finding that a reviewer can let pass."})


class ProblemOut(Open):
    """What went wrong. Problems about an article say what to do with a copy, and keep the help."""

    type = fields.Url(required=True, require_tld=False)
    title = fields.String(required=True)
    status = fields.Integer(required=True, strict=True)
    detail = fields.String(required=True)
    instance = fields.String(required=True)
    request_id = fields.String(required=True)
    docs = fields.Url(required=True, require_tld=False)
    errors = fields.List(fields.Nested(ProblemErrorOut))
    your_copy = fields.String(validate=validate.OneOf(["remove", "remove-here", "keep"]))
    notice = fields.String(allow_none=True)
    replacement = fields.String(allow_none=True)
    legal = fields.List(fields.String(), metadata={"description": "What can be done now."})
    version = whole(metadata={"description": "Of a draft, as it is now."})
    help = fields.List(fields.Nested(HelpOut))
