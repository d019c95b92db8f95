"""The description is the contract: it is what is served, it is valid, and the answers keep it."""

import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import services
import yaml
from flask import Flask
from flask.testing import FlaskClient
from jsonschema_rs import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator
from werkzeug.routing import Rule

from api.openapi import PROBLEM_TYPE

pytestmark = pytest.mark.one_engine
UNDESCRIBED = ("console ", "front", "key pages", "signing in", "snippets", "swagger_ui")  # pages
OF_DESK = (
    "/v1/editorial/",
    "/metrics",
    "/v1/insights/",
    "/v1/partners",
    "/v1/key-requests",
    "/v1/me/",
)
ELSEWHERE = ("getRecall", "getRecallPage", "getRecallTable")  # in test_recalls: of one that is open
SLUG = "kratom-and-ocd-evidence"
ADDRESSES = {
    "listArticles": "/v1/articles?limit=2&jurisdiction=US-AL",
    "getArticle": f"/v1/articles/{SLUG}?jurisdiction=US-AL",
    "getArticlePage": f"/v1/articles/{SLUG}.html",
    "getArticleMarkdown": f"/v1/articles/{SLUG}.md?jurisdiction=GB",
    "getArticleJsonld": f"/v1/articles/{SLUG}.jsonld",
    "getArticleNinjs": f"/v1/articles/{SLUG}.ninjs?jurisdiction=US-AL",
    "getCheckpoint": "/v1/checkpoint?from=2&change=5",
    "getDiff": f"/v1/articles/{SLUG}/diff?from=1&to=1&jurisdiction=US-AL",
    "getDiffPage": f"/v1/articles/{SLUG}/diff.html?from=1",
    "getJsonFeed": "/v1/feeds/articles.json?limit=2&jurisdiction=US-AL",
    "getAtomFeed": "/v1/feeds/articles.atom?limit=2",
    "getRssFeed": "/v1/feeds/articles.rss?topic=kratom",
    "getOembed": f"/v1/oembed?url=http%3A%2F%2F127.0.0.1%3A8000%2Fv1%2Farticles%2F{SLUG}",
    "getEmbed": "/embed",
    "getLatestScript": "/embed/v1.js",
    "getScript": "/embed/1.0.0/caveat.js",
    "getStyle": "/embed/1.0.0/caveat.css",
    "getEmbedPage": f"/embed/{SLUG}?jurisdiction=US-AL",
    "listJurisdictions": "/v1/jurisdictions?locale=es",
    "listRevisions": f"/v1/articles/{SLUG}/revisions",
    "getRevision": f"/v1/articles/{SLUG}/revisions/1?fields=title",
    "listChanges": "/v1/changes?include=differences&after=355&jurisdiction=US-AL",
    "getSnapshot": "/v1/snapshot?at=367&jurisdiction=US-AL",
    "getSection": f"/v1/articles/{SLUG}/sections/mechanisms",
    "listDisclaimers": "/v1/disclaimers?locale=en",
    "listWhereUsed": "/v1/disclaimers/crisis-support/articles?limit=1",
    "listRules": "/v1/rules",
    "getRule": "/v1/rules/ban-raises-legal-status",
    "getDisclaimer": "/v1/disclaimers/crisis-support",
    "listTopics": "/v1/topics",
    "getMe": "/v1/me",
    "listRecalls": "/v1/recalls",
    "listSchemas": "/v1/schemas",
    "getSchema": "/v1/schemas/edition-1.1.json",
    "getKeys": "/.well-known/jwks.json",
    "getHealth": "/healthz",
    "getReadiness": "/readyz",
    "getOpenapi": "/openapi.yaml",
}
# What every answer has, whatever it answers; said once in docs/partners.md.
GENERAL = {
    *("content-type", "content-length", "date", "x-content-type-options", "referrer-policy"),
    *("access-control-allow-origin", "access-control-expose-headers", "content-security-policy"),
}


@pytest.fixture(scope="module")
def spec(request: pytest.FixtureRequest) -> dict[str, Any]:
    """The description, from the file that is served."""
    text = (request.config.rootpath / "openapi.yaml").read_text()
    found: dict[str, Any] = yaml.load(text, yaml.CSafeLoader)
    return found


