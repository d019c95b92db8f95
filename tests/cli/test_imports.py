"""Bulk import and export on the command line: reports, exit codes, kills, and whole instances."""

import json
import random
import shutil
import time
from pathlib import Path
from typing import Any

import programs
import pytest
from factories import make_manuscript
from installations import ARTICLE, Installation, assert_refused

from content import documents

SLEEP = Path("content") / "library" / "articles" / "sleep-habits-and-insomnia.md"
OF_EN = {"locale": "en", "revision": 1, "status": "unreviewed"}


def line(slug: str, **changed: Any) -> str:
    """Return a manuscript that the shipped policy lets pass, as a line."""
    words = "Plain words about sleep that say little and are easy to read."
    title = f"About {slug}, in a title that is long enough"
    return json.dumps(
        documents.dump(make_manuscript(slug=slug, **{"title": title, "summary": words, **changed}))
    )


def write(folder: Path, name: str, *lines: str) -> Path:
    (folder / name).write_text("".join(f"{one}\n" for one in lines))
    return folder / name


def listed(report: Path) -> list[dict[str, Any]]:
    return [json.loads(one) for one in report.read_text().splitlines()]


@pytest.fixture
def several(tmp_path: Path) -> Path:
    """A file of three manuscripts, and something else."""
    return write(tmp_path, "a.ndjson", line("a-one"), "nonsense", line("a-two"), line("a-three"))


def test_manuscripts_become_drafts_unless_they_are_to_be_published(
    installation: Installation, several: Path
) -> None:
    before = installation.head
    done = installation.run_inside("import", several)
    assert done.returncode == 1
    assert f"{several}:2: refused: is not JSON" in done.stderr
    assert "4 items: 3 created, 1 refused" in done.stderr
    assert "with --publish" in done.stderr
    assert installation.head == before
    done = installation.run_inside("import", "--publish", several)
    assert "4 items: 3 published, 1 refused" in done.stderr
    assert installation.head == before + 3
    assert installation.get("/v1/articles/a-two")["revision"]["number"] == 1
    done = installation.run_inside("import", "--publish", several)
    assert "4 items: 3 unchanged, 1 refused" in done.stderr
    assert installation.head == before + 3


def test_a_report_tells_what_became_of_each_item(
    installation: Installation, several: Path, tmp_path: Path
) -> None:
    bad = write(tmp_path, "b.jsonl", line("b-one", title="Has a {placeholder} in it still"))
    report = tmp_path / "report.ndjson"
    done = installation.run_inside("import", "--publish", several, bad, "--report", report)
    assert done.returncode == 1
    found = listed(report)
    assert [(one["place"].rpartition("/")[2], one["slug"], one["outcome"]) for one in found] == [
        ("a.ndjson:1", "a-one", "published"),
        ("a.ndjson:2", None, "refused"),
        ("a.ndjson:3", "a-two", "published"),
        ("a.ndjson:4", "a-three", "published"),
        ("b.jsonl:1", "b-one", "refused"),
    ]
    assert found[4]["findings"][0]["pointer"] == "/document/title"
    assert found[4]["locale"] == "en"


def test_standard_input_is_read_as_lines(installation: Installation) -> None:
    text = line("from-a-pipe") + "\n"
    env = installation.settings
    done = programs.run_inside("import", "-", "--publish", input=text, env=env)
    assert (done.returncode, done.stderr) == (0, "1 item: 1 published\n")


def test_a_folder_of_markdown_is_read_with_its_folders(
    installation: Installation, here: Path, tmp_path: Path
) -> None:
    text = (here / SLEEP).read_text()
    (tmp_path / "deep").mkdir()
    new = text.replace("slug: sleep-habits-and-insomnia", "slug: new")
    (tmp_path / "deep" / "new.md").write_text(new)
    (tmp_path / "bad.md").write_text(new.replace("status: unreviewed", "status: perfect"))
    done = installation.run_inside("import", "--publish", tmp_path)
    assert done.returncode == 1
    assert f"{tmp_path / 'bad.md'}:" in done.stderr
    assert "2 items: 1 published, 1 refused" in done.stderr
    assert installation.get("/v1/articles/new")["title"] == installation.get(ARTICLE)["title"]
    done = installation.run_inside("import", "--publish", tmp_path / "deep" / "new.md")
    assert (done.returncode, "1 item: 1 unchanged" in done.stderr) == (0, True)


