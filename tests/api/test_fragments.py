"""The HTML of an article as a piece of another site's page, over HTTP."""

import re

import pytest
from bodies import Read
from delivery import ARTICLE, OCD, SLUGS, read_json
from flask.testing import FlaskClient
from problems import assert_problem

pytestmark = pytest.mark.one_engine
MOST = 4_096  # octets of the stylesheet
WHOLE = ("html", "head", "body", "main", "script", "style", "title", "meta", "link")


def fragment(client: FlaskClient, tail: str = "", slug: str = OCD) -> str:
    response = client.get(f"/v1/articles/{slug}.html?fragment=1{tail}")
    assert response.status_code == 200, response.text
    assert response.mimetype == "text/html"
    return response.text


@pytest.mark.parametrize("slug", SLUGS)
@pytest.mark.parametrize("place", ["001", "US-AL"])
def test_a_fragment_is_the_article_of_the_page_and_nothing_around_it(
    client: FlaskClient, slug: str, place: str
) -> None:
    found = fragment(client, f"&jurisdiction={place}&heading=1", slug)
    page = client.get(f"/v1/articles/{slug}.html?jurisdiction={place}").text
    inside = page[page.index("<article") : page.index("</article>")]
    assert Read(found).text.split() == Read(inside).text.split()
    assert not {tag for tag, _ in Read(found).tags} & set(WHOLE)
    assert found.startswith('<article class="cv" lang="en" dir="ltr"')
    assert "style" not in Read(found).values


@pytest.mark.parametrize("slug", SLUGS)
def test_every_notice_stands_in_it_by_its_level_and_in_full(client: FlaskClient, slug: str) -> None:
    found = Read(fragment(client, "&jurisdiction=US-AL", slug)).text
    edition = read_json(client, f"/v1/articles/{slug}?jurisdiction=US-AL")
    first = found.index(edition["sections"][0]["title"])
    last = found.index(edition["sections"][-1]["blocks"][-1]["text"][:40])
    for notice in edition["disclaimers"]:
        assert notice["text"] in found
        level, shown = notice["display"]["level"], notice["short"]
        if level == "alert":
            assert found.index(notice["text"]) < found.index(edition["summary"])
        elif level == "lead":
            assert found.index(shown) < first
        else:
            assert found.index(shown) > (last if level == "foot" else first)


@pytest.mark.parametrize("level", [1, 2, 3, 4])
def test_headings_begin_at_the_level_that_was_asked_for(client: FlaskClient, level: int) -> None:
    found = re.findall(r"<h([1-6])", fragment(client, f"&heading={level}"))
    assert int(found[0]) == level == min(map(int, found))
    assert {int(one) for one in found} <= set(range(level, 7))
    assert str(level + 2) in found


def test_the_title_is_a_heading_of_level_2_where_nothing_else_is_asked_for(
    client: FlaskClient,
) -> None:
    assert fragment(client) == fragment(client, "&heading=2")
    assert '<h2 class="cv-title">' in fragment(client)


def test_ids_are_apart_from_those_of_the_page_around_it(client: FlaskClient) -> None:
    read = Read(fragment(client))
    ids = read.values["id"]
    assert len(ids) == len(set(ids))
    assert all(id.startswith(f"cv-{OCD}-") for id in ids)
    assert {href[1:] for href in read.values["href"] if href.startswith("#")} <= set(ids)


def test_its_address_says_all_that_was_asked_for(client: FlaskClient) -> None:
    response = client.get(f"{ARTICLE}.html?fragment=1&heading=3&jurisdiction=GB")
    here = response.headers["Content-Location"]
    assert "jurisdiction=GB" in here
    assert here.endswith("&fragment=1&heading=3")
    assert client.get(here).data == response.data
    again = client.get(here, headers={"If-None-Match": response.headers["ETag"]})
    assert again.status_code == 304
    assert response.headers["ETag"] != client.get(f"{ARTICLE}.html?fragment=1").headers["ETag"]


def test_a_fragment_of_the_past_is_what_it_was(client: FlaskClient) -> None:
    head = read_json(client, "/readyz")["sequence"]
    then = client.get(f"{ARTICLE}.html?fragment=1&at={head}")
    assert then.data == client.get(f"{ARTICLE}.html?fragment=1").data
    assert f"&fragment=1&heading=2&at={head}" in then.headers["Content-Location"]


@pytest.mark.parametrize(
    ("query", "name", "fix"),
    [
        ("heading=2", "heading", "it goes with 'fragment=1'"),
        ("fragment=0", "fragment", "write 'fragment=1'"),
        ("fragment=", "fragment", "write 'fragment=1'"),
        ("fragment=1&heading=0", "heading", "1 and less than or equal to 4"),
        ("fragment=1&heading=5", "heading", "1 and less than or equal to 4"),
        ("fragment=1&heading=x", "heading", "Not a valid integer"),
        ("fragment=1&fragment=1", "fragment", "more than once"),
        ("fragment=1&headings=2", "headings", "Did you mean 'heading'?"),
    ],
)
def test_what_makes_no_sense_is_a_400_that_names_it(
    client: FlaskClient, query: str, name: str, fix: str
) -> None:
    body = assert_problem(client.get(f"{ARTICLE}.html?{query}"), 400, "bad-request")
    [error] = body["errors"]
    assert error["pointer"] == name
    assert fix in error["detail"]


@pytest.mark.parametrize("form", ["", ".md", ".jsonld", ".ninjs"])
def test_only_html_has_fragments(client: FlaskClient, form: str) -> None:
    assert_problem(client.get(f"{ARTICLE}{form}?fragment=1"), 400, "bad-request")


def test_its_stylesheet_is_small_and_touches_nothing_but_the_article(client: FlaskClient) -> None:
    response = client.get("/embed/1.0.0/caveat.css")
    assert len(response.data) <= MOST
    style = re.sub(r"/\*.*?\*/|@media[^{]*\{", "", response.text, flags=re.DOTALL)
    selectors = re.findall(r"(?:^|\})\s*([^{}@]+)\{", style)
    assert len(selectors) > 20
    parts = [part.strip() for one in selectors for part in re.sub(r"\([^)]*\)", "", one).split(",")]
    assert [part for part in parts if not part.startswith(".cv")] == []
    assert not re.search(r"(?<![-\w])(left|right)\s*:|(margin|padding|border)-(left|right)", style)
