"""Editors by the command line: added, listed, revoked; tokens are shown once and nowhere else."""

from pathlib import Path

import editors
import pytest
from installations import Installation, assert_refused

from api.settings import unknown
from content.editors import ROLES


def role_of(installation: Installation, token: str) -> str | None:
    """Return the role by which the API knows the bearer of a token, or None."""
    response = installation.client().get("/v1/me", headers={"Authorization": f"Bearer {token}"})
    return str(response.get_json()["role"]) if response.status_code == 200 else None


@pytest.mark.parametrize("role", ROLES)
def test_an_editor_is_known_by_the_token_that_is_shown_once(
    installation: Installation, role: str
) -> None:
    editor = editors.add(installation, "Ada Kim", role)
    assert role_of(installation, editor.token) == role
    listed = installation.run_inside("editors", "list").stdout
    (line,) = [line for line in listed.splitlines() if line.startswith(editor.id)]
    assert line.split()[1:3] == ["active", role]
    assert line.endswith("Ada Kim")
    assert "cvt_" not in listed


def test_a_revoked_editor_is_nobody_and_stays_listed(installation: Installation) -> None:
    editor, other = (editors.add(installation, name, "publisher") for name in ("Ada", "Bo"))
    for _ in range(2):
        done = installation.run_inside("editors", "revoke", editor.id)
        assert (done.returncode, done.stdout) == (0, f"{editor.id} is revoked\n"), (
            "again is no error"
        )
    assert role_of(installation, editor.token) is None
    assert role_of(installation, other.token) == "publisher"
    assert f"{editor.id}  revoked  publisher" in installation.run_inside("editors", "list").stdout


def test_revoking_an_unknown_editor_is_refused(installation: Installation) -> None:
    assert_refused(installation.run_inside("editors", "revoke", "nobody"), "'nobody'")


@pytest.mark.parametrize("name", ["", "  ", "two\nlines", "\x1b[31mred", "x" * 201])
def test_a_name_that_could_not_be_listed_is_refused(installation: Installation, name: str) -> None:
    before = installation.run_inside("editors", "list").stdout
    done = installation.run_inside("editors", "add", name, "--role", "author")
    assert_refused(done, "name: must be 1 to 200 characters on one line")
    assert installation.run_inside("editors", "list").stdout == before


def test_a_role_that_is_none_is_told_with_those_that_are(installation: Installation) -> None:
    done = installation.run_inside("editors", "add", "Ada", "--role", "owner")
    assert done.returncode == 2
    for role in ROLES:
        assert role in done.stderr


def test_the_variable_that_holds_the_token_is_no_unknown_setting() -> None:
    assert unknown({"CAVEAT_TOKEN": "cvt_secret"}) == []
    (warning,) = unknown({"CAVEAT_TOKEN_": "cvt_secret"})
    assert "'CAVEAT_TOKEN'" in warning
    assert "secret" not in warning


@pytest.mark.parametrize(
    "command", [("list",), ("add", "Ada", "--role", "publisher"), ("revoke", "x")]
)
def test_editors_before_init_are_told_to_run_it(tmp_path: Path, command: tuple[str, ...]) -> None:
    assert_refused(Installation(tmp_path).run_inside("editors", *command), "caveat init")
