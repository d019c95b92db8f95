"""A text's pages at the console: steps that are legal for who looks, and what others have done."""

import re
from datetime import timedelta
from html import unescape

import pytest
from consoles import Visitor, visit
from factories import make_paragraph, make_source
from flask import Flask
from flask.testing import FlaskClient
from hostile import HOSTILE
from markupsafe import escape
from newsroom import Newsroom, Text
from previewing import begin
from queries import counted
from werkzeug.test import TestResponse

from api import db
from content.db import Database

pytestmark = pytest.mark.one_engine
HARD = "Notwithstanding considerable methodological heterogeneity, " * 30 + "sleep matters."
STEP = re.compile(r'action="/console/articles/[^"/]+/en/([a-z-]+)"')
WHOLE = re.compile(r'action="/console/articles/[^"/]+/([a-z]+)"')


@pytest.fixture
def room(client: FlaskClient, library: Database) -> Newsroom:
    """Everybody at work over HTTP."""
    return Newsroom(client, library)


@pytest.fixture
def people(app: Flask, library: Database) -> dict[str, Visitor]:
    """Somebody of every role at the console."""
    roles = ("author", "reviewer", "publisher", "auditor")
    return {role: visit(app, library, role) for role in roles}


def page_of(text: Text) -> str:
    return f"/console/articles/{text.read()['article']}/en"


def offered(who: Visitor, address: str) -> set[str]:
    return {*STEP.findall(who.get(address).text)} - {"comments"}


def send(who: Visitor, address: str, **fields: str) -> TestResponse:
    """Send a form as the page that somebody has open now has it."""
    page = who.get(address.rpartition("/")[0]).text
    [seen] = {*re.findall(r'name="seen" value="(\d+)"', page)} or {"1"}
    return who.send(address, **{"seen": seen, **fields})


def test_only_steps_are_offered_that_are_legal_for_who_looks(
    room: Newsroom, people: dict[str, Visitor]
) -> None:
    text = room.start(slug="new-one")
    here, offers = page_of(text), []
    taken = (("author", "submit"), ("reviewer", "approve"), ("publisher", "publish"))
    for who, act in (*taken, ("", "")):
        offers.append([offered(one, here) for one in people.values()])
        if who:
            assert send(people[who], f"{here}/{act}").status_code == 303
    drafted, reviewed, approved, live = offers
    assert drafted == [{"submit"}, {"submit"}, {"submit"}, set()]
    judging = {"approve", "request-changes"}
    assert reviewed == [set(), judging, judging, set()]
    publishing = {"request-changes", "publish", "schedule"}
    assert approved == [set(), {"request-changes"}, publishing, set()]
    assert live == [{"translate"}, {"translate"}, {"translate", "correct"}, set()]
    assert room.client.get("/v1/articles/new-one").status_code == 200
    whole = here.removesuffix("/en")
    assert {*WHOLE.findall(people["publisher"].get(whole).text)} == {"suspend", "withdraw"}
    assert not WHOLE.findall(people["reviewer"].get(whole).text)


def test_nobody_is_offered_to_approve_what_they_have_written_at(
    room: Newsroom, people: dict[str, Visitor]
) -> None:
    text, reviewer = room.start(slug="new-one"), people["reviewer"]
    room.people["reviewer"] = (reviewer.id, reviewer.token)
    text.save("reviewer", title="Another title")
    here = page_of(text)
    send(reviewer, f"{here}/submit")
    assert offered(reviewer, here) == {"request-changes"}
    assert "somebody else has to approve it" in reviewer.get(here).text
    refused = send(reviewer, f"{here}/approve")
    assert refused.status_code == 403
    assert "somebody else has to approve it" in refused.text


def test_a_finding_is_let_pass_with_a_reason_and_not_without(
    room: Newsroom, people: dict[str, Visitor]
) -> None:
    text, reviewer = room.start(slug="new-one"), people["reviewer"]
    sections = text.read()["manuscript"]["document"]["sections"]
    sections[1]["blocks"] = [make_paragraph(HARD)]
    text.save(sections=sections)
    text.act("author", "submit")
    here = page_of(text)
    [field] = re.findall(r'name="(let-pass\.[^"]+)"', reviewer.get(here).text)
    assert send(reviewer, f"{here}/approve", **{field: ""}).status_code == 422
    reason = "A quotation that has to stay."
    assert send(reviewer, f"{here}/approve", **{field: reason}).status_code == 303
    assert text.read()["state"] == "approved"


