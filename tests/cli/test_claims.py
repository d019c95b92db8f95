"""``caveat lint``: what it says of files and of plain text, and by which exit code."""

import json
import re
from pathlib import Path

import pytest
from installations import assert_refused
from manuscripts import SOUND, changed
from programs import run_inside

ARTICLES = Path("content") / "library" / "articles"


def write(folder: Path, name: str, text: str) -> Path:
    """Write a file and return it."""
    (folder / name).write_text(text)
    return folder / name


def test_the_shipped_articles_have_no_errors(here: Path) -> None:
    done = run_inside("lint", *sorted((here / ARTICLES).glob("*.md")))
    assert done.returncode == 0, done.stdout
    assert "0 errors" in done.stdout
    assert "Flesch-Kincaid grade by section" in done.stdout


def test_an_error_is_told_with_its_place_and_id(tmp_path: Path) -> None:
    file = write(tmp_path, "a.md", changed("Words.", "Kratom cures OCD."))
    done = run_inside("lint", file)
    assert done.returncode == 1
    line = next(line for line in done.stdout.splitlines() if "error L01-" in line)
    assert line.startswith(f"{file}: mechanisms[0]: error L01-")
    assert line.endswith(": 'cures OCD'")


def test_a_warning_is_no_error(tmp_path: Path) -> None:
    done = run_inside("lint", write(tmp_path, "a.md", changed("Words.", "A holistic view.")))
    assert done.returncode == 0
    assert "warning L53-" in done.stdout
    assert "0 errors, 1 warnings" in done.stdout


def test_a_draft_is_looked_at_not_refused(tmp_path: Path) -> None:
    draft = changed("    sources: [s-1]", "    sources: []")
    done = run_inside("lint", write(tmp_path, "a.md", draft))
    assert done.returncode == 1
    assert "error G02-" in done.stdout


def test_plain_text_comes_from_standard_input_or_a_file(tmp_path: Path) -> None:
    said = "Take 2 g of it."
    for arguments, given in (("-", said), (write(tmp_path, "a.txt", said), "")):
        done = run_inside("lint", "--text", arguments, "--topics", "sleep, kratom", input=given)
        assert done.returncode == 1
        assert "text[0]: error L20-" in done.stdout
    assert run_inside("lint", "--text", "-", "--topics", "cough", input=said).returncode == 0


def test_plain_text_may_be_spanish() -> None:
    arguments = ("lint", "--text", "-", "--topics", "kratom", "--locale", "es")
    done = run_inside(*arguments, input="El kratom alivia la ansiedad.")
    assert "error L02-" in done.stdout
    assert "Szigriszt-Pazos score" in done.stdout


def test_a_language_without_packs_and_formula_is_told() -> None:
    done = run_inside("lint", "--text", "-", "--locale", "fi", input="Kratom parantaa.")
    assert done.returncode == 0
    assert "warning G06-" in done.stdout
    assert "no formula of readability for fi" in done.stdout


def test_json_tells_findings_counts_and_readability(tmp_path: Path) -> None:
    files = [
        write(tmp_path, "a.md", SOUND),
        write(tmp_path, "b.md", changed("Words.", "Kratom cures OCD.")),
    ]
    done = run_inside("lint", "--format", "json", *files)
    assert done.returncode == 1
    sound, bad = json.loads(done.stdout)
    assert (sound["file"], sound["findings"]) == (str(files[0]), [])
    assert sound["counts"] == {"error": 0, "warning": 0}
    assert sound["readability"][0]["section"] == "overview"
    assert sound["readability"][0]["formula"] == "Flesch-Kincaid grade"
    assert bad["counts"]["error"] == 1
    finding = bad["findings"][0]
    assert (finding["pattern"], finding["section"], finding["block"]) == ("L01", "mechanisms", 0)
    assert finding["sentence"][finding["start"] : finding["end"]] == finding["matched"]


def test_copied_words_are_found(tmp_path: Path) -> None:
    words = "These are eight words that somebody else wrote down before."
    other = write(tmp_path, "other.txt", words)
    done = run_inside("lint", "--text", "-", "--against", other, input=words)
    assert done.returncode == 1
    assert "error G05-" in done.stdout


def test_packs_may_be_a_publishers_own(tmp_path: Path) -> None:
    pack = (
        "id: tea\nlocale: en\npatterns:\n  - {id: T1, category: TEA, severity: error, "
        "message: names tea, match: '\\btea\\b', rewrite: Leave it out.}\n"
    )
    write(tmp_path, "tea.yaml", pack)
    done = run_inside("lint", "--library", tmp_path, "--text", "-", input="Tea cures OCD.")
    assert [line for line in done.stdout.splitlines() if "error L" in line] == []
    assert "error T1-" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--text", "none.txt"), "none.txt: No such file or directory"),
        (("--text", "-", "--locale", "E!"), "--locale: must be a language tag"),
        (("--text", "-", "--library", "tests"), "tests: has 0 packs"),
        (("README.md",), "README.md:1: the file does not begin with front matter"),
    ],
)
def test_what_cannot_be_read_is_refused(
    here: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], words: str
) -> None:
    monkeypatch.chdir(here)
    assert_refused(run_inside("lint", *arguments), words)


def test_a_text_that_is_too_large_or_unreadable_is_refused(tmp_path: Path) -> None:
    assert_refused(run_inside("lint", "--text", "-", input="x" * (1024 * 1024 + 1)), "larger than")
    assert_refused(run_inside("lint", "--text", "-", input="a\x07b"), "control character")


def test_a_broken_pack_is_refused_with_file_and_line(tmp_path: Path) -> None:
    write(tmp_path, "a.yaml", "id: a\nlocale: en\npatterns:\n  - {id: T1}\n")
    done = run_inside("lint", "--library", tmp_path, "--text", "-", input="Tea.")
    assert_refused(done, "a.yaml:4: /patterns/0")


def test_a_text_without_words_has_nothing_to_read() -> None:
    done = run_inside("lint", "--text", "-", input="\n")
    assert "no words to read" in done.stdout


def test_nothing_to_look_at_is_told() -> None:
    done = run_inside("lint")
    assert done.returncode == 2
    assert "name a file, or give --text" in done.stderr


def test_on_a_terminal_a_table_fits_into_80_columns(tmp_path: Path) -> None:
    long = f"Kratom cures OCD {'and so it goes on and on ' * 10}in [red]brackets[/red]."
    file = write(tmp_path, "a.md", changed("Words.", long))
    terminal = {"FORCE_COLOR": "1", "COLUMNS": "80", "TERM": "xterm-256color"}
    done = run_inside("lint", file, env=terminal)
    assert done.returncode == 1
    shown = re.sub(r"\x1b\[[0-9;]*m", "", done.stdout)
    lines = shown.splitlines()[:-1]
    assert max(map(len, lines)) <= 80
    assert "mechanisms[0]" in shown
    assert "[red]" in shown
    assert "No treatment is proven" in shown