def test_a_library_comes_before_the_articles_that_need_it(
    installation: Installation, here: Path, tmp_path: Path
) -> None:
    shutil.copytree(here / "content" / "library", tmp_path / "mine")
    rules = tmp_path / "mine" / "rules.yaml"
    when = '- id: mine\n  because: "A test."\n  when: {topics: [sleep]}\n  require: [age-limit]\n'
    rules.write_text(rules.read_text() + when)
    file = write(tmp_path, "a.ndjson", line("a-one"))
    done = installation.run_inside("import", "--publish", file, tmp_path / "mine")
    assert done.returncode == 0, done.stderr
    owed = installation.get("/v1/articles/a-one")["disclaimers"]
    assert "mine" in {rule for one in owed for rule in one["required_by"]}


def test_translations_are_published_after_their_sources(
    installation: Installation, tmp_path: Path
) -> None:
    spanish = line("a-one", locale="es", translation=OF_EN, title="Sobre el descanso de noche")
    file = write(tmp_path, "a.ndjson", spanish, line("a-one"))
    done = installation.run_inside("import", "--publish", file)
    assert done.returncode == 0, done.stderr
    assert installation.get("/v1/articles/a-one?locale=es")["context"]["locale"] == "es"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nothing.ndjson"], "does not exist"),
        (["notes.txt"], "neither a folder nor a file ending in"),
        (["empty"], "has no Markdown files and is no library"),
    ],
)
def test_what_cannot_be_brought_in_is_told_at_once(
    installation: Installation, tmp_path: Path, arguments: list[str], said: str
) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "notes.txt").write_text("x")
    before = installation.head
    done = installation.run_inside("import", *(tmp_path / one for one in arguments))
    assert (done.returncode, said in done.stderr) == (2, True)
    assert "Traceback" not in done.stderr
    assert installation.head == before


def test_a_library_is_never_drafts(installation: Installation, here: Path) -> None:
    done = installation.run_inside("import", "--drafts", here / "content" / "library")
    assert (done.returncode, "published as a whole" in done.stderr) == (2, True)


def test_a_report_needs_something_to_report(installation: Installation, tmp_path: Path) -> None:
    done = installation.run_inside("import", "--report", tmp_path / "report.ndjson")
    assert (done.returncode, "--report goes with manuscripts" in done.stderr) == (2, True)


def test_a_report_is_not_written_over_what_is_imported(
    installation: Installation, several: Path
) -> None:
    text = several.read_text()
    done = installation.run_inside("import", several, "--report", several)
    assert done.returncode == 2
    assert "name another file" in done.stderr
    assert several.read_text() == text


def test_a_file_that_cannot_be_opened_keeps_no_other_back(
    installation: Installation, here: Path, tmp_path: Path
) -> None:
    (tmp_path / "lost.md").symlink_to("nowhere")
    new = (here / SLEEP).read_text().replace("slug: sleep-habits-and-insomnia", "slug: new")
    (tmp_path / "new.md").write_text(new)
    done = installation.run_inside("import", tmp_path)
    assert done.returncode == 1
    assert f"{tmp_path / 'lost.md'}: refused" in done.stderr
    assert "2 items: 1 created, 1 refused" in done.stderr


def test_many_refusals_are_not_all_shown(installation: Installation, tmp_path: Path) -> None:
    done = installation.run_inside("import", write(tmp_path, "a.ndjson", *["[]"] * 30))
    assert done.stderr.count("refused: ") == 20
    assert "--report FILE gets them all" in done.stderr


