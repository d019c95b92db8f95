"""A folder of policy: what is wrong in it is refused with file and line, all of it at once."""

import shutil
from pathlib import Path

import folders
import pytest
from folders import AGE, RULE, append, edit, refusals


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the shipped library, to be spoilt."""
    return folders.copy(tmp_path)


def test_an_id_that_is_there_twice_in_one_file(folder: Path) -> None:
    line = append(folder / "rules.yaml", RULE.replace("new", "every-article-owes-provenance"))
    name = "every-article-owes-provenance"
    first = (folder / "rules.yaml").read_text().split(name)[0].count("\n") + 1
    assert refusals(folder) == [
        f"rules.yaml:{line + 1}: /N rule {name} is defined already in {folder}/rules.yaml:{first}",
        f"rules.yaml:{line + 1}: /N does nothing: it needs 'require', 'raise' or 'withhold'",
    ]


def test_an_id_that_is_there_twice_across_files(folder: Path) -> None:
    shutil.copy(folder / "disclaimers/age-limit.yaml", folder / "disclaimers/other.yaml")
    first = f"is defined already in {folder}/disclaimers/age-limit.yaml"
    assert refusals(folder) == [
        f"disclaimers/other.yaml:9: /texts/en disclaimer age-limit en {first}:9",
        f"disclaimers/other.yaml:21: /texts/es disclaimer age-limit es {first}:21",
    ]


@pytest.mark.parametrize(
    ("does", "message"),
    [
        ("when: {}\n  require: [ghost]", "refers to the disclaimer 'ghost', which is not defined"),
        ("when: {}\n  raise: {disclaimer: ghost, level: alert}",
         "refers to the disclaimer 'ghost', which is not defined"),
        ("when: {mentions: [ghost]}\n  require: [age-limit]",
         "refers to the mention 'ghost', which is not defined"),
        ("when: {jurisdiction: [FR, BR]}\n  require: [age-limit]",
         "refers to the jurisdiction 'BR', which is not defined"),
        ("when: {}", "does nothing: it needs 'require', 'raise' or 'withhold'"),
    ],
)  # fmt: skip
def test_a_rule_that_refers_to_nothing(folder: Path, does: str, message: str) -> None:
    line = append(folder / "rules.yaml", f"\n- id: new\n  because: So.\n  {does}\n") + 1
    assert refusals(folder) == [f"rules.yaml:{line}: /N {message}"]


@pytest.mark.parametrize(
    ("does", "below", "message"),
    [
        ("when: {audience: [pregnent]}\n  require: [age-limit]", 2,
         "/N/when/audience 'pregnent' is not known. Did you mean 'pregnancy'?"),
        ("when: {channel: [shop]}\n  require: [age-limit]", 2,
         "/N/when/channel 'shop' is not known."),
        ("when: {law: [baned]}\n  require: [age-limit]", 2,
         "/N/when/law 'baned' is not known. Did you mean 'banned'?"),
        ("when: {claim_levels: [E6]}\n  require: [age-limit]", 2,
         "/N/when/claim_levels 'E6' is not known."),
        ("when: {topics: []}\n  require: [age-limit]", 2,
         "/N/when/topics names nothing, so the rule would never apply"),
        ("when: {topic: [kratom]}\n  require: [age-limit]", 2,
         "/N/when/topic 'topic' is not a name that is known here"),
        ("when: {}\n  raise: {disclaimer: age-limit}", 3,
         "/N/raise needs a level, or 'first: true'"),
        ("when: {}\n  raise: {disclaimer: age-limit, level: inline}", 3,
         "/N/raise an anchor goes with the level 'inline', and only with it"),
        ("when: {}\n  withhold: {status: 451}", 3,
         "/N/withhold 451 names the authority that demands it, 403 does not"),
        ("when: {}\n  withhold: {status: 404}", 3,
         "/N/withhold/status Invalid enum value 404"),
    ],
)  # fmt: skip
def test_a_rule_that_would_not_do_what_it_says(
    folder: Path, does: str, below: int, message: str
) -> None:
    line = append(folder / "rules.yaml", f"\n- id: new\n  because: So.\n  {does}\n") + 1
    assert refusals(folder) == [f"rules.yaml:{line + below}: {message}"]


@pytest.mark.parametrize(
    ("old", "new", "line", "message"),
    [
        ("Written for adults.", "For {ageGroup}.", 9,
         "/texts/en uses the slot {ageGroup}, which does not exist"),
        ("Written for adults.", "Written " + "very " * 30, 9,
         "/texts/en has a short text over 120 characters: 'Written very"),
        ("Written for adults.", "{correctionText}", 9,
         "/texts/en has no room for {correctionText} in a short text"),
        ("{level: foot}", "{level: inline}", 9,
         "/texts/en an anchor goes with the level 'inline', and only with it"),
        ("{level: foot}", "{level: foot, anchor: overview}", 9,
         "/texts/en an anchor goes with the level 'inline', and only with it"),
        ("kind: audience", "kind: people", 2, "/kind Invalid enum value 'people'"),
        ("  en:", "  de:", 9, "/texts/de has no text in the served locale 'en'"),
        ("id: age-limit", "id: Age limit", 1, "/id must be small letters and digits, joined by"),
        ("    actions: []", "    actions: [pray]", 15, "/texts/en/actions/0 Invalid enum value"),
        ("    actions: []", "    order: 1", 15, "/texts/en/order is not a name that is known"),
        ("order: 30", "short: x", 6, "/short is not a name that is known here"),
        ("  en:", "  English:", 8, "/texts must be a language tag such as en or pt-BR"),
        ("order: 30\n", "", 1, "/ Object missing required field `order`"),
    ],
)  # fmt: skip
def test_a_disclaimer_that_is_not_well_formed(
    folder: Path, old: str, new: str, line: int, message: str
) -> None:
    edit(folder / AGE, old, new)
    found = [one for one in refusals(folder) if one.startswith(AGE)]
    english = [one for one in found if "/texts/es" not in one]  # what is shared is wrong in both
    assert [one.startswith(f"{AGE}:{line}: {message}") for one in english] == [True], found


def test_a_served_locale_that_nobody_speaks(folder: Path) -> None:
    edit(folder / "site.yaml", "locales: [en, es]", "locales: [en, es, de]")
    found = refusals(folder)
    for part in ("site.yaml", "mentions.yaml", "jurisdictions.yaml", AGE):
        assert any(one.startswith(f"{part}:") and "'de'" in one for one in found), part


def test_a_default_locale_that_is_not_served(folder: Path) -> None:
    line = edit(folder / "site.yaml", "default_locale: en", "default_locale: de")
    assert refusals(folder) == [
        f"site.yaml:{line}: /default_locale is not one of the served locales"
    ]


PLACES = "jurisdictions.yaml"
FRANCE = """
- code: FR
  within: EU
  name: {en: "France"}
