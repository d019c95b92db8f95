"""The shape of the code: which way imports go, how large files are, what they are called."""

import subprocess
import sys
from pathlib import Path

import pytest

PACKAGES = ("api", "schemas", "content")
MAX_LINES = 300
FROZEN = Path("content") / "migrations" / "versions"  # written once, and never changed again
NAMELESS = {"base", "common", "helper", "helpers", "manager", "misc", "service", "util", "utils"}


def modules(here: Path, *folders: str) -> list[Path]:
    """Return the Python files of some folders, relative to the repository."""
    found = [path for folder in folders for path in (here / folder).rglob("*.py")]
    return sorted(path.relative_to(here) for path in found)


def test_imports_go_one_way(here: Path, tmp_path: Path) -> None:
    done = lint_imports(here, tmp_path)
    assert done.returncode == 0, done.stdout
    assert "4 kept, 0 broken" in done.stdout


def test_the_contract_on_drafts_names_all_of_delivery(here: Path) -> None:
    contracts = (here / "pyproject.toml").read_text()
    for module in ("articles", "bodies", "changes", "editions", "notices", "policy", "standings"):
        assert f'"content.{module}"' in contracts
    served = ("articles", "caching", "changes", "disclaimers", "feeds", "front", "lists", "rules")
    embeds = ("embed_files", "embeds", "jurisdictions", "snippets")
    sync = ("entries", "following", "snapshot")
    for module in (*served, *embeds, *sync, "endings", "oembed", "walks"):
        assert f'"api.{module}"' in contracts


@pytest.mark.parametrize(
    ("module", "line"),
    [
        ("content/editions.py", "from content.models import editorial"),
        ("api/caching.py", "from content.editorial import drafts"),
        ("schemas/renditions/html.py", "from content.editorial.publishing import publish"),
        ("content/rules.py", "import flask"),
        ("api/app.py", "from api.cli import serving"),
        ("schemas/fields.py", "from api import settings"),
    ],
)
def test_a_forbidden_import_is_found(here: Path, tmp_path: Path, module: str, line: str) -> None:
    for package in PACKAGES:
        for path in modules(here, package):
            (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / path).write_bytes((here / path).read_bytes())
    (tmp_path / "pyproject.toml").write_bytes((here / "pyproject.toml").read_bytes())
    with (tmp_path / module).open("a") as file:
        file.write(f"{line}\n")
    done = lint_imports(tmp_path, tmp_path)
    assert done.returncode == 1, done.stdout
    assert "BROKEN" in done.stdout


def lint_imports(folder: Path, cache: Path) -> subprocess.CompletedProcess[str]:
    """Check the contracts of pyproject.toml over the code in a folder."""
    program = Path(sys.executable).parent / "lint-imports"
    return subprocess.run(
        [program, "--no-logo", "--cache-dir", cache / "cache"],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_no_file_is_long(here: Path) -> None:
    long = {
        str(path): lines
        for path in modules(here, *PACKAGES, "tests", "bench", "examples")
        if path.parent != FROZEN
        and (lines := len((here / path).read_text().splitlines())) > MAX_LINES
    }
    assert long == {}


def test_every_file_is_named_for_what_it_owns(here: Path) -> None:
    for path in modules(here, *PACKAGES, "tests", "bench"):
        assert not NAMELESS & set(path.stem.split("_")), path


def test_every_module_says_what_it_owns(here: Path) -> None:
    for path in modules(here, *PACKAGES, "tests"):
        assert (here / path).read_text().startswith('"""'), path


def test_tests_are_no_package(here: Path) -> None:
    assert [path for path in modules(here, "tests") if path.name == "__init__.py"] == []
