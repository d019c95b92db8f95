"""Previews: a draft as the edition that it would be, plainly marked as what it is."""

from pathlib import Path
from typing import Any

import delivery
import leaks
import programs
import pytest
from delivery import OCD, local
from factories import NOW, publish
from flask.testing import FlaskClient
from jsonschema_rs import Draft202012Validator
from newsroom import DESK, Newsroom, Text
from previewing import ENDINGS, allow, begin, see
from problems import assert_problem

from content import canonical, corrections
from content.db import Database
from content.editorial.editions import ENGLISH, SPANISH


@pytest.fixture
def room(client: FlaskClient, library: Database) -> Newsroom:
    """Everybody at work."""
    return Newsroom(client, library)


@pytest.fixture
def text(room: Newsroom) -> Text:
    """The draft of an article that was never published, and owes much."""
    return begin(room, slug="new-one")


def test_every_format_is_marked_and_has_all_that_is_owed(room: Newsroom, text: Text) -> None:
    preview = allow(text, jurisdiction="US-AL")
    query = {"jurisdiction": "US-AL"}
    live = room.client.get(f"/v1/articles/{OCD}", query_string=query).get_json()
    owed = {(one["id"], one["text"].replace(OCD, "new-one")) for one in live["disclaimers"]}
    assert len(owed) > 15
    assert tuple(preview["urls"]) == tuple(sorted(ENDINGS))
    article = text.read()["article"]
    for ending in ENDINGS:
        seen = see(room, preview["urls"][ending])
        assert seen.status_code == 200
        assert leaks.is_whole(seen, article, owed | {("preview", ENGLISH.text)}), ending
        assert "[Preview] " in leaks.unescape_markdown(seen.text), ending
        assert see(room, preview["urls"][ending], "HEAD").data == b""


def test_a_preview_is_an_edition_that_says_what_it_is(room: Newsroom, text: Text) -> None:
    body = see(room, allow(text, audience="adults", channel="app")["urls"]["json"]).get_json()
    assert (body["status"], body["context"]["channel"]) == ("preview", "app")
    first = body["disclaimers"][0]
    assert (first["id"], first["display"]["level"]) == ("preview", "alert")
    assert body["notices"][0]["items"][0] == body["surfaces"]["card"][0] == "preview"
    assert body["surfaces"]["notification"] is False
    assert (body["revision"]["number"], body["revision"]["published_at"]) == (1, None)
    assert body["sequence"] == delivery.head(room.database)
    assert body["rights"]["indexing"] == "noindex"
    assert body["rights"]["terms"][0] == ENGLISH.text
    assert [name for name, at in body["links"].items() if at] == ["keys"]
    assert body["$schema"].endswith("/v1/schemas/preview-1.0.json")
    content = {name: value for name, value in body.items() if name != "integrity"}
    digest = canonical.digest(canonical.encode(content))
    assert body["integrity"] == {"digest": digest, "kid": None, "jws": None}


def test_a_text_is_shown_that_is_not_saved(room: Newsroom, text: Text) -> None:
    before = text.read()
    written = {**before["manuscript"], "slug": "newer"}
    written["document"] = {**written["document"], "summary": "Another summary of it."}
    address = f"{text.path}/edition?jurisdiction=US-AL&channel=app"
    body = room.ask("author", "POST", address, json=written).get_json()
    assert (body["status"], body["summary"]) == ("preview", "Another summary of it.")
    assert (body["context"]["jurisdiction"]["code"], body["article"]["slug"]) == ("US-AL", "newer")
    assert faults(room, local(body["$schema"]), body) == []
    assert text.read() == before
    written["document"]["review"] = {**written["document"]["review"], "searched_on": None}
    refused = assert_problem(room.ask("author", "POST", address, json=written), 422, "invalid")
    assert [one["pointer"] for one in refused["errors"]] == ["/document/review/searched_on"]
    written["document"]["locale"] = "es"
    refused = assert_problem(room.ask("author", "POST", address, json=written), 422, "invalid")
    assert refused["errors"][0]["pointer"] == "/document/locale"


