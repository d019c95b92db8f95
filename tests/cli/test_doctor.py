"""The doctor on what an installation stands on: settings, files, libraries, Redis, the database."""

import json
import shutil
import sqlite3
from pathlib import Path
from types import SimpleNamespace

import patients
import pytest
import redis
import redises
from factories import NOW
from installations import Installation, assert_refused
from patients import Patient
from sqlalchemy import text

from api import db, secrets
from api.doctoring import OK, PROBLEM, WARNING, databases, environment
from content import work
from content.db import Database
from content.signing import Keyring

FORGETFUL = {"postgresql", "clock"}  # the tests' server may forget, and its clock is no test's


@pytest.fixture
def patient(library: Database, keyring: Keyring, tmp_path: Path) -> Patient:
    """An installation that is well."""
    return patients.make(library, keyring, tmp_path)


def test_of_an_installation_that_is_well_no_problem_is_found(patient: Patient) -> None:
    found = list(patients.examine(patient.settings, NOW))
    assert {one.check for one in found if one.level == PROBLEM} <= FORGETFUL
    checks = {"database", "signing key", "worker", "checkpoint", "audit", "recalls", "help lines"}
    assert checks <= {one.check for one in found if one.level == OK}


def test_a_variable_that_is_no_setting(patient: Patient, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("CAVEAT_TEST_POSTGRESQL", "CAVEAT_TEST_REDIS"):
        monkeypatch.delenv(name, raising=False)
    assert patient.is_well("settings")
    monkeypatch.setenv("CAVEAT_WORKER", "4")
    assert patient.ails("settings", "CAVEAT_WORKER ", "Did you mean") == WARNING


@pytest.mark.one_engine
def test_settings_that_are_dangerous(patient: Patient) -> None:
    assert patient.ails("settings", "LOOPBACK", webhooks_loopback="true") == WARNING
    assert patient.ails("settings", "4 processes", workers="4") == WARNING
    assert patient.ails("public url", "nobody else can ask") == WARNING
    assert patient.ails("public url", "is not https", public_url="http://a.example") == WARNING


@pytest.mark.one_engine
def test_libraries_that_nobody_has_tested(
    patient: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert patient.is_well("libraries")
    known = environment.version
    monkeypatch.setattr(
        environment, "version", lambda name: "0.1" if name == "orjson" else known(name)
    )
    assert patient.ails("libraries", "orjson is 0.1") == WARNING


@pytest.mark.parametrize(
    ("version", "mended"),
    [
        ((3, 40, 1), False),
        ((3, 44, 5), False),
        ((3, 44, 6), True),
        ((3, 45, 9), False),
        ((3, 50, 7), True),
        ((3, 51, 2), False),
        ((3, 51, 3), True),
        ((3, 52, 0), True),
        ((4, 0, 0), True),
    ],
)
def test_which_sqlite_has_the_bug(version: tuple[int, int, int], mended: bool) -> None:
    assert environment.is_mended(version) is mended


@pytest.mark.one_engine
def test_a_sqlite_with_a_known_bug(patient: Patient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite3, "sqlite_version_info", (3, 40, 1))
    assert patient.ails("sqlite", "WAL-reset bug") == WARNING
    monkeypatch.setattr(sqlite3, "sqlite_version_info", (3, 51, 3))
    assert patient.is_well("sqlite")


@pytest.mark.one_engine
def test_keys_that_are_missing_or_open_to_others(patient: Patient) -> None:
    path = secrets.keyring_path(patient.settings)
    assert patient.is_well("key files")
    path.chmod(0o644)
    assert patient.ails("key files", "chmod 600") == PROBLEM
    path.unlink()
    assert patient.ails("key files", "signing-keys.json") == PROBLEM


@pytest.mark.one_engine
def test_a_secret_key_that_is_missing_open_or_short(patient: Patient) -> None:
    path = secrets.pepper_path(patient.settings)
    assert patient.is_well("secret key")
    assert patient.ails("secret key", "secret-key", secret_key="") == PROBLEM
    path.write_text("s" * 64)
    path.chmod(0o640)
    assert patient.ails("secret key", "open to others", secret_key="") == PROBLEM
    path.chmod(0o600)
    assert patient.is_well("secret key", secret_key="")
    assert patient.ails("secret key", "shorter", secret_key="short") == WARNING


@pytest.mark.one_engine
def test_a_database_that_others_can_read(patient: Patient, tmp_path: Path) -> None:
    path = tmp_path / "open" / "caveat.db"
    path.parent.mkdir(mode=0o755)
    shutil.copy(str(patient.database.engine.url.database), path)
    path.chmod(0o644)
    url = f"sqlite:///{path}"
    assert patient.ails("database file", "drafts and contacts", database_url=url) == WARNING
    path.parent.chmod(0o700)
    assert patient.look("database file", database_url=url) == []


@pytest.mark.one_engine
def test_a_disk_that_is_full_or_nearly(patient: Patient, monkeypatch: pytest.MonkeyPatch) -> None:
    for free, level in ((10, PROBLEM), (500, WARNING)):
        usage = SimpleNamespace(free=free * environment.MIB)
        with monkeypatch.context() as patch:
            patch.setattr(environment.shutil, "disk_usage", lambda _, usage=usage: usage)
            assert {one.level for one in patient.look("disk")} == {level}
    assert {one.level for one in patient.look("disk")} <= {OK, WARNING}


@pytest.mark.one_engine
def test_a_journal_that_has_grown(patient: Patient, monkeypatch: pytest.MonkeyPatch) -> None:
    assert patient.look("journal") == []
    monkeypatch.setattr(environment, "LONGEST_WAL", 0)
    with patient.database.write() as session:  # whoever is in it keeps the journal
        work.beat(session, "there", now=NOW)
        session.commit()
        assert patient.ails("journal", "one snapshot") == WARNING


@pytest.mark.one_engine
def test_redis(patient: Patient, tmp_path: Path) -> None:
    assert patient.is_well("redis")
    with redises.running(tmp_path) as own:
        assert patient.ails("redis", "no bound", redis_url=own.url) == WARNING
        with redis.Redis.from_url(own.url) as client:
            client.config_set("maxmemory", "100mb")
            assert patient.ails("redis", "noeviction", redis_url=own.url) == WARNING
            client.config_set("maxmemory-policy", "volatile-ttl")
            assert patient.ails("redis", "volatile-ttl", redis_url=own.url) == WARNING
            client.config_set("maxmemory-policy", "allkeys-lru")
        assert patient.is_well("redis", redis_url=own.url)
    assert patient.ails("redis", "does not answer", redis_url=own.url) == PROBLEM


@pytest.mark.one_engine
def test_a_database_that_is_down_or_old(patient: Patient, tmp_path: Path) -> None:
    nowhere = "postgresql://caveat@127.0.0.1:1/none"
    assert patient.ails("database", "cannot be used", database_url=nowhere) == PROBLEM
    path = tmp_path / "fresh.db"
    fresh = f"sqlite:///{path}"
    assert patient.ails("database", "there is none", database_url=fresh) == PROBLEM
    assert not path.exists(), "to look changes nothing"
    path.touch()
    assert patient.ails("database", "not up to date", database_url=fresh) == PROBLEM


@pytest.mark.postgresql
@pytest.mark.parametrize("name", ["synchronous_commit"])
def test_a_postgresql_that_forgets(patient: Patient, name: str) -> None:
    with patient.database.engine.begin() as connection:
        base = patient.database.engine.url.database
        connection.execute(text(f'ALTER DATABASE "{base}" SET {name} = off'))
    patient.database.close()
    assert patient.ails("postgresql", f"{name} is off") == PROBLEM


@pytest.mark.postgresql
def test_a_postgresql_of_another_encoding(
    patient: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    show = databases._show
    told = {"server_encoding": "SQL_ASCII"}
    monkeypatch.setattr(databases, "_show", lambda look, name: told.get(name) or show(look, name))
    assert patient.ails("postgresql", "SQL_ASCII") == PROBLEM


@pytest.mark.postgresql
def test_more_connections_than_there_may_be(patient: Patient) -> None:
    assert patient.ails("connections", "are wanted", workers="400", redis_url="") == WARNING


@pytest.mark.postgresql
def test_a_clock_that_is_off_the_databases(patient: Patient) -> None:
    assert patient.ails("clock", "off the database's") == PROBLEM


def test_the_command_says_it_in_lines_and_in_json(installation: Installation) -> None:
    done = installation.run_inside("doctor")
    assert done.returncode == 1
    assert "problem  worker: none was ever heard of → start caveat work" in done.stdout
    assert done.stdout.splitlines()[-1].endswith("warnings")
    told = json.loads(installation.run_inside("doctor", "--json").stdout)
    assert told["counts"][PROBLEM] == sum(one["level"] == PROBLEM for one in told["findings"])
    assert {"check", "level", "message", "fix"} == told["findings"][0].keys()


@pytest.mark.one_engine
def test_the_command_ends_with_0_where_there_are_only_warnings(installation: Installation) -> None:
    assert installation.run_inside("work", "--once").returncode == 0
    database = Database(installation.env["CAVEAT_DATABASE_URL"])
    with database.write() as session:
        work.beat(session, "here", now=db.now())
        session.commit()
    database.close()
    done = installation.run_inside("doctor")
    assert done.returncode == 0, done.stdout
    assert done.stdout.splitlines()[-1].startswith("0 problems, ")


@pytest.mark.one_engine
def test_what_cannot_be_looked_at_is_refused(installation: Installation) -> None:
    installation.env["CAVEAT_PORT"] = "none"
    assert_refused(installation.run_inside("doctor"), "CAVEAT_PORT")
