"""Reproduction: what was answered is answered again, byte for byte, after all that came later."""

from pathlib import Path

import policies
import pytest
from corpora import Corpus, make_corpus
from delivery import end, running
from factories import NOW, Databases
from histories import VALUES

from content import changes, signing

CHANGES, ANSWERS = 300, 200


@pytest.fixture
def corpus(databases: Databases, empty_template: str, tmp_path: Path) -> Corpus:
    return make_corpus(databases, empty_template, tmp_path, 20261124)


def grow(corpus: Corpus) -> None:
    """Let things happen and ask in between, until there are enough changes and answers."""
    start = corpus.head()
    with running(corpus.settings) as app:
        client = app.test_client()
        while corpus.head() < start + CHANGES or len(corpus.answers) < ANSWERS:
            corpus.step()
            corpus.ask(client)
            corpus.ask(client)


@pytest.mark.no_cover
def test_answers_are_reproduced_after_300_changes_and_a_restart(corpus: Corpus) -> None:
    grow(corpus)
    picked = corpus.dice.sample(corpus.answers, ANSWERS)
    with running(corpus.settings) as app:  # a new process remembers nothing
        client = app.test_client()
        for address, at, octets, tag in picked:
            again = client.get(f"{address}&at={at}")
            assert again.data == octets, (address, at)
            assert again.headers["ETag"] == tag
    assert len({at for _, at, _, _ in picked}) > 20, "they are of many different moments"
    corpus.database.close()


def test_what_is_refused_today_is_refused_in_the_past(corpus: Corpus) -> None:
    with running(corpus.settings) as app:
        client = app.test_client()
        at = corpus.head()
        assert client.get(f"/v1/articles/one?at={at}").status_code == 200
        policies.record(corpus.database, *VALUES["hide"]())
        end(corpus.database, "two")
        assert client.get(f"/v1/articles/one?at={at}&jurisdiction=US-AL").status_code == 403
        assert client.get(f"/v1/articles/two?at={at}").status_code == 410
        assert client.get(f"/v1/articles/one?at={at}").status_code == 200
        page = client.get(f"/v1/articles?at={at}&jurisdiction=US-AL").get_json()
        assert (page["items"], page["withheld"]) == ([], 4)
    corpus.database.close()


def test_a_revoked_key_changes_the_signature_and_nothing_else(corpus: Corpus) -> None:
    with running(corpus.settings) as app:
        client = app.test_client()
        at, before = corpus.head(), client.get("/v1/articles/one").get_json()
        corpus.rotate()
        with corpus.database.write() as session:
            kid = before["integrity"]["kid"]
            entry = signing.end(session, kid, compromised=True, reason="It was seen.")
            changes.append(session, [entry], by="test", now=NOW)
            session.commit()
        after = client.get(f"/v1/articles/one?at={at}").get_json()
    assert after["integrity"].pop("kid") != before["integrity"].pop("kid")
    assert after["integrity"].pop("jws") != before["integrity"].pop("jws")
    assert after == before
    corpus.database.close()
