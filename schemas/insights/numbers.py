"""The numbers of insights: how many, what share, and what may never have been."""

from marshmallow import fields, validate

from schemas.fields import whole

PERMILLE = {"description": "Of 1,000; null where there was none."}


def count(said: str = "") -> fields.Integer:
    """Return a number of things that is always there."""
    return whole(required=True, metadata={"description": said} if said else {})


def permille() -> fields.Integer:
    """Return a share of what may be nothing."""
    return fields.Integer(
        strict=True,
        required=True,
        allow_none=True,
        validate=validate.Range(min=0, max=1000),
        metadata=PERMILLE,
    )


def maybe() -> fields.Integer:
    """Return a number of something that may never have been."""
    return fields.Integer(strict=True, required=True, allow_none=True, validate=validate.Range(0))
