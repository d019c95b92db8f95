"""The shapes of what waits for an editor, and of who is who."""

from marshmallow import Schema, fields

from content.editors import ROLES
from schemas.drafts import DraftHeadOut
from schemas.fields import Out, Query, names, number, whole
from schemas.releases import ReleaseOut, TaskOut


def _some(name: str, item: type[Schema], description: str) -> fields.Nested:
    """Make the shape of the first ones of something, and of how many there are."""
    shape = {
        "count": whole(required=True, metadata={"description": "All that there are."}),
        "first": fields.List(fields.Nested(item), required=True),
    }
    made = type(f"{name}Out", (Out,), {"__doc__": description, **shape})
    return fields.Nested(made, required=True, metadata={"description": description})


class WaitingQuery(Query):
    """How much of what waits."""

    limit = number(
        low=1, high=100, load_default=20, metadata={"description": "How many of each list."}
    )


class WaitingOut(Out):
    """What waits for who asks; what they could not do is not counted."""

    write = _some("ToWrite", DraftHeadOut, "Drafts of yours, begun or given back.")
    review = _some("ToReview", DraftHeadOut, "Drafts in review that others have written.")
    publish = _some("ToPublish", DraftHeadOut, "Drafts that are approved.")
    approve = _some("ToApprove", ReleaseOut, "Releases that others have put together.")
    release = _some("ToRelease", ReleaseOut, "Releases that are approved, or failed when due.")
    scheduled = _some("Scheduled", ReleaseOut, "Releases that will be published by themselves.")
    tasks = _some("OpenTasks", TaskOut, "Open tasks, those first that are due soonest.")


class PersonOut(Out):
    """Somebody who makes content."""

    id = fields.String(required=True)
    name = fields.String(required=True)
    role = names(*ROLES)


class PersonListOut(Out):
    """Everybody who ever made content here, oldest first."""

    people = fields.List(fields.Nested(PersonOut), required=True)
