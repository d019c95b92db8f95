"""The editor by forms alone: nothing typed is lost, and a text is shown as its readers see it."""

import re
from html import unescape
from typing import Any

import pytest
from consoles import HERE, Visitor, visit
from delivery import PEPPER, SLEEP, shipped
from factories import NOW
from flask import Flask
from hostile import HOSTILE
from markupsafe import escape
from queries import counted
from werkzeug.test import TestResponse, encode_multipart

from content import credentials, editors, markdown
from content.db import Database
from content.editorial import drafts, workflow
from content.models.editorial import Draft
from content.parts import changed

pytestmark = pytest.mark.one_engine
FOR = {"jurisdiction": "US-AL", "audience": "adults", "channel": "app"}


@pytest.fixture
def author(app: Flask, library: Database) -> Visitor:
    """An author who is signed in."""
    return visit(app, library)


def begin(library: Database, by: str, slug: str = "new-one", **facts: Any) -> str:
    """Start an article with a shipped text; return the address of its draft in the console."""
    with library.write() as session:
        text = shipped(SLEEP)
        document = changed(text.document, **facts)
        found = changed(text, slug=slug, document=document)
        draft = drafts.create(session, found, by=by, now=NOW)
        session.commit()
        return f"/console/drafts/{draft.article}/en"


def written(page: str, id: str = "text") -> str:
    """Return the text of a page's field, as a browser reads it."""
    found = re.search(rf'<textarea id="{id}"[^>]*>\n(.*?)</textarea>', page, re.DOTALL)
    assert found, page[:2000]
    return unescape(found[1])


def draft(library: Database, address: str) -> Draft:
    """Return a draft as it is kept."""
    with library.read() as session:
        return drafts.find(session, address.split("/")[3], "en")


def put(who: Visitor, address: str, text: str, version: int | None) -> TestResponse:
    """Save as the editor's script does."""
    headers = {**HERE, "Accept": "application/json"}
    if version is not None:
        headers["If-Match"] = f'"{version}"'
    boundary, body = encode_multipart({"form_token": who.form_token(), "text": text})
    form = f"multipart/form-data; boundary={boundary}"
    return who.client.put(f"{address}/edit", data=body, headers=headers, content_type=form)


def test_a_text_is_begun_saved_and_shown_for_a_reader(author: Visitor, library: Database) -> None:
    blank = written(author.get("/console/drafts/new").text)
    wrong = author.send("/console/drafts/new", text=blank.replace("## What helps", "# What helps"))
    assert wrong.status_code == 422
    assert re.search(r"Line \d+: ", wrong.text)
    assert "# What helps" in written(wrong.text)
    made = author.send("/console/drafts/new", text=blank)
    assert made.status_code == 303
    address = made.headers["Location"].removesuffix("/edit")
    page = author.get(f"{address}/edit").text
    assert "still has the placeholder" in page
    text = written(page).replace("TODO", "Magnesium cures insomnia.", 1)
    saved = author.send(f"{address}/edit", text=text, version="1", **FOR)
    assert saved.status_code == 303
    assert saved.headers["Location"].endswith(
        "/edit?jurisdiction=US-AL&audience=adults&channel=app"
    )
    page = author.get(saved.headers["Location"]).text
    assert "Saved." in page
    assert written(page) == text
    assert '<option value="US-AL" selected>' in page
    line = text.count("\n", 0, text.index("Magnesium cures")) + 1
    assert f'Line {line}: <q lang="en">Magnesium cures insomnia.</q>' in page
    taken = author.send("/console/drafts/new", text=blank)
    assert taken.status_code == 409
    assert "belongs to another article" in taken.text
    assert "TODO" in taken.text


def test_a_preview_is_what_readers_see_and_runs_nothing(author: Visitor, library: Database) -> None:
    address = begin(library, author.id)
    text = written(author.get(f"{address}/edit").text)
    changed = text.replace("Good sleep habits are a fair start.", "Another start.")
    for answer in (
        author.get(f"{address}/preview?jurisdiction=US-AL&channel=app"),
        author.send(f"{address}/preview", text=changed, version="1", **FOR),
    ):
        assert answer.status_code == 200
        assert "[Preview] Sleep habits" in answer.text
        assert "This is the preview of a draft." in answer.text
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "script-src" not in policy
        assert "sandbox allow-same-origin" in policy
        assert "frame-ancestors 'self'" in policy
        assert answer.headers["X-Frame-Options"] == "SAMEORIGIN"
        assert answer.headers["Cache-Control"] == "no-store"
    assert "Another start." in answer.text
    assert draft(library, address).version == 1
    for odd, words in (
        (
            text.replace("searched_on: 2026-11-22", "searched_on: null"),
            "/document/review/searched_on",
        ),
        ("odd", "does not begin with front matter"),
    ):
        answer = author.send(f"{address}/preview", text=odd, version="1", **FOR)
        assert words in unescape(answer.text)
        assert "frame-ancestors 'self'" in answer.headers["Content-Security-Policy"]


