"""The console: every page by every role, what is around it, and what is refused."""

import re
from typing import Any

import pytest
from consoles import HERE, Visitor, somebody, task, visit
from delivery import filled
from flask import Flask
from flask.testing import FlaskClient
from problems import lose

from api.console import NAVIGATION, files
from api.guards import CONSOLE, GUARDS
from content import editors
from content.db import Database
from content.editors import ROLES

pytestmark = pytest.mark.one_engine
TEXT = "/console/articles/<slug:id>/<locale:locale>"
NEEDS = {  # every page and form behind the sign-in; a new one has to be written down here
    ("GET", "/console"): "read",
    ("GET", "/console/<path:rest>"): "read",
    ("GET", "/console/articles"): "read",
    ("GET", "/console/articles/<slug:id>"): "read",
    ("GET", TEXT): "read",
    ("GET", f"{TEXT}/owed"): "read",
    ("GET", f"{TEXT}/history"): "read",
    ("GET", f"{TEXT}/acts"): "read",
    ("GET", f"{TEXT}/diff"): "read",
    ("POST", f"{TEXT}/submit"): "write",
    ("POST", f"{TEXT}/request-changes"): "review",
    ("POST", f"{TEXT}/approve"): "review",
    ("POST", f"{TEXT}/publish"): "publish",
    ("POST", f"{TEXT}/correct"): "publish",
    ("POST", f"{TEXT}/schedule"): "publish",
    ("POST", f"{TEXT}/unschedule"): "publish",
    ("POST", f"{TEXT}/translate"): "write",
    ("POST", f"{TEXT}/comments"): "write",
    ("POST", f"{TEXT}/comments/<slug:comment>/resolve"): "write",
    ("POST", "/console/articles/<slug:id>/suspend"): "publish",
    ("POST", "/console/articles/<slug:id>/withdraw"): "publish",
    ("POST", "/console/articles/<slug:id>/restore"): "publish",
    ("GET", "/console/calendar"): "read",
    ("GET", "/console/drafts/new"): "write",
    ("POST", "/console/drafts/new"): "write",
    ("GET", "/console/drafts/<slug:id>/<locale:locale>/edit"): "write",
    ("POST", "/console/drafts/<slug:id>/<locale:locale>/edit"): "write",
    ("PUT", "/console/drafts/<slug:id>/<locale:locale>/edit"): "write",
    ("POST", "/console/drafts/<slug:id>/<locale:locale>/findings"): "write",
    ("GET", "/console/drafts/<slug:id>/<locale:locale>/preview"): "write",
    ("POST", "/console/drafts/<slug:id>/<locale:locale>/preview"): "write",
    ("GET", "/console/jurisdictions"): "read",
    ("GET", "/console/jurisdictions/<place:code>"): "read",
    ("GET", "/console/matrix"): "read",
    ("GET", "/console/matrix/<slug:id>/<locale:locale>"): "read",
    ("GET", "/console/policy"): "read",
    ("GET", "/console/policy/disclaimer/<slug:id>"): "read",
    ("GET", "/console/policy/rule/<slug:id>"): "read",
    ("GET", "/console/policy/change/<slug:kind>"): "publish",
    ("POST", "/console/policy/change/<slug:kind>"): "publish",
    ("GET", "/console/releases"): "read",
    ("GET", "/console/releases/<slug:id>"): "read",
    ("GET", "/console/releases/<slug:id>/impact"): "read",
    ("POST", "/console/releases/<slug:id>/approve"): "publish",
    ("POST", "/console/releases/<slug:id>/schedule"): "publish",
    ("POST", "/console/releases/<slug:id>/unschedule"): "publish",
    ("POST", "/console/releases/<slug:id>/publish"): "publish",
    ("POST", "/console/releases/<slug:id>/cancel"): "publish",
    ("GET", "/console/key-requests"): "admin",
    ("POST", "/console/key-requests/<slug:id>/approve"): "admin",
    ("POST", "/console/key-requests/<slug:id>/decline"): "admin",
    ("GET", "/console/partners"): "read",
    ("GET", "/console/partners/<slug:id>"): "read",
    ("POST", "/console/partners/<slug:id>/suspend"): "admin",
    ("POST", "/console/partners/<slug:id>/resume"): "admin",
    ("POST", "/console/partners/<slug:id>/keys/<slug:key>/revoke"): "admin",
    ("GET", "/console/partners/<slug:id>/webhooks/<slug:webhook>"): "admin",
    ("POST", "/console/partners/<slug:id>/webhooks/<slug:webhook>/replay"): "admin",
    ("POST", "/console/partners/<slug:id>/webhooks/<slug:webhook>/enable"): "admin",
    ("GET", "/console/recalls"): "read",
    ("GET", "/console/recalls/board"): "read",
    ("GET", "/console/recalls/start"): "publish",
    ("POST", "/console/recalls/start"): "publish",
    ("GET", "/console/recalls/<slug:id>"): "read",
    ("GET", "/console/recalls/<slug:id>.html"): "read",
    ("GET", "/console/recalls/<slug:id>.csv"): "read",
    ("GET", "/console/recalls/<slug:id>/progress"): "read",
    ("POST", "/console/recalls/<slug:id>/confirm"): "publish",
    ("POST", "/console/recalls/<slug:id>/close"): "publish",
    ("GET", "/console/system"): "read",
    ("GET", "/console/system/<slug:name>.svg"): "read",
    ("GET", "/console/tasks"): "read",
    ("POST", "/console/tasks/<slug:id>/done"): "write",
    ("GET", "/console/visits"): "read",
    ("POST", "/console/visits/<slug:id>/end"): "read",
    ("POST", "/console/sign-out"): "read",
}
OPEN = {  # and before it
    ("GET", "/console/sign-in"),
    ("POST", "/console/sign-in"),
    ("POST", "/console/theme"),
    ("GET", "/console/files/<version>/<name>"),
}
MAY = {  # who has which scope, written down once more
    "read": {"author", "reviewer", "publisher", "auditor", "admin"},
    "write": {"author", "reviewer", "publisher", "admin"},
    "review": {"reviewer", "publisher", "admin"},
    "publish": {"publisher", "admin"},
    "admin": {"admin"},
}
SAMPLES = {
    "id": "x",
    "locale": "en",
    "rest": "nothing/here",
    "kind": "rule",
    "code": "US",
    "key": "x",
    "webhook": "x",
    "name": "workers",
    "comment": "x",
}
PAGES = (
    "/console/drafts/new",
    *("/console", "/console/articles", "/console/tasks", "/console/calendar", "/console/visits"),
    *("/console/policy", "/console/releases", "/console/matrix", "/console/jurisdictions"),
    *("/console/partners", "/console/recalls", "/console/recalls/start", "/console/system"),
)
DIRECTIVES = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
    "base-uri": "'none'",
    "require-trusted-types-for": "'script'",
}


