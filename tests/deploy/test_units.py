"""Units of systemd and the Containerfile: systemd takes them, and they name what there is."""

import re
import subprocess
from pathlib import Path

import programs
import pytest
import services

from api import cli, settings

pytestmark = pytest.mark.one_engine
UNITS = ("caveat.service", "caveat-work.service")
MOST_EXPOSED = 2.0  # of 10, as systemd-analyze counts


def analyze(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run systemd's checker; it needs no systemd that runs."""
    return subprocess.run(
        [services.systemd_analyze(), *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@pytest.mark.parametrize("name", UNITS)
def test_systemd_takes_the_unit(here: Path, tmp_path: Path, name: str) -> None:
    text = (here / "deploy" / name).read_text()
    unit = tmp_path / name
    unit.write_text(text.replace("/opt/caveat/.venv/bin/caveat", str(programs.SCRIPT)))
    done = analyze("verify", "--man=no", unit)
    assert (done.returncode, done.stderr) == (0, "")
    unit.write_text(text.replace("ProtectSystem=strict", "ProtectSystem=perhaps"))
    assert "perhaps" in analyze("verify", "--man=no", unit).stderr, "it is looked at"


@pytest.mark.parametrize("name", UNITS)
def test_the_unit_is_hardened(here: Path, name: str) -> None:
    done = analyze("security", "--offline=true", "--no-pager", here / "deploy" / name)
    (exposed,) = re.findall(rf"exposure level for {re.escape(name)}: ([\d.]+)", done.stdout)
    assert float(exposed) < MOST_EXPOSED, done.stdout


@pytest.mark.parametrize("name", UNITS)
def test_the_unit_runs_a_command_that_there_is(here: Path, name: str) -> None:
    text = (here / "deploy" / name).read_text()
    (command,) = re.findall(r"^ExecStart=/opt/caveat/\.venv/bin/caveat (\w+)$", text, re.MULTILINE)
    assert cli.caveat.get_command(None, command)  # type: ignore[arg-type]  # it needs no context
    assert named(text) <= known()
    for line in ("NoNewPrivileges=yes", "ProtectSystem=strict", "User=caveat", "Restart=always"):
        assert line in text.splitlines()


def test_the_containerfile_names_what_there_is_and_says_that_it_is_not_tested(here: Path) -> None:
    text = (here / "deploy" / "Containerfile").read_text()
    assert "NOT TESTED" in text.splitlines()[0]
    for sources in re.findall(r"^COPY (?!--from)(.*) \S+$", text, re.MULTILINE):
        assert [one for one in sources.split() if not (here / one).exists()] == []
    assert named(text) <= known()
    assert re.findall(r"^USER (\w+)", text, re.MULTILINE) == ["caveat"]
    assert "/readyz" in text


def named(text: str) -> set[str]:
    """Return the settings that a file names."""
    return set(re.findall(r"CAVEAT_[A-Z_]+[A-Z]", text))


def known() -> set[str]:
    """Return the settings that there are."""
    return {name for name, _, _ in settings.describe()}