def test_who_was_slower_learns_what_was_done_and_loses_no_word(
    room: Newsroom, people: dict[str, Visitor]
) -> None:
    text, reviewer = room.live(slug="new-one", title="An old title"), people["reviewer"]
    text.save(title="A new title")
    text.act("author", "submit")
    here, seen = page_of(text), str(text.read()["version"])
    text.act("reviewer2", "request-changes", {"comment": "Not yet."})
    text.save(title="A newer title")
    text.act("author", "submit")
    late = reviewer.send(f"{here}/request-changes", seen=seen, comment="My <b>long</b> comment.")
    assert late.status_code == 412
    for said in ("Changes requested", "Saved", "Submitted for review", "Not yet"):
        assert (said in late.text) == (said != "Not yet"), said
    assert str(escape("My <b>long</b> comment.")) in late.text
    assert text.read()["state"] == "in-review"
    [now] = {*re.findall(r'name="seen" value="(\d+)"', late.text)}
    again = reviewer.send(f"{here}/request-changes", seen=now, comment="My <b>long</b> comment.")
    assert again.status_code == 303
    assert str(escape("My <b>long</b> comment.")) in reviewer.get(here).text
    gone = reviewer.send(f"{here}/request-changes", seen=now, comment="Once more.")
    assert gone.status_code == 412
    assert "is not possible any more" in gone.text
    assert "Once more." in gone.text
    assert 'name="seen"' not in gone.text


def test_a_form_that_says_nothing_of_what_was_seen_is_refused(
    room: Newsroom, people: dict[str, Visitor]
) -> None:
    here = page_of(room.start(slug="new-one"))
    for fields in ({}, {"seen": "x"}, {"seen": "0"}, {"seen": "1", "other": "x"}):
        assert people["author"].send(f"{here}/submit", **fields).status_code == 422
    late = people["author"].send(f"{here}/comments", text="\0", pointer="")
    assert late.status_code == 422


def test_a_text_is_scheduled_corrected_and_translated_by_forms(
    room: Newsroom, people: dict[str, Visitor]
) -> None:
    text, publisher = room.live(slug="new-one"), people["publisher"]
    here = page_of(text)
    made = publisher.send(f"{here}/translate", locale="es")
    assert made.headers["Location"].endswith("/es/edit")
    said = {"type": "correction", "text": "The dose of the trial was wrong."}
    assert send(publisher, f"{here}/correct", **said).status_code == 303
    shown = room.client.get("/v1/articles/new-one").get_json()["disclaimers"]
    assert any("The dose of the trial was wrong." in one["text"] for one in shown)
    text.save(title="A new title")
    text.act("author", "submit")
    text.act("reviewer", "approve")
    early = send(publisher, f"{here}/schedule", publish_at="2020-01-01T09:00")
    assert early.status_code == 422
    at = (db.now() + timedelta(days=9)).replace(hour=9, minute=30)
    sent = send(publisher, f"{here}/schedule", publish_at=f"{at:%Y-%m-%dT%H:%M}")
    assert sent.status_code == 303
    assert f"It is published on {at.day} {at:%b %Y}, 09:30 UTC." in publisher.get(here).text
    assert offered(publisher, here) >= {"unschedule"}
    assert send(publisher, f"{here}/unschedule").status_code == 303
    assert text.read()["state"] == "approved"


def test_an_article_is_taken_down_and_asked_back_by_forms(
    room: Newsroom, people: dict[str, Visitor]
) -> None:
    text, publisher = room.live(slug="new-one"), people["publisher"]
    whole = page_of(text).removesuffix("/en")
    words = {"notice": "We look at it.", "reason": "Somebody complained."}
    assert publisher.send(f"{whole}/suspend", **words).status_code == 303
    assert {*WHOLE.findall(publisher.get(whole).text)} == {"withdraw", "restore"}
    empty = {"replacement": "", "severity": "", "hours": "", "status": "withdrawn"}
    wrong = publisher.send(f"{whole}/withdraw", **words, **{**empty, "hours": "2"})
    assert (wrong.status_code, "severity" in wrong.text) == (422, True)
    recalled = {**empty, "severity": "recall", "hours": "12"}
    assert publisher.send(f"{whole}/withdraw", **words, **recalled).status_code == 303
    assert "Partners are asked to confirm." in publisher.get(whole).text
    assert room.client.get("/v1/articles/new-one").status_code == 410
    asked = publisher.send(f"{whole}/restore", reason="It was right.")
    assert "another publisher" in publisher.get(asked.headers["Location"]).text
    [made] = room.ask("publisher", "GET", "/releases").get_json()["releases"]
    assert (made["title"], made["needs_second"]) == ("Restore new-one", True)