def test_the_file_in_the_repository_is_what_is_served(client: FlaskClient, here: Path) -> None:
    served = client.get("/openapi.yaml")
    assert served.mimetype == "application/yaml"
    assert served.data == (here / "openapi.yaml").read_bytes(), (
        "run: caveat openapi --output openapi.yaml"
    )


def test_it_is_valid_openapi(spec: dict[str, Any]) -> None:
    assert spec["openapi"] == "3.1.1"
    assert [str(error) for error in OpenAPIV31SpecValidator(spec).iter_errors()] == []


def test_it_keeps_redoclys_recommended_rules(client: FlaskClient, tmp_path: Path) -> None:
    (tmp_path / "openapi.yaml").write_bytes(client.get("/openapi.yaml").data)
    lint = subprocess.run(
        [services.npx(), "-y", "@redocly/cli@2.77.0", "lint", "openapi.yaml"],
        cwd=tmp_path,
        env={**os.environ, "PUPPETEER_SKIP_DOWNLOAD": "1", "REDOCLY_TELEMETRY": "off"},
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    told = lint.stdout + lint.stderr
    assert lint.returncode == 0, told
    assert "valid" in told
    assert "warning" not in told.lower().replace("deprecation warning", "")


def test_the_routes_and_the_description_are_the_same(app: Flask, spec: dict[str, Any]) -> None:
    assert set(routes(app)) == {(path, method) for path, method, _ in operations(spec)}


def test_every_operation_is_known_to_these_tests(spec: dict[str, Any]) -> None:
    delivered = {one["operationId"] for path, _, one in operations(spec) if not is_desk(path)}
    assert delivered == {*ADDRESSES, *ELSEWHERE, "changeMe"}


def test_every_operation_says_what_it_needs(spec: dict[str, Any]) -> None:
    for path, _, operation in operations(spec):
        assert operation["summary"], path
        assert operation["description"], path
        assert operation["tags"], path
        assert "security" in operation or "security" in spec, path
        if not is_desk(path):  # the desk's own tests hold each answer against its schema
            assert exampled(operation["responses"]["200"]), path
        default = resolve(spec, operation["responses"]["default"])
        assert list(default["content"]) == [PROBLEM_TYPE], path


def test_only_what_needs_a_key_demands_one(spec: dict[str, Any]) -> None:
    demands = {
        operation["operationId"]: operation.get("security", spec["security"])
        for path, _, operation in operations(spec)
        if not is_desk(path)
    }
    closed = {name for name, schemes in demands.items() if schemes == [{"bearer": []}]}
    assert closed == {"getMe", "changeMe"}
    assert demands["getArticle"] == [{}, {"bearer": []}]
    assert demands["getHealth"] == []
    desk = [one for path, _, one in operations(spec) if is_desk(path)]
    opened = {one["operationId"] for one in desk if one["security"] == []}
    assert {name.partition("Preview")[0] for name in opened} == {"see"}  # by a signed address
    asked = [one["security"] for one in desk if one["operationId"] not in opened]
    assert asked
    assert all(schemes == [{"bearer": []}] for schemes in asked)


def test_every_example_validates_against_its_schema(spec: dict[str, Any]) -> None:
    checked = 0
    for place, schema, example in examples(spec, spec):
        errors = [error.message for error in validator(spec, schema).iter_errors(example)]
        assert errors == [], place
        checked += 1
    assert checked > 30


def test_every_parameter_has_a_description(spec: dict[str, Any]) -> None:
    for path, _, operation in operations(spec):
        for parameter in operation.get("parameters", []):
            told = parameter.get("description") or parameter["schema"].get("description")
            assert told, (path, parameter["name"])


def test_outputs_leave_room_for_new_names_and_inputs_do_not(spec: dict[str, Any]) -> None:
    closed = {
        name
        for name, schema in spec["components"]["schemas"].items()
        if schema.get("additionalProperties") is False
    }
    assert closed
    assert all(name.endswith("In") for name in closed)


def test_nothing_is_described_that_nothing_uses(spec: dict[str, Any]) -> None:
    text = str(spec)
    for kind, entries in spec["components"].items():
        for name in entries:
            used = f"#/components/{kind}/{name}'" in text or kind == "securitySchemes"
            assert used, f"{kind}/{name}"


@pytest.mark.parametrize("operation", ADDRESSES)
def test_real_answers_keep_the_contract(
    client: FlaskClient, spec: dict[str, Any], partner_key: str, operation: str
) -> None:
    for headers in ({}, {"Authorization": f"Bearer {partner_key}"}):
        response = client.get(ADDRESSES[operation], headers=headers)
        described = next(o for _, _, o in operations(spec) if o["operationId"] == operation)
        if operation == "getMe" and not headers:
            assert response.status_code == 401
            continue
        answer = described["responses"][str(response.status_code)]
        content = answer["content"][response.mimetype]
        body = response.get_json() if response.is_json else response.text
        if response.mimetype == "application/yaml":
            body = yaml.load(body, yaml.CSafeLoader)
        assert [e.message for e in validator(spec, content["schema"]).iter_errors(body)] == []
        assert_headers(spec, answer, {name.lower() for name, _ in response.headers})


@pytest.mark.parametrize("operation", ADDRESSES)
def test_unchanged_answers_keep_the_contract(
    client: FlaskClient, spec: dict[str, Any], operation: str
) -> None:
    first = client.get(ADDRESSES[operation])
    described = next(o for _, _, o in operations(spec) if o["operationId"] == operation)
    if "304" not in described["responses"]:
        return
    again = client.get(ADDRESSES[operation], headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
    answer = resolve(spec, described["responses"]["304"])
    required = {name.lower() for name in answer["headers"]}
    assert required <= {name.lower() for name, _ in again.headers}


def test_the_headers_of_an_edition_are_described(spec: dict[str, Any]) -> None:
    described = spec["paths"]["/v1/articles/{slug}"]["get"]["responses"]["200"]["headers"]
    wanted = ("ETag", "Cache-Control", "Content-Location", "Vary", "Link", "Caveat-Sequence")
    assert {*wanted, "Last-Modified", "Content-Language", "Caveat-Fallback"} <= set(described)


def assert_headers(spec: dict[str, Any], answer: dict[str, Any], sent: set[str]) -> None:
    """Check that headers are described, and that those are there which always are."""
    described = {name.lower(): resolve(spec, one) for name, one in answer["headers"].items()}
    assert sent - GENERAL <= set(described)
    assert {name for name, one in described.items() if one["required"]} <= sent


def routes(app: Flask) -> Iterator[tuple[str, str]]:
    """Give path and method of every route that is for programs."""
    for rule in app.url_map.iter_rules():
        if not rule.endpoint.startswith(UNDESCRIBED):
            for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
                yield written(rule), method.lower()


def is_desk(path: str) -> bool:
    """Return whether an address is of the write side, or of partners and their keys."""
    return path.startswith(OF_DESK)


def written(rule: Rule) -> str:
    """Return a rule as OpenAPI writes paths."""
    return re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule)


def operations(spec: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Give path, method and operation of everything that is described."""
    for path, item in spec["paths"].items():
        shared = item.get("parameters", [])
        for method, operation in item.items():
            if method != "parameters":
                parameters = [*shared, *operation.get("parameters", [])]
                yield path, method, {**operation, "parameters": parameters}


def resolve(spec: dict[str, Any], value: dict[str, Any]) -> dict[str, Any]:
    """Follow a reference."""
    if "$ref" not in value:
        return value
    _, _, kind, name = value["$ref"].split("/")
    found: dict[str, Any] = spec["components"][kind][name]
    return found


def validator(spec: dict[str, Any], schema: dict[str, Any]) -> Draft202012Validator:
    """Return a validator of a schema that may refer to the description's components."""
    whole = {**schema, "components": spec["components"]}
    return Draft202012Validator(whole, validate_formats=True)


def exampled(answer: dict[str, Any]) -> bool:
    """Return whether every format of an answer has an example."""
    return all(
        "example" in media or "examples" in media["schema"] for media in answer["content"].values()
    )


def examples(spec: dict[str, Any], value: Any, place: str = "") -> Iterator[tuple[str, Any, Any]]:
    """Give every example in the description: where it is, its schema, and itself."""
    if isinstance(value, dict):
        if "example" in value and "schema" in value:
            yield place, value["schema"], value["example"]
        if isinstance(value.get("examples"), list) and "type" in value:
            yield from ((place, value, example) for example in value["examples"])
        for name, item in value.items():
            if name not in ("example", "examples"):
                yield from examples(spec, item, f"{place}/{name}")
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from examples(spec, item, f"{place}/{number}")
