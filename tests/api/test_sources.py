"""Sources have one identity: who cites one is known, and hears of it when it was retracted."""

from typing import Any

import pytest
from factories import make_paragraph, make_section, make_source
from flask.testing import FlaskClient
from newsroom import Newsroom, Text
from problems import assert_problem
from releasing import act, published, put_together, stands
from werkzeug.test import TestResponse

from content.db import Database
from content.documents import SECTION_KINDS

RULE: dict[str, Any] = {"type": "rule", "id": "retracted"}
HIDE = {**RULE, "data": {"because": "A test.", "when": {"sources": ["retracted"]}}}
HIDE["data"] |= {"withhold": {"status": 403}}
NOTHING = {"because": "A test.", "when": {"topics": ["tea"]}, "require": ["age-limit"]}
SAID = {"notice": "Its data were made up.", "url": "https://journal.example/retraction"}
ONE, TWO = "doe-2020", "poe-2021"


@pytest.fixture
def room(client: FlaskClient, library: Database) -> Newsroom:
    """Everybody at work."""
    return Newsroom(client, library)


def cites(*ids: str, **changed: Any) -> dict[str, Any]:
    """Return the parts of a text with a claim that rests on some sources."""
    kinds = [make_section(kind) for kind in SECTION_KINDS]
    marks = [{"type": "claim", "id": "a-claim"}]
    text = "Regular times of sleep help."
    paragraph = {**make_paragraph(text), "spans": [{"text": text, "marks": marks}]}
    kinds[0]["blocks"].append(paragraph)
    claim = {"id": "a-claim", "statement": text, "evidence_level": "E1", "sources": [*ids]}
    sources = [make_source(id) for id in ids]
    return {"sections": kinds, "claims": [claim], "sources": sources, **changed}


def retract(room: Newsroom, id: str, who: str = "publisher", **changed: Any) -> TestResponse:
    body = {**SAID, "reason": "The journal says so.", **changed}
    return room.ask(who, "POST", f"/sources/{id}/retract", json=body)


def citing(room: Newsroom, id: str) -> list[dict[str, Any]]:
    """Return who cites a source, read one by one."""
    found, following = [], ""
    while following is not None:
        cursor = f"&cursor={following}" if following else ""
        page = room.ask("author", "GET", f"/sources/{id}/articles?limit=1{cursor}").get_json()
        found += page["articles"]
        following = page["next"]
    return found


def take(text: Text, *more: dict[str, Any]) -> TestResponse:
    """Hand a draft in and have it approved; return the last answer."""
    assert text.act("author", "submit").status_code == 200
    return text.act("reviewer", "approve", *more)


def test_sources_are_found_by_id_and_doi(room: Newsroom) -> None:
    room.live(slug="new-one", **cites(ONE))
    room.live(slug="new-two", **cites(ONE, TWO))
    for asked in (ONE, f"10.1000/{ONE}", ONE.upper()[:4]):
        [one] = room.ask("author", "GET", f"/sources?q={asked}").get_json()["sources"]
        assert (one["id"], one["articles"], one["mark"]) == (ONE, 2, None)
    everything = room.ask("author", "GET", "/sources?limit=100").get_json()["sources"]
    assert {ONE, TWO, "qaseem-2016"} <= {one["id"] for one in everything}
    first = room.ask("author", "GET", "/sources?limit=1").get_json()
    second = room.ask("author", "GET", f"/sources?limit=1&after={first['next']}").get_json()
    assert second["sources"] == everything[1:2]


def test_who_cites_a_source_is_listed_with_what_rests_on_it(room: Newsroom) -> None:
    live = room.live(slug="new-one", **cites(ONE))
    draft = room.start(slug="new-two", **cites(ONE, TWO))
    room.start(slug="new-three", **cites(TWO), summary=f"It speaks of {ONE}, and cites it not.")
    live.save(sources=[make_source(TWO)], claims=cites(TWO)["claims"])
    first, second = citing(room, ONE)
    assert (first["slug"], first["draft"]) == ("new-one", None), "the new draft cites it no more"
    assert first["live"]["revision"] == 1
    [claim] = first["live"]["claims"]
    assert (claim["id"], claim["alone"]) == ("a-claim", True)
    assert (second["article"], second["live"]) == (draft.read()["article"], None)
    assert [one["alone"] for one in second["draft"]["claims"]] == [False]
    assert_problem(room.ask("author", "GET", "/sources/nobody/articles"), 404, "not-found")


