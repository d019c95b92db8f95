"""What may stand in a path: slugs, numbers, kinds of sections, names of schemas."""

from typing import Any

from werkzeug.routing import BaseConverter, IntegerConverter

from content.documents import SECTION_KINDS
from schemas import published

SLUG = r"[a-z0-9]+(?:-[a-z0-9]+)*"


class SlugConverter(BaseConverter):
    """A slug in a path: lower-case words joined by hyphens."""

    regex = SLUG


class NumberConverter(IntegerConverter):
    """A number in a path: digits that no database overflows."""

    regex = r"[1-9][0-9]{0,15}"


class SectionKindConverter(BaseConverter):
    """The kind of a section in a path."""

    regex = "|".join(SECTION_KINDS)


class LocaleConverter(BaseConverter):
    """A language tag in a path (BCP 47)."""

    regex = r"[a-z]{2,8}(?:-[A-Za-z0-9]{2,8})*"


class PlaceConverter(BaseConverter):
    """The code of a place in a path (ISO 3166, or the world)."""

    regex = r"[A-Z]{2}(?:-[A-Z0-9]{1,3})?|001"


class SchemaNameConverter(BaseConverter):
    """The name of a JSON Schema in a path."""

    regex = r"[a-z]+-[0-9]+\.[0-9]+"


class VersionConverter(BaseConverter):
    """The version of a file in a path."""

    regex = r"[0-9]+\.[0-9]+\.[0-9]+"


DESCRIBED: dict[type[BaseConverter], dict[str, Any]] = {
    SlugConverter: {
        "type": "string",
        "pattern": f"^{SLUG}$",
        "description": "Lower-case words joined by hyphens.",
    },
    NumberConverter: {
        "type": "integer",
        "minimum": 1,
        "maximum": 10**16 - 1,
        "description": "A number that `revisions` lists.",
    },
    SectionKindConverter: {
        "type": "string",
        "enum": list(SECTION_KINDS),
        "description": "The kind of a section.",
    },
    LocaleConverter: {
        "type": "string",
        "pattern": f"^{LocaleConverter.regex}$",
        "description": "A language tag such as `en` or `pt-BR`.",
    },
    PlaceConverter: {
        "type": "string",
        "pattern": f"^({PlaceConverter.regex})$",
        "description": "A code such as `US` or `US-AL`.",
    },
    SchemaNameConverter: {
        "type": "string",
        "enum": list(published.names()),
        "description": "A name that `/v1/schemas` lists.",
    },
    VersionConverter: {
        "type": "string",
        "pattern": f"^{VersionConverter.regex}$",
        "description": "A version that `/embed` names.",
    },
}
NAMES: dict[str, type[BaseConverter]] = {  # as routes call them
    "slug": SlugConverter,
    "locale": LocaleConverter,
    "number": NumberConverter,
    "place": PlaceConverter,
    "schema_name": SchemaNameConverter,
    "section_kind": SectionKindConverter,
    "version": VersionConverter,
}
