"""The sandbox by commands: there by default, brought in once, whole after an interruption."""

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx
import programs
import pytest
from factories import Databases
from installations import Installation
from sandboxes import ANSWERS

from content import imports

OFF = {"CAVEAT_SANDBOX": "false"}


@pytest.fixture
def bare(empty: Installation) -> Installation:
    """An installation with nothing in it yet."""
    assert empty.run_inside("init").returncode == 0
    return empty


@pytest.fixture(scope="module")
def plain(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """An installation with the shipped library and no sandbox, to be copied."""
    folder = tmp_path_factory.mktemp("plain") / "data"
    made = Installation(folder, {"CAVEAT_DATABASE_URL": databases.new(), **OFF})
    for command in ("init", "import"):
        assert made.run_inside(command).returncode == 0
    return made


@pytest.fixture
def unsandboxed(
    plain: Installation, databases: Databases, tmp_path: Path
) -> Iterator[Installation]:
    """A fresh installation that has everything but the sandbox."""
    copy = plain.copied(databases, tmp_path)
    yield copy
    copy.close()


def answers(installation: Installation) -> dict[str, int]:
    """Return what each test article answers to who asks for it."""
    client = installation.client()
    return {slug: client.get(f"/v1/articles/{slug}?include=test").status_code for slug in ANSWERS}


EXPECTED = {slug: status for slug, (status, _) in ANSWERS.items()}


def test_import_brings_the_sandbox_in_after_the_articles(installation: Installation) -> None:
    assert answers(installation) == EXPECTED
    about = [one["subject"] for one in installation.get("/v1/changes?limit=1000")["changes"]]
    slugs = [subject.get("slug", "") for subject in about]
    tests = [number for number, one in enumerate(about) if "test" in one["id"] + slugs[number]]
    assert min(tests) > slugs.index("sleep-habits-and-insomnia")
    for slug in ("kratom-and-ocd-evidence", "sleep-habits-and-insomnia"):
        assert installation.get(f"/v1/articles/{slug}")["sequence"] <= min(tests)


def test_import_again_leaves_the_sandbox_as_it_is(installation: Installation) -> None:
    before = installation.head
    done = installation.run_inside("import")
    assert done.stderr.count("is in the sandbox already") == len(ANSWERS)
    assert installation.head == before


def test_nothing_is_brought_in_where_the_setting_says_no(bare: Installation) -> None:
    bare.env |= OFF
    done = bare.run_inside("import")
    assert (done.returncode, "sandbox" in done.stderr) == (0, False)
    assert "test" not in json.dumps([one["subject"] for one in log(bare)])
    assert {*answers(bare).values()} == {404}
    assert len(bare.get("/v1/articles?include=test")["items"]) == 3
    bare.env["CAVEAT_SANDBOX"] = "true"
    assert bare.run_inside("import").returncode == 0
    assert answers(bare) == EXPECTED


def log(installation: Installation) -> list[dict[str, dict[str, str]]]:
    """Return all changes."""
    found: list[dict[str, dict[str, str]]] = installation.get("/v1/changes?limit=1000")["changes"]
    return found


def test_what_is_there_is_not_given_once_the_setting_says_no(installation: Installation) -> None:
    installation.env |= OFF
    assert {*answers(installation).values()} == {404}


@pytest.mark.one_engine
@pytest.mark.parametrize("slug", ["test-live", "test-replaced"])
def test_an_import_that_was_killed_is_gone_on_with(unsandboxed: Installation, slug: str) -> None:
    with programs.started("import", env=unsandboxed.settings, stderr=subprocess.PIPE) as process:
        assert process.stderr is not None
        while f"{slug} is in the sandbox now" not in process.stderr.readline():
            pass
        programs.kill(process)
    after = answers(unsandboxed)
    done = unsandboxed.run_inside("import")
    assert done.returncode == 0, done.stderr
    assert 0 < done.stderr.count("is in the sandbox now") < len(ANSWERS)
    assert answers(unsandboxed) == EXPECTED
    assert {
        one: status for one, status in after.items() if status != 404
    }.items() <= EXPECTED.items()
    corrected = unsandboxed.get("/v1/articles/test-corrected?include=test")
    assert corrected["revision"]["number"] == 2


def test_a_site_without_english_has_no_sandbox_and_is_told(
    bare: Installation, tmp_path: Path
) -> None:
    folder = Path(shutil.copytree(imports.LIBRARY, tmp_path / "mine"))
    shutil.rmtree(folder / "claims")
    for file in (folder / "articles").iterdir():
        file.unlink()
    for file in folder.glob("**/*.yaml"):
        file.write_text(re.sub(r"(?<=[ {])en(?=:)", "de", file.read_text()))
    site = folder / "site.yaml"
    site.write_text(re.sub(r"\ben\b(?=,|$)", "de", site.read_text(), flags=re.M))
    done = bare.run_inside("import", folder)
    assert done.returncode == 0, done.stderr
    assert "no sandbox: its test articles are in English" in done.stderr
    assert "test" not in json.dumps([one["subject"] for one in log(bare)])


def test_the_demo_has_a_sandbox_unless_the_setting_says_no(tmp_path: Path) -> None:
    for env, status in (({}, 200), (OFF, 404)):
        folder, port = tmp_path / str(status), programs.free_port()
        with programs.demo(folder, port, env=env) as told:
            shown = httpx.get(f"{told['url']}/v1/articles/test-live?include=test")
            assert shown.status_code == status


@pytest.mark.one_engine
@pytest.mark.no_cover  # it checks every context
def test_check_walks_test_articles_like_others(installation: Installation) -> None:
    done = installation.run_inside("check")
    assert done.returncode == 0, done.stdout
    for slug in ("test-live", "test-rtl", "test-longest", "test-stale"):
        assert slug in done.stdout
    assert re.search(r"test-withheld in en: \d+ resolve, [1-9]\d* withheld", done.stdout)


def test_an_auditor_sees_a_test_as_it_was_given(installation: Installation) -> None:
    first = next(one for one in log(installation) if one["subject"].get("slug") == "test-withdrawn")
    done = installation.run("audit", "edition", "test-withdrawn", "--at", str(first["seq"]))
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["title"].startswith("Test: ")
