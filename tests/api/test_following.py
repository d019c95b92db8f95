"""Following with editions: whoever applies the pages has exactly what is served."""

import json
import re
import textwrap
from pathlib import Path
from typing import Any

import pytest
from corpora import Corpus, make_corpus
from delivery import read_json, running
from factories import Databases
from flask.testing import FlaskClient
from followers import Copy, served

from api import secrets
from content import canonical
from content.contexts import Context
from content.editions import Part

STEPS = 2  # that count as one example
READERS = [
    Context("en"),
    Context("en", "US-AL"),
    Context("de", "GB"),
    Context("en", "EU", "minors", "app"),
]
FORMS = [("editions", 100), ("differences", 100), ("editions", 3), ("differences", 2)]


@pytest.fixture(params=[2, 3])
def corpus(
    request: pytest.FixtureRequest, databases: Databases, empty_template: str, tmp_path: Path
) -> Corpus:
    return make_corpus(databases, empty_template, tmp_path, request.param)


def copies() -> list[tuple[Context, Part, Copy]]:
    found = []
    for asked in READERS:
        for include, limit in FORMS:
            address = f"/v1/changes?include={include}&limit={limit}&{asked.query()}"
            found.append((asked, Part(), Copy(address)))
    titles = Part(fields=frozenset(["title"]))
    address = f"/v1/changes?include=differences&fields=title&{READERS[1].query()}"
    return [*found, (READERS[1], titles, Copy(address))]


def step(corpus: Corpus) -> None:
    """Let anything happen, also what the corpus does not do by itself."""
    acts = [corpus.step, corpus.step, corpus.refuse, corpus.edit, corpus.move, corpus.revoke]
    corpus.dice.choices(acts, [6, 6, 3, 3, 1, 1])[0]()


@pytest.mark.no_cover
def test_a_copy_converges_whatever_happens(corpus: Corpus, examples: int) -> None:
    readers = copies()
    with running(corpus.settings) as app:
        client = app.test_client()
        for _ in range(STEPS * examples):
            step(corpus)
            for _, _, copy in corpus.dice.sample(readers, 4):
                copy.read(client)
            check(corpus, client, *corpus.dice.choice(readers))
        for asked, part, copy in readers:
            check(corpus, client, asked, part, copy)
    corpus.database.close()


def check(corpus: Corpus, client: FlaskClient, asked: Context, part: Part, copy: Copy) -> None:
    """Catch up, and compare the copy with what is served."""
    copy.catch_up(client)
    expected = served(corpus.database, secrets.keyring(corpus.settings), asked, part)
    assert copy.octets() == expected, (asked, copy.next)
    assert copy.tombstones.keys() & expected.keys() == set()


def test_a_revoked_key_is_followed_by_all_that_is_signed_again(corpus: Corpus) -> None:
    with running(corpus.settings) as app:
        client = app.test_client()
        copy = Copy(f"/v1/changes?include=differences&{READERS[0].query()}")
        copy.catch_up(client)
        before = {edition["integrity"]["kid"] for edition in copy.editions.values()}
        corpus.revoke()
        check(corpus, client, READERS[0], Part(), copy)
        assert before.isdisjoint(one["integrity"]["kid"] for one in copy.editions.values())
    corpus.database.close()


def test_the_recipe_for_partners_keeps_a_copy_in_step(corpus: Corpus, here: Path) -> None:
    page = (here / "docs" / "partners.md").read_text()
    (code,) = re.findall(r"^    import hashlib.*?^    +copies\[.*?\] = item$", page, re.M | re.S)
    recipe: dict[str, Any] = {}
    exec(textwrap.dedent(code), recipe)  # noqa: S102 - it is our own documentation
    copies: dict[str, dict[str, Any]] = {}
    with running(corpus.settings) as app:
        client = app.test_client()
        part = client.get(f"/v1/snapshot?{READERS[1].query()}", follow_redirects=True)
        lines = [json.loads(line) for line in part.data.splitlines()]
        texts = {line["key"]: line["text"] for line in lines if line["type"] == "text"}
        for line in (line for line in lines if line["type"] == "edition"):
            recipe["apply"](line["edition"], texts, copies)
        address = lines[-1]["links"]["differences"]
        for act in (corpus.edit, corpus.publish, corpus.refuse, corpus.edit):
            act()
        while (answer := read_json(client, address))["links"]["next"] != address:
            for item in answer["items"]:
                recipe["apply"](item, answer["texts"], copies)
            address = answer["links"]["next"]
    expected = served(corpus.database, secrets.keyring(corpus.settings), READERS[1])
    shown = {id: one for id, one in copies.items() if "tombstone" not in one}
    assert {id: canonical.encode(one) for id, one in shown.items()} == expected
    corpus.database.close()
