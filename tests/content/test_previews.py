"""Previews in the domain: languages without words of their own, and how many there may be."""

from datetime import timedelta

import pytest
from factories import NOW, make_manuscript
from sqlalchemy import select

from content.contexts import Context
from content.db import Database
from content.editorial import drafts, editions, previews
from content.editorial.editions import ENGLISH
from content.errors import Invalid
from content.models.editorial import Draft


def test_a_language_without_words_of_its_own_is_told_in_english(sandbox: Database) -> None:
    with sandbox.read() as session:
        arabic = session.scalars(select(Draft).where(Draft.locale == "ar-XB")).one()
        body = editions.preview(session, arabic, Context(""), now=NOW).body
    told = body["disclaimers"][0]
    assert (told["text"], told["locale"], told["dir"]) == (ENGLISH.text, "en", "ltr")
    assert body["context"]["locale"] == "ar-XB"
    assert body["title"].startswith("[Preview] ")


def test_a_draft_has_so_many_good_previews_at_a_time(library: Database) -> None:
    with library.write() as session:
        draft = drafts.create(session, make_manuscript(slug="new-one"), by="test", now=NOW)
        for _ in range(previews.MOST):
            previews.add(session, draft, Context(""), by="test", now=NOW)
        with pytest.raises(Invalid, match="revoke one first"):
            previews.add(session, draft, Context(""), by="test", now=NOW)
        previews.revoke(session, draft, previews.of(session, draft)[0].id, by="test", now=NOW)
        previews.add(session, draft, Context(""), by="test", now=NOW)
        later = NOW + timedelta(days=1)
        previews.add(session, draft, Context(""), by="test", now=later)
        assert len({one.id for one in previews.of(session, draft)}) == previews.MOST + 2