@pytest.fixture
def publisher(app: Flask, library: Database) -> Visitor:
    """A publisher who is signed in."""
    return visit(app, library, "publisher")


def routes(app: Flask) -> set[tuple[str, str]]:
    return {
        (method, rule.rule)
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if rule.rule.startswith("/console")
    }


def test_every_route_of_the_console_is_written_down(app: Flask) -> None:
    assert routes(app) == {*NEEDS} | OPEN
    guarded = {name for name, guard in GUARDS.items() if guard == CONSOLE}
    found = {
        (method, rule.rule)
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if rule.endpoint.partition(".")[0] in guarded
    }
    assert found == {*NEEDS}


@pytest.mark.parametrize("role", [*ROLES, "nobody"])
def test_every_route_is_closed_to_whoever_lacks_its_scope(
    app: Flask, library: Database, role: str
) -> None:
    who = somebody(app, library) if role == "nobody" else visit(app, library, role)
    for (method, rule), scope in NEEDS.items():
        if rule == "/console/sign-out":
            continue
        path = filled(rule, SAMPLES)
        response = who.get(path) if method == "GET" else send(who, method, path, role)
        if role == "nobody":
            assert response.status_code == (303 if method == "GET" else 401), rule
        elif role in MAY[scope]:
            assert response.status_code in (200, 400, 404, 422), (method, rule)
        else:
            assert response.status_code == 403, (method, rule)
            assert scope in response.text
        assert response.headers["Cache-Control"] == "no-store"


def send(who: Visitor, method: str, path: str, role: str) -> Any:
    """Send a form, with a token where there can be one."""
    token = {} if role == "nobody" else {"form_token": who.form_token()}
    return who.client.open(path, method=method, data={"note": "Done.", **token}, headers=HERE)


