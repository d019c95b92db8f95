"""Policy at the desk: read as a release takes it, changed in one group, refused with its place."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from newsroom import Newsroom
from problems import assert_problem
from releasing import act, published, put_together, send, stands

from content.db import Database

pytestmark = pytest.mark.one_engine
RULE: dict[str, Any] = {
    "type": "rule",
    "id": "sleep-owes-age-limit",
    "data": {
        "because": "A test.",
        "when": {"topics": ["sleep"]},
        "require": ["age-limit"],
    },
}
SLEEP = "/v1/articles/sleep-habits-and-insomnia"


@pytest.fixture
def room(client: FlaskClient, library: Database) -> Newsroom:
    """Everybody at work."""
    return Newsroom(client, library)


def owed(room: Newsroom, address: str = SLEEP) -> dict[str, Any]:
    """Return the disclaimers of an article by their ids."""
    return {one["id"]: one for one in room.client.get(address).get_json()["disclaimers"]}


@pytest.mark.no_cover
def test_what_stands_is_read_as_a_release_takes_it(room: Newsroom) -> None:
    for kind in ("disclaimer", "rule", "mention", "jurisdiction", "site"):
        found = room.ask("author", "GET", f"/policy/{kind}").get_json()
        items = [one for one in found["items"] if one.get("id") != "public_url"]
        assert len(items) > 5
        assert published(room, *items) == {"first": None, "last": None}


def test_what_stands_is_found_by_its_names(room: Newsroom) -> None:
    item = stands(room, "jurisdiction", code="US-AL", fact="law/kratom")
    assert item["data"]["status"] == ["banned"]
    wrong = room.ask("author", "GET", "/policy/rule?code=US")
    assert assert_problem(wrong, 400, "bad-request")["errors"][0]["pointer"] == "code"
    assert_problem(room.ask("author", "GET", "/policy/poem"), 404, "not-found")


@pytest.mark.no_cover
def test_words_a_rule_and_a_fact_become_true_in_one_group(room: Newsroom) -> None:
    words, law = (
        stands(room, "disclaimer", id="age-limit", locale="en"),
        stands(room, "jurisdiction", code="GB", fact="law/kratom"),
    )
    words["data"]["text"] = "Other words, just as full."
    law["data"]["source"] = "Another place to look it up."
    done = published(room, words, RULE, law)
    changes = room.client.get(f"/v1/changes?after={done['first'] - 1}").get_json()["changes"]
    assert {one["group_end"] for one in changes} == {done["last"]}
    assert [one["kind"] for one in changes if one["kind"] != "article.affected"] == [
        *("disclaimer.changed", "rule.added", "jurisdiction.changed")
    ]
    assert owed(room)["age-limit"]["text"] == "Other words, just as full."
    assert stands(room, "rule", id=RULE["id"])["seen"] == done["first"] + 1


def test_a_rule_that_is_true_no_longer_ends(room: Newsroom) -> None:
    published(room, RULE)
    assert "age-limit" in owed(room)
    done = published(room, {**stands(room, "rule", id=RULE["id"]), "data": None})
    assert "age-limit" not in owed(room)
    page = room.client.get(f"/v1/changes?after={done['first'] - 1}").get_json()
    assert page["changes"][0]["kind"] == "rule.removed"
    assert room.ask("author", "GET", f"/policy/rule?id={RULE['id']}").get_json()["items"] == []


@pytest.mark.no_cover
def test_nobody_writes_over_what_they_have_not_read(room: Newsroom) -> None:
    first = stands(room, "disclaimer", id="age-limit", locale="en")
    second = stands(room, "disclaimer", id="age-limit", locale="en")
    first["data"]["text"], second["data"]["text"] = "By the first.", "By the second."
    waiting = put_together(room, second)
    done = published(room, first)
    late = assert_problem(act(room, "publisher", waiting, "publish"), 409, "conflict")
    assert f"by change {done['first']}" in late["detail"]
    assert_problem(send(room, second), 409, "conflict")
    second["seen"] = done["first"]
    assert published(room, second)["first"] > done["first"]


@pytest.mark.no_cover
def test_who_says_nothing_has_seen_what_is_there_when_the_release_is_saved(room: Newsroom) -> None:
    item = stands(room, "disclaimer", id="age-limit", locale="en")
    seen = item.pop("seen")
    item["data"]["text"] = "By the second."
    waiting = put_together(room, item)
    assert room.ask("author", "GET", waiting).get_json()["items"][0]["seen"] == seen
    published(room, {**item, "data": {**item["data"], "text": "By the first."}})
    assert_problem(act(room, "publisher", waiting, "publish"), 409, "conflict")


def changed(**parts: Any) -> dict[str, Any]:
    return {**RULE, "data": {**RULE["data"], **parts}}


WRONG: list[tuple[dict[str, Any], str, str]] = [
    ({"type": "rule", "id": "x"}, "/items/0", "data"),
    (changed(when={"topic": ["sleep"]}), "/items/0/data/when/topic", "not a name"),
    (changed(when={"audience": ["adult"]}), "/items/0/data/when/audience", "'adults'?"),
    (changed(require=["no-such"]), "/items/0/data", "'no-such', which is not defined"),
    ({**RULE, "data": None}, "/items/0", "is not there"),
    (changed(because="A\0"), "/items/0/data/because", "(U+0000)"),
    (changed(because="A\ud800"), "/items/0/data", "cannot be kept"),
    (changed(withhold={"status": 403.0}), "/items/0/data", "cannot be kept"),
    (changed(when={"topics": [2**60]}), "/items/0/data", "beyond"),
    (changed(ä="x"), "/items/0/data", "not an ASCII string"),
    ({"type": "site", "id": "publisher", "data": 7}, "/items/0/data", "Expected `str`"),
    ({"type": "site", "id": "publisher", "data": None}, "/items", "needs its 'publisher'"),
    ({"type": "site", "id": "public_url", "data": "x"}, "/items/0/id", "CAVEAT_PUBLIC_URL"),
    (
        {"type": "disclaimer", "id": "age-limit", "locale": "es", "data": None},
        "/items",
        "no text in the served locale 'es'",
    ),
    (
        {"type": "disclaimer", "id": "age-limit", "locale": "es", "data": {"fallback": "fr"}},
        "/items/0/data",
        "falls back to 'fr'",
    ),
    (
        {"type": "jurisdiction", "code": "US", "fact": "place", "data": None},
        "/items",
        "jurisdiction US-AL place: lies within 'US', which is not defined",
    ),
    (
        {"type": "jurisdiction", "code": "US", "fact": "weather", "data": {}},
        "/items/0/fact",
        "matching",
    ),
    (
        {"type": "mention", "id": "ssri", "data": {"en": ["ssri"]}},
        "/items/0/data",
        "no terms in the served locale 'es'",
    ),
]


def test_what_would_not_hold_is_refused_with_its_place(room: Newsroom) -> None:
    for item, pointer, words in WRONG:
        errors = assert_problem(send(room, item), 422, "invalid")["errors"]
        said = [(one["pointer"], words in one["detail"]) for one in errors]
        assert (pointer, True) in said, (item, errors)


def test_the_same_thing_is_said_once(room: Newsroom) -> None:
    errors = assert_problem(send(room, RULE, changed(because="Twice.")), 422, "invalid")["errors"]
    assert "is defined already in /items/1" in errors[0]["detail"]


def test_what_would_not_resolve_is_refused(room: Newsroom) -> None:
    words = stands(room, "disclaimer", id="not-medical-advice", locale="en")
    words["data"]["text"] = "Reviewed by {reviewerName}."
    assert "{reviewerName}" in assert_problem(send(room, words), 422, "invalid")["detail"]


def test_a_text_goes_out_with_the_rule_that_it_is_written_for(room: Newsroom) -> None:
    text = room.start(slug="one-one")
    text.act("author", "submit")
    text.act("reviewer", "approve")
    draft = {"type": "article", "article": text.read()["article"], "locale": "en"}
    path = put_together(room, draft, RULE)
    done = act(room, "publisher", path, "publish").get_json()
    shown = room.client.get("/v1/articles/one-one").get_json()
    assert "age-limit" in {one["id"] for one in shown["disclaimers"]}
    assert done["first"] <= shown["sequence"] <= done["last"]
