"""The shapes of the forms by which a recall is started in the console."""

from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from content.recalls.opening import HOURS, LONGEST_HOURS
from schemas.drafts import SuspendIn
from schemas.fields import Query, number


class StartQuery(Query):
    """Which article to recall, and whether as a drill."""

    slug = fields.String(validate=validate.Length(max=200))
    drill = fields.Boolean(load_default=False)


class StartForm(SuspendIn):
    """A recall to be started by a form; its slug is typed twice, so that no other one is meant."""

    slug = fields.String(required=True, validate=validate.Length(min=1, max=200))
    confirm = fields.String(required=True, validate=validate.Length(max=200))
    hours = number(low=1, high=LONGEST_HOURS, load_default=HOURS)
    everyone = fields.Boolean(load_default=False)
    drill = fields.Boolean(load_default=False)

    @validates_schema(skip_on_field_errors=False)
    def check_slug(self, data: dict[str, Any], **_: Any) -> None:
        """Refuse it where the two differ."""
        if data.get("confirm", "").strip() != data.get("slug"):
            raise ValidationError({"confirm": ["Type the slug of the article as it stands above."]})
