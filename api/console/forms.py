"""Forms: what was sent is read with the schema that the API has for the same act."""

from collections.abc import Callable
from typing import Any

from flask import request
from marshmallow import RAISE, Schema, ValidationError

from api import errors, visits
from content.errors import Finding, Invalid

Find = Callable[[Any, Any], list[Finding]]


def read(schema: type[Schema]) -> dict[str, Any]:
    """Return the fields of the form that was sent; raise ``Invalid`` for what is wrong in them."""
    sent = {name: value for name, value in request.form.items() if name != visits.FIELD}
    return load(schema(), sent, errors.body_findings)


def read_known(schema: type[Schema]) -> dict[str, Any]:
    """Return those fields of the form that was sent which a schema names; others are read apart."""
    known = schema()
    sent = {name: value for name, value in request.form.items() if name in known.fields}
    return load(known, sent, errors.body_findings)


def load(schema: Schema, sent: dict[str, str], find: Find) -> dict[str, Any]:
    """Load what was sent; raise ``Invalid`` with what ``find`` says of what is wrong."""
    try:
        loaded: dict[str, Any] = schema.load(sent, unknown=RAISE)
    except ValidationError as error:
        raise Invalid(find(error.messages, schema)) from None
    return loaded