def test_whoever_cites_what_was_retracted_hears_of_it(room: Newsroom) -> None:
    room.live(slug="new-one", **cites(ONE))
    room.start(slug="new-two", **cites(ONE))
    room.start(slug="new-three", **cites(TWO))
    made = retract(room, ONE)
    assert (made.status_code, made.get_json()["state"]) == (201, "published")
    found = room.ask("author", "GET", "/tasks?kind=source-retracted").get_json()["tasks"]
    assert {one["text"].split()[0] for one in found} == {"new-one", "new-two"}
    assert SAID["notice"] in found[0]["text"]
    retract(room, TWO)
    found = room.ask("author", "GET", "/tasks?kind=source-retracted").get_json()["tasks"]
    assert len(found) == 3
    page = room.ask("author", "GET", f"/sources/{ONE}/articles").get_json()
    assert page["source"]["mark"] == {"status": "retracted", **SAID}
    page = room.client.get("/v1/changes?after=0&limit=1000&type=source").get_json()
    changes = [one for one in page["changes"] if one["subject"]["type"] == "source"]
    assert [(one["kind"], one["subject"]["id"]) for one in changes] == [
        *(("source.retracted", ONE), ("source.retracted", TWO))
    ]
    assert {one["notice"] for one in changes} == {SAID["notice"]}


def test_who_has_looked_is_not_asked_again_by_a_mark_that_stands(room: Newsroom) -> None:
    room.live(slug="new-one", **cites(ONE))
    retract(room, ONE)
    [task] = room.ask("author", "GET", "/tasks").get_json()["tasks"]
    room.ask("author", "POST", f"/tasks/{task['id']}/done", json={"note": "It says so."})
    published(room, stands(room, "source", id=ONE), {**RULE, "data": NOTHING})
    assert room.ask("author", "GET", "/tasks").get_json()["tasks"] == []


def test_a_rule_withholds_what_rests_on_it_and_that_takes_two_people(room: Newsroom) -> None:
    room.live(slug="new-one", **cites(ONE))
    published(room, HIDE)
    made = retract(room, ONE)
    assert (made.get_json()["state"], made.get_json()["needs_second"]) == ("open", True)
    assert room.client.get("/v1/articles/new-one").status_code == 200
    assert room.ask("author", "GET", "/tasks").get_json()["tasks"] == []
    path = made.headers["Location"]
    count = room.ask("author", "GET", f"{path}/impact").get_json()["withheld"]
    act(room, "publisher2", path, "approve", count=count)
    assert act(room, "publisher", path, "publish").status_code == 200
    assert room.client.get("/v1/articles/new-one").status_code == 403
    assert len(room.ask("author", "GET", "/tasks").get_json()["tasks"]) == 1
    back = room.ask("publisher", "POST", f"/sources/{ONE}/unretract", json={"reason": "An error."})
    assert back.get_json()["state"] == "published"
    assert room.client.get("/v1/articles/new-one").status_code == 200
    again = room.ask("publisher", "POST", f"/sources/{ONE}/unretract", json={"reason": "Again."})
    assert_problem(again, 409, "conflict")


def test_a_notice_can_say_which_source_it_was(room: Newsroom) -> None:
    room.live(slug="new-one", **cites(ONE))
    words = {"kind": "evidence", "group": "evidence", "obligation": "conditional", "order": 1}
    words |= {"display": {"level": "foot"}, "short": "A source of this text was retracted."}
    words |= {"text": "This text rests on what was retracted: {retractedSources}"}
    items = [
        {"type": "disclaimer", "id": "retraction-note", "locale": locale, "data": words}
        for locale in ("en", "es")
    ]
    rule = {"because": "A test.", "when": {"sources": ["retracted"]}}
    published(room, *items, {**RULE, "data": {**rule, "require": ["retraction-note"]}})
    before = room.client.get("/v1/articles/new-one").get_json()
    numbers = retract(room, ONE).get_json()["group_end"]
    after = room.client.get("/v1/articles/new-one").get_json()
    [note] = [one for one in after["disclaimers"] if one["id"] == "retraction-note"]
    assert note["text"].endswith(
        f"A trial, {ONE} (https://journal.example/retraction): Its data were made up."
    )
    assert before["sequence"] < after["sequence"] <= numbers
    assert "retraction-note" not in str(before["disclaimers"])
    short = {**items[0], "data": {**words, "short": "Retracted: {retractedSources}"}}
    body = {"title": "x", "reason": "y", "items": [short]}
    refused = room.ask("publisher", "POST", "/releases", json=body)
    assert "has no room for {retractedSources}" in str(assert_problem(refused, 422, "invalid"))


