"""Working with content: import, publish, withdraw and lapses change the log, or nothing at all."""

import shutil
from pathlib import Path

import pytest
from installations import ARTICLE, Installation, assert_refused
from problems import assert_problem

SOURCE = Path("content") / "library" / "articles" / "sleep-habits-and-insomnia.md"


@pytest.fixture
def source(here: Path) -> str:
    """The text of an article that is live."""
    return (here / SOURCE).read_text()


def write(folder: Path, name: str, text: str) -> Path:
    """Write an article and return its file."""
    (folder / name).write_text(text)
    return folder / name


def test_import_brings_in_the_shipped_articles(installation: Installation) -> None:
    assert len(installation.get("/v1/articles")["items"]) == 3


def test_import_again_changes_nothing(installation: Installation) -> None:
    before = installation.head
    done = installation.run_inside("import")
    assert done.returncode == 0
    assert done.stderr.count("is live already") == 4
    assert installation.head == before


def test_import_of_a_folder_of_ones_own(
    installation: Installation, here: Path, tmp_path: Path
) -> None:
    shutil.copytree(here / "content" / "library", tmp_path / "mine")
    file = tmp_path / "mine" / "articles" / SOURCE.name
    file.write_text(file.read_text().replace('title: "Sleep', 'title: "Our sleep', 1))
    done = installation.run_inside("import", tmp_path / "mine")
    assert done.returncode == 0, done.stderr
    assert installation.get(ARTICLE)["title"].startswith("Our sleep")


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("rules.yaml", "require:", "requires:"),
        ("site.yaml", "locales:", "locals:"),
        ("articles/sleep-habits-and-insomnia.md", "status: unreviewed", "status: perfect"),
    ],
)
def test_import_of_a_folder_with_a_mistake_changes_nothing(
    installation: Installation, here: Path, tmp_path: Path, file: str, old: str, new: str
) -> None:
    shutil.copytree(here / "content" / "library", tmp_path / "mine")
    path = tmp_path / "mine" / file
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))
    before = installation.head
    assert_refused(installation.run_inside("import", tmp_path / "mine"), Path(file).name)
    assert installation.head == before


def test_publish_makes_an_article_live(
    installation: Installation, source: str, tmp_path: Path
) -> None:
    file = write(tmp_path, "new.md", source.replace("slug: sleep-habits-and-insomnia", "slug: new"))
    done = installation.run_inside("publish", file)
    assert done.returncode == 0, done.stderr
    assert f"new in en published as change {installation.head}" in done.stderr
    assert installation.get("/v1/articles/new")["revision"]["number"] == 1


def test_publish_again_changes_nothing(installation: Installation, here: Path) -> None:
    before = installation.head
    done = installation.run_inside("publish", here / SOURCE)
    assert done.returncode == 0
    assert "is live already" in done.stderr
    assert installation.head == before


def test_a_mistake_is_told_with_file_and_line(
    installation: Installation, source: str, tmp_path: Path
) -> None:
    number = source.splitlines().index("topics: [sleep]") + 1
    file = write(tmp_path, "file.md", source.replace("topics: [sleep]", "topics: sleep!"))
    done = installation.run("publish", "file.md", cwd=tmp_path)
    assert_refused(done, f"caveat: file.md:{number}: ")
    assert str(file) not in done.stderr, "it is named as it was given"


@pytest.mark.parametrize("text", ["", "\0", "---\n", "---\nslug: x\n---\n", "# Title\n", "\xff"])
def test_what_is_no_article_is_told_with_its_file(
    installation: Installation, tmp_path: Path, text: str
) -> None:
    file = tmp_path / "file.md"
    file.write_bytes(text.encode("latin-1"))
    assert_refused(installation.run_inside("publish", file), f"caveat: {file}:")


def test_nothing_is_published_when_one_of_several_cannot_be_read(
    installation: Installation, source: str, tmp_path: Path
) -> None:
    good = write(tmp_path, "good.md", source.replace('title: "Sleep', 'title: "Good sleep', 1))
    bad = write(tmp_path, "bad.md", source.replace("locale: en", "locale: [en]"))
    before = installation.head
    assert_refused(installation.run_inside("publish", good, bad), "bad.md:")
    assert installation.head == before


def test_nothing_is_published_when_one_of_several_is_refused_at_the_gate(
    installation: Installation, source: str, tmp_path: Path
) -> None:
    good = write(tmp_path, "good.md", source.replace('title: "Sleep', 'title: "Good sleep', 1))
    french = write(tmp_path, "fr.md", source.replace("locale: en", "locale: fr"))
    before = installation.head
    assert_refused(installation.run_inside("publish", good, french))
    assert installation.head == before
    assert installation.get(ARTICLE)["revision"]["number"] == 1


def test_publish_of_a_missing_file_is_told(installation: Installation, tmp_path: Path) -> None:
    done = installation.run("publish", tmp_path / "none.md")
    assert done.returncode == 2
    assert "none.md" in done.stderr
    assert "Traceback" not in done.stderr


