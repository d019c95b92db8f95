"""Import: what differs from the log becomes one group of changes, or nothing is written."""

import shutil
from pathlib import Path

import folders
import pytest
from factories import NOW, PUBLIC_URL, fill
from folders import AGE, RULE, append, edit

from content import changes, editions, imports
from content.contexts import Context
from content.db import Database
from content.editorial import policy_changes, publishing
from content.errors import Invalid, Unresolvable
from content.models.log import Change, DisclaimerVersion
from content.signing import Keyring


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the shipped library, to be edited."""
    return folders.copy(tmp_path)


def articles(folder: Path) -> Path:
    return folder / "articles"


def article_refusals(folder: Path) -> list[str]:
    with pytest.raises(Invalid) as caught:
        imports.read_articles(articles(folder))
    return [str(finding).removeprefix(f"{articles(folder)}/") for finding in caught.value.findings]


SLEEP = "sleep-habits-and-insomnia.md"


def test_two_articles_with_one_slug(folder: Path) -> None:
    shutil.copy(articles(folder) / SLEEP, articles(folder) / "sleep.md")
    assert article_refusals(folder) == [
        "sleep.md:2: /slug 'sleep-habits-and-insomnia' in 'en' is the slug of "
        f"{articles(folder)}/{SLEEP} already"
    ]


def test_two_articles_that_say_different_things_about_one_source(folder: Path) -> None:
    path = articles(folder) / "kratom-and-ocd-evidence.md"
    line = path.read_text().split("  - id: cdc-2018")[0].count("\n") + 1
    path.write_text(path.read_text().replace("year: 2018", "year: 2017"))
    assert f"{path.name}:{line}: /sources/" in article_refusals(folder)[0]
    assert "'cdc-2018' is another one in" in article_refusals(folder)[0]


def test_all_articles_are_read_before_any_is_refused(folder: Path) -> None:
    for path in articles(folder).glob("*.md"):
        path.write_text(path.read_text().replace("{#mechanisms}", "{#middle}"))
    assert len(article_refusals(folder)) == 4


def head(database: Database) -> int:
    with database.read() as session:
        return changes.head(session)


def take(database: Database, folder: Path) -> range | None:
    """Import a folder's policy in a transaction of its own."""
    items = [*imports.read_policy(folder), policy_changes.site_item("public_url", PUBLIC_URL)]
    with database.write() as session:
        numbers = publishing.publish(session, items=items, by="test", now=NOW)
        session.commit()
    return numbers


def test_importing_twice_changes_nothing_the_second_time(library: Database, folder: Path) -> None:
    before = head(library)
    assert take(library, folder) is None
    with library.write() as session:
        for manuscript in imports.read_articles(articles(folder)):
            assert publishing.publish_manuscript(session, manuscript, by="test", now=NOW) is None
        session.commit()
    assert head(library) == before


def kinds(database: Database, numbers: range | None) -> list[str]:
    with database.read() as session:
        return [session.get_one(Change, number).kind for number in numbers or ()]


def test_one_edited_text_is_one_change_and_version_2(library: Database, folder: Path) -> None:
    before = head(library)
    edit(folder / AGE, "Written for adults.", "This is written for adults.")
    taken = take(library, folder)
    assert kinds(library, taken) == ["disclaimer.changed", "article.affected", "article.affected"]
    with library.read() as session:
        change = session.get_one(Change, before + 1)
        row = session.get_one(DisclaimerVersion, before + 1)
    assert (change.kind, change.subject) == ("disclaimer.changed", "age-limit")
    assert (row.id, row.version) == ("age-limit", 2)
    assert row.data is not None
    assert row.data["short"].startswith("This is written for adults.")


def test_a_new_rule_is_one_change(library: Database, folder: Path) -> None:
    before = head(library)
    append(folder / "rules.yaml", RULE + "  require: [age-limit]\n")
    assert kinds(library, take(library, folder)) == ["rule.added", *["article.affected"] * 4]
    assert head(library) == before + 5


def test_what_cannot_be_resolved_any_more_is_refused_as_a_whole(
    library: Database, keyring: Keyring, folder: Path
) -> None:
    before = head(library)
    short = edit(folder / AGE, "Written for adults.", "Reviewed by {reviewerName} for adults.")
    assert short == 10
    edit(folder / "disclaimers/no-endorsement.yaml", "Independent article.", "Independent text.")
    with pytest.raises(Unresolvable, match="reviewerName"):
        take(library, folder)
    assert head(library) == before
    with library.read() as session:
        body = editions.issue(session, "kratom-and-ocd-evidence", Context("en"), keyring).body
    shorts = {entry["id"]: entry["short"] for entry in body["disclaimers"]}
    assert shorts["no-endorsement"].startswith("Independent article.")
    assert shorts["age-limit"].startswith("Written for adults.")


def test_a_refused_folder_writes_nothing(database: Database, folder: Path) -> None:
    edit(folder / AGE, "kind: audience", "kind: people")
    with pytest.raises(Invalid):
        take(database, folder)
    assert head(database) == 0


def test_a_whole_library_fills_an_empty_database(database: Database) -> None:
    fill(database, Keyring([]))
    with database.read() as session:
        kinds = {change.kind for change in session.scalars(changes.select_after(0, head(database)))}
    assert {"disclaimer.added", "rule.added", "jurisdiction.added", "article.published"} <= kinds


@pytest.mark.parametrize("value", ["https://example.org/a: b#c", "https://é.org/'\"", "{x}"])
def test_a_setting_becomes_a_site_fact_as_it_is(value: str) -> None:
    item = policy_changes.site_item("public_url", value)
    assert item.fact.data == value  # type: ignore[attr-defined]
    assert item.place == "settings:1"
