"""Staying in step: what partners have is what is served, whatever happens to either of them."""

import itertools
import json
import random
import threading
import time
from dataclasses import replace
from pathlib import Path

import acts
import policies
import pytest
from corpora import Corpus
from delivery import add_key, assert_help
from factories import publish
from followers import served
from fronts import Front, serving
from histories import VALUES
from partners import IN_STEP, NO_ANSWER, PATIENCE, WRONG, Program
from programs import free_port

from api import secrets
from content.contexts import Context

HERE = Context("en", "US-AL")
DAY, LATER = "2026-11-28T00:00:00Z", "2099-01-01T00:00:00Z"
EACH = 20  # changes for each time that the program is killed
SEED = 20261127


def start_at(front: Front, limit: int = 500) -> str:
    return f"{front.url}/v1/snapshot?limit={limit}&{HERE.query()}"


def assert_in_step(corpus: Corpus, program: Program) -> None:
    """Check that what is shown is exactly what is served."""
    shown = program.show()
    expected = served(corpus.database, secrets.keyring(corpus.settings), HERE)
    assert {id: line for id, line in shown.items() if b'"tombstone"' not in line} == expected


@pytest.mark.parametrize("limit", [500, 2])
def test_a_first_sync_has_all_that_is_served(
    corpus: Corpus, front: Front, program: Program, limit: int
) -> None:
    assert program.sync(start_at(front, limit)) == IN_STEP
    assert_in_step(corpus, program)
    assert len(program.show()) == 4


def test_what_changes_is_followed(corpus: Corpus, front: Front, program: Program) -> None:
    assert program.sync(start_at(front)) == IN_STEP
    for _ in range(6):
        corpus.edit()
        corpus.publish()
    publish(corpus.database, slug="a-new-one")
    policies.record(corpus.database, policies.site("publisher", "A desk of another name"))
    corpus.revoke()
    assert program.sync() == IN_STEP
    assert_in_step(corpus, program)
    assert len(program.show()) == 5


