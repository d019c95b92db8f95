"""Pages of the console: what they show, how hostile text stands in them, and what they cost."""

import re

import pytest
from consoles import HERE, Visitor, task, visit
from delivery import PEPPER
from factories import NOW, make_manuscript
from flask import Flask
from flask.testing import FlaskClient
from hostile import HOSTILE
from markupsafe import escape
from newsroom import Newsroom
from queries import counted

from content import credentials, editors
from content.db import Database
from content.editorial import comments, drafts

pytestmark = pytest.mark.one_engine
PAGES = (
    *("/console", "/console/articles", "/console/tasks", "/console/calendar", "/console/visits"),
    *("/console/policy?kind=rule", "/console/releases", "/console/matrix"),
    *("/console/jurisdictions", "/console/policy/disclaimer/not-medical-advice"),
)


@pytest.fixture
def publisher(app: Flask, library: Database) -> Visitor:
    """A publisher who is signed in."""
    return visit(app, library, "publisher")


def test_a_task_is_done_by_a_form(publisher: Visitor, library: Database) -> None:
    id = task(library)
    assert "Look at it" in publisher.get("/console").text
    done = publisher.send(f"/console/tasks/{id}/done", note="I looked.")
    assert (done.status_code, done.headers["Location"]) == (303, "/console/tasks")
    page = publisher.get("/console/tasks").text
    assert "The task is done." in page
    assert "Nothing is open." in page
    assert "The task is done." not in publisher.get("/console/tasks").text
    assert "I looked." in publisher.get("/console/tasks?done=true").text


def test_articles_are_found_and_paged(
    publisher: Visitor, app: Flask, library: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.console.articles.SHOWN", 2)
    seen, address = list[str](), "/console/articles?locale=en&state="
    while True:
        page = publisher.get(address).text
        seen += re.findall(r'<span class="soft small">([a-z-]+)</span></td>', page)
        following = re.search(r'rel="next" href="([^"]+)"', page)
        if following is None:
            break
        address = following[1].replace("&amp;", "&")
    assert sorted(seen) == [
        *("kratom-and-depression-evidence", "kratom-and-ocd-evidence"),
        "sleep-habits-and-insomnia",
    ]
    assert "No text is like that." in publisher.get("/console/articles?q=nothing-like-that").text


def test_hostile_text_is_shown_as_text_wherever_it_stands(app: Flask, library: Database) -> None:
    who = visit(app, library, "publisher")
    short = HOSTILE[:90]
    with library.write() as session:
        ada = editors.add(session, short, role="reviewer", now=NOW)
        _, token = credentials.add(session, ada, pepper=PEPPER, now=NOW, name=short)
        manuscript = make_manuscript(title=short, summary=HOSTILE, change_note=HOSTILE)
        draft = drafts.create(session, manuscript, by=ada.id, now=NOW)
        comments.add(session, draft, HOSTILE, by=ada.id, now=NOW)
        session.commit()
        article = draft.article
    id = task(library, HOSTILE)
    who.send(f"/console/tasks/{id}/done", note=HOSTILE)
    task(library, f"{HOSTILE} again")
    ada_here = Visitor(app.test_client(), ada.id, token)
    ada_here.client.post(
        "/console/sign-in",
        data={"token": token},
        headers={**HERE, "User-Agent": short},
    )
    addresses = (
        *("/console/articles", f"/console/articles/{article}", f"/console/articles/{article}/en"),
        *(f"/console/articles/{article}/en/{name}" for name in ("owed", "history", "acts")),
        *("/console", "/console/tasks", "/console/tasks?done=true", "/console/visits"),
    )
    for address in addresses:
        text = ada_here.get(address).text
        assert str(escape(short)) in text, address
        assert "<script>alert" not in text
        assert "onerror=alert(1)>" not in text
        assert "{{7*7}}" in text
    refused = ada_here.send("/console/tasks/x/done", note=HOSTILE, **{HOSTILE: HOSTILE})
    assert "<script>alert" not in refused.text
    assert str(escape(HOSTILE)) in refused.text


@pytest.mark.parametrize("address", PAGES)
def test_no_page_costs_more_queries_where_there_is_more(
    app: Flask, library: Database, client: FlaskClient, address: str
) -> None:
    who, room = visit(app, library, "publisher"), Newsroom(client, library)
    costs = []
    for count in (9, 15):
        for number in range(count):
            room.start(slug=f"text-{count}-{number}").act("author", "submit")
            task(library, f"Look at {count}, {number}.")
        who.get(address)
        with counted(app) as found:
            assert who.get(address).status_code == 200
        costs.append(len(found))
    assert costs[0] == costs[1]
    assert costs[0] <= 60