def test_who_was_slower_sees_both_versions_and_puts_them_together(
    app: Flask, author: Visitor, library: Database
) -> None:
    other, address = visit(app, library), begin(library, author.id)
    text = written(author.get(f"{address}/edit").text)
    mine = text.replace("fair start", "good beginning")
    theirs = text.replace("fair start", "modest start")
    assert other.send(f"{address}/edit", text=theirs, version="1").status_code == 303
    refused = put(author, address, mine, 1)
    assert (refused.status_code, refused.mimetype) == (412, "application/problem+json")
    assert refused.get_json()["version"] == 2
    page = author.send(f"{address}/edit", text=mine, version="1", **FOR)
    assert page.status_code == 412
    assert written(page.text) == mine
    assert written(page.text, "theirs") == theirs
    assert "<mark>good beginning" in page.text
    assert "<mark>modest " in page.text
    assert 'name="version" value="2"' in page.text
    assert draft(library, address).manuscript["document"]["summary"].count("modest") == 1
    assert author.send(f"{address}/edit", text=mine, version="2").status_code == 303
    assert "good beginning" in draft(library, address).manuscript["document"]["summary"]


def test_what_cannot_be_read_comes_back_with_its_lines(author: Visitor, library: Database) -> None:
    address = begin(library, author.id)
    text = written(author.get(f"{address}/edit").text)
    broken = text.replace("slug: new-one", 'slug: "new-one')
    page = author.send(f"{address}/edit", text=broken, version="1")
    assert page.status_code == 422
    assert written(page.text) == broken
    assert "Line " in page.text
    answer = put(author, address, broken, 1)
    assert (answer.status_code, answer.mimetype) == (422, "application/problem+json")
    assert answer.get_json()["errors"][0]["pointer"].startswith("body:")
    spanish = author.send(
        f"{address}/edit", text=text.replace("locale: en", "locale: es"), version="1"
    )
    assert spanish.status_code == 422
    assert draft(library, address).version == 1


def test_saving_while_writing_needs_a_version_but_not_for_what_is_there(
    author: Visitor, library: Database
) -> None:
    address = begin(library, author.id)
    text = written(author.get(f"{address}/edit").text)
    newer = text.replace("fair start", "good start")
    assert put(author, address, newer, None).status_code == 428
    done = put(author, address, newer, 1)
    assert (done.status_code, done.get_json()["version"]) == (200, 2)
    again = put(author, address, newer, 1)  # the answer was lost
    assert (again.status_code, again.get_json()["version"]) == (200, 2)
    long = newer + "".join(f"\n\n{'Plain words. ' * 500}" for _ in range(100))
    assert len(long) > 600_000
    assert put(author, address, long, 2).status_code == 200
    with library.write() as session:
        found = drafts.find(session, address.split("/")[3], "en")
        drafts.move(session, found, {"state": "scheduled"}, by=author.id, now=NOW)
        session.commit()
    refused = put(author, address, newer, 4)
    assert (refused.status_code, refused.get_json()["title"]) == (
        409,
        "This cannot be done in this state",
    )
    kept = author.send(f"{address}/edit", text=newer, version="4")
    assert kept.status_code == 409
    assert "good start" in kept.text


def test_findings_of_a_text_say_where_they_are(author: Visitor, library: Database) -> None:
    address = begin(library, author.id)
    text = written(author.get(f"{address}/edit").text)
    harmful = "Tea cures insomnia."
    text = text.replace("Good sleep habits are a fair start.", harmful)
    found = author.send(f"{address}/findings", text=text).get_json()["findings"]
    one = next(one for one in found if one["sentence"] == harmful)
    assert text[one["place"]["start"] : one["place"]["end"]] == harmful
    assert one["rewrite"]


def test_a_translation_of_what_is_live_is_started(author: Visitor, library: Database) -> None:
    page = author.get("/console/articles?q=sleep").text
    [article] = set(re.findall(r'href="/console/articles/([0-9a-f-]+)/en"', page))
    address, text = f"/console/drafts/{article}/en", f"/console/articles/{article}/en"
    assert "Start the translation" in author.get(text).text
    started = author.send(f"{text}/translate", locale="es")
    assert started.headers["Location"] == f"/console/drafts/{article}/es/edit"
    page = author.get(started.headers["Location"]).text
    assert f'href="{address}/edit"' in page
    assert "locale: es" in written(page)


def test_hostile_text_is_text_and_costs_no_more_queries(
    app: Flask, author: Visitor, library: Database
) -> None:
    with library.write() as session:
        ada = editors.add(session, HOSTILE[:90], role="author", now=NOW)
        _, token = credentials.add(session, ada, pepper=PEPPER, now=NOW)
        session.commit()
    other = Visitor(app.test_client(), ada.id, token)
    other.sign_in()
    address = begin(library, author.id, title=HOSTILE[:90], summary=HOSTILE)
    page = author.get(f"{address}/edit").text
    mine = written(page)
    theirs = mine.replace("fair", HOSTILE)
    with library.write() as session:
        found = drafts.find(session, address.split("/")[3], "en")
        drafts.save(
            session, found, markdown.parse(mine.replace("alert(1)", "alert(2)")), by=ada.id, now=NOW
        )
        workflow.expect(found, "submit")
        session.commit()
    conflict = author.send(f"{address}/edit", text=mine, version="1").text
    refused = author.send(f"{address}/edit", text=f"{HOSTILE}\n{theirs}", version="2").text
    shown = author.get(f"{address}/preview").text
    for text in (page, conflict, refused, shown):
        assert "<script>alert" not in text
        assert "onerror=alert(1)>" not in text
        assert "{{7*7}}" in text
    assert str(escape(HOSTILE[:90])) in conflict
    with counted(app) as found_queries:
        assert author.get(f"{address}/edit").status_code == 200
    assert len(found_queries) <= 40