def test_comments_are_said_at_a_place_and_dealt_with(
    room: Newsroom, people: dict[str, Visitor]
) -> None:
    here = page_of(room.start(slug="new-one"))
    about = {"text": "Is that so?", "pointer": "/document/sections/1"}
    assert people["reviewer"].send(f"{here}/comments", **about).status_code == 303
    assert (
        people["reviewer"].send(f"{here}/comments", text="In all.", pointer="").status_code == 303
    )
    page = people["author"].get(here).text
    assert page.index("Is that so?") < page.index("In all.")
    [first, _] = re.findall(r'action="([^"]+/resolve)"', page)
    assert people["author"].send(first).status_code == 303
    page = people["author"].get(here).text
    assert len(re.findall(r'action="([^"]+/resolve)"', page)) == 1
    assert "dealt with by An author" in page
    assert 'name="text"' not in people["auditor"].get(here).text


def test_what_a_text_owes_is_told_rule_by_rule(room: Newsroom, people: dict[str, Visitor]) -> None:
    text, who = begin(room, slug="new-one"), people["auditor"]
    address = f"{page_of(text)}/owed?jurisdiction=US-AL&audience=adults&channel=publisher"
    page = unescape(who.get(address).text)
    found = room.ask("auditor", "GET", f"{text.path}/owed?{address.partition('?')[2]}").get_json()
    for one in found["disclaimers"]:
        assert one["text"] in page
        assert all(f'href="#rule-{id}"' in page for id in one["required_by"])
    for rule in found["rules"]:
        assert rule["because"] in page
        assert f'id="rule-{rule["id"]}"' in page
    assert "In Alabama" in page
    withheld = who.get(f"{page_of(text)}/owed?audience=minors").text
    assert "It is withheld from this reader (403)" in withheld
    assert who.get(f"{page_of(text)}/owed?audience=robots").status_code == 400


def test_history_leads_to_what_changed_between_any_two(
    room: Newsroom, people: dict[str, Visitor]
) -> None:
    text, who = room.live(slug="new-one", title="An old title"), people["auditor"]
    text.save(title="A <i>new</i> title", sources=[make_source("s-1")], change_note="Clearer.")
    text.act("author", "submit")
    here = page_of(text)
    page = who.get(f"{here}/history").text
    assert "Clearer." in page
    assert "Never published" in page
    assert page.index("Submitted for review") < page.index("Published")
    [link] = {*re.findall(r'href="([^"]+/diff\?[^"]+)"', page)}
    diff = who.get(unescape(link)).text
    assert "<del>An old </del><ins>A &lt;i&gt;new&lt;/i&gt; </ins>title" in diff
    assert "<ins>Doe J, et al.. A trial, s-1" in diff
    assert "<del>" not in who.get(f"{here}/diff?from=2").text.partition("Struck through")[2]
    assert "Saved" in who.get(f"{here}/acts?limit=3").text
    assert who.get(f"{here}/diff?from=9").status_code == 404


def test_hostile_text_is_text_in_every_step(room: Newsroom, people: dict[str, Visitor]) -> None:
    short = HOSTILE[:90]
    text, publisher = room.live(slug="new-one", title="An old title"), people["publisher"]
    here = page_of(text)
    text.save(
        title=short, summary=HOSTILE, change_note=HOSTILE, sources=[make_source("s", title=HOSTILE)]
    )
    send(people["author"], f"{here}/submit")
    publisher.send(f"{here}/comments", text=HOSTILE)
    late = publisher.send(f"{here}/request-changes", seen="1", comment=HOSTILE)
    assert late.status_code == 412
    pages = [publisher.get(f"{here}{name}").text for name in ("", "/history", "/diff?from=1")]
    for page in (*pages, late.text):
        assert "<script>alert" not in page
        assert "onerror=alert(1)>" not in page
        assert "{{7*7}}" in page


@pytest.mark.parametrize("name", ["", "/owed", "/history", "/acts", "/diff?from=1"])
def test_no_page_of_a_text_costs_more_queries_where_there_is_more(
    app: Flask, room: Newsroom, people: dict[str, Visitor], name: str
) -> None:
    text, who = room.live(slug="new-one"), people["publisher"]
    address, costs = f"{page_of(text)}{name}", []
    for count in (2, 5):
        for number in range(count):
            text.save(title=f"Title {count}, {number}")
            text.act("author", "submit")
            who.send(f"{page_of(text)}/comments", text=f"Comment {number}.")
        who.get(address)
        with counted(app) as found:
            assert who.get(address).status_code == 200
        costs.append(len(found))
    assert costs[0] == costs[1]
    assert costs[0] <= 60
