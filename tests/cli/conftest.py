"""Fixtures of the command line: installations on the chosen engine, made by the command itself."""

from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import programs
import pytest
from backed import PHRASE, written
from factories import Databases
from installations import Installation

from api import cli

for name in cli.MODULES:  # here they are traced, whichever test asks for them first
    import_module(f"api.cli.{name}")


@pytest.fixture(scope="session")
def filled(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """An installation with the shipped library, to be copied."""
    folder = tmp_path_factory.mktemp("installation") / "data"
    made = Installation(folder, {"CAVEAT_DATABASE_URL": databases.new()})
    for command in ("init", "import"):
        done = made.run_inside(command)
        assert done.returncode == 0, done.stderr
    made.client()
    made.close()  # with its last reader gone, SQLite's file is whole without its journal
    return made


@pytest.fixture
def installation(
    filled: Installation, databases: Databases, tmp_path: Path
) -> Iterator[Installation]:
    """A fresh installation with the shipped library, to do as one likes with."""
    copy = filled.copied(databases, tmp_path)
    yield copy
    copy.close()


@pytest.fixture
def empty(databases: Databases, tmp_path: Path) -> Iterator[Installation]:
    """An installation that is yet to be made; SQLite lies where it lies by default."""
    url = "" if databases.are_files else databases.new()
    made = Installation(tmp_path / "new" / "data", {"CAVEAT_DATABASE_URL": url} if url else {})
    yield made
    made.close()


@pytest.fixture
def phrase(tmp_path: Path) -> Path:
    """A file with a passphrase, which only its owner can read."""
    return written(tmp_path / "phrase", PHRASE)


@pytest.fixture
def whole(installation: Installation, tmp_path: Path, phrase: Path) -> Path:
    """A backup with keys."""
    file = tmp_path / "whole.backup"
    done = installation.run_inside("backup", file, "--with-keys", "--passphrase-file", phrase)
    assert done.returncode == 0, done.stderr
    return file


@pytest.fixture
def bare(installation: Installation, tmp_path: Path) -> Path:
    """A backup without keys."""
    file = tmp_path / "bare.backup"
    done = installation.run_inside("backup", file)
    assert done.returncode == 0, done.stderr
    assert "keep signing-keys.json" in done.stderr
    return file


@pytest.fixture
def port() -> int:
    """A port that nobody listens on."""
    return programs.free_port()
