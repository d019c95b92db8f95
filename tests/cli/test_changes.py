"""Groups of the log by the command line: listed, and undone by who may publish."""

from pathlib import Path
from typing import Any

import editors
import folders
import pytest
from installations import ARTICLE, Installation, assert_refused

RULE = '\n- id: a-test\n  because: "A test."\n  when: {topics: [sleep]}\n  '


@pytest.fixture
def publisher(installation: Installation) -> editors.Known:
    """Somebody who may publish."""
    return editors.add(installation, "Ada", "publisher")


def bring_in(installation: Installation, folder: Path, effect: str) -> int:
    """Import the library with one more rule; return the last number of the log."""
    mine = folders.copy(folder)
    folders.append(mine / "rules.yaml", f"{RULE}{effect}\n")
    done = installation.run_inside("import", mine)
    assert done.returncode == 0, done.stderr
    return installation.head


def owed(installation: Installation) -> set[str]:
    """Return what the article on sleep owes."""
    shown: dict[str, Any] = installation.get(ARTICLE)
    return {one["id"] for one in shown["disclaimers"]}


def test_a_group_is_listed_and_undone(
    installation: Installation, publisher: editors.Known, tmp_path: Path
) -> None:
    end = bring_in(installation, tmp_path, "require: [age-limit]")
    listed = installation.run_inside("changes", "list", "--limit", "1").stdout
    assert listed.startswith(f"{end}  ")
    assert listed.endswith("  import  1 article.affected, 1 rule.added\n")
    assert "age-limit" in owed(installation)
    done = editors.act(installation, publisher, "changes", "undo", str(end - 1))
    assert (done.returncode, done.stdout) == (0, f"undone as of change {installation.head}\n")
    assert "age-limit" not in owed(installation)
    noted = installation.run_inside("audit", "list", "--act", "changes.undo").stdout
    assert publisher.id in noted


def test_what_is_grave_to_undo_waits_for_a_second_person(
    installation: Installation, publisher: editors.Known, tmp_path: Path
) -> None:
    rule = "raise: {disclaimer: emergency-help, level: alert}"
    end = bring_in(installation, tmp_path, rule)
    done = editors.act(installation, publisher, "changes", "undo", str(end), "--reason", "So.")
    assert done.returncode == 0, done.stderr
    assert "waits for a second person: it touches an alert" in done.stdout
    assert installation.head == end


def test_who_may_not_publish_undoes_nothing(
    installation: Installation, publisher: editors.Known, tmp_path: Path
) -> None:
    end = bring_in(installation, tmp_path, "require: [age-limit]")
    author = editors.add(installation, "Bo", "author")
    assert_refused(editors.act(installation, author, "changes", "undo", str(end)), "'publish'")
    assert_refused(editors.act(installation, "", "changes", "undo", str(end)), "CAVEAT_TOKEN")
    refused = editors.act(installation, publisher, "changes", "undo", "1")
    assert_refused(refused, "/changes/1: signing-key")
    assert installation.head == end
