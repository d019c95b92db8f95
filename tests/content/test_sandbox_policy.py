"""What the sandbox adds to a library: checked with it, and in its languages."""

import re
import shutil
from pathlib import Path

import folders
import pytest

from content import imports, sandbox
from content.contexts import TEST_PLACE
from content.errors import Invalid
from content.policy.files import Item


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the sandbox, to be spoilt."""
    copied = Path(shutil.copytree(sandbox.FOLDER, tmp_path / "own"))
    monkeypatch.setattr(sandbox, "FOLDER", copied)
    return copied


@pytest.fixture(scope="module")
def library() -> list[Item]:
    """The policy of the shipped library."""
    return imports.read_policy(imports.LIBRARY)


def refusal(library: list[Item]) -> str:
    """Return what is wrong with the sandbox beside the shipped library."""
    with pytest.raises(Invalid) as caught:
        sandbox.read_policy(library)
    return "\n".join(map(str, caught.value.findings))


@pytest.mark.parametrize(
    ("file", "old", "new", "told"),
    [
        ("site.yaml", "ar-XB: en", "ar: en", "'ar' is no pseudo-locale such as ar-XB"),
        ("site.yaml", "ar-XB: en", "en-GB: en", "'en-GB' is no pseudo-locale"),
        ("site.yaml", "ar-XB: en", "ar-XB: fr", "'fr' is not one of the served locales"),
        ("site.yaml", "ar-XB: en", "ar-XB: en}\npublisher: {a: b", "/publisher"),
        ("jurisdictions.yaml", "code: XA", "code: YA", "YA is not an ISO 3166 code"),
        ("rules.yaml", "require: [test-article]", "require: [none]", "which is not defined"),
        (
            "rules.yaml",
            "id: test-articles-owe-test-article",
            "id: minors-withhold-kratom",
            "defined already",
        ),
        ("disclaimers/test-article.yaml", "kind: scope", "kind: fun", "/kind"),
    ],
)
def test_what_does_not_go_with_the_library_is_refused_with_its_file(
    own: Path, library: list[Item], file: str, old: str, new: str, told: str
) -> None:
    folders.edit(own / file, old, new)
    found = refusal(library)
    assert told in found
    assert f"{own.name}/{file}:" in found


@pytest.mark.parametrize("code", ["XA", "XK", "XZ"])
def test_codes_that_iso_leaves_to_its_users_may_be_used(
    own: Path, library: list[Item], code: str
) -> None:
    for name in ("jurisdictions.yaml", "rules.yaml"):
        text = (own / name).read_text()
        (own / name).write_text(text.replace("XA", code))
    keys = {item.key for item in sandbox.read_policy(library)}
    assert ("jurisdiction", code, "place") in keys


def test_a_rule_of_the_library_with_a_name_of_the_sandbox_is_refused(tmp_path: Path) -> None:
    library = folders.copy(tmp_path)
    rule = folders.RULE.replace("new", "test-articles-owe-test-article")
    folders.append(library / "rules.yaml", f"{rule}  require: [age-limit]\n")
    with pytest.raises(Invalid, match="defined already in"):
        sandbox.read_policy(imports.read_policy(library))


def test_a_library_in_other_languages_lends_english_words_to_tests_only(tmp_path: Path) -> None:
    library = imports.read_policy(translated(tmp_path, "es", "fr"))
    found = {item.key: item.shape for item in sandbox.read_policy(library)}
    texts = {key[2] for key in found if key[:2] == ("disclaimer", "test-article")}
    assert texts == {"en", "fr"}
    assert found["disclaimer", "test-article", "fr"].fallback == "en"
    place = found["jurisdiction", TEST_PLACE, "place"]
    assert place.name == {"en": "a test place", "fr": "a test place"}


def test_a_library_without_english_has_no_sandbox(tmp_path: Path, library: list[Item]) -> None:
    assert sandbox.goes_with(library)
    assert not sandbox.goes_with(imports.read_policy(translated(tmp_path, "en", "de")))


def translated(folder: Path, old: str, new: str) -> Path:
    """Return a copy of the shipped policy that names one of its languages otherwise."""
    copied = folders.copy(folder)
    for name in ("claims", "articles", "test"):
        shutil.rmtree(copied / name)
    for path in copied.rglob("*.yaml"):
        path.write_text(re.sub(rf"(?<=[ {{]){old}(?=:)", new, path.read_text()))
    site = copied / "site.yaml"
    site.write_text(re.sub(rf"\b{old}\b(?=[,\]]|$)", new, site.read_text(), flags=re.M))
    return copied
