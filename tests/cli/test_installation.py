"""Setting up: init, settings, openapi, keys and heads, run as an operator runs them."""

import subprocess
from importlib import import_module
from pathlib import Path

import programs
import pytest
from installations import ARTICLE, Installation, assert_refused, mode

from api import cli
from content import verifying


def test_init_makes_a_database_keys_and_one_admin_token(empty: Installation) -> None:
    done = empty.run("init")
    assert done.returncode == 0, done.stderr
    assert "cvt_" in done.stdout
    token = done.stdout.split("admin")[1].split()[0]
    me = empty.client().get("/v1/me", headers={"Authorization": f"Bearer {token}"})
    assert me.get_json()["role"] == "admin"
    assert empty.client().get("/readyz").status_code == 200


def test_init_again_changes_nothing_and_shows_no_token(empty: Installation) -> None:
    empty.run_inside("init")
    before = files(empty.folder), empty.head
    done = empty.run_inside("init")
    assert done.returncode == 0
    assert "cvt_" not in done.stdout
    assert (files(empty.folder), empty.head) == before


def test_init_twice_at_once_keeps_the_key_that_the_log_names(empty: Installation) -> None:
    env = programs.environment(empty.settings)
    both = [
        subprocess.Popen(
            [programs.SCRIPT, "init"], env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        for _ in range(2)
    ]
    told = [process.communicate(timeout=programs.PATIENCE) for process in both]
    assert [process.returncode for process in both] == [0, 0], told
    assert sum(b"cvt_" in out for out, _ in told) == 1
    assert empty.client().get("/readyz").status_code == 200


def test_init_records_a_new_public_url(installation: Installation) -> None:
    before = installation.head
    installation.env["CAVEAT_PUBLIC_URL"] = "https://content.example"
    assert installation.run_inside("init").returncode == 0
    assert installation.head == before + 1
    assert installation.get(ARTICLE)["links"]["self"].startswith("https://content.example/v1/")


def test_nobody_else_can_read_the_keys(empty: Installation) -> None:
    empty.run_inside("init")
    assert mode(empty.folder / "signing-keys.json") == 0o600
    assert mode(empty.folder / "secret-key") == 0o600


def test_keys_that_others_can_read_are_refused(installation: Installation) -> None:
    (installation.folder / "signing-keys.json").chmod(0o644)
    assert_refused(installation.run_inside("serve"), "chmod 600")


@pytest.mark.parametrize(
    "command",
    [
        ("import",),
        ("work", "--once"),
        ("heads",),
        ("serve",),
        ("keys", "list"),
        ("keys", "rotate", "--reason", "r"),
        ("keys", "revoke", "kid", "--reason", "r"),
        ("withdraw", "slug", "--notice", "n", "--reason", "r"),
    ],
)
def test_a_command_before_init_is_told_to_run_it(tmp_path: Path, command: tuple[str, ...]) -> None:
    done = programs.run_inside(*command, env=Installation(tmp_path).settings)
    assert_refused(done, "caveat init")


def test_a_folder_that_cannot_be_made_is_told_plainly(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert_refused(Installation(tmp_path / "file" / "data").run("init"), str(tmp_path))


def test_a_database_that_cannot_be_reached_is_told_plainly(empty: Installation) -> None:
    port = programs.free_port()
    empty.env["CAVEAT_DATABASE_URL"] = f"postgresql://nobody@127.0.0.1:{port}/none"
    assert_refused(empty.run_inside("init"), "the database cannot be used")


def test_openapi_prints_the_description_without_an_installation(here: Path, tmp_path: Path) -> None:
    done = programs.run("openapi", cwd=tmp_path)
    assert done.stdout == (here / "openapi.yaml").read_text()
    assert list(tmp_path.iterdir()) == []
    assert programs.run("openapi", "--output", "o.yaml", cwd=tmp_path).stdout == ""
    assert (tmp_path / "o.yaml").read_text() == done.stdout


def test_keys_list_tells_the_state_of_each(installation: Installation) -> None:
    (line,) = installation.run_inside("keys", "list").stdout.splitlines()
    assert installation.get(ARTICLE)["integrity"]["kid"] in line
    assert "active" in line


def test_rotating_keys_keeps_old_signatures(installation: Installation) -> None:
    before = installation.get(ARTICLE)
    done = installation.run_inside("keys", "rotate", "--reason", "yearly")
    assert done.returncode == 0, done.stderr
    assert installation.get(ARTICLE) == before, "what was signed stays as it was"
    assert verifying.verify(before, installation.get("/.well-known/jwks.json")) > 0
    states = [
        line.split()[1] for line in installation.run_inside("keys", "list").stdout.splitlines()
    ]
    assert states == ["retired", "active"]


def test_what_is_published_after_a_rotation_has_the_new_key(
    installation: Installation, here: Path
) -> None:
    old = installation.get(ARTICLE)["integrity"]["kid"]
    installation.run_inside("keys", "rotate", "--reason", "yearly")
    file = revised(here, installation.folder.parent)
    assert installation.run_inside("publish", file).returncode == 0
    edition = installation.get(ARTICLE)
    assert edition["integrity"]["kid"] != old
    assert verifying.verify(edition, installation.get("/.well-known/jwks.json"))


def test_what_serves_learns_of_a_rotation_by_itself(installation: Installation, here: Path) -> None:
    serving = installation.client()
    old = serving.get(ARTICLE).json["integrity"]["kid"]
    installation.run_inside("keys", "rotate", "--reason", "yearly")
    installation.run_inside("publish", revised(here, installation.folder.parent))
    assert serving.get("/readyz").status_code == 200
    assert serving.get(ARTICLE).json["integrity"]["kid"] != old


def test_revoking_a_key_signs_everything_anew(installation: Installation) -> None:
    before = installation.get(ARTICLE)
    kid = before["integrity"]["kid"]
    done = installation.run_inside("keys", "revoke", kid, "--reason", "leaked")
    assert done.returncode == 0, done.stderr
    after = installation.get(ARTICLE)
    assert after["integrity"]["kid"] != kid
    assert {k: v for k, v in after.items() if k != "integrity"} == {
        k: v for k, v in before.items() if k != "integrity"
    }
    keys = installation.get("/.well-known/jwks.json")
    assert verifying.verify(after, keys)
    with pytest.raises(verifying.Altered, match="no longer"):
        verifying.verify(before, keys)


@pytest.mark.parametrize("kid", ["none", "-mQ8_begins-with-a-hyphen", "--two"])
def test_revoking_an_unknown_key_is_refused(installation: Installation, kid: str) -> None:
    head = installation.head
    refused = installation.run_inside("keys", "revoke", kid, "--reason", "r")
    assert_refused(refused, kid)
    assert "Usage" not in refused.stderr, "one in 64 keys begins with a hyphen"
    assert installation.head == head


def test_keys_given_by_the_environment_are_not_rotated_behind_it(
    installation: Installation,
) -> None:
    installation.env["CAVEAT_SIGNING_KEYS"] = (
        installation.folder / "signing-keys.json"
    ).read_text()
    done = installation.run_inside("keys", "rotate", "--reason", "r")
    assert done.returncode == 2
    assert "CAVEAT_SIGNING_KEYS" in done.stderr
    assert len(installation.run_inside("keys", "list").stdout.splitlines()) == 1


def test_signing_keys_that_are_none_are_told_plainly(installation: Installation) -> None:
    installation.env["CAVEAT_SIGNING_KEYS"] = "{}"
    assert_refused(installation.run_inside("serve"), "signing keys")


def test_heads_are_rebuilt(installation: Installation) -> None:
    before = installation.get("/v1/topics")
    done = installation.run_inside("heads")
    assert done.returncode == 0
    assert done.stdout == "11 heads\n"
    assert installation.get("/v1/topics") == before


@pytest.mark.parametrize("module", cli.MODULES)
def test_every_command_is_where_it_is_looked_for(module: str) -> None:
    commands = import_module(f"api.cli.{module}").COMMANDS
    assert sorted(command.name for command in commands) == cli.MODULES[module]


def test_every_module_of_commands_is_listed(here: Path) -> None:
    modules = {path.stem for path in (here / "api" / "cli").glob("*.py")}
    assert modules - {"__init__", "console"} == set(cli.MODULES)


def test_every_command_has_help(empty: Installation) -> None:
    listed = empty.run("--help").stdout
    for command in (name for names in cli.MODULES.values() for name in names):
        assert f"  {command} " in listed
        done = programs.run_inside(command, "--help")
        assert done.returncode == 0
        assert "Usage: " in done.stdout
    assert not empty.folder.exists()


def test_a_wrong_command_is_told_with_usage(empty: Installation) -> None:
    done = empty.run("publich")
    assert done.returncode == 2
    assert "Usage: " in done.stderr
    assert "Traceback" not in done.stderr


def test_the_version_is_that_of_the_package(empty: Installation) -> None:
    assert "0.1.0" in empty.run("--version").stdout


def files(folder: Path) -> dict[str, str]:
    """Return the texts of the key files."""
    return {path.name: path.read_text() for path in folder.glob("*-key*")}


def revised(here: Path, folder: Path) -> Path:
    """Return a file with an article of the library whose title has changed."""
    source = here / "content" / "library" / "articles" / "sleep-habits-and-insomnia.md"
    text = source.read_text().replace('title: "Sleep', 'title: "Good sleep', 1)
    assert "Good sleep" in text
    (folder / "revised.md").write_text(text)
    return folder / "revised.md"
