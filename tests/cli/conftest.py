"""Fixtures of the command line: an installation in a folder, made by the command itself."""

import shutil
from pathlib import Path

import pytest
from installations import Installation


@pytest.fixture(scope="session")
def filled_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder of an installation with the shipped library."""
    made = Installation(tmp_path_factory.mktemp("installation") / "data")
    for command in ("init", "import"):
        done = made.run(command)
        assert done.returncode == 0, done.stderr
    return made.folder


@pytest.fixture
def installation(filled_folder: Path, tmp_path: Path) -> Installation:
    """A fresh installation with the shipped library, to do as one likes with."""
    shutil.copytree(filled_folder, tmp_path / "data")
    return Installation(tmp_path / "data")


@pytest.fixture
def empty(tmp_path: Path) -> Installation:
    """An installation that is yet to be made."""
    return Installation(tmp_path / "new" / "data")
