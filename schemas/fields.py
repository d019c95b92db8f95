"""Fields and bases that marshmallow lacks: strict outputs, and objects told apart by ``type``."""

from collections.abc import Mapping
from typing import Any

from marshmallow import EXCLUDE, INCLUDE, RAISE, Schema, ValidationError, fields, validate


class Query(Schema):
    """Base of query strings: an unknown parameter is an error, never ignored."""

    class Meta:
        """Refuse what is not listed."""

        unknown = RAISE


class In(Schema):
    """Base of bodies that come in: an unknown name is an error, never ignored."""

    class Meta:
        """Refuse what is not listed."""

        unknown = RAISE


class Out(Schema):
    """Base of outputs. They describe bodies, and tests validate with them; v1 may add names."""

    class Meta:
        """Leave room for what later minors add (no ``additionalProperties: false``)."""

        unknown = EXCLUDE


class Open(Schema):
    """Base of outputs that may carry names of their own, such as problems."""

    class Meta:
        """Keep what is not listed."""

        unknown = INCLUDE


class Digits(fields.Integer):
    """A whole number in plain digits: ``int`` would also read ``1_0``, `` 1`` and ``٣``."""

    def _validated(self, value: Any) -> int:
        if isinstance(value, str) and not (value.isascii() and value.removeprefix("-").isdigit()):
            raise self.make_error("invalid", input=value)
        return super()._validated(value)


class Tagged(fields.Field[Any]):
    """One of several objects, told apart by their ``type`` (``oneOf`` with a discriminator)."""

    def __init__(self, choices: Mapping[str, type[Schema]], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.choices = {name: schema() for name, schema in choices.items()}

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> Any:
        name = value.get("type") if isinstance(value, dict) else None
        if name not in self.choices:
            raise ValidationError(f"Unknown type {name!r}.")
        return self.choices[name].load(value, unknown=kwargs.get("unknown"))


def tag(name: str) -> fields.String:
    """Return the ``type`` field of one of several objects."""
    return fields.String(required=True, validate=validate.Equal(name))


def names(*choices: str, **kwargs: Any) -> fields.String:
    """Return a required string with a closed list of values."""
    return fields.String(required=True, validate=validate.OneOf(choices), **kwargs)


def nothing(**kwargs: Any) -> fields.Raw:
    """Return a field that is always there, and always null."""
    return fields.Raw(required=True, allow_none=True, validate=validate.Equal(None), **kwargs)


def listed(choices: tuple[str, ...]) -> str:
    """Return the pattern of a text that lists some of these names, separated by commas."""
    return f"^({'|'.join(choices)})(,({'|'.join(choices)}))*$"


def whole(**kwargs: Any) -> fields.Integer:
    """Return an integer that is not read from ``3.7`` or ``"3"``."""
    return fields.Integer(strict=True, validate=validate.Range(min=0, max=MAX_NUMBER), **kwargs)


def number(*, low: int, high: int, **kwargs: Any) -> fields.Integer:
    """Return a whole number of a query string, within bounds that no database overflows."""
    return Digits(validate=validate.Range(min=low, max=high), **kwargs)


MAX_NUMBER = 2**53 - 1  # of the log; also the largest integer in any body
