"""One article as an edition: its bytes and shape, its parts, its revisions, its addresses."""

import re
from typing import Any
from urllib.parse import unquote

import delivery
import jsonschema
import pytest
from delivery import ARTICLE, OCD, SLEEP, SLUGS, read_json
from flask.testing import FlaskClient
from marshmallow import RAISE, Schema, fields
from problems import assert_problem

from content import editions, verifying
from content.contexts import Context
from content.db import Database
from content.signing import Keyring
from schemas.articles import EditionOut, RevisionListOut
from schemas.fields import Tagged
from schemas.renditions.formats import FORMATS

ALABAMA = f"{ARTICLE}?jurisdiction=US-AL"
CONTEXTS = ("", "?jurisdiction=US-AL", "?jurisdiction=DE&audience=clinicians&channel=retail")


def strict(schema: Schema) -> Schema:
    """Return a schema that knows every name of a body, also of what lies inside."""
    schema.unknown = RAISE
    for field in schema.fields.values():
        _be_strict(field)
    return schema


def _be_strict(field: Any) -> None:
    if isinstance(field, fields.Nested):
        strict(field.schema)
    elif isinstance(field, fields.List):
        _be_strict(field.inner)
    elif isinstance(field, Tagged):
        field.choices = {name: strict(type(one)()) for name, one in field.choices.items()}


def test_the_body_is_the_bytes_that_the_domain_issues(
    client: FlaskClient, library: Database, keyring: Keyring
) -> None:
    with library.read() as session:
        issued = editions.issue(session, OCD, Context("en", "US-AL"), keyring)
    assert client.get(ALABAMA).data == issued.octets


@pytest.mark.parametrize("slug", SLUGS)
@pytest.mark.parametrize("asked", CONTEXTS)
def test_every_name_of_an_edition_is_described(client: FlaskClient, slug: str, asked: str) -> None:
    body = read_json(client, f"/v1/articles/{slug}{asked}")
    assert strict(EditionOut()).load(body)
    described = jsonschema.Draft202012Validator(read_json(client, body["$schema"]))
    described.check_schema(described.schema)
    described.validate(body)


def test_the_schema_refuses_an_edition_without_disclaimers(client: FlaskClient) -> None:
    body = read_json(client, ARTICLE)
    described = jsonschema.Draft202012Validator(read_json(client, body["$schema"]))
    assert not described.is_valid({**body, "disclaimers": []})
    assert not described.is_valid({k: v for k, v in body.items() if k != "disclaimers"})


def test_an_edition_verifies_with_the_served_keys(client: FlaskClient) -> None:
    body = read_json(client, ALABAMA)
    assert verifying.verify(body, read_json(client, body["links"]["keys"])) == body["sequence"]


def test_every_link_of_an_edition_leads_somewhere(client: FlaskClient) -> None:
    response = client.get(ALABAMA)
    found = delivery.links(response)
    assert set(found) >= {"canonical", "alternate", "describedby", "license", "version-history"}
    for address in [*found.values(), *response.json["links"].values()]:
        assert client.get(delivery.local(address)).status_code == 200


def test_the_alternates_name_every_format_in_this_context(client: FlaskClient) -> None:
    found = client.get(ALABAMA).headers["Link"]
    alternates = re.findall(r'<([^>]*)>; rel="alternate"; type="([^"]*)"', found)
    for address, mimetype in alternates:
        assert "jurisdiction=US-AL" in unquote(address)
        assert client.get(delivery.local(address)).mimetype == mimetype.replace("+oembed", "")
    wanted = [*(form.mimetype for form in FORMATS), "application/json+oembed"]
    assert [mimetype for _, mimetype in alternates] == wanted


def test_the_page_is_a_whole_html_document_in_the_same_context(client: FlaskClient) -> None:
    response = client.get(f"{ARTICLE}.html?jurisdiction=US-AL")
    assert response.mimetype == "text/html"
    assert response.text.startswith("<!doctype html>")
    assert response.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert "Alabama" in response.text


@pytest.mark.parametrize("names", ["title,summary", "summary,title", "title,summary,title"])
def test_fields_are_a_set(client: FlaskClient, names: str) -> None:
    response = client.get(f"{ARTICLE}?fields={names}")
    assert response.data == client.get(f"{ARTICLE}?fields=title,summary").data
    assert response.json["fields"] == ["summary", "title"]
    assert not {"sections", "claims", "sources"} & response.json.keys()


def test_a_part_has_all_disclaimers_and_is_signed_as_it_is(client: FlaskClient) -> None:
    part, whole = read_json(client, f"{ARTICLE}?fields=title"), read_json(client, ARTICLE)
    assert [d["id"] for d in part["disclaimers"]] == [d["id"] for d in whole["disclaimers"]]
    assert part["help"] == whole["help"]
    assert strict(EditionOut()).load(part)
    verifying.verify(part, read_json(client, part["links"]["keys"]))


