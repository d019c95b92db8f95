"""What ``caveat conformance`` is asked in vain: it says so in words, and checks nothing."""

import shutil
from pathlib import Path

import programs
import pytest

pytestmark = pytest.mark.one_engine
PAGE = "http://127.0.0.1:9/"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "Give the address of a page"),
        (("ftp://x.example/",), "'ftp://x.example/' is no address"),
        (("http://x.example/\udce9",), "is not text"),
        ((PAGE, "--save"), "--save and --partner belong together"),
        ((PAGE, "--api", ""), "'' is no address"),
        ((PAGE, "--api", "content.example"), "'content.example' is no address"),
        ((PAGE, "--article", ""), "'' is no slug"),
        ((PAGE, "--article", "../checkpoint"), "'../checkpoint' is no slug"),
        ((PAGE, "--edition", ""), "Is a directory"),
    ],
)
def test_what_makes_no_sense_is_refused(arguments: tuple[str, ...], words: str) -> None:
    done = programs.run_apart("conformance", "--browser", "never", *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert words in done.stderr


def test_addresses_in_a_file_have_to_be_text(tmp_path: Path) -> None:
    file = tmp_path / "urls.txt"
    for octets, words in (
        (b"", "Give the address of a page"),
        (b"http://x.example/\xe9\n", f"{file} is not text in UTF-8"),
    ):
        file.write_bytes(octets)
        done = programs.run_apart("conformance", "--file", file)
        assert (done.returncode, done.stdout) == (2, "")
        assert words in done.stderr
    file.write_bytes(f"{PAGE}\r\n".encode("utf-8-sig"))
    done = programs.run_apart("conformance", "--browser", "never", "--file", file)
    assert f"{PAGE} cannot be read" in done.stdout


def test_what_was_saved_has_to_be_an_edition(tmp_path: Path) -> None:
    file = tmp_path / "saved.json"
    for text in ("{}", "[1]", '{"article": "a"}'):
        file.write_text(text)
        done = programs.run_apart("conformance", "--browser", "never", PAGE, "--edition", file)
        assert (done.returncode, done.stdout) == (2, "")
        assert f"{file} is not an edition" in done.stderr


def test_reports_are_told_also_where_they_cannot_be_written(tmp_path: Path) -> None:
    missing = tmp_path / "nowhere" / "report.html"
    done = programs.run_apart("conformance", "--browser", "never", PAGE, "--html", missing)
    assert done.returncode == 2
    assert f"{PAGE} cannot be read" in done.stdout
    assert f"caveat: {missing}: No such file or directory" in done.stderr


def test_a_browser_that_is_insisted_on_has_to_be_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None)
    done = programs.run_apart("conformance", "--browser", "always", PAGE)
    assert (done.returncode, done.stdout) == (2, "")
    assert "caveat: Chromium is not here" in done.stderr
