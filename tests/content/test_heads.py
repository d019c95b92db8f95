"""Heads: what is live now equals what the log says, whatever an article has been through."""

import random
import threading
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import policies
import pytest
from factories import NOW, make_manuscript, make_section, make_source, publish
from sqlalchemy import select

from content import changes, documents, heads, lapses, search
from content.db import Database
from content.editorial import drafts, endings, publishing
from content.errors import CaveatError, Invalid
from content.models.heads import Citation, Head, Trait
from content.models.log import Publication, SourceMark
from content.models.search import Facet
from content.search import Wanted

TOPICS = ("kratom", "melatonin", "sleep", "stress")
SLUGS = ("one", "two", "three", "four")
WORDS = ("recognised", "worried", "title")
STEPS = 60


def rows(database: Database) -> list[list[Sequence[Any]]]:
    """Return all heads, their traits, the facets, and which words are found where."""
    with database.read() as session:
        tables = [
            sorted(map(tuple, session.execute(select(*table.__table__.columns))))
            for table in (Head, Trait, Citation, Facet)
        ]
        found = [search.ranked(session, [word], Wanted(), changes.head(session)) for word in WORDS]
    return [*tables, *found]


def rebuild(database: Database) -> int:
    with database.write() as session:
        count = heads.rebuild(session)
        session.commit()
    return count


def live_by_the_log(database: Database) -> set[tuple[str, str, int]]:
    """Return article, locale and number of what is live, found by reading the whole log."""
    newest: dict[tuple[str, str], Any] = {}
    with database.read() as session:
        for change in session.scalars(changes.select_after(0, changes.head(session))):
            found = session.get(Publication, change.seq)
            if found:
                newest[found.article, found.locale] = found
    return {(r.article, r.locale, r.seq) for r in newest.values() if r.status == "live"}


def end(database: Database, slug: str, status: str = "withdrawn") -> None:
    with database.write() as session:
        endings.end(session, slug, status, notice="It is over.", reason="x", by="test", now=NOW)
        session.commit()


def live(database: Database, dice: random.Random) -> None:
    """Take one random step in the life of an article."""
    slug = dice.choice(SLUGS)
    if dice.random() < 0.2:
        mention = policies.mention("worry", dice.choice(WORDS))
        mark = policies.mark(dice.choice(TOPICS), f"For the reason {dice.random()}.")
        back = [SourceMark(id=topic, data=None) for topic in TOPICS]  # else none can be cited
        policies.record(database, *dice.choice([[mention], [mark], back]))
        return
    if dice.random() < 0.3:
        end(database, slug, dice.choice(endings.ENDINGS))
        return
    sections = [make_section(k, title=f"Title {dice.random()}") for k in documents.SECTION_KINDS]
    changed = {"sections": sections} if dice.random() < 0.5 else {}
    topics = dice.sample(TOPICS, dice.randint(1, 3))
    changed["sources"] = [make_source(topic) for topic in topics]
    publish(database, slug=slug, locale=dice.choice(("en", "de")), topics=topics, **changed)


@pytest.mark.no_cover
@pytest.mark.parametrize("seed", range(3))
def test_heads_equal_their_rebuild_after_a_random_life(small: Database, seed: int) -> None:
    dice = random.Random(seed)  # noqa: S311 - reproducible, not secret
    refused = 0
    for _ in range(STEPS):
        try:
            live(small, dice)
        except CaveatError:  # such as the end of what has ended
            refused += 1
    publish(small, slug="five", sources=[make_source("five")])  # however many have ended
    kept = rows(small)
    assert refused < STEPS / 2
    assert {row[:3] for row in kept[0]} == live_by_the_log(small)
    assert rebuild(small) == len(kept[0]) > 0
    assert rows(small) == kept


def test_a_withdrawn_article_has_no_head_and_a_restored_one_has(small: Database) -> None:
    publish(small, slug="one")
    end(small, "one")
    assert rows(small)[:2] == [[], []]
    assert rebuild(small) == 0
    number = publish(small, slug="one", topics=["stress"])
    assert [row[2] for row in rows(small)[0]] == [number]
    tagged = {row[4] for row in rows(small)[1] if row[3] in ("topics", "conditions")}
    assert tagged == {"insomnia", "sleep", "stress"}  # what was published first may be pinned
    with small.read() as session:
        assert [tag for tag, _ in heads.count_tags(session, "topics", test=False)] == ["stress"]


def test_a_topic_that_is_named_twice_is_refused(small: Database) -> None:
    with pytest.raises(Invalid, match="/topics: names the same thing twice"):
        publish(small, slug="one", topics=["sleep", "sleep"])


def test_a_refused_publication_leaves_the_head_as_it_was(small: Database) -> None:
    publish(small, slug="one")
    publish(small, slug="two")
    before = rows(small)
    with small.write() as session:
        article = drafts.find_article(session, "one") or ""
        taken = make_manuscript(slug="two")
        draft = drafts.open_draft(session, article, taken, by="test", now=NOW)
        revision = drafts.freeze(session, draft, by="test", now=NOW)
        with pytest.raises(CaveatError, match="belongs to another article"):
            publishing.publish(session, [publishing.Text(taken, revision)], by="test", now=NOW)
    assert rows(small) == before


@pytest.mark.no_cover
def test_heads_are_rebuilt_while_others_publish(small: Database) -> None:
    """A rebuild and a publication wait for each other: neither fails, and nothing is missed."""
    done = threading.Event()
    failures: list[BaseException] = []

    def rebuild_again_and_again() -> None:
        try:
            while not done.wait(0.01):  # SQLite's lock is nobody's turn: without a pause, ours only
                rebuild(small)
        except BaseException as error:
            failures.append(error)

    rebuilding = threading.Thread(target=rebuild_again_and_again)
    rebuilding.start()
    try:
        for number in range(40):
            publish(small, slug=f"article-{number % 5}", topics=[TOPICS[number % 4]])
    finally:
        done.set()
        rebuilding.join(timeout=30)
    assert failures == []
    kept = rows(small)
    assert len(kept[0]) == 5
    rebuild(small)
    assert rows(small) == kept


def test_a_review_date_that_passes_is_recorded_once_and_only_for_what_is_live(
    small: Database,
) -> None:
    publish(small, slug="live")
    publish(small, slug="ended")
    end(small, "ended")
    later = NOW + timedelta(days=365)
    with small.write() as session:
        assert len(lapses.record(session, by="test", now=later)) == 1
        session.commit()
    with small.write() as session:
        assert lapses.record(session, by="test", now=later) == []
        head = changes.head(session)
        kinds = [
            (change.kind, change.subject)
            for change in session.scalars(changes.select_after(0, head))
            if change.kind.endswith(".lapsed")
        ]
        article = drafts.find_article(session, "live")
    assert kinds == [("article.lapsed", article)]
