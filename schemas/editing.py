"""The shapes of the editor's forms: a text as it is written, and for whom it is shown."""

from marshmallow import fields

from schemas.fields import MAX_NUMBER, In, number
from schemas.previews import For


class WrittenIn(In):
    """A text in the authoring form; what is wrong in it is for the domain to say."""

    text = fields.String(required=True)


class ShownIn(For, WrittenIn):
    """The same with the version that its writer has seen, and for whom it is shown."""

    version = number(low=1, high=MAX_NUMBER, required=True)
