"""Effects: a change of rules, texts or facts names every article that it changes, and no other."""

from collections.abc import Callable
from typing import Any

import policies
import pytest
from acts import end, head, issue
from factories import Databases, make_document, make_source, publish
from histories import CONTEXTS, VALUES
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from content import changes, editions
from content.contexts import Context
from content.db import Database
from content.editions import Part
from content.editorial import drafts
from content.errors import CaveatError, NotFound, Refusal
from content.models import log
from content.signing import Keyring

ARTICLES: dict[str, dict[str, Any]] = {
    "sleeping": {"topics": ["sleep"], "sources": [make_source("sleep-2020")]},
    "stressed": {"topics": ["stress"], "conditions": []},
    "both": {
        "topics": ["stress", "sleep"],
        "sources": [make_source("sleep-2020"), make_source("stress-2020")],
        "title": "A title by which nobody can be found",
        "summary": "A summary by which nobody can be found.",
    },
}
PARTS = (Part(), Part(revision=1), Part(fields=frozenset({"title"})), Part(section="overview"))


def affected(database: Database, numbers: range | None) -> set[str]:
    """Return the slugs of the articles that a group of changes names."""
    with database.read() as session:
        kinds = [session.get_one(log.Change, number) for number in numbers or ()]
        ids = {change.subject for change in kinds if change.kind == changes.AFFECTED}
        return {slug for slug in ARTICLES if drafts.find_article(session, slug) in ids}


def publish_all(database: Database) -> None:
    for slug, facts in ARTICLES.items():
        publish(database, slug=slug, **facts)


def given_out(database: Database, keyring: Keyring) -> dict[tuple[Any, ...], bytes | None]:
    """Return every edition of every article, None where it is refused."""
    found: dict[tuple[Any, ...], bytes | None] = {}
    for slug in ARTICLES:
        for context in CONTEXTS:
            for part in PARTS:
                with database.read() as session:
                    found[slug, context, part] = _octets(session, slug, context, keyring, part)
    return found


def _octets(
    session: Any, slug: str, context: Context, keyring: Keyring, part: Part
) -> bytes | None:
    try:
        return editions.issue(session, slug, context, keyring, part=part).octets
    except (Refusal, NotFound):
        return None


def test_a_text_names_the_articles_that_owe_it(small: Database, small_keyring: Keyring) -> None:
    publish_all(small)
    before = {slug: issue(small, small_keyring, slug=slug) for slug in ARTICLES}
    group = policies.record(small, *policies.disclaimer("law-note", "Other words: {statusText}."))
    assert affected(small, group) == {"sleeping", "both"}
    after = {slug: issue(small, small_keyring, slug=slug) for slug in ARTICLES}
    changed = {slug for slug in ARTICLES if after[slug].octets != before[slug].octets}
    assert changed == {"sleeping", "both"}
    assert {after[slug].body["sequence"] for slug in changed} == {(group or [0])[0]}
    assert after["stressed"].body["sequence"] == before["stressed"].body["sequence"]


def test_a_rule_names_the_articles_that_it_meets(small: Database) -> None:
    publish_all(small)
    more = policies.rule("more", "shop-note", when={"topics": ["stress"]})
    assert affected(small, policies.record(small, more)) == {"stressed", "both"}
    assert affected(small, policies.record(small, policies.no_rule("more"))) == {"stressed", "both"}


def test_a_rule_with_two_conditions_names_who_meets_both(small: Database) -> None:
    publish_all(small)
    more = policies.rule("more", "shop-note", when={"topics": ["sleep"], "mentions": ["worry"]})
    assert affected(small, policies.record(small, more)) == set()
    mention = policies.mention("worry", "recognised")
    assert affected(small, policies.record(small, mention)) == {"sleeping", "stressed"}
    other = policies.rule("more", "law-note", when={"topics": ["sleep"], "mentions": ["worry"]})
    assert affected(small, policies.record(small, other)) == {"sleeping"}


def test_another_reason_of_a_rule_changes_nobody(small: Database) -> None:
    publish_all(small)
    because = policies.rule("all", "not-medical-advice", because="Another reason.")
    assert affected(small, policies.record(small, because)) == set()


