"""The package installs from its wheel into an empty environment, and serves from any folder."""

import shutil
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import httpx
import programs
import pytest

PACKAGES = ("api", "schemas", "content")
PATIENCE = 180  # seconds for pip, which may have to download


@pytest.fixture(scope="module")
def wheel(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from a copy of what the repository has."""
    source = tmp_path_factory.mktemp("source")
    root = request.config.rootpath
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(root / name, source)
    for name in PACKAGES:
        shutil.copytree(root / name, source / name, ignore=shutil.ignore_patterns("__pycache__"))
    folder = tmp_path_factory.mktemp("wheel")
    pip("wheel", "--no-deps", "--wheel-dir", folder, source)
    (found,) = folder.glob("caveat-*.whl")
    return found


def pip(*arguments: str | Path) -> None:
    """Run pip with the index that this machine uses."""
    done = subprocess.run(
        [sys.executable, "-m", "pip", *arguments, "-q", "--disable-pip-version-check"],
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_wheel_has_the_code_and_what_it_reads(wheel: Path, here: Path) -> None:
    names = set(ZipFile(wheel).namelist())
    for package in PACKAGES:
        for path in (here / package).rglob("*"):
            if path.is_file() and path.suffix in (".py", ".md", ".yaml", ".html", ".css", ".js"):
                assert str(path.relative_to(here)) in names, path
    assert not [name for name in names if name.startswith(("tests", "bench", "docs"))]


def test_an_installed_package_serves_its_demo_from_any_folder(wheel: Path, tmp_path: Path) -> None:
    make = [sys.executable, "-m", "venv", "--without-pip", tmp_path / "venv"]
    subprocess.run(make, check=True, timeout=PATIENCE)
    pip("--python", tmp_path / "venv", "install", wheel)
    (tmp_path / "elsewhere").mkdir()
    script = tmp_path / "venv" / "bin" / "caveat"
    facts = {"script": script, "cwd": tmp_path / "elsewhere"}
    with programs.demo(Path("data"), programs.free_port(), **facts) as told:
        found = httpx.get(f"{told['url']}/v1/articles/kratom-and-ocd-evidence?jurisdiction=US-AL")
        assert found.status_code == 200
        assert found.json()["disclaimers"][0]["display"]["level"] == "alert"
        assert httpx.get(f"{told['url']}/v1/articles/kratom-and-ocd-evidence.html").is_success
        assert httpx.get(f"{told['url']}/openapi.yaml", timeout=PATIENCE).is_success
        assert httpx.get(f"{told['url']}/docs/").is_success
    assert (tmp_path / "elsewhere" / "data" / "caveat.db").exists()
