"""Runbooks: each command in them is one that there is, and the gravest ones are followed here."""

import re
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from backed import PHRASE, given, written
from installations import ARTICLE, Installation

from api import cli
from api.app import create_app
from api.settings import Settings

PAGES = ("runbooks.md", "backups.md")
PROGRAMS = {
    *("chown", "cp", "curl", "df", "du", "export", "install", "journalctl", "mv", "psql"),
    *("redis-cli", "systemctl", "timedatectl", "pip"),
}
UNITS = {"caveat", "caveat-work", "postgresql", "redis-server", "varnish"}


def lines(here: Path) -> Iterator[str]:
    """Yield every line of every block of commands, and whole commands within sentences."""
    for page in PAGES:
        text = (here / "docs" / page).read_text()
        yield from re.findall(r"^ {4,}(\S.*)$", text, re.MULTILINE)
        if page == "runbooks.md":
            yield from re.findall(r"`(caveat [a-z]+ [^`…]*)`", text)


def commands(here: Path) -> Iterator[list[str]]:
    """Yield the words of every command."""
    for line in lines(here):
        lexer = shlex.shlex(line, posix=True, punctuation_chars="&")
        lexer.whitespace_split, lexer.commenters = True, "#"
        words: list[str] = []
        for word in [*lexer, "&&"]:
            if word != "&&":
                words.append(word)
            elif words:
                yield words
                words = []


def test_every_block_is_something_that_a_shell_reads(here: Path) -> None:
    script = "\n".join(lines(here))
    done = subprocess.run(["bash", "-n"], input=script, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_every_command_of_ours_parses(
    here: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    ours = [words[1:] for words in commands(here) if words[0] == "caveat"]
    assert len(ours) > 40
    for words in ours:
        parse(cli.caveat, words)


def parse(group: click.Group, words: list[str]) -> None:
    """Have click read a command as it would, without doing it; files that it reads are here."""
    name, *rest = words
    command = group.get_command(click.Context(group), name)
    assert command, words
    if isinstance(command, click.Group):
        parse(command, rest)
        return
    given = ["1" if word == "NUMBER" else word.rpartition("/")[2] for word in rest]
    for word in given:
        if re.fullmatch(r"[A-Za-z][\w.-]*", word):
            Path(word).touch()
    command.make_context(name, given)


def test_every_other_command_is_a_known_program_about_what_there_is(here: Path) -> None:
    for words in commands(here):
        program = Path(words[0]).name
        if program == "caveat":
            continue
        assert program in PROGRAMS, words
        if program == "systemctl":
            assert set(words[2:]) <= UNITS, words
        if program == "journalctl":
            assert {words[i + 1] for i, word in enumerate(words) if word == "-u"} <= UNITS


def test_every_address_that_is_asked_is_served(here: Path, installation: Installation) -> None:
    app = create_app(Settings.from_environment(installation.settings))
    text = "".join((here / "docs" / page).read_text() for page in PAGES)
    asked = set(re.findall(r"http://127\.0\.0\.1:8000(/[^\s`\"']*)", text))
    asked |= set(re.findall(r"`(?:GET|POST) (/[^`]*)`", text))
    adapter = app.url_map.bind("127.0.0.1")
    assert len(asked) > 6
    for address in asked:
        path = re.sub(r"\{[a-z]+\}", "0", address.partition("?")[0])
        assert adapter.allowed_methods(path), address
    app.extensions["caveat"].database.close()


def follow(installation: Installation, *arguments: str | Path) -> str:
    """Do one step of a runbook."""
    done = installation.run_inside(*arguments)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def readiness(installation: Installation) -> int:
    """Ask whether what is served from here is ready."""
    return installation.client().get("/readyz").status_code


@pytest.mark.one_engine
def test_a_lost_signing_key_is_replaced(installation: Installation) -> None:
    lost = follow(installation, "keys", "list").split()[0]
    file = installation.folder / "signing-keys.json"
    file.rename(file.with_suffix(".lost"))
    follow(installation, "init")
    assert readiness(installation) == 503
    follow(installation, "keys", "rotate", "--reason", "The private half of the old key is lost.")
    follow(installation, "keys", "revoke", lost, "--reason", "Lost.")
    assert readiness(installation) == 200
    edition = installation.save("edition.json", installation.get(ARTICLE))
    keys = installation.save("jwks.json", installation.get("/.well-known/jwks.json"))
    assert "genuine" in follow(installation, "verify", edition, "--jwks", keys)
    assert lost not in keys.read_text()


@pytest.mark.one_engine
def test_a_compromised_signing_key_is_revoked(installation: Installation, tmp_path: Path) -> None:
    follow(installation, "backup", tmp_path / "before.backup")
    kid = follow(installation, "keys", "list").split()[0]
    before = installation.get(ARTICLE)
    follow(installation, "keys", "revoke", kid, "--reason", "It was in a public repository.")
    follow(installation, "checkpoints", "make")
    follow(installation, "audit", "seal")
    follow(installation, "audit", "verify")
    after = installation.get(ARTICLE)
    assert before["integrity"]["kid"] == kid != after["integrity"]["kid"]
    assert before["integrity"]["digest"] == after["integrity"]["digest"], "the same words"


def test_an_installation_that_is_gone_is_restored(
    installation: Installation, empty: Installation, tmp_path: Path
) -> None:
    phrase = written(tmp_path / "passphrase", PHRASE)
    follow(installation, "checkpoints", "make")
    checkpoint = installation.save("kept.json", installation.get("/v1/checkpoint"))
    with_keys = ("--with-keys", "--passphrase-file", phrase)
    follow(installation, "backup", tmp_path / "caveat.backup", *with_keys)
    before = given(installation)
    follow(empty, "restore", tmp_path / "caveat.backup", "--passphrase-file", phrase)
    assert follow(empty, "init").count("cvt_") == 0, "its admins are known"
    follow(empty, "checkpoints", "verify", checkpoint)
    assert readiness(empty) == 200
    assert given(empty) == before
