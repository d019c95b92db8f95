"""Fields and bases that marshmallow lacks: strict outputs, and objects told apart by ``type``."""

import re
from collections.abc import Mapping
from typing import Any, Self

from marshmallow import EXCLUDE, INCLUDE, RAISE, Schema, ValidationError, fields, pre_load, validate

UNKEPT = re.compile("[\0\ud800-\udfff]")


class Shared(Schema):
    """Base of all: it is not changed once it is made, so a copy of what names it shares it.

    The descriptions of views are copied many times while a server starts.
    """

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        """Return it."""
        return self


class Query(Shared):
    """Base of query strings: an unknown parameter is an error, never ignored."""

    class Meta:
        """Refuse what is not listed."""

        unknown = RAISE


class In(Shared):
    """Base of bodies that come in: an unknown name is an error, never ignored.

    So is a character in its strings that cannot be kept. What is no string by its schema is for the
    domain to read.
    """

    class Meta:
        """Refuse what is not listed."""

        unknown = RAISE

    @pre_load
    def refuse_unkept(self, data: Any, **_: Any) -> Any:
        """Refuse NUL and lone surrogates: JSON can say them, and no database keeps them all."""
        sent = data if isinstance(data, dict) else {}
        said = ((name, _strings(self.fields.get(name), value)) for name, value in sent.items())
        if wrong := [name for name, strings in said if any(map(UNKEPT.search, strings))]:
            message = "It has a character that cannot be kept."
            raise ValidationError({name: [message] for name in wrong})
        return data


class Out(Shared):
    """Base of outputs. They describe bodies, and tests validate with them; v1 may add names."""

    class Meta:
        """Leave room for what later minors add (no ``additionalProperties: false``)."""

        unknown = EXCLUDE


class Open(Shared):
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


def line(**kwargs: Any) -> fields.String:
    """Return a text of one line that people read in lists."""
    return fields.String(validate=[validate.Length(max=200), _check_line], **kwargs)


def _check_line(text: str) -> None:
    if not text.isprintable():
        raise ValidationError("Write one line.")


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


def _strings(field: Any, value: Any) -> list[str]:
    """Return the strings in what was sent for a field of strings."""
    is_mapping = isinstance(field, fields.Dict) and isinstance(field.value_field, fields.String)
    if is_mapping and isinstance(value, dict):
        return [one for one in (*value, *value.values()) if isinstance(one, str)]
    return [value] if isinstance(field, fields.String) and isinstance(value, str) else []
