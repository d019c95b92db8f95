"""The rules alone: what matches, what is owed, and that rules can only add."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from content import rules
from content.contexts import AUDIENCES, CHANNELS, NOWHERE, WORLD
from content.documents import convert
from content.rules import LEVELS, Case, Owed, RuleData, When

CASE = Case(
    topics=frozenset({"kratom"}),
    conditions=frozenset({"ocd", "anxiety"}),
    claim_levels=frozenset({"E0", "E3"}),
    mentions=frozenset({"alcohol"}),
    places=("US-AL", "US", WORLD),
    law=frozenset({"banned"}),
    audience="adults",
    channel="app",
    review=frozenset({"unreviewed"}),
    facts=frozenset(),
)
EVERY_KEY: dict[str, Any] = {
    "topics": ["kratom"],
    "conditions": ["ocd"],
    "claim_levels": ["E3"],
    "mentions": ["alcohol"],
    "jurisdiction": ["US"],
    "law": ["banned"],
    "audience": ["adults"],
    "channel": ["app"],
    "review": ["unreviewed"],
}
DISPLAYS: dict[str, tuple[str, str | None]] = {
    "a": ("lead", None),
    "b": ("inline", "overview"),
    "c": ("foot", None),
}


def rule(when: dict[str, Any] | None = None, **does: Any) -> RuleData:
    found: RuleData = convert({"because": "So.", "when": when or {}, **does}, RuleData)
    return found


def owed(case: Case, *given_rules: RuleData) -> dict[str, Owed]:
    named = {f"r{i}": one for i, one in enumerate(given_rules)}
    return {one.id: one for one in rules.owed(named, case, DISPLAYS)}


def test_an_empty_when_meets_every_case() -> None:
    assert rules.matches(When(), CASE, careful=False)


def test_all_keys_of_a_rule_must_be_met() -> None:
    assert rules.matches(When(**EVERY_KEY), CASE, careful=False)


@pytest.mark.parametrize("key", EVERY_KEY)
def test_one_key_that_is_not_met_is_enough_to_miss(key: str) -> None:
    assert not rules.matches(When(**{**EVERY_KEY, key: ["other"]}), CASE, careful=False)


@pytest.mark.parametrize("key", EVERY_KEY)
def test_one_value_of_a_key_is_enough_to_meet_it(key: str) -> None:
    values = ["other", *EVERY_KEY[key], "another"]
    assert rules.matches(When(**{key: values}), CASE, careful=False)


def test_a_rule_for_a_country_holds_in_its_parts_and_not_the_other_way_round() -> None:
    country = replace(CASE, places=("US", WORLD))
    assert rules.matches(When(jurisdiction=["US"]), CASE, careful=False)
    assert not rules.matches(When(jurisdiction=["US-AL"]), country, careful=False)


@pytest.mark.parametrize(
    ("careful", "key"),
    [
        (replace(CASE, audience="general"), "audience"),
        (replace(CASE, channel="unknown"), "channel"),
        (replace(CASE, places=(WORLD,)), "jurisdiction"),
        (replace(CASE, places=(NOWHERE,)), "jurisdiction"),
        (replace(CASE, places=(WORLD,)), "law"),
        (replace(CASE, places=(NOWHERE,)), "law"),
    ],
)
def test_a_careful_value_meets_every_list_that_requires_and_none_that_raises_or_withholds(
    careful: Case, key: str
) -> None:
    when = {key: ["FR" if key == "jurisdiction" else "other"]}
    assert set(owed(careful, rule(when, require=["a"]))) == {"a"}
    assert set(owed(CASE, rule(when, require=["a"]))) == set()
    raising = rule(when, **{"raise": {"disclaimer": "a", "level": "alert"}})
    assert owed(careful, rule(require=["a"]), raising)["a"].level == "lead"
    withholding = {"w": rule(when, withhold={"status": 403})}
    assert rules.withholding(withholding, careful) is None


def test_a_careful_value_that_is_listed_raises_and_withholds() -> None:
    case = replace(CASE, audience="general")
    raising = rule({"audience": ["general"]}, **{"raise": {"disclaimer": "a", "level": "alert"}})
    assert owed(case, rule(require=["a"]), raising)["a"].level == "alert"
    withholding = {"w": rule({"audience": ["general"]}, withhold={"status": 403})}
    assert rules.withholding(withholding, case) == "w"


def test_the_first_rule_that_withholds_is_named() -> None:
    listed = {
        "other": rule({"audience": ["minors"]}, withhold={"status": 403}),
        "first": rule({"audience": ["adults"]}, withhold={"status": 403}),
        "second": rule(withhold={"status": 403}),
    }
    assert rules.withholding(listed, CASE) == "first"


def test_an_owed_disclaimer_names_all_the_rules_that_require_it() -> None:
    found = owed(CASE, rule(require=["a", "b"]), rule({"audience": ["minors"]}, require=["a"]),
                 rule({"topics": ["kratom"]}, require=["a"]))  # fmt: skip
    assert found["a"].required_by == ("r0", "r2")
    assert found["b"].required_by == ("r0",)


def test_a_rule_raises_and_never_lowers() -> None:
    require = rule(require=["a", "b", "c"])
    to_alert = rule(**{"raise": {"disclaimer": "c", "level": "alert"}})
    to_foot = rule(**{"raise": {"disclaimer": "a", "level": "foot"}})
    found = owed(
        CASE, require, to_alert, to_foot, rule(**{"raise": {"disclaimer": "c", "level": "lead"}})
    )
    assert (found["a"].level, found["c"].level) == ("lead", "alert")


def test_an_anchor_goes_with_inline_only() -> None:
    require = rule(require=["b", "c"])
    up = rule(**{"raise": {"disclaimer": "b", "level": "lead"}})
    to_inline = rule(**{"raise": {"disclaimer": "c", "level": "inline", "anchor": "conclusions"}})
    found = owed(CASE, require, up, to_inline)
    assert (found["b"].level, found["b"].anchor) == ("lead", None)
    assert (found["c"].level, found["c"].anchor) == ("inline", "conclusions")


def test_first_of_its_group_stays_first_whatever_else_is_raised() -> None:
    first = rule(**{"raise": {"disclaimer": "a", "first": True}})
    level = rule(**{"raise": {"disclaimer": "a", "level": "alert"}})
    for order in ((first, level), (level, first)):
        found = owed(CASE, rule(require=["a"]), *order)["a"]
        assert (found.first, found.level) == (True, "alert")


def test_raising_what_is_not_owed_adds_nothing() -> None:
    assert owed(CASE, rule(**{"raise": {"disclaimer": "a", "level": "alert"}})) == {}


def test_a_required_disclaimer_that_does_not_exist_is_an_error_and_not_left_out() -> None:
    with pytest.raises(KeyError, match="ghost"):
        owed(CASE, rule(require=["ghost"]))


PLACES = st.sampled_from(
    [("US-AL", "US", WORLD), ("US", WORLD), ("DE", "EU", WORLD), (WORLD,), (NOWHERE,)]
)
FEW = ["kratom", "sleep", "ocd"]
LEVELS_OF_CLAIMS = ["E0", "E3", "REG"]


def some(values: Any) -> st.SearchStrategy[list[Any]]:
    return st.lists(st.sampled_from(sorted(values)), min_size=1, max_size=3)


WHENS = st.fixed_dictionaries(
    {},
    optional={
        "topics": some(FEW),
        "conditions": some(FEW),
        "claim_levels": some(LEVELS_OF_CLAIMS),
        "jurisdiction": some(["US", "US-AL", "DE", "EU", WORLD, NOWHERE]),
        "law": some(["banned", "restricted", "unknown"]),
        "audience": some(AUDIENCES),
        "channel": some(CHANNELS),
        "review": some(["unreviewed", "reviewed", "lapsed"]),
    },
)
REQUIRES = st.builds(lambda when, ids: rule(when, require=ids), WHENS, some(DISPLAYS))
RAISES = st.builds(
    lambda when, id, level: rule(when, **{"raise": {"disclaimer": id, "level": level}}),
    WHENS,
    st.sampled_from(sorted(DISPLAYS)),
    st.sampled_from(["alert", "lead", "foot"]),
)
CASES = st.builds(
    replace,
    st.just(CASE),
    topics=some(FEW).map(frozenset),
    conditions=some(FEW).map(frozenset),
    claim_levels=some(LEVELS_OF_CLAIMS).map(frozenset),
    places=PLACES,
    law=some(["banned", "restricted", "unknown"]).map(frozenset),
    audience=st.sampled_from(AUDIENCES),
    channel=st.sampled_from(CHANNELS),
    review=some(["unreviewed", "reviewed", "lapsed"]).map(frozenset),
)
MANY = settings(deadline=None, max_examples=250)


@MANY
@given(CASES, st.lists(REQUIRES, max_size=6))
def test_less_knowledge_of_a_reader_never_means_fewer_disclaimers(
    case: Case, given_rules: list[RuleData]
) -> None:
    anybody = replace(
        case, audience="general", channel="unknown", places=(WORLD,), law=frozenset({"unknown"})
    )
    assert set(owed(case, *given_rules)) <= set(owed(anybody, *given_rules))


@MANY
@given(CASES, st.lists(REQUIRES, max_size=4), st.lists(RAISES, max_size=4))
def test_a_further_rule_only_adds_and_only_raises(
    case: Case, requires: list[RuleData], raises: list[RuleData]
) -> None:
    before = owed(case, *requires)
    after = owed(case, *requires, *raises)
    assert set(before) == set(after)
    for id, one in before.items():
        assert LEVELS.index(after[id].level) <= LEVELS.index(one.level)
        assert one.required_by == after[id].required_by
