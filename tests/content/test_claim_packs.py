"""Packs of the claims lint: read from a folder, refused with file and line, kept as plain data."""

from pathlib import Path

import pytest

from content import claims, parts
from content.claims import Lint, Pack, Subject
from content.errors import Invalid

PACK = """\
id: tea-fr
locale: fr
when: {topics: [tea]}
negations: '\\b(pas|jamais)\\b'
patterns:
  - id: T01
    category: CURE
    severity: error
    message: promet de guérir
    match: '\\bguerit\\b'
    rewrite: Dites ce qui a été étudié.
gates:
  - id: G21
    category: CRISIS
    severity: error
    requires: [crisis-support]
    message: il manque un avis
    rewrite: Donnez une condition.
"""


def folder(tmp_path: Path, *packs: str) -> Path:
    """Write packs as files a.yaml, b.yaml … and return their folder."""
    for name, text in zip("abc", packs, strict=False):
        (tmp_path / f"{name}.yaml").write_text(text)
    return tmp_path


def refusals(tmp_path: Path, *packs: str) -> list[str]:
    """Return why a folder of packs is refused."""
    with pytest.raises(Invalid) as caught:
        claims.read_packs(folder(tmp_path, *packs))
    return [str(finding).removeprefix(f"{tmp_path}/") for finding in caught.value.findings]


def test_a_publisher_adds_a_pack_as_a_file(tmp_path: Path) -> None:
    lint = Lint(claims.read_packs(folder(tmp_path, PACK)))
    found = claims.check_text("Le thé guérit.", lint, Subject("fr-CA", ("tea",)))
    assert [(one.pattern, one.pack, one.matched) for one in found] == [("T01", "tea-fr", "guérit")]
    assert claims.check_text("Le thé ne guérit pas.", lint, Subject("fr", ("tea",))) != []
    assert claims.check_text("Jamais le thé ne guérit.", lint, Subject("fr", ("tea",))) == []
    assert claims.check_text("Le thé guérit.", lint, Subject("fr", ("coffee",))) == []


def test_a_pack_is_plain_data_and_back(tmp_path: Path) -> None:
    for pack in [*claims.read_packs(), *claims.read_packs(folder(tmp_path, PACK))]:
        assert parts.convert(parts.dump(pack), Pack) == pack


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("guerit\\b", "guerit(", "a.yaml:10: /patterns/0/match is not a pattern that re2 takes"),
        ("guerit\\b", "(?=a)", "a.yaml:10: /patterns/0/match is not a pattern that re2 takes"),
        ("(pas|jamais)", "(pas|jamais", "a.yaml:4: /negations is not a pattern that re2 takes"),
        ("guerit\\b", "{herb}", "a.yaml:10: /patterns/0/match {herb} stands for no words"),
        ("severity: error", "severity: grave", "a.yaml:8: /patterns/0/severity Invalid enum value"),
        ("rewrite: Dites", "rewrit: Dites", "a.yaml:11: /patterns/0/rewrit 'rewrit' is not a name"),
        ("id: T01", "id: t 1", "a.yaml:6: /patterns/0/id Expected `str` matching regex"),
        ("id: G21", "id: T01", "a.yaml:13: /gates/0/id 'T01' is defined twice in this language"),
        ("id: T01", "id: G01", "a.yaml:6: /patterns/0/id begins with G0, as only Caveat's own"),
        ("topics: [tea]", "channel: [web]", "a.yaml:3: /when/channel is not known while a text is"),
        ("locale: fr", "locale: F!", "a.yaml:2: /locale must be a language tag"),
        ("id: tea-fr", "id: [", "a.yaml:3: broken YAML"),
    ],
)
def test_a_broken_pack_is_refused_with_file_and_line(
    tmp_path: Path, old: str, new: str, told: str
) -> None:
    assert old in PACK
    assert refusals(tmp_path, PACK.replace(old, new, 1))[0].startswith(told)


def test_the_pack_that_the_docs_show_can_be_read(here: Path, tmp_path: Path) -> None:
    shown = (here / "docs" / "editors.md").read_text().split("```yaml\nid: tea-en", 1)[1]
    pack = "id: tea-en" + shown.split("```", 1)[0]
    lint = Lint(claims.read_packs(folder(tmp_path, pack)))
    subject = Subject("en-GB", ("tea",))
    refused = ("Tea cures OCD.", "Not only TEA CURES, it warms.", "No sugar, but tea cures.")
    refused += ("Is it true? Tea cures.", "Is it so that tea cures? Yes.", "A cup of tea cures.")
    passed = ("No tea cures.", "Tea cures meat.", "What tea cures.", "Tea cures at a risk.")
    passed += ("Does tea cure?", "That tea cures is false.", "Tea cures in rats.")
    passed += ("Tea cures. That is false.", "Is it so that tea cures? That is false.")
    assert all(claims.check_text(text, lint, subject) for text in refused)
    assert [text for text in passed if claims.check_text(text, lint, subject)] == []


def test_a_pack_about_everything_lends_its_words(tmp_path: Path) -> None:
    lender = PACK.replace("tea-fr", "all-fr").replace("{topics: [tea]}", "{}")
    lender = lender.replace("T01", "A01").replace("G21", "A21")
    lender = lender.replace("patterns:", "words: {brew: [the, infusion]}\npatterns:")
    borrower = PACK.replace("negations", "turns").replace("guerit\\b", "{brew} guerit\\b")
    lint = Lint(claims.read_packs(folder(tmp_path, lender, borrower)))
    found = claims.check_text("Cette infusion guérit.", lint, Subject("fr", ("tea",)))
    assert [one.pattern for one in found] == ["T01", "A01"]
    text = "Jamais cette infusion ne guérit."
    assert claims.check_text(text, lint, Subject("fr", ("tea",))) == []
    assert refusals(tmp_path, borrower, PACK.replace("tea-fr", "all-fr")) != []


def test_packs_that_name_the_same_thing_are_refused(tmp_path: Path) -> None:
    assert refusals(tmp_path, PACK, PACK) == [
        "b.yaml:1: /id 'tea-fr' is the name of another pack",
        "b.yaml:6: /patterns/0/id 'T01' is defined twice in this language",
        "b.yaml:13: /gates/0/id 'G21' is defined twice in this language",
    ]
    other = PACK.replace("tea-fr", "tea-it").replace("locale: fr", "locale: it")
    assert len(claims.read_packs(folder(tmp_path, PACK, other))) == 2


def test_a_folder_without_packs_is_refused(tmp_path: Path) -> None:
    assert refusals(tmp_path) == [f"{tmp_path}: has 0 packs; 1 to 100 can be read"]


def test_a_lint_of_broken_packs_is_refused() -> None:
    data = parts.dump(claims.read_packs()[0])
    data["patterns"][0]["match"] = "("
    with pytest.raises(Invalid, match="re2"):
        Lint([parts.convert(data, Pack)])


def test_a_lint_without_packs_says_that_it_speaks_no_language() -> None:
    assert [one.pattern for one in claims.check_text("Tea.", Lint([]), Subject())] == ["G06"]
