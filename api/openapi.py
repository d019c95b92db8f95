"""OpenAPI 3.1.1, made from the marshmallow schemas, and JSON Schemas from the same source."""

from collections.abc import Callable
from copy import deepcopy
from functools import cached_property
from typing import Any, TypeVar

import yaml
from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin
from flask import Flask, Response, current_app, request
from flask_smorest import Api, Blueprint
from marshmallow import RAISE, Schema

from api import converters, headers
from api.examples import PROBLEM_EXAMPLE
from api.media import (
    AUDIT_LINES,
    DIFF_PAGE,
    FEEDS,
    FRAME_PAGE,
    PREVIEWS,
    RENDITIONS,
    SCRIPT_FILE,
    SNAPSHOT,
    STYLE_FILE,
)
from schemas.articles import EditionOut, RevisionListOut, SectionEditionOut
from schemas.changes import ChangeListOut
from schemas.diffs import DiffOut
from schemas.fields import In, Tagged
from schemas.lists import ArticleListOut
from schemas.meta import HealthOut, MeOut, ReadyOut
from schemas.oembed import OembedOut
from schemas.problems import ProblemOut
from schemas.recalls import RecallFactsOut
from schemas.seen_previews import PreviewEditionOut
from schemas.snapshot import SnapshotOut

View = TypeVar("View", bound=Callable[..., Any])
VERSION = "3.1.1"
DIALECT = "https://json-schema.org/draft/2020-12/schema"
PROBLEM_TYPE = "application/problem+json"
SCHEMAS: dict[str, type[Schema]] = {  # the newest minor of each
    "edition-1.1": EditionOut,
    "section-1.0": SectionEditionOut,
    "articles-1.2": ArticleListOut,
    "changes-1.4": ChangeListOut,
    "preview-1.0": PreviewEditionOut,
    "problem-1.1": ProblemOut,
    "snapshot-1.0": SnapshotOut,
}
DOCS_POLICY = (
    "default-src 'self'; img-src 'self' data:; script-src 'self' 'unsafe-inline'; "
    "style-src 'self' 'unsafe-inline'; base-uri 'none'; form-action 'none'"
)
EDITIONS: tuple[Any, ...] = (EditionOut, SectionEditionOut, *RENDITIONS)
UNCONDITIONAL = (HealthOut, ReadyOut, MeOut)  # answers that are never kept


class Slice(Blueprint):  # type: ignore[misc] # flask-smorest has no types
    """A blueprint whose query strings are strict: what is not listed is a 400."""

    is_kept = True  # answers have an entity tag and may be asked for again with it

    def query(self, schema: type[Schema]) -> Callable[[View], View]:
        """Read the query string with a schema and hand it to the view as its first argument."""
        strict = {"location": "query", "error_status_code": 400, "unknown": RAISE}
        decorated: Callable[[View], View] = self.arguments(schema, **strict)
        return decorated

    def response(self, status_code: int, schema: Any = None, **facts: Any) -> Any:
        """Describe what a view gives, with the headers and the short answers that come with it."""
        declare = [super().response(status_code, schema, headers=_headers(schema), **facts)]
        if self.is_kept and schema not in UNCONDITIONAL:
            declare.append(self.alt_response(304, "NOT_MODIFIED", success=True))
        if schema in (*EDITIONS, RevisionListOut):
            declare.append(self.alt_response(308, "MOVED", success=True))
        if schema is SNAPSHOT:
            declare.append(self.alt_response(206, "RANGE", success=True))
            declare.append(self.alt_response(307, "NEWEST", success=True))

        def decorate(view: View) -> View:
            described: View = self.doc(description=view.__doc__)(view)
            for declaration in declare:
                described = declaration(described)
            return described

        return decorate


