"""Every failure is an RFC 9457 problem of a known type; it says what to do and no secrets."""

import re

import pytest
from factories import PUBLIC_URL
from flask import Flask, request
from flask.testing import FlaskClient
from problems import assert_problem, lose
from sqlalchemy.engine import make_url

from api.db import session
from api.problems import PROBLEMS
from api.settings import Settings
from content import changes

pytestmark = pytest.mark.one_engine
ARTICLE = "/v1/articles/sleep-habits-and-insomnia"
SECRET = "a secret that must not leave"
DELIVERY = (ARTICLE, "/v1/articles", "/v1/changes", "/v1/disclaimers", "/v1/topics", "/")


@pytest.mark.parametrize("kind", PROBLEMS)
def test_the_address_of_every_type_explains_it(client: FlaskClient, kind: str) -> None:
    page = client.get(f"/problems/{kind}")
    assert page.status_code == 200
    assert page.mimetype == "text/html"
    assert PROBLEMS[kind].title in page.text
    assert str(PROBLEMS[kind].status) in page.text


def test_one_page_lists_all_types(client: FlaskClient) -> None:
    page = client.get("/problems").text
    assert all(f'id="{kind}"' in page for kind in PROBLEMS)


@pytest.mark.parametrize(
    "path",
    ["/nothing", "/v1/nothing", "/v1/articles/none", "/v1/articles/Bad_Slug", "/v1/disclaimers/no",
     "/problems/none", "/v1/schemas/none-1.0.json", f"{ARTICLE}/revisions/99",
     f"{ARTICLE}/revisions/0", "/docs/none.js"],
)  # fmt: skip
def test_an_address_that_names_nothing_is_not_found(client: FlaskClient, path: str) -> None:
    assert_problem(client.get(path), 404, "not-found")


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "BREW"])
@pytest.mark.parametrize("path", [*DELIVERY, "/healthz", "/openapi.yaml"])
def test_a_wrong_method_is_told_the_right_ones(client: FlaskClient, method: str, path: str) -> None:
    response = client.open(path, method=method)
    assert_problem(response, 405, "method-not-allowed")
    assert response.allow.as_set(preserve_casing=True) == {"GET", "HEAD", "OPTIONS"}


@pytest.mark.parametrize("accept", ["image/png", "text/html;q=0, application/json;q=0", "junk"])
def test_an_unacceptable_format_names_those_there_are(client: FlaskClient, accept: str) -> None:
    body = assert_problem(client.get(ARTICLE, headers={"Accept": accept}), 406, "not-acceptable")
    assert "application/json" in body["detail"]


def test_a_long_address_is_refused_and_not_repeated(client: FlaskClient) -> None:
    for url in (f"/v1/{'x' * 9000}", f"{ARTICLE}?locale={'x' * 9000}"):
        response = client.get(url)
        assert_problem(response, 414, "uri-too-long")
        assert len(response.data) < 2000


def test_a_large_body_is_refused_where_one_is_read(app: Flask) -> None:
    app.post("/read")(lambda: {"length": len(request.get_data())})
    response = app.test_client().post("/read", data=b"x" * (10 * 1024 * 1024))
    assert_problem(response, 413, "too-large")


@pytest.mark.parametrize("path", ["/v1/articles", ARTICLE, f"{ARTICLE}.html"])
def test_an_unknown_parameter_is_named_with_the_nearest(client: FlaskClient, path: str) -> None:
    body = assert_problem(client.get(f"{path}?jurisdicton=US"), 400, "bad-request")
    assert body["errors"][0]["pointer"] == "jurisdicton"
    assert "Did you mean 'jurisdiction'?" in body["errors"][0]["detail"]
    assert body["detail"].startswith("jurisdicton is not a parameter")


@pytest.mark.parametrize(
    "path", ["/healthz", "/readyz", "/openapi.yaml", "/v1/schemas", "/.well-known/jwks.json"]
)
def test_an_unknown_parameter_is_refused_also_where_there_are_none(
    client: FlaskClient, path: str
) -> None:
    body = assert_problem(client.get(f"{path}?a=1"), 400, "bad-request")
    assert "none" in body["detail"]


def test_a_repeated_parameter_is_named(client: FlaskClient) -> None:
    for path in (*DELIVERY, "/healthz"):
        body = assert_problem(client.get(f"{path}?locale=en&locale=en"), 400, "bad-request")
        assert body["errors"] == [
            {"pointer": "locale", "detail": "is given more than once; give it once"}
        ]