"""


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('- code: DE\n  within: EU', '- code: DE\n  within: "001"',
         "lies within 001, and is a member of EU"),
        ("- code: DE\n  within: EU", "- code: DE\n  within: XK",
         "lies within 'XK', which is not defined"),
        ("- code: US\n  within: '001'", "- code: US\n  within: US-AL",
         "lies within itself: US in US-AL in US"),
        ("- code: US\n  within: '001'", "- code: US\n  within: US", "lies within itself: US in US"),
        ("- code: JP", "- code: QQ", "QQ is not an ISO 3166 code"),
        ("- code: US-AZ", "- code: US-QZ", "US-QZ is not an ISO 3166 code"),
        ("- code: JP", "- code: Japan", "Expected `str` matching regex"),
        ("- code: JP", "- kode: JP", "'kode' is not a name that is known here"),
        ("- code: JP\n  within: '001'", "- code: JP\n  within: '001'\n  members: [CN, FR]",
         "FR is a member of EU already"),
    ],
)  # fmt: skip
def test_a_place_that_does_not_fit_the_map(folder: Path, old: str, new: str, message: str) -> None:
    line = edit(folder / PLACES, old, new)
    found = [one for one in refusals(folder) if message in one]
    assert len(found) == 1
    number = int(found[0].split(":")[1])
    assert line <= number <= line + 3


@pytest.mark.parametrize(
    ("old", "new", "below", "message"),
    [
        ('value: "tel:911"', 'value: "911"', 0, "Expected `str` matching regex"),
        ('value: "tel:911"', 'value: "javascript:x"', 0, "Expected `str` matching regex"),
        ('value: "tel:911"', 'value: "https://911.example"', 0, "a call goes to tel:"),
        ('value: "sms:988"', 'value: "tel:988"', 0, "a text goes to sms:"),
        ("as_of: 2026-11-22\n    recheck_by: 2027-02-20",
         "as_of: 2027-02-20\n    recheck_by: 2026-11-22", -1,
         "'recheck_by' must be a date within 90 days after the date 'as_of'"),
        ("as_of: 2026-11-22", "as_of: 2026-11-31", -1,
         "'recheck_by' must be a date within 90 days after the date 'as_of'"),
        ("as_of: 2026-11-22", "as_of: last week", 0, "must be a day such as 2026-11-23"),
        ('phrase: {en: "911"', 'phrase: {fr: "911"', 0, "has no text in the served locale 'en'"),
        ("status: [banned]", "status: [baned]", 0, "Invalid enum value 'baned'"),
        ("status: [banned]", "status: []", 0, "is empty"),
    ],
)  # fmt: skip
def test_a_fact_about_a_place_that_is_not_well_formed(
    folder: Path, old: str, new: str, below: int, message: str
) -> None:
    line = edit(folder / PLACES, old, new)
    found = refusals(folder)
    assert len(found) == 1
    assert found[0].startswith(f"{PLACES}:{line + below}: ")
    assert message in found[0]


@pytest.mark.parametrize("kind", ["emergency", "crisis", "poison", "directory"])
def test_the_unknown_place_needs_every_contact(folder: Path, kind: str) -> None:
    line = edit(folder / PLACES, f"    {kind}:\n", "    emergency:\n")
    if kind != "emergency":
        assert "duplicate key" in refusals(folder)[0]
    text = (folder / PLACES).read_text().split("\n")
    start = line - 1
    end = next(i for i in range(start + 1, len(text)) if not text[i].startswith("      "))
    (folder / PLACES).write_text("\n".join(text[:start] + text[end:]))
    assert [one.partition(": ")[2] for one in refusals(folder)] == [
        f"/1/help ZZ needs '{kind}': everybody else falls back to it"
    ]


@pytest.mark.parametrize("name", ["rules", "mentions", "jurisdictions"])
def test_a_file_that_is_no_list_or_not_there(folder: Path, name: str) -> None:
    (folder / f"{name}.yaml").write_text("a: b\n")
    assert refusals(folder) == [f"{name}.yaml:1: / must be a list of entries"]
    (folder / f"{name}.yaml").write_text("- a\n")
    assert refusals(folder) == [
        f"{name}.yaml:1: /{'N' if name == 'rules' else 0} must be a mapping of names to values"
    ]
    (folder / f"{name}.yaml").unlink()
    assert refusals(folder) == [f"{name}.yaml: No such file or directory"]


def test_everything_that_is_wrong_is_said_at_once(folder: Path) -> None:
    append(folder / "rules.yaml", "\n- id: One\n- id: two\n")
    edit(folder / AGE, "kind: audience", "kind: people")
    edit(folder / "mentions.yaml", "- id: seven-oh", "- name: seven-oh")
    found = [one.partition(":")[0] for one in refusals(folder)]
    assert found == ["mentions.yaml", "rules.yaml", "rules.yaml", AGE]