def test_a_law_names_the_articles_of_its_topic(small: Database) -> None:
    publish_all(small)
    law = policies.law("GB", "banned there", "banned")
    assert affected(small, policies.record(small, law)) == {"sleeping", "both"}


def test_a_source_that_was_retracted_names_who_cites_it_when_a_rule_looks_for_that(
    small: Database,
) -> None:
    publish_all(small)
    other = policies.mark("stress-2020", "It was copied.")
    assert affected(small, policies.record(small, other)) == set(), "no rule looks for it"
    tell = VALUES["tell-retracted"]()
    assert affected(small, policies.record(small, *tell)) == {"both"}
    again = policies.mark("sleep-2020", "It was made up.")
    assert affected(small, policies.record(small, again)) == {"sleeping", "both"}


def test_what_stands_everywhere_is_said_to_be_everywhere(small: Database) -> None:
    publish_all(small)
    group = policies.record(small, policies.site("publisher", "Another desk")) or range(0)
    assert affected(small, group) == set()
    with small.read() as session:
        assert session.get_one(log.Change, group[0]).scope == "all"


def test_an_article_that_was_taken_down_is_not_named(small: Database) -> None:
    publish_all(small)
    end(small, "both")
    group = policies.record(small, *policies.disclaimer("law-note", "Other: {statusText}."))
    assert affected(small, group) == {"sleeping"}


def test_a_text_of_long_ago_that_can_still_be_pinned_is_named(
    small: Database, small_keyring: Keyring
) -> None:
    publish(small, slug="sleeping", topics=["sleep"])
    publish(small, slug="sleeping", topics=["stress"], title="A title that is another one now")
    before = issue(small, small_keyring, slug="sleeping", part=Part(revision=1))
    group = policies.record(small, *policies.disclaimer("law-note", "Other: {statusText}."))
    assert affected(small, group) == {"sleeping"}
    after = issue(small, small_keyring, slug="sleeping", part=Part(revision=1))
    assert after.octets != before.octets
    assert after.body["sequence"] == (group or [0])[0]


def test_a_refused_change_leaves_everything_as_it_was(
    small: Database, small_keyring: Keyring
) -> None:
    publish_all(small)
    before, number = given_out(small, small_keyring), head(small)
    with pytest.raises(CaveatError, match="Nothing was changed"):
        policies.record(small, policies.rule("more", "no-such-disclaimer"))
    assert head(small) == number
    assert given_out(small, small_keyring) == before


@pytest.fixture
def make_world(databases: Databases, small_template: str) -> Callable[[], Database]:
    def make() -> Database:
        database = Database(databases.new(small_template))
        publish_all(database)
        later = {"title": "A title that came later on", "summary": "A summary that came later."}
        publish(database, slug="both", topics=["stress"], **later)
        return database

    return make


@pytest.mark.no_cover
def test_no_article_changes_that_was_not_named(
    make_world: Callable[[], Database], small_keyring: Keyring, examples: int
) -> None:
    @settings(
        max_examples=max(examples // 3, 3),
        deadline=None,
        derandomize=True,
        suppress_health_check=[HealthCheck.too_slow],
    )
    @given(st.lists(st.lists(st.sampled_from(list(VALUES)), min_size=1, max_size=2), max_size=3))
    def live(groups: list[list[str]]) -> None:
        database = make_world()
        before = given_out(database, small_keyring)
        for names in groups:
            facts = [fact for name in dict.fromkeys(names) for fact in VALUES[name]()]
            before = _check_group(database, small_keyring, facts, before)
        database.close()

    live()


def _check_group(
    database: Database, keyring: Keyring, facts: list[log.Fact], before: dict[Any, Any]
) -> dict[Any, Any]:
    try:
        group = policies.record(database, *facts)
    except CaveatError:
        group = None
    after = given_out(database, keyring)
    changed = {key[0] for key in after if after[key] != before[key]}
    with database.read() as session:
        scopes = {session.get_one(log.Change, number).scope for number in group or ()}
    if "all" not in scopes:
        assert changed <= affected(database, group), facts
    return after


def test_the_world_of_the_property_has_something_to_change() -> None:
    assert make_document()["title"].endswith("recognised")