class Description(Api):  # type: ignore[misc] # flask-smorest has no types
    """flask-smorest's Api with problems as the one shape of errors."""

    ERROR_SCHEMA = ProblemOut

    def register_blueprint(self, blp: Slice) -> None:
        """Register a slice; it is described when somebody asks, as a start has to be quick."""
        self._app.extensions["flask-smorest"]["blp_name_to_api"][blp.name] = self
        self._app.register_blueprint(blp)

    @cached_property
    def text(self) -> str:
        """The whole description; it takes a moment to write and never changes."""
        for name in self._app.extensions["flask-smorest"]["blp_name_to_api"]:
            found = self._app.blueprints[name]
            found.register_views_in_doc(self, self._app, self.spec, name=name, parameters=None)
            self.spec.tag({"name": name, "description": found.description})
        spec = _tidy(self.spec.to_dict())
        return yaml.dump(spec, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=100)

    def _register_error_handlers(self) -> None:
        """Leave all errors to ``api/errors.py``."""

    def _register_responses(self) -> None:
        """Say that errors are problems, what a 304 and a 308 are, and what headers mean."""
        content = {PROBLEM_TYPE: {"schema": ProblemOut, "example": PROBLEM_EXAMPLE}}
        error = {"description": "What went wrong.", "content": content}
        for name, header in headers.described():
            self.spec.components.header(name, header, lazy=True)
        for name, facts in {
            "DEFAULT_ERROR": {
                **error,
                "headers": headers.refer("Cache-Control", *headers.ON_ERROR),
            },
            "BAD_REQUEST": {**error, "headers": headers.refer("Cache-Control")},
            "FORBIDDEN": {
                "description": "The key or token may not do this.",
                "content": content,
                "headers": headers.refer("Cache-Control"),
            },
            "NOT_MODIFIED": {
                "description": "The reader has exactly this.",
                "headers": headers.refer("ETag", "Cache-Control"),
            },
            "RANGE": {
                "description": "The octets that `Range` asks for.",
                "headers": headers.refer("ETag", "Cache-Control", "Content-Range"),
            },
            "NEWEST": {
                "description": "The same as of the newest number.",
                "headers": headers.refer("Location", "Cache-Control"),
            },
            "MOVED": {
                "description": "The article lives under another slug now.",
                "headers": headers.refer("Location", "Cache-Control"),
            },
        }.items():
            self.spec.components.response(name, deepcopy(facts), lazy=True)


def _headers(schema: Any) -> dict[str, str]:
    """Return the headers of the answers that have this schema."""
    embed = headers.ON_EMBED if schema in (FRAME_PAGE, SCRIPT_FILE, STYLE_FILE) else ()
    if schema is AUDIT_LINES:  # it is written while it is sent, so nobody knows its tag before
        return headers.refer("Cache-Control", "Vary")
    if schema in EDITIONS:
        return headers.refer(*headers.ALWAYS, *headers.ON_EDITION, *embed)
    walk = headers.ON_WALK if schema in (*FEEDS, ArticleListOut, SNAPSHOT) else ()
    more = [*walk, *embed, *(headers.ON_DIFF if schema in (DIFF_PAGE, DiffOut) else ())]
    more += ["Content-Encoding", "Accept-Ranges"] if schema is SNAPSHOT else []
    if schema in (*PREVIEWS, PreviewEditionOut):
        return headers.refer(*headers.ALWAYS, *headers.ON_PREVIEW)
    if isinstance(schema, type):
        is_as_of = "sequence" in schema().fields and not issubclass(schema, RecallFactsOut)
        more += ["Caveat-Sequence"] if is_as_of else []
        more += headers.ON_FOLLOWING if schema is ChangeListOut else []
        more += ["Content-Language", "X-Robots-Tag"] if schema is OembedOut else []
    return headers.refer(*headers.ALWAYS, *more)


def init_app(app: Flask) -> Description:
    """Set up the description; blueprints are registered through what is returned."""
    app.url_map.converters |= converters.NAMES
    app.config.update(
        API_TITLE="Caveat",
        API_VERSION="1.0",
        OPENAPI_VERSION=VERSION,
        OPENAPI_URL_PREFIX=None,
        API_SPEC_OPTIONS=SPEC_OPTIONS,
    )
    plugin = MarshmallowPlugin(schema_name_resolver=schema_name)
    api = Description(app, spec_kwargs={"marshmallow_plugin": plugin})
    describe_tagged(plugin)
    for converter, described in converters.DESCRIBED.items():
        api.register_converter(converter, lambda _, described=described: {**described})
    app.extensions["caveat-description"] = api
    app.after_request(_confine_docs)
    return api