def test_its_schema_is_published_and_no_other_fits_it(room: Newsroom, text: Text) -> None:
    body = see(room, allow(text)["urls"]["json"]).get_json()
    assert faults(room, local(body["$schema"]), body) == []
    assert faults(room, "/v1/schemas/edition-1.1.json", body)
    genuine = room.client.get(f"/v1/articles/{OCD}").get_json()
    assert faults(room, local(body["$schema"]), genuine)


def faults(room: Newsroom, schema: str, body: Any) -> list[str]:
    """Return what a published schema says against a body."""
    known = room.client.get(schema).get_json()
    found = Draft202012Validator(known, validate_formats=True).iter_errors(body)
    return [error.message for error in found]


def test_a_page_says_so_before_everything_but_its_title(room: Newsroom, text: Text) -> None:
    page = see(room, allow(text, jurisdiction="US")["urls"]["html"]).text
    title = text.read()["manuscript"]["document"]["title"]
    assert page.count(f"<title>[Preview] {title}</title>") == 1
    at = page.index('<h1 class="cv-title">[Preview] ')
    assert at < page.index(ENGLISH.text, at) < page.index("988", at)
    assert '<meta name="robots" content="noindex">' in page
    assert 'rel="canonical"' not in page
    assert 'rel="alternate"' not in page
    assert "None" not in page


def test_nothing_claims_that_it_was_published(room: Newsroom, text: Text) -> None:
    urls = allow(text)["urls"]
    data = see(room, urls["jsonld"]).get_json()
    assert data["creativeWorkStatus"] == "Draft"
    assert not {"@id", "url", "datePublished", "lastReviewed"} & set(data)
    item = see(room, urls["ninjs"]).get_json()
    assert item["pubStatus"] == "withheld"
    assert item["edNote"] == ENGLISH.text
    assert item["renditions"] == []
    assert "contentCreated" not in item
    assert item["uri"] != f"urn:uuid:{text.read()['article']}", "it must not replace the article"
    assert "published_at" not in see(room, urls["md"]).text


def test_it_speaks_the_language_of_the_article(room: Newsroom) -> None:
    translation = {"locale": "en", "revision": 1, "status": "unreviewed"}
    live = room.client.get(f"/v1/articles/{OCD}").get_json()["article"]["id"]
    opened = f"{DESK}/articles/{live}/drafts/es"
    assert room.ask("author", "GET", opened).status_code == 200, "it ships with a translation"
    spanish = Text(room, opened)
    assert spanish.read()["manuscript"]["document"]["translation"] == translation
    seen = see(room, allow(spanish)["urls"]["html"]).text
    assert SPANISH.text in seen
    assert ENGLISH.text not in seen


def test_it_never_verifies(room: Newsroom, text: Text, tmp_path: Path) -> None:
    seen = see(room, allow(text)["urls"]["json"])
    (tmp_path / "jwks.json").write_text(room.client.get("/.well-known/jwks.json").text)
    done = programs.run_inside("verify", "-", "--jwks", tmp_path / "jwks.json", input=seen.text)
    assert (done.returncode, done.stdout) == (2, "")
    genuine = room.client.get(f"/v1/articles/{OCD}").get_json()
    borrowed = canonical.encode({**seen.get_json(), "integrity": genuine["integrity"]}).decode()
    done = programs.run_inside("verify", "-", "--jwks", tmp_path / "jwks.json", input=borrowed)
    assert (done.returncode, done.stderr) == (1, "")


def test_it_shows_the_draft_as_it_is_by_then(room: Newsroom, text: Text) -> None:
    address = allow(text)["urls"]["json"]
    text.save(summary="Another summary that nobody had written when it was allowed.")
    assert see(room, address).get_json()["summary"].startswith("Another summary")
    text.act("author", "submit")
    assert see(room, address).get_json()["revision"]["number"] == 1


