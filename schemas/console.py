"""The shapes of forms at the console, where they differ from the bodies of the API.

A form has texts only, and what was left empty in it is not there. What changes a draft says which
of its versions the page has shown, as ``If-Match`` does over HTTP.
"""

from datetime import UTC
from typing import Any

from marshmallow import fields, pre_load

from content.recalls.opening import LONGEST_HOURS
from schemas.drafts import ApproveIn, CommentIn, CorrectIn, RequestChangesIn, WithdrawIn
from schemas.fields import MAX_NUMBER, In, number

GIVEN = "let-pass."  # before the id of a finding: the field with the reason why it may pass


class Form(In):
    """Base of forms."""

    @pre_load
    def refuse_unkept(self, data: dict[str, str], **_: Any) -> Any:
        """Leave out what is empty, and refuse what cannot be kept."""
        return super().refuse_unkept({name: value for name, value in data.items() if value})


class SeenForm(Form):
    """Which version of a draft its writer has seen."""

    seen = number(low=1, high=MAX_NUMBER, required=True)


class ApproveForm(SeenForm, ApproveIn):
    """Findings that may pass: a field for each, with the reason."""

    @pre_load
    def refuse_unkept(self, data: dict[str, str], **_: Any) -> Any:
        """Gather the reasons."""
        reasons = {n.removeprefix(GIVEN): v for n, v in data.items() if n.startswith(GIVEN)}
        given = {finding: reason for finding, reason in reasons.items() if reason.strip()}
        rest = {name: value for name, value in data.items() if not name.startswith(GIVEN)}
        return super().refuse_unkept({**rest, "overrides": given})


class RequestChangesForm(SeenForm, RequestChangesIn):
    """What should change."""


class CorrectForm(SeenForm, CorrectIn):
    """What was wrong."""


class ScheduleForm(SeenForm):
    """When it is published, in UTC unless it says another zone."""

    publish_at = fields.AwareDateTime(required=True, default_timezone=UTC)


class CommentForm(Form, CommentIn):
    """What somebody says."""


class WithdrawForm(Form, WithdrawIn):
    """Why an article is taken down for good; the hours in digits."""

    hours = number(low=1, high=LONGEST_HOURS, load_default=None)