def test_withdraw_takes_an_article_down_with_a_notice(installation: Installation) -> None:
    done = installation.run_inside(
        *("withdraw", "sleep-habits-and-insomnia", "--notice", "A source was retracted."),
        *("--reason", "private words", "--replacement", "kratom-and-ocd-evidence"),
    )
    assert done.returncode == 0, done.stderr
    assert f"is withdrawn as of change {installation.head}" in done.stdout
    response = installation.client().get(ARTICLE)
    body = assert_problem(response, 410, "gone")
    assert body["notice"] == "A source was retracted."
    assert body["replacement"] == "kratom-and-ocd-evidence"
    assert body["help"]
    for path in (ARTICLE, "/v1/changes", "/v1/changes?after=200"):
        assert "private words" not in installation.client().get(path).text


@pytest.mark.parametrize(
    "arguments",
    [
        ("none", "--notice", "n", "--reason", "r"),
        ("sleep-habits-and-insomnia", "--notice", "n", "--reason", "r", "--replacement", "none"),
    ],
)
def test_withdraw_of_what_is_not_there_is_refused(
    installation: Installation, arguments: tuple[str, ...]
) -> None:
    before = installation.head
    assert_refused(installation.run_inside("withdraw", *arguments), "none")
    assert installation.head == before


def test_withdraw_needs_words_for_readers_and_for_the_log(installation: Installation) -> None:
    for given in (["--notice", "n"], ["--reason", "r"]):
        done = installation.run_inside("withdraw", "sleep-habits-and-insomnia", *given)
        assert done.returncode == 2
        assert "Missing option" in done.stderr
    assert installation.client().get(ARTICLE).status_code == 200


@pytest.mark.parametrize("words", [("", "r"), ("n", " ")])
def test_withdraw_with_empty_words_is_refused(
    installation: Installation, words: tuple[str, str]
) -> None:
    given = ("--notice", words[0], "--reason", words[1])
    done = installation.run_inside("withdraw", "sleep-habits-and-insomnia", *given)
    assert_refused(done, "needs words")


def test_an_article_cannot_replace_itself(installation: Installation) -> None:
    given = ("--notice", "n", "--reason", "r", "--replacement", "sleep-habits-and-insomnia")
    done = installation.run_inside("withdraw", "sleep-habits-and-insomnia", *given)
    assert_refused(done, "must be another article")


def test_what_was_taken_down_stays_down_until_it_is_restored(
    installation: Installation, here: Path
) -> None:
    slug = "sleep-habits-and-insomnia"
    installation.run_inside("withdraw", slug, "--notice", "n", "--reason", "r")
    imported = installation.run_inside("import")
    assert f"{slug} is withdrawn and stays so" in imported.stderr
    assert_refused(installation.run_inside("publish", here / SOURCE), "stays so unless")
    assert installation.client().get(ARTICLE).status_code == 410
    assert installation.run_inside("publish", "--restore", here / SOURCE).returncode == 0
    assert installation.client().get(ARTICLE).status_code == 200


def test_a_withdrawn_article_is_not_withdrawn_again(installation: Installation) -> None:
    command = ("withdraw", "sleep-habits-and-insomnia", "--notice", "n", "--reason", "r")
    assert installation.run_inside(*command).returncode == 0
    assert_refused(installation.run_inside(*command), "not live")


def test_lapses_records_each_date_once(
    installation: Installation, source: str, tmp_path: Path
) -> None:
    old = source.replace("searched_on: 2026-11-22", "searched_on: 2020-01-01")
    old = old.replace("next_review_due: 2027-05-22", "next_review_due: 2020-06-01")
    installation.run_inside("publish", write(tmp_path, "old.md", old))
    assert_problem(installation.client().get("/readyz"), 503, "unavailable")
    assert "lapses: 1\n" in installation.run_inside("work", "--once").stdout
    assert "lapses: 0\n" in installation.run_inside("work", "--once").stdout
    assert installation.client().get("/readyz").status_code == 200
    assert "stale-content" in [entry["id"] for entry in installation.get(ARTICLE)["disclaimers"]]


def test_publish_with_a_correction_tells_readers(
    installation: Installation, source: str, tmp_path: Path
) -> None:
    file = write(tmp_path, "new.md", source.replace('title: "Sleep', 'title: "Good sleep', 1))
    said = ("--correction", "correction", "--correction-text", "We gave a wrong number.")
    done = installation.run("publish", *said, file)
    assert done.returncode == 0, done.stderr
    found = {one["id"]: one["text"] for one in installation.get(ARTICLE)["disclaimers"]}
    assert found["correction-notice"].endswith("] We gave a wrong number.")
    assert "live already" in installation.run_inside("publish", file).stderr
    same = ("--correction", "clarification", "--correction-text", "We meant adults.", file)
    assert "published as change" in installation.run_inside("publish", *same).stderr


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--correction", "correction"), "go together"),
        (("--correction-text", "It was wrong."), "go together"),
        (("--correction", "correction", "--correction-text", " "), "/text"),
        (("--correction", "correction", "--correction-text", "x" * 301), "/text"),
        (("--correction", "correction", "--correction-text", "x", "README.md"), "one file"),
    ],
)
def test_a_correction_that_is_not_whole_is_refused(
    installation: Installation, here: Path, arguments: tuple[str, ...], words: str
) -> None:
    before = installation.head
    done = installation.run("publish", here / SOURCE, *arguments, cwd=here)
    assert done.returncode == 2
    assert words in done.stderr
    assert installation.head == before