def test_a_program_that_is_killed_again_and_again_ends_in_step(
    corpus: Corpus, front: Front, program: Program, examples: int
) -> None:
    kills, dice = max(examples // 4, 2), random.Random(SEED)  # noqa: S311 - reproducible
    for number in range(20):
        publish(corpus.database, slug=f"article-{number}")
    start, asked = corpus.head(), threading.Event()
    front.before = lambda path: asked.set()
    for number in range(kills):
        asked.clear()
        process = program.start(start_at(front, 5))
        assert asked.wait(PATIENCE), "it is at work"
        until = time.monotonic() + dice.random() / 2
        while corpus.head() < start + EACH * (number + 1) or time.monotonic() < until:
            dice.choice([corpus.step, corpus.step, corpus.refuse, corpus.move])()
        process.kill()
        process.communicate()
        assert process.returncode == -9, "it still was"
    assert corpus.head() >= start + EACH * kills
    assert program.sync(start_at(front, 5)) == IN_STEP
    assert_in_step(corpus, program)


def test_what_is_withdrawn_leaves_the_notice_and_no_text(
    corpus: Corpus, front: Front, program: Program
) -> None:
    title = "A title that has to go from everywhere"
    publish(corpus.database, slug="one", title=title)
    assert program.sync(start_at(front)) == IN_STEP
    assert title.encode() in program.octets()
    acts.end(corpus.database, "one", replacement="two")
    assert program.sync() == IN_STEP
    stone = program.one("one")["tombstone"]
    assert (stone["type"], stone["your_copy"]) == ("withdrawn", "remove")
    assert (stone["notice"], stone["replacement"]) == ("An error was found.", "two")
    assert_help(stone)
    assert title.encode() not in program.octets()
    publish(corpus.database, slug="one", title=title)
    assert program.sync() == IN_STEP
    assert program.one("one")["title"] == title


def test_what_is_withheld_here_goes_here(corpus: Corpus, front: Front, program: Program) -> None:
    assert program.sync(start_at(front)) == IN_STEP
    policies.record(corpus.database, *VALUES["hide"]())
    assert program.sync() == IN_STEP
    shown = [json.loads(line) for line in program.show().values()]
    assert [one["tombstone"]["your_copy"] for one in shown] == ["remove-here"] * 4
    policies.record(corpus.database, *VALUES["no-hide"]())
    assert program.sync() == IN_STEP
    assert_in_step(corpus, program)


@pytest.mark.parametrize("trouble", ["is_down", "is_slow"])
def test_without_an_answer_copies_are_kept_as_long_as_they_are_fresh(
    corpus: Corpus, front: Front, program: Program, trouble: str
) -> None:
    assert program.sync(start_at(front)) == IN_STEP
    before = program.show()
    acts.end(corpus.database, "one")
    setattr(front, trouble, True)
    assert program.sync("", "--timeout", "1") == NO_ANSWER
    assert program.show() == before
    stale = program.one("one", "--at", LATER)
    assert stale.keys() == {"article", "stale", "help"}
    assert "not checked" in stale["stale"]
    assert_help(stale)
    setattr(front, trouble, False)
    assert program.sync() == IN_STEP
    assert "tombstone" in program.one("one")


def test_nothing_is_shown_before_the_first_sync_is_done(front: Front, program: Program) -> None:
    parts = itertools.count(1)

    def cut(path: str, octets: bytes) -> bytes:
        if b'"header"' in octets and next(parts) > 1:
            return octets[: len(octets) // 2].rpartition(b"\n")[0] + b"\n"
        return octets

    front.change = cut
    assert program.sync(start_at(front, 1)) == NO_ANSWER
    shown = [json.loads(line) for line in program.show().values()]
    assert ["stale" in one for one in shown] == [True], "of the first of four parts"
    front.change = lambda path, octets: octets
    assert program.sync() == IN_STEP
    assert len(program.show()) == 4


def test_after_the_last_day_of_display_nothing_is_shown(
    corpus: Corpus, front: Front, program: Program
) -> None:
    publish(corpus.database, slug="one", display_until="2026-12-24")
    assert program.sync(start_at(front)) == IN_STEP
    assert "last day" in program.one("one", "--at", LATER)["stale"]


def test_what_was_altered_is_not_taken(corpus: Corpus, front: Front, program: Program) -> None:
    assert program.sync(start_at(front)) == IN_STEP
    before = program.show()
    publish(corpus.database, slug="one", title="A title that nobody has altered yet")
    front.change = lambda path, octets: octets.replace(b"nobody has", b"someone has")
    assert program.sync() == WRONG
    assert program.show() == before
    front.change = lambda path, octets: octets
    assert program.sync() == IN_STEP
    assert_in_step(corpus, program)


def test_what_somebody_else_has_signed_is_not_taken(
    corpus: Corpus, front: Front, program: Program
) -> None:
    other = secrets.keyring(corpus.settings)
    kid = other.add_new()
    x = other.public(kid)["x"]
    known = secrets.keyring(corpus.settings)
    mine = known.public(known.newest())["x"]
    front.change = lambda path, octets: octets.replace(mine.encode(), x.encode())
    assert program.sync(start_at(front)) == WRONG


def test_a_difference_that_does_not_fit_is_read_as_a_whole(
    corpus: Corpus, front: Front, program: Program
) -> None:
    assert program.sync(start_at(front)) == IN_STEP
    program.lose(next(iter(program.show())))
    policies.record(corpus.database, *VALUES["see-doctor"]())
    assert program.sync() == IN_STEP
    assert_in_step(corpus, program)


@pytest.mark.parametrize("how", ["withdrawn", "withheld"])
def test_what_ends_while_it_is_read_as_a_whole_is_removed(
    corpus: Corpus, front: Front, program: Program, how: str
) -> None:
    assert program.sync(start_at(front)) == IN_STEP
    lost = min(program.show())
    slug = json.loads(program.show()[lost])["article"]["slug"]
    program.lose(lost)
    policies.record(corpus.database, *VALUES["see-doctor"]())

    def end(path: str) -> None:
        if path == f"/v1/articles/{slug}":
            front.before = lambda path: None
            if how == "withdrawn":
                acts.end(corpus.database, slug)
            else:
                policies.record(corpus.database, *VALUES["hide"]())

    front.before = end
    assert program.sync() == IN_STEP
    assert json.loads(program.show()[lost])["tombstone"]["type"] == how
    assert_in_step(corpus, program)


def test_a_log_that_is_another_one_is_told(corpus: Corpus, front: Front, program: Program) -> None:
    assert program.sync(start_at(front)) == IN_STEP
    front.before = lambda path: None
    front.app = _ahead(front.app)
    assert program.sync() == WRONG
    assert_in_step(corpus, program)


def _ahead(app: object) -> object:
    """Return an application whose readers have seen numbers that it has not."""

    def call(environ: dict[str, str], start: object) -> object:
        environ["QUERY_STRING"] = environ["QUERY_STRING"].replace("after=", "after=9")
        return app(environ, start)  # type: ignore[operator]

    return call


def test_a_partner_sends_the_key(corpus: Corpus, program: Program, tmp_path: Path) -> None:
    key = add_key(corpus.database, audience="general", channel="unknown", jurisdiction="US-AL")
    closed = replace(
        corpus.settings, open_delivery="false", secret_key="a fixed secret key of the tests"
    )
    with serving(closed, free_port()) as front:
        assert program.sync(f"{front.url}/v1/snapshot?locale=en") == WRONG
        assert program.sync(f"{front.url}/v1/snapshot?locale=en", key=key) == IN_STEP
    assert_in_step(corpus, program)
