"""Corrections over HTTP: the notice in every rendition, in both languages, and in the log."""

import html
import json
import re
from datetime import timedelta

import delivery
import pytest
from delivery import ARTICLE, OCD, SLEEP, read_json
from factories import NOW
from flask.testing import FlaskClient
from reading_feeds import contents, every_feed, urn

from content import corrections, lapses
from content.db import Database

pytestmark = pytest.mark.one_engine
WRONG = "We said <b>that</b> 21 trials were counted; it was 20."
READER = "jurisdiction=US-AL"
WHOLE = ("html", "md", "jsonld", "ninjs")
PIECES = ("/sections/mechanisms?", ".html?fragment=1&", "?fields=title&", "?revision=1&")
SHORTS = {  # of the shipped words, by how the text was corrected
    "clarification": "Clarified on 2026-11-23: ",
    "correction": "Corrected on 2026-11-23: ",
    "retraction": "Retracted on 2026-11-23.",
}
SHORTS_ES = {
    "clarification": "Aclarado el 2026-11-23: ",
    "correction": "Corregido el 2026-11-23: ",
    "retraction": "Retractado el 2026-11-23.",
}


def correct(database: Database, slug: str, type: str = "correction", **changed: str) -> None:
    said = corrections.make(type, WRONG, NOW)
    assert delivery.revise(database, slug, correction=said, **changed)


def pass_days(database: Database, days: int) -> None:
    with database.write() as session:
        lapses.record(session, by="test", now=NOW + timedelta(days=days))
        session.commit()


def read(client: FlaskClient, address: str) -> str:
    """Return an answer as its readers see it, whatever marks its format escapes."""
    response = client.get(address)
    assert response.status_code == 200, response.text
    text = response.text
    if response.mimetype.endswith("json"):
        text = json.dumps(response.json, ensure_ascii=False).replace('\\"', '"')
    return html.unescape(html.unescape(re.sub(r"\\([^\w\s])", r"\1", text)))


def test_every_format_has_the_short_and_the_full_words(
    client: FlaskClient, library: Database
) -> None:
    correct(library, SLEEP, title="A title that is another one")
    for suffix in WHOLE:
        text = read(client, f"/v1/articles/{SLEEP}.{suffix}?{READER}")
        assert SHORTS["correction"] in text, suffix
        assert f"[2026-11-23] {WRONG}" in text, suffix


def test_no_mark_in_the_words_becomes_one_of_a_page(client: FlaskClient, library: Database) -> None:
    correct(library, SLEEP)
    for address in (f"/v1/articles/{SLEEP}.html", f"/v1/articles/{SLEEP}/diff.html?from=1"):
        assert "<b>" not in client.get(address).text


@every_feed
def test_every_feed_has_it_in_the_content(
    client: FlaskClient, library: Database, feed: str
) -> None:
    correct(library, SLEEP)
    content = html.unescape(contents(client, feed)[urn(library, SLEEP)])
    assert SHORTS["correction"] in content
    assert WRONG in html.unescape(content)


def test_no_part_and_no_older_text_is_without_it(client: FlaskClient, library: Database) -> None:
    correct(library, SLEEP, title="A title that is another one")
    for piece in PIECES:
        assert WRONG in read(client, f"/v1/articles/{SLEEP}{piece}{READER}"), piece


def test_lists_and_snapshots_and_copies_in_step_have_it(
    client: FlaskClient, library: Database
) -> None:
    before = delivery.head(library)
    correct(library, SLEEP)
    at = delivery.head(library)
    walks = ("/v1/articles", f"/v1/snapshot?at={at}")
    steps = tuple(
        f"/v1/changes?after={before}&include={how}" for how in ("editions", "differences")
    )
    for address in (*walks, *steps):
        assert "[2026-11-23] We said" in client.get(address).text, address


@pytest.mark.parametrize("type", SHORTS)
def test_what_stands_before_the_text_stays_within_the_budget(
    client: FlaskClient, library: Database, type: str
) -> None:
    """The reader who owes most, see ``test_library.py``."""
    correct(library, OCD, type, title="A title that is another one")
    shown = {"alert": "text", "lead": "short"}
    for locale in ("en", "es"):
        asked = f"{ARTICLE}?locale={locale}&jurisdiction=IE&channel=retail"
        texts = [
            notice[shown[level]]
            for notice in read_json(client, asked)["disclaimers"]
            if (level := notice["display"]["level"]) in shown
        ]
        assert sum(len(text.split()) for text in texts) <= 220, locale


@pytest.mark.parametrize("type", SHORTS)
def test_the_words_are_chosen_by_what_it_is(
    client: FlaskClient, library: Database, type: str
) -> None:
    correct(library, OCD, type)
    for locale, shorts in (("en", SHORTS), ("es", SHORTS_ES)):
        edition = read_json(client, f"{ARTICLE}?locale={locale}")
        found = [one for one in edition["disclaimers"] if one["id"] == "correction-notice"]
        assert [one["short"].startswith(shorts[type]) for one in found] == [True]
        assert found[0]["display"]["level"] == "lead"
        assert len(found[0]["short"]) <= 120
        assert found[0]["text"].endswith(WRONG)
        assert (found[0]["locale"], edition["surfaces"]["notification"]) == (locale, False)


def test_a_translation_of_the_older_text_says_that_it_may_be_wrong(
    client: FlaskClient, library: Database
) -> None:
    correct(library, OCD, title="A title that is another one")
    pass_days(library, 40)
    levels = {}
    for locale in ("en", "es"):
        edition = read_json(client, f"{ARTICLE}?locale={locale}")
        found = [one for one in edition["disclaimers"] if one["id"] == "correction-notice"]
        levels[locale] = (found[0]["display"]["level"], found[0]["short"])
    assert levels["en"][0] == "foot"
    assert levels["es"][0] == "lead"
    assert levels["es"][1].startswith("Anterior a la corrección del 2026-11-23.")


def test_the_log_says_what_it_was_in_the_public_words(
    client: FlaskClient, library: Database
) -> None:
    before = delivery.head(library)
    correct(library, SLEEP, "retraction")
    change = read_json(client, f"/v1/changes?after={before}")["changes"][0]
    assert (change["kind"], change["impact"], change["notice"]) == (
        *("article.corrected", "safety"), WRONG,
    )  # fmt: skip
    assert change["subject"]["slug"] == SLEEP
    assert "tombstone" not in change


def test_search_engines_are_told_what_was_corrected(client: FlaskClient, library: Database) -> None:
    address = f"/v1/articles/{SLEEP}.jsonld"
    assert "correction" not in read_json(client, address)
    correct(library, SLEEP)
    said = read_json(client, address)["correction"]
    assert [one["@type"] for one in said] == ["CorrectionComment"]
    assert said[0]["text"].endswith(f"[2026-11-23] {WRONG}")


def test_a_kept_page_goes_when_the_thirty_days_are_over(
    client: FlaskClient, library: Database
) -> None:
    correct(library, SLEEP)
    address = f"/v1/articles/{SLEEP}"
    first = client.get(address)
    pass_days(library, 31)
    again = client.get(address, headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 200
    at = first.headers["Caveat-Sequence"]
    assert client.get(f"{address}?at={at}").data == first.data
