"""IPTC's own JSON Schema of ninjs 3.1 as a check; its licence lies beside it."""

import json
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker
from referencing import Registry, Resource

FOLDER = Path(__file__).parent / "schemas" / "ninjs"


def read(name: str) -> Any:
    return json.loads((FOLDER / name).read_text())


def validator() -> Draft202012Validator:
    """Return a validator that asks nothing of the network."""
    geojson = Resource.from_contents(read("GeoJSON-schema.json"))
    known = Registry().with_resource("https://geojson.org/schema/GeoJSON.json", geojson)
    schema = read("ninjs-schema_3.1.json")
    return Draft202012Validator(schema, registry=known, format_checker=FormatChecker())


def faults(item: Any) -> list[str]:
    """Return what is wrong with an item."""
    return [error.message for error in validator().iter_errors(item)]