def test_a_view_that_says_no_scope_is_closed(
    app: Flask, publisher: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(app.view_functions["console calendar.index"], "scope")
    assert publisher.get("/console/calendar").status_code == 403


def test_nobody_is_shown_the_way_to_what_is_closed(app: Flask, library: Database) -> None:
    for role in ROLES:
        page = visit(app, library, role).get("/console").text
        [bar] = re.findall(r'<nav aria-label="Console">.*?</nav>', page, re.DOTALL)
        for said, _, scope in NAVIGATION:
            assert (f">{said}</a>" in bar) == (scope in editors.scopes(role)), (role, said)


@pytest.mark.parametrize("address", [*PAGES, "/console/sign-in", "/console/nothing", "/console/"])
def test_no_other_site_frames_or_reads_a_page_and_no_cache_keeps_it(
    app: Flask, library: Database, publisher: Visitor, address: str
) -> None:
    for who in (publisher, somebody(app, library)):
        answer = who.get(address)
        policy = dict(
            one.split(" ", 1) for one in answer.headers["Content-Security-Policy"].split("; ")
        )
        assert DIRECTIVES.items() <= policy.items()
        assert "unsafe" not in str(policy)
        assert answer.headers["X-Frame-Options"] == "DENY"
        assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
        assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin"
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Referrer-Policy"] == "same-origin"
        assert "noindex" in answer.headers["X-Robots-Tag"]
        assert "Access-Control-Allow-Origin" not in answer.headers


@pytest.mark.parametrize("address", [*PAGES, "/console/sign-in"])
def test_nothing_in_a_page_is_inline(publisher: Visitor, app: Flask, address: str) -> None:
    text = publisher.get(address).text or app.test_client().get(address).text
    assert not re.search(r"\son\w+=|\sstyle=|<style|<script(?![^>]*\ssrc=)|javascript:", text)


def test_files_are_kept_for_ever_under_the_digest_of_their_octets(client: FlaskClient) -> None:
    for name, file in files.FILES.items():
        answer = client.get(f"/console/files/{file.version}/{name}")
        assert answer.data == (files.FOLDER / name).read_bytes()
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        known = {"If-None-Match": answer.headers["ETag"]}
        assert client.get(f"/console/files/{file.version}/{name}", headers=known).status_code == 304
        older = client.get(f"/console/files/0000/{name}")
        assert (older.data, older.headers["Cache-Control"]) == (answer.data, "no-cache")
    assert client.get("/console/files/x/../../app.py").status_code in (303, 404)
    assert client.get("/console/files/x/app.py").status_code == 404


def test_what_there_is_not_is_a_page_that_says_so(publisher: Visitor) -> None:
    for address in ("/console/nothing", "/console/articles/x", "/console/articles/x/en"):
        answer = publisher.get(address)
        assert (answer.status_code, answer.mimetype) == (404, "text/html")
        assert "Back to the desk" in answer.text
        assert '<nav aria-label="Console">' in answer.text


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("/console/articles?state=odd", "state"),
        ("/console/articles?nothing=1", "nothing"),
        ("/console/articles?cursor=odd", "cursor"),
        ("/console/calendar?from=yesterday", "from"),
        ("/console/tasks?kind=odd", "kind"),
        ("/console/tasks?kind=a&kind=b", "kind"),
    ],
)
def test_a_question_that_is_wrong_is_a_page_that_says_what(
    publisher: Visitor, address: str, words: str
) -> None:
    answer = publisher.get(address)
    assert (answer.status_code, answer.mimetype) == (400, "text/html")
    assert f"<code>{words}</code>" in answer.text


def test_a_method_that_a_page_has_not_is_refused_with_those_that_it_has(
    publisher: Visitor,
) -> None:
    answer = publisher.send("/console/articles")
    assert (answer.status_code, answer.mimetype) == (405, "text/html")
    assert set(answer.headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS"}


def test_a_form_that_is_wrong_says_what_and_keeps_what_was_typed(
    publisher: Visitor, library: Database
) -> None:
    answer = publisher.send(f"/console/tasks/{task(library)}/done", note="", other="Kept words")
    assert answer.status_code == 422
    assert "/note" in answer.text
    assert "Kept words" in answer.text


def test_without_a_database_a_page_says_so(app: Flask, publisher: Visitor) -> None:
    lose(app)
    answer = publisher.get("/console")
    assert (answer.status_code, answer.mimetype) == (503, "text/html")
    assert "Retry-After" in answer.headers
    assert "cannot be reached" in answer.text
    typed = publisher.client.post("/console/tasks/x/done", data={"note": "Words"}, headers=HERE)
    assert typed.status_code == 503
    assert "Words" in typed.text
