"""The shapes of forms about releases: everything in a form is text, and names the version seen."""

from datetime import UTC

from marshmallow import fields

from schemas.fields import MAX_NUMBER, In, number


class VersionForm(In):
    """The version of the release that somebody has seen."""

    version = number(low=1, high=MAX_NUMBER, required=True)


class ApproveForm(VersionForm):
    """That somebody has seen what it does, and how many editions that changes."""

    count = number(low=0, high=MAX_NUMBER, load_default=None)


class ScheduleForm(VersionForm):
    """When it is published; a moment without a zone is meant in UTC."""

    publish_at = fields.AwareDateTime(required=True, default_timezone=UTC)
