"""What machines need around the articles: schemas, keys, health, and this API's description."""

from flask import Response

from api import caching, examples, openapi, readiness, responses
from api.db import installation, now, session
from api.errors import problem
from content import changes, signing, work
from content.editorial import releases
from content.errors import NotFound
from schemas import published
from schemas.fields import Query
from schemas.meta import HealthOut, KeySetOut, ReadyOut, SchemaListOut

bp = openapi.Slice("Meta", __name__, description="Schemas, keys, health.")
ANY_OBJECT = {"type": "object", "additionalProperties": True}
READY = {
    "status": "ready",
    "sequence": 233,
    "work": {"workers": 1, "last_beat": "2026-11-23T12:00:00+00:00", "scheduled": 2, "unpurged": 0},
}
PUBLIC: dict[str, list[dict[str, list[str]]]] = {"security": []}


@bp.get("/v1/schemas")
@bp.query(Query)
@bp.response(200, SchemaListOut, example=examples.SCHEMAS_EXAMPLE)
@bp.doc(operationId="listSchemas", summary="List the JSON Schemas", **PUBLIC)
def schemas(query: dict[str, str]) -> Response:
    """JSON Schema 2020-12 of every body that `$schema` names."""
    base = installation().settings.public_url
    found = {name: f"{base}/v1/schemas/{name}.json" for name in published.names()}
    return responses.conditional(responses.of_data({"schemas": found}))


@bp.get("/v1/schemas/<schema_name:name>.json")
@bp.query(Query)
@bp.response(
    200, ANY_OBJECT, content_type="application/schema+json", example=examples.SCHEMA_EXAMPLE
)
@bp.doc(operationId="getSchema", summary="Read a JSON Schema", **PUBLIC)
def schema(query: dict[str, str], name: str) -> Response:
    """One JSON Schema 2020-12. It never changes: a new shape gets a new name."""
    if name not in published.names():
        raise NotFound(f"There is no schema {name!r}.")
    response = Response(published.read(name), mimetype="application/schema+json")
    response.set_etag(caching.etag(published.read(name)))
    response.headers["Cache-Control"] = responses.life()
    return responses.conditional(response)


@bp.get("/.well-known/jwks.json")
@bp.query(Query)
@bp.response(200, KeySetOut, example=examples.KEYS_EXAMPLE)
@bp.doc(operationId="getKeys", summary="Read the keys by which editions are verified", **PUBLIC)
def keys(query: dict[str, str]) -> Response:
    """A JWK Set of all signing keys, retired ones included, revoked ones not."""
    return responses.conditional(responses.of_data(signing.jwks(session())))


@bp.get("/healthz")
@bp.query(Query)
@bp.response(200, HealthOut, example={"status": "ok"})
@bp.doc(operationId="getHealth", summary="Ask whether the process answers", **PUBLIC)
def healthz(query: dict[str, str]) -> Response:
    """Answers without asking the database."""
    return _unkept(responses.of_data({"status": "ok"}))


@bp.get("/readyz")
@bp.query(Query)
@bp.response(200, ReadyOut, example=READY)
@bp.doc(operationId="getReadiness", summary="Ask whether the process can deliver", **PUBLIC)
def readyz(query: dict[str, str]) -> Response:
    """Asks for the database, its schema, the signing key, and what is overdue."""
    if said := next(readiness.wrong(), None):
        return problem("unavailable", said)
    head = changes.head(session())
    data = {"status": "ready", "sequence": head, "work": _work()}
    return _unkept(responses.of_data(data, sequence=head))


@bp.get("/openapi.yaml")
@bp.query(Query)
@bp.response(200, ANY_OBJECT, content_type="application/yaml", example=examples.DESCRIPTION_EXAMPLE)
@bp.doc(operationId="getOpenapi", summary="Read this description", **PUBLIC)
def description(query: dict[str, str]) -> Response:
    """OpenAPI 3.1.1 of this API, made from the schemas that the answers are checked against."""
    octets = openapi.document().encode()
    response = Response(octets, mimetype="application/yaml")
    response.set_etag(caching.etag(octets))
    response.headers["Cache-Control"] = responses.life()
    return responses.conditional(response)


def _work() -> dict[str, int | str | None]:
    """Return which workers are alive: none is no error as long as nothing is overdue."""
    last = work.last_beat(session())
    return {
        "workers": work.alive(session(), now()),
        "last_beat": last.isoformat() if last else None,
        "scheduled": releases.scheduled(session()),
        "unpurged": readiness.unpurged(),
    }


def _unkept(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return response
