"""What a bulk import lets go live is what would go live alone, whatever else is in its group."""

import pytest
from acts import rename
from bulk import bring, draft, item, outcomes
from desks import OF_ONE
from factories import make_source

from content.contexts import TEST
from content.db import Database
from content.editorial import drafts, publishing
from content.manuscripts import Item

OTHER, THIRD = "Another title that is long enough", "A third title that is long enough"


def test_an_article_is_no_test_in_one_language_and_real_in_another(small: Database) -> None:
    german = item(locale="de", **OF_ONE)
    found = bring(small, item(topics=["sleep", TEST]), german, live=True)
    assert [one.outcome for one in found] == ["published", "refused"]
    assert found[1].findings[0].pointer == "/topics"


def test_two_slugs_of_one_article_are_taken_one_after_the_other(small: Database) -> None:
    bring(small, item(), live=True)
    rename(small, "one", "new")
    assert outcomes(small, item(title=OTHER), item("new")) == ["updated", "updated"]
    assert drafts.read(draft(small, "new")) == item("new").manuscript
    found = outcomes(small, item(title=OTHER), item("new", title=THIRD), live=True)
    assert found == ["published", "published"]
    assert outcomes(small, item("new", title=THIRD), live=True) == ["unchanged"]


def test_what_an_article_cited_before_its_group_does_not_keep_others_back(small: Database) -> None:
    bring(small, item(sources=[make_source("trial")]), live=True)
    other = make_source("trial", doi="10.1000/another")
    texts = [item(title=OTHER, sources=[other]), item("two", sources=[other])]
    assert outcomes(small, *texts, live=True) == ["published"] * 2
    texts = [
        item(title=THIRD),
        item("two", title=THIRD),
        item("three", sources=[make_source("trial")]),
    ]
    assert outcomes(small, *texts, live=True) == ["published"] * 3


@pytest.mark.postgresql  # SQLite takes as many as are allowed
def test_a_group_may_cite_more_sources_than_one_query_can_ask_for(small: Database) -> None:
    def citing(number: int) -> Item:
        sources = [make_source(f"s-{number}-{n}") for n in range(180)]
        return item(f"n-{number}", sources=sources)

    found = outcomes(small, *map(citing, range(publishing.MOST)), live=True)
    assert found == ["published"] * publishing.MOST
