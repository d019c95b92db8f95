"""Editing: no save is lost, and nobody's draft, revision or slug is taken over."""

import itertools
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from factories import NOW, make_manuscript, publish

from content import changes
from content.db import Database
from content.editorial import drafts, endings, publishing
from content.errors import Conflict, Invalid
from content.models.editorial import Draft

EDITORS = 20
SAVES = 5  # of each editor


def start(database: Database, slug: str = "one") -> str:
    with database.write() as session:
        draft = drafts.create(session, make_manuscript(slug=slug), by="test", now=NOW)
        session.commit()
        return draft.article


def read(database: Database, article: str) -> Draft:
    """Return the draft as a reader sees it, to be saved in a later transaction."""
    with database.read() as session:
        draft = session.get_one(Draft, (article, "en"))
        session.expunge(draft)
    return draft


def save(database: Database, draft: Draft, note: str) -> int:
    """Save over what was read before; return the new version."""
    with database.write() as session:
        session.add(draft)
        manuscript = make_manuscript(change_note=note)
        saved = drafts.save(session, draft, manuscript, by=note, now=NOW)
        version = saved.version
        session.commit()
    return version


def test_of_twenty_editors_at_once_no_save_is_lost(database: Database) -> None:
    article = start(database)
    together = threading.Barrier(EDITORS)

    def edit(name: int) -> tuple[list[tuple[int, int, str]], int]:
        saved: list[tuple[int, int, str]] = []
        refused = 0
        together.wait()
        while len(saved) < SAVES:
            draft = read(database, article)
            seen, note = draft.version, f"editor-{name}-{len(saved)}"
            try:
                saved.append((seen, save(database, draft, note), note))
            except Conflict:
                refused += 1
        return saved, refused

    with ThreadPoolExecutor(EDITORS) as pool:
        results = list(pool.map(edit, range(EDITORS)))
    saves = sorted(itertools.chain.from_iterable(saved for saved, _ in results))
    assert all(version == seen + 1 for seen, version, _ in saves)
    assert [version for _, version, _ in saves] == list(range(2, EDITORS * SAVES + 2))
    assert sum(refused for _, refused in results) > 0, "nobody met anybody"
    last = read(database, article)
    assert (last.version, last.updated_by) == saves[-1][1:]
    assert last.manuscript["change_note"] == saves[-1][2]


def test_a_refused_save_leaves_the_draft_as_it_was_read(database: Database) -> None:
    article = start(database)
    stale = read(database, article)
    save(database, read(database, article), "faster")
    with database.write() as session:
        session.add(stale)
        with pytest.raises(Conflict, match="changed meanwhile"):
            drafts.save(session, stale, make_manuscript(), by="late", now=NOW)
        assert (stale.version, stale.updated_by) == (1, "test")
        session.commit()
    assert (read(database, article).version, read(database, article).updated_by) == (2, "faster")


def test_the_same_text_again_is_the_same_revision(small: Database) -> None:
    article = start(small)
    with small.write() as session:
        draft = session.get_one(Draft, (article, "en"))
        first = drafts.freeze(session, draft, by="test", now=NOW)
        assert drafts.freeze(session, draft, by="test", now=NOW) is first
        changed = drafts.save(
            session, draft, make_manuscript(title="Another title"), by="test", now=NOW
        )
        assert drafts.freeze(session, changed, by="test", now=NOW).number == 2


def test_publishing_what_is_live_changes_nothing(small: Database) -> None:
    assert publish(small, slug="one")
    with small.read() as session:
        before = changes.head(session)
    assert publish(small, slug="one") is None
    with small.read() as session:
        assert changes.head(session) == before


def test_two_articles_may_get_the_same_text_at_the_same_time(small: Database) -> None:
    names = [f"same-{n}" for n in range(12)]
    with ThreadPoolExecutor(4) as pool:
        numbers = list(pool.map(lambda slug: publish(small, slug=slug), names))
    assert len({number for number in numbers if number}) == len(names)


def test_only_one_of_two_articles_gets_a_slug(small: Database) -> None:
    """Both look before either has published; the one that comes second is refused."""
    both = [start(small, slug="wanted") for _ in range(2)]
    together = threading.Barrier(len(both))

    def take(article: str) -> bool:
        with small.write() as session:
            if session.bind.dialect.name == "postgresql":  # SQLite lets one in at a time
                together.wait()
            draft = session.get_one(Draft, (article, "en"))
            revision = drafts.freeze(session, draft, by="test", now=NOW)
            try:
                publishing.publish(
                    session,
                    [publishing.Text(make_manuscript(slug="wanted"), revision)],
                    by="test",
                    now=NOW,
                )
            except Invalid:
                return False
            session.commit()
        return True

    with ThreadPoolExecutor(len(both)) as pool:
        assert sorted(pool.map(take, both)) == [False, True]


def test_an_article_ends_in_all_its_locales_in_one_group(small: Database) -> None:
    publish(small, slug="one")
    publish(small, slug="one", locale="de")
    with small.write() as session:
        numbers = endings.end(
            session, "one", "withdrawn", notice="Over.", reason="x", by="test", now=NOW
        )
        session.commit()
    assert len(numbers) == 2
    with small.write() as session, pytest.raises(Conflict, match="not live"):
        endings.end(session, "one", "withdrawn", notice="Over.", reason="x", by="test", now=NOW)
