"""The matrix says of every text and place what its edition there says, or that it is withheld."""

from datetime import timedelta

import policies
import pytest
from acts import issue
from factories import NOW, publish

from content import changes, policy
from content.contexts import Context
from content.db import Database
from content.errors import NotFound, Withheld
from content.insights import explained, matrix
from content.insights.matrix import Row
from content.rules import LEVELS
from content.signing import Keyring

pytestmark = pytest.mark.one_engine
READERS = [("general", "unknown"), ("minors", "retail")]
BLIND = {READERS[0]: set[str](), READERS[1]: {"stale"}}  # minors get no such text
Shown = dict[str, dict[str, str] | None]  # levels by id in each place; None where it is withheld


def rows(database: Database, audience: str = "general", channel: str = "unknown") -> list[Row]:
    with database.read() as session:
        now = policy.at(session, changes.head(session))
        found = matrix.texts(session, ("", ""), 50, topic=None, locale=None)
        return matrix.read(now, found, audience, channel)


def kratom(found: list[Row]) -> Row:
    """Return the row of the English text about kratom."""
    about = ("kratom-and-ocd-evidence", "en")
    return next(row for row in found if (row.text.slug, row.text.locale) == about)


def shown(database: Database, keyring: Keyring, row: Row, reader: tuple[str, str]) -> Shown:
    """Return what the door of delivery shows of a text in every place of a row."""
    found: Shown = {}
    for code in (code for codes in row.cells.values() for code in codes):
        context = Context(row.text.locale, code, *reader)
        try:
            body = issue(database, keyring, context, slug=row.text.slug).body
        except Withheld:
            found[code] = None
        else:
            found[code] = {one["id"]: one["display"]["level"] for one in body["disclaimers"]}
    return found


@pytest.mark.no_cover
@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("days", [0, 400])
def test_every_cell_is_what_its_edition_is(
    library: Database, keyring: Keyring, reader: tuple[str, str], days: int
) -> None:
    here = {"topics": ["sleep"], "jurisdiction": ["GB"]}
    policies.record(library, policies.rule("a-test", "age-limit", when=here))
    policies.lapse(library, NOW + timedelta(days=days))
    seen = set[str]()
    for row in rows(library, *reader):
        editions = shown(library, keyring, row, reader)
        levels = [one for one in editions.values() if one]
        common = set.intersection(*map(set, levels)) if levels else set()
        assert set(row.common) == common
        assert sum(map(len, row.cells.values())) == len(editions) > 60
        for cell, codes in row.cells.items():
            seen.add(cell.outcome)
            for code in codes:
                told = editions[code]
                assert (told is None) == (cell.outcome == "withheld") == bool(cell.rule)
                if told is None:
                    continue
                least = {id: max(LEVELS.index(one[id]) for one in levels) for id in common}
                raised = {id for id in common if LEVELS.index(told[id]) < least[id]}
                assert (cell.notices, set(cell.extra)) == (len(told), set(told) - common)
                assert set(cell.raised) == raised
                assert (cell.outcome == "stale") == bool(cell.stale)
                assert ("help" in cell.stale) == (days > 0)
                if not days:  # later it owes that notice because its own review is due, too
                    assert bool(cell.stale) == ("stale-content" in told), (row.text.slug, code)
                is_plain = not (cell.stale or cell.extra or cell.raised)
                assert (cell.outcome == "served") == is_plain
    assert seen >= ({"stale"} if days else {"served", "extra", "stale"} - BLIND[reader])


def test_texts_come_by_slug_once_each_and_no_test_article_does(library: Database) -> None:
    publish(library, slug="a-tea", topics=["tea"])
    publish(library, slug="a-test", topics=["test"])
    with library.read() as session:
        walked, after = list[tuple[str, str]](), ("", "")
        while page := matrix.texts(session, after, 2, topic=None, locale=None):
            walked += [(one.slug, one.locale) for one in page]
            after = walked[-1]
        tea = matrix.texts(session, ("", ""), 9, topic="tea", locale=None)
        spanish = matrix.texts(session, ("", ""), 9, topic=None, locale="es")
    assert walked == sorted({*walked})
    assert ("a-tea", "en") in walked
    assert "a-test" not in dict(walked)
    assert [one.slug for one in tea] == ["a-tea"]
    assert {one.locale for one in spanish} == {"es"}


def test_a_cell_is_explained_by_the_rules_and_the_dates_that_made_it(
    library: Database, keyring: Keyring
) -> None:
    policies.lapse(library, NOW + timedelta(days=400))
    row = kratom(rows(library))
    context = Context(row.text.locale, "US-AL", *READERS[0])
    body = issue(library, keyring, context, slug=row.text.slug).body
    with library.read() as session:
        now = policy.at(session, changes.head(session))
        found = explained.explain(session, now, row.text.article, context)
        with pytest.raises(NotFound):
            explained.explain(session, now, "x", context)
    assert found["outcome"] == "stale"
    assert [(one["id"], one["level"], one["text"]) for one in found["notices"]] == [
        (one["id"], one["display"]["level"], one["text"]) for one in body["disclaimers"]
    ]
    for told, said in zip(found["notices"], body["disclaimers"], strict=True):
        assert [why["rule"] for why in told["required_by"]] == said["required_by"]
        assert all(why["because"] for why in told["required_by"])
    stale = {(one["code"], one["fact"]) for one in found["stale"]}
    assert {("US-AL", "law/kratom"), ("US", "help"), ("US", "authority/fda")} <= stale


def test_what_is_withheld_names_its_rule(library: Database, keyring: Keyring) -> None:
    row = kratom(rows(library, "minors"))
    context = Context(row.text.locale, "US", "minors", "unknown")
    with pytest.raises(Withheld) as refused:
        issue(library, keyring, context, slug=row.text.slug)
    with library.read() as session:
        now = policy.at(session, changes.head(session))
        found = explained.explain(session, now, row.text.article, context)
    assert (found["outcome"], found["notices"], found["stale"]) == ("withheld", [], [])
    assert found["withheld"]["rule"] == refused.value.rule
    assert found["withheld"]["status"] == 403