def test_all_five_fields_are_the_whole_article(client: FlaskClient) -> None:
    everything = client.get(f"{ARTICLE}?fields=sources,claims,sections,summary,title")
    assert everything.data == client.get(ARTICLE).data


@pytest.mark.parametrize(("names", "hint"), [("titel", "'title'"), ("title,", ""), ("", "")])
def test_an_unknown_field_is_refused_with_a_hint(
    client: FlaskClient, names: str, hint: str
) -> None:
    body = assert_problem(client.get(f"{ARTICLE}?fields={names}"), 400, "bad-request")
    assert body["errors"][0]["pointer"] == "fields"
    assert hint in body["errors"][0]["detail"]


def test_a_part_is_never_a_page_because_a_page_is_whole(client: FlaskClient) -> None:
    address = f"{ARTICLE}?fields=title"
    both = client.get(address, headers={"Accept": "text/html, */*;q=0.1"})
    assert both.data == client.get(address).data
    only = client.get(address, headers={"Accept": "text/html"})
    assert_problem(only, 406, "not-acceptable")
    assert_problem(client.get(f"{ARTICLE}.html?fields=title"), 400, "bad-request")


def test_a_pin_fixes_the_text_and_never_the_disclaimers(
    client: FlaskClient, library: Database
) -> None:
    old = read_json(client, f"/v1/articles/{SLEEP}")
    delivery.revise(library, SLEEP, title="A title that is new", topics=["kratom", "sleep"])
    new = read_json(client, f"/v1/articles/{SLEEP}")
    pinned = read_json(client, f"/v1/articles/{SLEEP}?revision=1")
    assert (new["title"], pinned["title"]) == ("A title that is new", old["title"])
    assert (pinned["revision"]["number"], new["revision"]["supersedes"]) == (1, 1)
    assert ids(pinned) == ids(new) > ids(old)


def test_a_revision_has_an_address_of_its_own(client: FlaskClient, library: Database) -> None:
    delivery.revise(library, SLEEP, title="A title that is new")
    pinned = client.get(f"/v1/articles/{SLEEP}?revision=1&fields=title")
    own = client.get(f"/v1/articles/{SLEEP}/revisions/1?fields=title")
    assert own.data == pinned.data
    assert own.headers["Content-Location"] == pinned.headers["Content-Location"]
    page = client.get(f"/v1/articles/{SLEEP}.html?revision=1")
    assert "A title that is new" not in page.text
    assert client.get(page.headers["Content-Location"]).data == page.data


@pytest.mark.parametrize("tail", ["?revision=7", ".html?revision=7", "/revisions/7"])
def test_a_revision_that_never_was_is_not_found(client: FlaskClient, tail: str) -> None:
    assert_problem(client.get(ARTICLE + tail), 404, "not-found")


def test_the_revisions_are_listed_newest_first_with_addresses(
    client: FlaskClient, library: Database
) -> None:
    delivery.revise(library, SLEEP, title="A title that is new", change_note="Another title.")
    body = read_json(client, f"/v1/articles/{SLEEP}/revisions")
    assert strict(RevisionListOut()).load(body)
    assert [one["number"] for one in body["revisions"]] == [2, 1]
    assert body["revisions"][0]["change_note"] == "Another title."
    numbers = [read_json(client, r["href"])["revision"]["number"] for r in body["revisions"]]
    assert numbers == [2, 1]
    assert body["sequence"] == delivery.head(library)


@pytest.mark.parametrize("old", ["sleep", "v1", "articles", "html"])
def test_an_old_slug_leads_to_the_new_one_with_its_query(
    client: FlaskClient, library: Database, old: str
) -> None:
    delivery.revise(library, SLEEP, slug=old)
    delivery.revise(library, SLEEP, slug="a-newer-slug")
    for tail in (*(form.suffix for form in FORMATS), "/revisions", "/revisions/1"):
        response = client.get(f"/v1/articles/{old}{tail}?locale=en")
        assert response.status_code == 308
        assert response.headers["Location"] == f"/v1/articles/a-newer-slug{tail}?locale=en"
        assert client.get(response.headers["Location"]).status_code == 200


@pytest.mark.parametrize("tail", ["", ".html", ".md", ".ninjs", "/revisions", "/revisions/1"])
def test_an_unknown_slug_is_not_found(client: FlaskClient, tail: str) -> None:
    assert_problem(client.get(f"/v1/articles/no-such-article{tail}"), 404, "not-found")


def ids(body: dict[str, Any]) -> set[str]:
    return {entry["id"] for entry in body["disclaimers"]}