def test_a_new_text_cites_what_was_retracted_only_when_a_reviewer_lets_it_pass(
    room: Newsroom,
) -> None:
    text = room.start(slug="new-one", **cites(ONE))
    retract(room, ONE)
    said = room.ask("author", "GET", f"{text.path}/findings").get_json()["findings"]
    [finding] = [one for one in said if one["id"] and one["id"].startswith("S01-")]
    assert (finding["gate"], finding["severity"]) == ("sources", "error")
    assert finding["pointer"] == "/document/sources/0"
    assert_problem(take(text), 422, "invalid")
    reasons = {finding["id"]: "The text tells that it was retracted."}
    assert text.act("reviewer", "approve", {"overrides": reasons}).status_code == 200
    assert text.act("publisher", "publish").status_code == 200
    [shown] = room.client.get("/v1/articles/new-one").get_json()["review"]["overrides"]
    assert shown["finding"] == finding["id"]


def test_one_id_is_one_work_in_all_articles(room: Newsroom) -> None:
    room.live(slug="new-one", **cites(ONE))
    words = cites(ONE, sources=[make_source(ONE, title="A trial in other words")])
    same = room.start(slug="new-two", **words)
    [said] = room.ask("author", "GET", f"{same.path}/findings").get_json()["findings"][-1:]
    assert (said["severity"], said["gate"]) == ("warning", "sources")
    assert said["detail"] == f"the source '{ONE}' has other words in new-one"
    assert take(same).status_code == 200
    assert same.act("publisher", "publish").status_code == 200
    work = room.start(
        slug="new-three", **cites(ONE, sources=[make_source(ONE, doi="10.1000/another")])
    )
    assert take(work).status_code == 200
    [error] = assert_problem(work.act("publisher", "publish"), 422, "invalid")["errors"]
    assert error["pointer"] == "/document/sources/0"
    assert "is another work in new-" in error["detail"]


def test_a_source_is_put_right_in_all_its_articles_at_once(room: Newsroom) -> None:
    texts = [room.live(slug=slug, **cites(ONE)) for slug in ("new-one", "new-two")]
    for text in texts:
        text.save(sources=[make_source(ONE, doi="10.1000/right")])
        assert take(text).status_code == 200
    assert_problem(texts[0].act("publisher", "publish"), 422, "invalid")
    names = [text.read()["article"] for text in texts]
    published(room, *({"type": "article", "article": name, "locale": "en"} for name in names))
    shown = room.client.get("/v1/articles/new-two").get_json()
    assert shown["sources"][0]["doi"] == "10.1000/right"


def test_two_new_texts_cannot_go_out_with_two_works_of_one_id(room: Newsroom) -> None:
    items = []
    for slug, doi in (("new-one", "10.1000/one"), ("new-two", "10.1000/two")):
        text = room.start(slug=slug, **cites(ONE, sources=[make_source(ONE, doi=doi)]))
        assert take(text).status_code == 200
        items.append({"type": "article", "article": text.read()["article"], "locale": "en"})
    refused = act(room, "publisher", put_together(room, *items), "publish")
    errors = assert_problem(refused, 422, "invalid")["errors"]
    assert [one["pointer"] for one in errors] == [
        f"/articles/{number}/document/sources/0" for number in (0, 1)
    ]


def test_what_is_wrong_with_a_retraction_is_told(room: Newsroom) -> None:
    room.live(slug="new-one", **cites(ONE))
    assert_problem(retract(room, "nobody"), 404, "not-found")
    [error] = assert_problem(retract(room, ONE, url="http://x"), 422, "invalid")["errors"]
    assert error["pointer"] == "/url"
    assert_problem(retract(room, ONE, who="reviewer"), 403, "forbidden")
    assert put_together(
        room, {"type": "source", "id": ONE, "data": {"status": "retracted", **SAID}}
    )
