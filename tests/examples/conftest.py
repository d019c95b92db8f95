"""Fixtures of the examples: the programs as partners run them, and a server for them."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import services
from corpora import Corpus, make_corpus
from factories import Databases
from fronts import Front, serving
from partners import Program
from programs import free_port

PACKAGES = ("typescript@5.9.3", "@types/node@20.19.25")
PATIENCE = 240  # seconds for npm


@pytest.fixture(scope="session")
def compiled(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The program in TypeScript, checked and compiled."""
    folder = tmp_path_factory.mktemp("compiled")
    for name in ("caveat-sync.mts", "tsconfig.json"):
        shutil.copy(request.config.rootpath / "examples" / "sync" / name, folder)
    for command in (
        [services.npm(), "install", "--no-audit", "--no-fund", *PACKAGES],
        [str(folder / "node_modules" / ".bin" / "tsc"), "--project", "."],
    ):
        done = subprocess.run(
            command,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
    return folder / "caveat-sync.mjs"


@pytest.fixture(params=["python", "typescript"])
def program(request: pytest.FixtureRequest, here: Path, tmp_path: Path) -> Program:
    """One of the programs, with a store of its own."""
    if request.param == "python":
        script = here / "examples" / "sync" / "caveat_sync.py"
        return Program([sys.executable, str(script)], tmp_path / "copy.db")
    script = request.getfixturevalue("compiled")
    return Program([services.node(), str(script)], tmp_path / "copy")


@pytest.fixture
def corpus(databases: Databases, empty_template: str, tmp_path: Path) -> Iterator[Corpus]:
    """Four articles over the small policy."""
    (folder := tmp_path / "installation").mkdir()
    made = make_corpus(databases, empty_template, folder, 20261127)
    yield made
    made.database.close()


@pytest.fixture
def front(corpus: Corpus) -> Iterator[Front]:
    """A server of the corpus."""
    with serving(corpus.settings, free_port()) as found:
        yield found