@pytest.mark.parametrize(
    "query",
    ["limit=0", "limit=101", "limit=-1", "limit=x", "limit=1.5", "limit=", "limit=%D9%A3",
     "limit=1_0", "limit=%201", "limit=%2B1", "limit=1e1", "limit=99999999999999999999"],
)  # fmt: skip
def test_a_wrong_number_is_named(client: FlaskClient, query: str) -> None:
    body = assert_problem(client.get(f"/v1/articles?{query}"), 400, "bad-request")
    assert body["errors"][0]["pointer"] == "limit"
    assert body["detail"].startswith("limit is wrong: ")


def test_a_problem_lists_only_so_many_errors(client: FlaskClient) -> None:
    query = "&".join(f"p{number}=" for number in range(1000))
    body = assert_problem(client.get(f"/v1/articles?{query}"), 400, "bad-request")
    assert 10 <= len(body["errors"]) <= 50


@pytest.mark.parametrize("path", ["/v1/me", ARTICLE, "/nothing", "/", "/healthz", "/docs/"])
@pytest.mark.parametrize("header", ["", "Bearer x", "Basic YTpi", "Bearer " + "x" * 60])
def test_a_key_that_is_not_valid_is_refused_everywhere(
    client: FlaskClient, path: str, header: str
) -> None:
    response = client.get(path, headers={"Authorization": header})
    assert_problem(response, 401, "unauthorized")
    assert response.headers["WWW-Authenticate"] == 'Bearer realm="caveat"'


def test_the_instance_is_a_uri_reference(client: FlaskClient) -> None:
    body = assert_problem(client.get('/v1/articles/"é <x>'), 404, "not-found")
    assert body["instance"] == "/v1/articles/%22%C3%A9%20%3Cx%3E"


def test_every_answer_has_its_own_request_id(client: FlaskClient) -> None:
    ids = {client.get("/nothing").get_json()["request_id"] for _ in range(20)}
    assert len(ids) == 20


def test_a_problem_is_never_an_old_one(client: FlaskClient) -> None:
    for path in ("/v1/me", "/?locale=a&locale=b"):
        assert client.get(path).headers["Cache-Control"] == "no-store"
    assert client.get("/nothing").headers["Cache-Control"] == "public, max-age=10"


def test_a_fault_of_ours_tells_nothing_of_itself(
    app: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    @app.get("/boom")
    def boom() -> str:
        raise RuntimeError(SECRET)

    body = assert_problem(app.test_client().get("/boom"), 500, "internal-error")
    assert not re.search(rf"{SECRET}|Traceback|RuntimeError|\.py", str(body))
    assert body["help"]
    assert SECRET in caplog.text, "but the operator can read it"


def test_the_log_and_the_problem_share_a_request_id(
    app: Flask, client: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    lose(app)
    body = assert_problem(client.get(ARTICLE), 503, "unavailable")
    assert body["request_id"] in caplog.text


@pytest.mark.parametrize("path", DELIVERY)
def test_without_its_database_it_still_gives_help(
    app: Flask, client: FlaskClient, path: str
) -> None:
    assert client.get(path).status_code == 200
    lose(app)
    response = client.get(path)
    body = assert_problem(response, 503, "unavailable")
    assert body["help"]
    assert int(response.headers["Retry-After"]) > 0
    assert response.headers["Cache-Control"] == "no-store"


def test_a_database_that_goes_away_in_the_middle_of_a_request(app: Flask) -> None:
    @app.get("/middle")
    def middle() -> str:
        head = changes.head(session())
        lose(app)
        session().connection().exec_driver_sql("SELECT * FROM bodies, changes, rules LIMIT 100000")
        return str(head)

    if app.extensions["caveat"].database.engine.dialect.name == "postgresql":
        assert_problem(app.test_client().get("/middle"), 503, "unavailable")
    else:
        # An open SQLite file outlives its name: the request ends as it began, the next one fails.
        assert app.test_client().get("/middle").status_code == 200
        assert_problem(app.test_client().get(ARTICLE), 503, "unavailable")


def test_a_refusal_does_not_name_the_servers_files(app: Flask, settings: Settings) -> None:
    lose(app)
    text = app.test_client().get(ARTICLE).text
    assert str(make_url(settings.database).database) not in text
    assert "sqlalchemy" not in text.lower()


def test_problems_name_the_public_address(client: FlaskClient) -> None:
    body = client.get("/nothing", headers={"Host": "evil.example"}).get_json()
    assert body["docs"] == f"{PUBLIC_URL}/docs"
    assert "evil" not in str(body)