def _confine_docs(response: Response) -> Response:
    """Let the reference page, which is a bundle of scripts, reach nobody but us."""
    if request.blueprint == "swagger_ui":
        response.headers.setdefault("Content-Security-Policy", DOCS_POLICY)
    return response


def document() -> str:
    """Return the description of the current app as YAML."""
    api: Description = current_app.extensions["caveat-description"]
    return api.text


def json_schema(name: str) -> dict[str, Any]:
    """Return one JSON Schema 2020-12 with everything that it refers to."""
    plugin = MarshmallowPlugin(schema_name_resolver=schema_name)
    spec = APISpec("Caveat", "1.0", VERSION, plugins=[plugin])
    describe_tagged(plugin)
    spec.components.schema("Root", schema=SCHEMAS[name])
    found = _rewrite(spec.to_dict()["components"]["schemas"], "#/components/schemas/", "#/$defs/")
    root = found.pop("Root")
    return {"$schema": DIALECT, "title": name, **root, "$defs": found}


def describe_tagged(plugin: MarshmallowPlugin) -> None:
    """Teach apispec our tagged objects, and that a list's items may be such."""

    def one_of(converter: Any, field: Any, **_: Any) -> dict[str, Any]:
        if not isinstance(field, Tagged):
            return {}
        refs = {name: converter.resolve_nested_schema(s) for name, s in field.choices.items()}
        mapping = {name: ref["$ref"] for name, ref in refs.items()}
        choice = {"propertyName": "type", "mapping": mapping}
        return {"oneOf": list(refs.values()), "discriminator": choice}

    def constant(converter: Any, field: Any, ret: dict[str, Any], **_: Any) -> dict[str, Any]:
        enum = ret.get("enum")
        return {"const": enum[0]} if enum and len(enum) == 1 else {}

    def address(converter: Any, field: Any, ret: dict[str, Any], **_: Any) -> dict[str, Any]:
        return {"format": "iri"} if ret.get("format") == "url" else {}  # "url" is no format

    def left_out(converter: Any, field: Any, ret: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Drop defaults of bodies that come in: makers of types read them as "always there"."""
        if isinstance(field.parent, In):
            ret.pop("default", None)
        return {}

    converter = plugin.converter
    for function in (one_of, constant, address, left_out):
        if converter is not None:
            converter.attribute_functions.append(function.__get__(converter))


def schema_name(schema: type[Schema] | Schema | str) -> str:
    """Return the name of a schema in the description: its class without ``Out``."""
    if isinstance(schema, str):
        return schema
    found = schema if isinstance(schema, type) else type(schema)
    return found.__name__.removesuffix("Out")


def _tidy(spec: dict[str, Any]) -> dict[str, Any]:
    """Drop what flask-smorest adds although nothing uses it; begin as such files begin."""
    spec["components"]["schemas"].pop("PaginationMetadataSchema", None)
    return {"openapi": spec.pop("openapi"), **spec}


class _Dumper(yaml.SafeDumper):
    """Writes out what stands twice: not every reader knows YAML's aliases."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _rewrite(value: Any, old: str, new: str) -> Any:
    if isinstance(value, dict):
        return {key: _rewrite(item, old, new) for key, item in value.items()}
    if isinstance(value, list):
        return [_rewrite(item, old, new) for item in value]
    return value.replace(old, new) if isinstance(value, str) else value


SPEC_OPTIONS: dict[str, Any] = {
    "info": {
        "summary": "Health articles that never leave without the disclaimers that they owe.",
        "description": (
            "Structured health articles as versioned, signed JSON. Every answer that carries text "
            "of an article carries every disclaimer that it owes in the context that was asked for."
        ),
        "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
    },
    "servers": [{"url": "/", "description": "This installation"}],
    "security": [{}, {"bearer": []}],
    "components": {
        "securitySchemes": {
            "bearer": {
                "type": "http",
                "scheme": "bearer",
                "description": "A partner's key or an editor's token.",
            }
        }
    },
}
