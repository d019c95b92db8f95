"""Drafts over HTTP: no work is lost, nothing is skipped, and every finding says where it is."""

from typing import Any

import pytest
from delivery import bearer
from factories import make_manuscript
from flask.testing import FlaskClient
from newsroom import DESK, Newsroom, hire
from problems import assert_problem

from content import documents, markdown
from content.db import Database


@pytest.fixture
def room(client: FlaskClient, library: Database) -> Newsroom:
    """Everybody at work."""
    return Newsroom(client, library)


def test_an_article_begins_with_a_draft(room: Newsroom) -> None:
    text = room.start(slug="new-one")
    draft = text.read()
    assert (draft["state"], draft["version"], draft["slug"]) == ("draft", 1, "new-one")
    assert draft["acts"] == ["save", "submit"]
    assert draft["authors"] == [room.id("author")]
    seen = room.ask("reviewer", "GET", text.article).get_json()
    assert [one["locale"] for one in seen["drafts"]] == ["en"]
    assert (seen["published"], seen["acts"]) == ([], [])


def test_a_draft_goes_out_and_comes_in_as_markdown(room: Newsroom) -> None:
    text = room.start(slug="new-one")
    out = room.ask("author", "GET", f"{text.path}.md")
    assert out.mimetype == "text/markdown"
    assert markdown.parse(out.text) == make_manuscript(slug="new-one")
    changed = out.text.replace("What we say about overview.", "Another sentence about it.")
    sent = {"data": changed, "content_type": "text/markdown"}
    saved = room.ask("author", "PUT", text.path, headers={"If-Match": out.headers["ETag"]}, **sent)
    assert (saved.status_code, saved.headers["ETag"]) == (200, '"2"')
    [block] = saved.get_json()["manuscript"]["document"]["sections"][0]["blocks"]
    assert block["text"] == "Another sentence about it."


def test_a_draft_may_be_incomplete_but_is_not_submitted_so(room: Newsroom) -> None:
    text = room.start(slug="new-one")
    review = text.read()["manuscript"]["document"]["review"]
    assert text.save(review={**review, "next_review_due": None}).status_code == 200
    problem = assert_problem(text.act("author", "submit"), 422, "invalid")
    assert [one["pointer"] for one in problem["errors"]] == ["/document/review/next_review_due"]
    assert text.read()["state"] == "draft"


def test_a_change_has_to_say_what_it_has_seen(room: Newsroom) -> None:
    text = room.start(slug="new-one")
    body = text.read()["manuscript"]
    assert_problem(room.ask("author", "PUT", text.path, json=body), 428, "precondition-required")
    for act in ("submit", "approve", "publish", "request-changes"):
        sent = {"json": {"comment": "x"} if act == "request-changes" else {}}
        response = room.ask("publisher", "POST", f"{text.path}/{act}", **sent)
        assert_problem(response, 428, "precondition-required")
    assert text.save().headers["ETag"] == '"2"'
    for stale in ('"1"', "*", 'W/"2"', "2", '"nine"'):
        late = room.ask("author", "PUT", text.path, json=body, headers={"If-Match": stale})
        problem = assert_problem(late, 412, "precondition-failed")
        assert problem["version"] == 2
    assert text.read()["version"] == 2


def test_what_the_state_does_not_allow_is_refused_with_what_it_does(room: Newsroom) -> None:
    text = room.start(slug="new-one")
    problem = assert_problem(text.act("reviewer", "approve"), 409, "illegal-transition")
    assert problem["legal"] == ["save", "submit"]
    text.act("author", "submit")
    problem = assert_problem(text.act("publisher", "publish"), 409, "illegal-transition")
    assert problem["legal"] == ["save", "request-changes", "approve"]


def test_nobody_approves_what_they_have_written_at(room: Newsroom) -> None:
    text = room.start("reviewer", slug="new-one")
    assert text.save("publisher", change_note="Another note.").status_code == 200
    text.act("author", "submit")
    for who in ("reviewer", "publisher"):
        assert_problem(text.act(who, "approve"), 403, "forbidden")
    assert text.act("reviewer2", "approve").status_code == 200
    assert text.read()["approved_by"] == room.id("reviewer2")


def test_who_saves_an_approved_text_begins_anew(room: Newsroom) -> None:
    text = room.start(slug="new-one")
    text.act("author", "submit")
    text.act("reviewer", "approve")
    draft = text.save(change_note="One more thing.").get_json()
    assert (draft["state"], draft["revision"], draft["approved_by"]) == ("draft", None, None)
    assert_problem(text.act("publisher", "publish"), 409, "illegal-transition")