def test_a_change_of_a_live_article_is_the_next_revision(room: Newsroom) -> None:
    text = room.live(slug="new-one")
    address = allow(text)["urls"]["json"]
    same = see(room, address).get_json()["revision"]
    assert (same["number"], same["supersedes"]) == (1, None)
    text.save(summary="Another summary that is long enough to be recognised.")
    changed = see(room, address).get_json()["revision"]
    assert (changed["number"], changed["supersedes"]) == (2, 1)
    assert room.client.get("/v1/articles/new-one").get_json()["revision"]["number"] == 1


def test_what_was_corrected_is_owed_by_the_draft_that_follows(room: Newsroom) -> None:
    wrong = corrections.make("correction", "We had named the wrong dose.", NOW)
    publish(room.database, slug="new-one")
    publish(room.database, slug="new-one", correction=wrong)
    live = room.client.get("/v1/articles/new-one").get_json()
    text = Text(room, f"{DESK}/articles/{live['article']['id']}/drafts/en")
    text.save(summary="Another summary that is long enough to be recognised.")
    seen = see(room, allow(text)["urls"]["json"])
    owed = {one["id"]: one["text"] for one in live["disclaimers"]}
    shown = dict(leaks.carried(seen, live["article"]["id"]))
    assert shown["correction-notice"] == owed["correction-notice"]
    assert {*shown} == {*owed, "preview"}


def test_what_an_approver_let_pass_is_seen_as_readers_will(room: Newsroom) -> None:
    hard = "Notwithstanding considerable methodological heterogeneity, " * 30 + "sleep matters."
    text = room.start(slug="new-one")
    sections = text.read()["manuscript"]["document"]["sections"]
    spans = [{"text": hard, "marks": []}]
    sections[1]["blocks"] = [{"type": "paragraph", "text": hard, "spans": spans}]
    text.save(sections=sections)
    text.act("author", "submit")
    [finding] = text.act("reviewer", "approve").get_json()["errors"]
    address = allow(text)["urls"]["json"]
    assert see(room, address).get_json()["review"]["overrides"] == []
    reasons = {finding["id"]: "A quotation that has to stay."}
    assert text.act("reviewer", "approve", {"overrides": reasons}).status_code == 200
    [shown] = see(room, address).get_json()["review"]["overrides"]
    assert (shown["finding"], shown["by"]) == (finding["id"], "An reviewer")


def test_a_draft_with_gaps_is_not_shown(room: Newsroom, text: Text) -> None:
    address = allow(text)["urls"]["html"]
    review = text.read()["manuscript"]["document"]["review"]
    text.save(review={**review, "searched_on": None})
    refused = [see(room, address), room.ask("author", "POST", f"{text.path}/previews", json={})]
    for response in refused:
        problem = assert_problem(response, 422, "invalid")
        assert [one["pointer"] for one in problem["errors"]] == ["/document/review/searched_on"]
        assert "kratom" not in response.text.lower()


def test_a_draft_whose_notices_have_no_words_is_not_shown(room: Newsroom, text: Text) -> None:
    address = allow(text)["urls"]["md"]
    delivery.record(room.database, delivery.no_help("US"), delivery.no_help("ZZ"))
    for response in (see(room, address), see(room, address, "HEAD")):
        assert response.status_code == 422
    [finding] = assert_problem(see(room, address), 422, "invalid")["errors"]
    assert finding["pointer"] == "/document"
    assert "missing" in finding["detail"]


def test_a_translation_of_what_was_never_published_is_not_shown(room: Newsroom) -> None:
    translation = {"locale": "en", "revision": 9, "status": "unreviewed"}
    text = room.start(slug="new-one", locale="es", translation=translation)
    refused = room.ask("author", "POST", f"{text.path}/previews", json={})
    [finding] = assert_problem(refused, 422, "invalid")["errors"]
    assert "never published" in finding["detail"]


def test_what_a_rule_withholds_is_withheld_here_too(room: Newsroom, text: Text) -> None:
    address = allow(text, jurisdiction="GB")["urls"]["html"]
    delivery.record(room.database, delivery.withholding("no-tea", jurisdiction=["GB"]))
    assert_problem(see(room, address), 451, "withheld-by-law")
    assert see(room, allow(text)["urls"]["html"]).status_code == 200
