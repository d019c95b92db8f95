"""Bulk imports: any number of manuscripts become drafts, each item for itself, in groups."""

import gc
import tracemalloc
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import audits
import pytest
from acts import head
from bulk import bring, count, draft, incomplete, item, outcomes
from desks import OF_ONE
from factories import NOW, make_manuscript

from api import importing
from api.importing import Import
from content.db import Database
from content.editorial import drafts, imports, publishing, workflow
from content.editorial.imports import Outcome
from content.errors import Ended
from content.manuscripts import Item
from content.models.editorial import Draft
from content.models.log import Article


def test_manuscripts_become_drafts_and_nothing_is_live(small: Database) -> None:
    before = head(small)
    assert outcomes(small, item("one"), item("two"), incomplete("three")) == ["created"] * 3
    assert head(small) == before
    found = draft(small, "two")
    assert (found.version, found.state, found.authors) == (1, "draft", ["test"])
    assert drafts.read(found) == item("two").manuscript


def test_the_same_again_makes_nothing_twice(small: Database) -> None:
    texts = [item(f"n-{n}") for n in range(3)]
    bring(small, *texts)
    assert outcomes(small, *texts) == ["unchanged"] * 3
    assert (count(small, Article), count(small, Draft)) == (3, 3)
    assert draft(small, "n-0").version == 1


def test_another_text_is_saved_as_the_next_version(small: Database) -> None:
    bring(small, item())
    assert outcomes(small, item(title="Another title that is long enough")) == ["updated"]
    assert draft(small).version == 2
    assert count(small, Article) == 1


def test_a_slug_that_stands_twice_is_one_article_and_the_last_text_holds(small: Database) -> None:
    last = item(title="Another title that is long enough")
    assert outcomes(small, item(), last) == ["created", "updated"]
    assert drafts.read(draft(small)) == last.manuscript
    assert count(small, Article) == 1


def test_the_languages_of_a_slug_are_one_article(small: Database) -> None:
    assert outcomes(small, item(locale="de", **OF_ONE), item()) == ["created"] * 2
    assert (count(small, Article), count(small, Draft)) == (1, 2)


def test_what_is_live_in_another_language_gets_a_draft_beside_it(small: Database) -> None:
    bring(small, item(), live=True)
    assert outcomes(small, item(locale="de", **OF_ONE)) == ["created"]
    assert count(small, Article) == 1


def test_one_that_cannot_be_read_keeps_no_other_back(small: Database) -> None:
    bad = Item("a:2", None, [])
    for live, told in ((False, "created"), (True, "published")):
        found = outcomes(small, item(f"a-{told}"), bad, item(f"b-{told}"), live=live)
        assert found == [told, "refused", told]


def test_groups_have_at_most_two_hundred_items_and_an_article_once() -> None:
    texts = [item(f"n-{n}") for n in range(450)]
    assert [len(group) for group in imports.in_groups(texts)] == [200, 200, 50]
    again = [item("a"), item("b"), item("a"), item("a", locale="de", **OF_ONE)]
    assert [len(group) for group in imports.in_groups(again)] == [2, 2]
    bad = [Item("same:1", None), Item("same:1", None)]
    assert [len(group) for group in imports.in_groups(bad)] == [1, 1]


def test_what_a_release_waits_with_is_not_written_over(small: Database) -> None:
    bring(small, item(), item("two"))
    with small.write() as session:
        found = session.get_one(Draft, (draft(small).article, "en"))
        drafts.move(session, found, {"state": workflow.SCHEDULED}, by="test", now=NOW)
        session.commit()
    other = item(title="Another title that is long enough")
    for live in (False, True):
        assert outcomes(small, other, item("two"), live=live)[0] == "refused"
    assert outcomes(small, item()) == ["unchanged"]
    assert outcomes(small, item(), live=True) == ["refused"]
    assert drafts.read(draft(small)) == item().manuscript


def test_a_renamed_article_is_found_by_its_old_slug(small: Database) -> None:
    bring(small, item(), live=True)
    with small.write() as session:
        found = session.get_one(Draft, (draft(small).article, "en"))
        renamed = make_manuscript(slug="new")
        found = drafts.save(session, found, renamed, by="test", now=NOW)
        text = publishing.Text(renamed, drafts.freeze(session, found, by="test", now=NOW))
        publishing.publish(session, [text], by="test", now=NOW)
        session.commit()
    assert outcomes(small, item(title="Another title that is long enough")) == ["updated"]
    assert count(small, Article) == 1


def test_live_without_a_draft_is_known(small: Database) -> None:
    bring(small, item(), live=True)
    with small.write() as session:
        session.delete(session.get_one(Draft, (draft(small).article, "en")))
        session.commit()
    assert outcomes(small, item()) == ["unchanged"]
    assert count(small, Draft) == 0
    assert outcomes(small, item(topics=["stress"])) == ["created"]


def test_a_group_that_cannot_be_written_is_tried_one_by_one(
    small: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken = imports.take

    def take(session: Any, group: list[Item], **facts: Any) -> list[Outcome]:
        if any(one.place == "two" for one in group):
            raise Ended("It cannot be written.")
        return taken(session, group, **facts)

    monkeypatch.setattr(imports, "take", take)
    found = bring(small, item(), item("two"), item("three"), live=True)
    assert [one.outcome for one in found] == ["published", "refused", "published"]
    assert found[1].findings[0].message == "It cannot be written."


@pytest.mark.no_cover
def test_memory_does_not_grow_with_the_number_of_items(small: Database) -> None:
    texts = (item(f"n-{n}", title=f"Title {n}, which is long enough") for n in range(1600))
    tracemalloc.start()
    held = []
    for _ in importing.run(small, texts, Import("test", live=False)):
        gc.collect()
        held.append(tracemalloc.get_traced_memory()[0])
    tracemalloc.stop()
    assert len(held) == 8
    assert held[-1] < held[2] + 200_000, held


def test_each_group_leaves_a_row_in_the_audit_of_what_it_has_changed(small: Database) -> None:
    texts = [item(f"n-{n}") for n in range(201)]
    bring(small, *texts, Item("bad", None))
    bring(small, *texts[:2], live=True)
    found = [row for row in audits.rows(small) if row.act == "articles.import"]
    told = [{name: len(keys) for name, keys in (row.detail or {}).items()} for row in found]
    assert told == [{"created": 200}, {"created": 1}, {"published": 2}]
    assert [row.actor for row in found] == ["test"] * 3
    assert found[0].subject == found[1].subject != found[2].subject
    assert (found[2].detail or {})["published"][0] == [draft(small, "n-0").article, "en"]
    bring(small, *texts[:2], live=True)
    assert len(audits.rows(small)) == len(found), "nothing was changed"
    bring(small, incomplete("new"), live=True)
    assert list(audits.rows(small)[-1].detail or {}) == ["created"], "refused, and a draft"


def test_two_imports_at_once_make_one_article_of_each_slug(small: Database) -> None:
    texts = [item(f"n-{n}") for n in range(250)]
    with ThreadPoolExecutor(2) as pool:
        both = list(pool.map(lambda _: Counter(outcomes(small, *texts)), range(2)))
    assert sum(both, Counter()) == {"created": 250, "unchanged": 250}
    assert count(small, Article) == 250