def test_every_gate_reports_at_once_and_says_where(room: Newsroom) -> None:
    text = room.start(slug="new-one")
    before = text.read()["manuscript"]["document"]
    harmful = "Kratom cures depression. See https://intra/x and {{ name }} TODO."
    block = {"type": "paragraph", "text": harmful, "spans": [{"text": harmful, "marks": []}]}
    link = [{"type": "link", "href": "https://localhost/secret"}]
    linked = {"type": "paragraph", "text": "Read.", "spans": [{"text": "Read.", "marks": link}]}
    sections = [dict(one) for one in before["sections"]]
    sections[1] = {**sections[1], "blocks": [block, linked]}
    review = {**before["review"], "searched_on": None}
    changed = {"topics": ["kratom"], "sections": sections, "review": review}
    assert text.save(**changed).status_code == 200
    listed = room.ask("author", "GET", f"{text.path}/findings").get_json()
    assert listed["publishable"] is False
    errors = {(one["gate"], one["pointer"]) for one in listed["findings"]}
    assert {
        ("slots", "/document/sections/1/blocks/0"),
        ("links", "/document/sections/1/blocks/1/spans"),
        ("review", "/document/review/searched_on"),
        ("lint", "/document/sections/1/blocks/0"),
    } <= errors
    same = room.ask("author", "POST", "/lint", json=text.read()["manuscript"]).get_json()
    assert same == listed
    out = room.ask("author", "GET", f"{text.path}.md").text
    sent = {"data": out, "content_type": "text/markdown"}
    placed = room.ask("author", "POST", f"/lint?article={text.read()['article']}", **sent)
    assert placed.get_json()["publishable"] is False
    found = [one for one in placed.get_json()["findings"] if one["sentence"]]
    for one in found:
        place = one.pop("place")
        stands = out[place["start"] : place["end"]].replace("\\", "")
        assert stands == one["sentence"]
        assert place["line"] == out.count("\n", 0, place["start"]) + 1
        assert one["rewrite"]
    assert "Kratom cures depression." in {one["sentence"] for one in found}


def test_a_reviewer_lets_a_finding_pass_with_a_reason_that_readers_see(room: Newsroom) -> None:
    hard = "Notwithstanding considerable methodological heterogeneity, " * 30 + "sleep matters."
    text = room.start(slug="new-one")
    sections = text.read()["manuscript"]["document"]["sections"]
    block = {"type": "paragraph", "text": hard, "spans": [{"text": hard, "marks": []}]}
    sections[1]["blocks"] = [block]
    text.save(sections=sections)
    text.act("author", "submit")
    problem = assert_problem(text.act("reviewer", "approve"), 422, "invalid")
    [finding] = problem["errors"]
    assert finding["pointer"] == "/document/sections/1/title"
    reason = {finding["id"]: "A quotation that has to stay."}
    assert text.act("reviewer", "approve", {"overrides": reason}).status_code == 200
    assert text.act("publisher", "publish").status_code == 200
    [shown] = room.client.get("/v1/articles/new-one").get_json()["review"]["overrides"]
    assert (shown["finding"], shown["reason"]) == (finding["id"], reason[finding["id"]])
    assert shown["by"] == "An reviewer"


def test_a_published_draft_is_live_and_starts_a_new_round(room: Newsroom) -> None:
    text = room.live(slug="new-one")
    assert room.client.get("/v1/articles/new-one").status_code == 200
    draft = text.read()
    assert (draft["state"], draft["authors"], draft["acts"]) == (
        "published",
        [],
        ["save", "correct"],
    )
    seen = room.ask("auditor", "GET", text.article).get_json()
    assert [one["status"] for one in seen["published"]] == ["live"]
    assert seen["acts"] == ["suspend", "withdraw"]


def test_a_reviewer_asks_for_changes_in_a_comment(room: Newsroom) -> None:
    text = room.start(slug="new-one")
    text.act("author", "submit")
    back = text.act("reviewer", "request-changes", {"comment": "Which study is this?"})
    assert (back.status_code, back.get_json()["state"]) == (200, "draft")
    place = {"text": "Here, I mean.", "pointer": "/document/sections/0/blocks/0"}
    added = room.ask("reviewer", "POST", f"{text.path}/comments", json=place)
    assert added.status_code == 201
    listed = room.ask("author", "GET", f"{text.path}/comments").get_json()["comments"]
    assert [one["text"] for one in listed] == ["Which study is this?", "Here, I mean."]
    address = f"{text.path}/comments/{listed[0]['id']}/resolve"
    assert room.ask("author", "POST", address).get_json()["resolved_by"] == room.id("author")
    nowhere = {"text": "x", "pointer": "/document/sections/9"}
    refused = room.ask("reviewer", "POST", f"{text.path}/comments", json=nowhere)
    assert_problem(refused, 422, "invalid")


def test_a_translation_is_flagged_when_its_source_moves_on(room: Newsroom) -> None:
    text = room.live(slug="new-one")
    made = room.ask("author", "POST", f"{text.path}/translate", json={"locale": "es"})
    assert made.status_code == 201
    spanish = made.get_json()
    translation = {"locale": "en", "revision": 1, "status": "unreviewed"}
    assert spanish["manuscript"]["document"]["translation"] == translation
    assert spanish["outdated"] is False
    again = room.ask("author", "POST", f"{text.path}/translate", json={"locale": "es"})
    assert_problem(again, 409, "conflict")
    text.save(summary="Another summary that is long enough to be recognised.")
    for who, act in (("author", "submit"), ("reviewer", "approve"), ("publisher", "publish")):
        assert text.act(who, act).status_code == 200
    assert room.ask("author", "GET", made.headers["Location"]).get_json()["outdated"] is True