@pytest.mark.no_cover
@pytest.mark.parametrize(("how", "many"), [("--drafts", 1500), ("--publish", 600)])
def test_an_import_that_is_killed_goes_on_where_it_was(
    installation: Installation, tmp_path: Path, how: str, many: int
) -> None:
    lines = [line(f"n-{n}") for n in range(many)]
    file, report = write(tmp_path, "a.ndjson", *lines), tmp_path / "report.ndjson"
    dice = random.Random(how)  # noqa: S311 - reproducible, not secret
    for _ in range(2):
        report.unlink(missing_ok=True)
        arguments = ("import", how, file, "--report", report)
        with programs.started(*arguments, env=installation.settings) as process:
            programs.wait_for(lambda: report.exists() and report.stat().st_size)
            time.sleep(dice.random() / 20)
            process.kill()
            assert process.wait() == -9, "it was killed while it was at it"
    done = installation.run("import", how, file, "--report", report)
    assert done.returncode == 0, done.stderr
    told = {one["slug"]: one["outcome"] for one in listed(report)}
    assert len(told) == many
    assert set(told.values()) == {"created" if how == "--drafts" else "published", "unchanged"}
    again = installation.run("import", how, file)
    assert f"{many:,} items: {many:,} unchanged" in again.stderr
    lines = exported(installation, tmp_path)
    drafts = [one["row"]["slug"] for one in lines if one.get("table") == "drafts"]
    assert sorted(slug for slug in drafts if slug.startswith("n-")) == sorted(told)
    live = [one["row"]["slug"] for one in lines if one.get("table") == "publications"]
    expected = sorted(told) if how == "--publish" else []
    assert sorted(slug for slug in live if slug.startswith("n-")) == expected


def exported(installation: Installation, folder: Path) -> list[dict[str, Any]]:
    done = installation.run_inside("export", "--force", folder / "all.ndjson")
    assert done.returncode == 0, done.stderr
    return listed(folder / "all.ndjson")


def test_an_interrupted_import_ends_cleanly(installation: Installation, tmp_path: Path) -> None:
    file = write(tmp_path, "a.ndjson", *(line(f"n-{n}") for n in range(900)))
    report = tmp_path / "report.ndjson"
    arguments = ("import", file, "--report", report)
    facts = {"stderr": programs.subprocess.PIPE}
    with programs.started(*arguments, env=installation.settings, **facts) as process:
        programs.wait_for(lambda: report.exists() and report.stat().st_size)
        process.send_signal(programs.signal.SIGINT)
        _, told = process.communicate(timeout=programs.PATIENCE)
    assert process.returncode == 130
    assert told.endswith("interrupted; run it again to go on\n")
    assert "Traceback" not in told
    assert len(listed(report)) % 200 == 0, "a group is written as a whole"


def test_an_instance_is_made_again_from_what_was_exported(
    installation: Installation, empty: Installation, tmp_path: Path
) -> None:
    installation.run_inside("import", write(tmp_path, "a.ndjson", line("only-a-draft")))
    file = tmp_path / "all.ndjson"
    done = installation.run_inside("export", file)
    assert (done.returncode, done.stderr) == (0, f"written up to {installation.head}\n")
    assert file.stat().st_mode & 0o077 == 0, "drafts are nobody else's business"
    done = empty.run_inside("import", file)
    assert done.returncode == 0, done.stderr
    assert f"the log is here up to {installation.head}" in done.stderr
    assert "copy signing-keys.json" in done.stderr
    shutil.copy(installation.folder / "signing-keys.json", empty.folder)
    assert empty.run_inside("init").returncode == 0
    for path in (ARTICLE, f"{ARTICLE}?jurisdiction=US-AL&at=300", "/v1/changes?after=0&limit=100"):
        assert empty.client().get(path).data == installation.client().get(path).data
    again = programs.run("export", "-", env=empty.settings)
    assert again.stdout == file.read_text()


def test_an_export_goes_into_an_empty_instance_only(
    installation: Installation, tmp_path: Path
) -> None:
    file = tmp_path / "all.ndjson"
    installation.run_inside("export", file)
    before = installation.head
    assert_refused(installation.run_inside("import", file), "This instance is not empty")
    for more in (file, "--publish"):
        both = installation.run_inside("import", file, more)
        assert (both.returncode, "imported alone" in both.stderr) == (2, True)
    assert_refused(installation.run_inside("export", file), "--force writes over it")
    assert installation.head == before


def test_a_part_of_an_export_is_refused_as_a_whole(
    installation: Installation, empty: Installation, tmp_path: Path
) -> None:
    file = tmp_path / "all.ndjson"
    installation.run_inside("export", file)
    part = tmp_path / "part.ndjson"
    part.write_bytes(file.read_bytes()[:-1000])
    assert_refused(empty.run_inside("import", part), "line ")
    with part.open("w") as text:
        text.writelines(file.read_text().splitlines(keepends=True)[:-1])
    done = programs.run("import", "-", env=empty.settings, stdin=None, input=part.read_text())
    assert_refused(done, "it is not whole")
    assert empty.run_inside("import", file).returncode == 0
