"""Surrogate keys: what a change touches is all that it may have altered, and no more."""

import policies
from acts import head
from factories import publish

from content import changes, surrogates
from content.db import Database


def touched(database: Database, after: int) -> frozenset[str]:
    with database.read() as session:
        return surrogates.touched_between(session, after, changes.head(session))


def test_nothing_is_touched_where_nothing_has_changed(small: Database) -> None:
    assert touched(small, head(small)) == frozenset()


def test_a_new_text_touches_its_article_and_what_lists_it(small: Database) -> None:
    before = head(small)
    publish(small)
    with small.read() as session:
        (row,) = [
            one
            for one in session.scalars(changes.select_after(before, head(small)))
            if one.subject_type == "article"
        ]
    assert touched(small, before) == {surrogates.LOG, surrogates.of_article(row.subject)}


def test_what_stands_in_every_edition_touches_all(small: Database) -> None:
    before = head(small)
    policies.record(small, policies.site("publisher", "Somebody else"))
    assert touched(small, before) == {surrogates.LOG, surrogates.ALL}