def test_a_suspension_is_at_once_and_ends_in_a_withdrawal(room: Newsroom) -> None:
    text = room.live(slug="new-one")
    words = {"notice": "We are looking at a report.", "reason": "A reader wrote in."}
    assert room.ask("publisher", "POST", f"{text.article}/suspend", json=words).status_code == 200
    gone = room.client.get("/v1/articles/new-one")
    assert assert_problem(gone, 410, "gone")["reason"] == "suspended"
    again = room.ask("publisher", "POST", f"{text.article}/suspend", json=words)
    problem = assert_problem(again, 409, "illegal-transition")
    assert problem["legal"] == ["withdraw", "restore"]
    done = room.ask("publisher", "POST", f"{text.article}/withdraw", json=words)
    assert done.status_code == 200
    gone = room.client.get("/v1/articles/new-one")
    assert assert_problem(gone, 410, "gone")["reason"] == "withdrawn"


def test_the_list_of_drafts_is_walked_and_narrowed(room: Newsroom) -> None:
    texts = [room.start(slug=f"number-{number}") for number in range(3)]
    texts[0].act("author", "submit")
    waiting = room.ask("reviewer", "GET", "/drafts?state=in-review").get_json()["drafts"]
    assert [one["slug"] for one in waiting] == ["number-0"]
    seen, cursor = [], ""
    while cursor is not None:
        page = room.ask("author", "GET", f"/drafts?limit=2{cursor and f'&cursor={cursor}'}")
        seen += [one["slug"] for one in page.get_json()["drafts"]]
        cursor = page.get_json()["next"]
    assert [slug for slug in seen if slug.startswith("number-")] == [
        "number-0",
        "number-1",
        "number-2",
    ]
    assert len(seen) == len(set(zip(seen, range(len(seen)), strict=True)))


@pytest.mark.parametrize("key", ["one", '"two"', "8e03978e-40d5-43dd-bc93-6894a57f9324"])
def test_a_creation_with_a_key_is_carried_out_once(room: Newsroom, key: str) -> None:
    body = documents.dump(make_manuscript(slug="new-one"))
    sent = {"json": body, "headers": {"Idempotency-Key": key}}
    first, again = (room.ask("author", "POST", "/articles", **dict(sent)) for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.get_json() == again.get_json()
    assert first.headers["Location"] == again.headers["Location"]
    assert (first.headers["ETag"], again.headers["Idempotency-Replayed"]) == ('"1"', "true")
    other = {**sent, "json": documents.dump(make_manuscript(slug="new-two"))}
    assert_problem(room.ask("author", "POST", "/articles", **other), 422, "invalid")
    mine = room.ask("author2", "POST", "/articles", **{**sent, "json": other["json"]})
    assert mine.status_code == 201, "a key belongs to who has sent it"


def test_a_slug_is_given_once(room: Newsroom) -> None:
    room.start(slug="new-one")
    body = documents.dump(make_manuscript(slug="new-one"))
    assert_problem(room.ask("author", "POST", "/articles", json=body), 409, "conflict")


@pytest.mark.parametrize(
    ("sent", "status", "kind"),
    [
        ({"data": b"{", "content_type": "application/json"}, 422, "invalid"),
        ({"data": b"[" * 5000, "content_type": "application/json"}, 422, "invalid"),
        ({"data": b"\xff", "content_type": "text/markdown"}, 422, "invalid"),
        ({"data": b"# No front matter", "content_type": "text/markdown"}, 422, "invalid"),
        ({"data": b"x", "content_type": "text/html"}, 415, "unsupported-media-type"),
        ({"data": b" " * 2**21, "content_type": "text/markdown"}, 413, "too-large"),
        ({"json": {"slug": "x"}}, 422, "invalid"),
        ({"json": []}, 422, "invalid"),
    ],
)
def test_a_text_that_cannot_be_read_is_refused(
    room: Newsroom, sent: dict[str, Any], status: int, kind: str
) -> None:
    assert_problem(room.ask("author", "POST", "/articles", **sent), status, kind)


def test_a_draft_in_another_language_is_another_draft(room: Newsroom) -> None:
    text = room.start(slug="new-one")
    document = {**text.read()["manuscript"]["document"], "locale": "es"}
    body = {**text.read()["manuscript"], "document": document}
    wrong = room.ask("author", "PUT", text.path, json=body, headers={"If-Match": text.etag()})
    problem = assert_problem(wrong, 422, "invalid")
    assert problem["errors"][0]["pointer"] == "/document/locale"


def test_a_token_without_the_scope_cannot_write(room: Newsroom, library: Database) -> None:
    text = room.start(slug="new-one")
    _, token = hire(library, "author", scopes=["read"])
    headers = {**bearer(token), "If-Match": text.etag()}
    refused = room.client.post(f"{DESK}/lint", json={}, headers=headers)
    assert_problem(refused, 403, "forbidden")
