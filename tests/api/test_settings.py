"""Settings: each has a default and a type that is checked; a bad one is told in one line."""

from dataclasses import fields
from pathlib import Path

import pytest
from programs import run, run_inside

from api.settings import BadSetting, Settings, describe, unknown

BAD = {
    "CAVEAT_PORT": ["http", "0", "65536", "-1", "8000.0", "", "٨٠"],
    "CAVEAT_WORKERS": ["many", "-1", "1e3"],
    "CAVEAT_MAX_AGE": ["30s", "-30", "9" * 20],
    "CAVEAT_CACHE_ENTRIES": ["all"],
    "CAVEAT_EDGE_MEGABYTES": ["all", "-1"],
    "CAVEAT_OPEN_DELIVERY": ["maybe", "2", "tru"],
    "CAVEAT_CONSOLE": ["perhaps"],
    "CAVEAT_PROXIES": ["one", "-1", ""],
    "CAVEAT_BACKGROUND_WORK": ["sometimes"],
    "CAVEAT_PUBLIC_URL": [
        *("content.example", "ftp://content.example", "https://content.example/", "https://"),
        *("https://a b", "https://a?b=c", "https://a#b", "https://a\nX: y", 'https://a">', ""),
    ],
    "CAVEAT_PLANS": [
        *("", "standard", "standard=0,1", "a=1,1 a=2,2", "a=1", "A=1,1", "a=1,1;b=1,1", "a=١,1"),
    ],
    "CAVEAT_SURROGATE_KEYS": ["Varnish", "nginx", "varnish fastly", "1"],
    "CAVEAT_PURGE_URLS": [
        *("127.0.0.1:6081", "http://127.0.0.1:6081", "ftp://cache.example/", "http:///"),
        *("http://me:secret@cache.example/", "http://a/?b", "http://a/, http://b/", "none"),
        f"http://cache.example/{'x' * 200}",
    ],
    "CAVEAT_REPLICA_URL": ["h/caveat", "sqlite:////a.db", "mysql://h/a", "postgresql://h/caveat"],
    "CAVEAT_REDIS_URL": ["localhost", "http://localhost:6379"],
}


def test_no_setting_is_needed() -> None:
    assert Settings.from_environment({}) == Settings()


def test_every_setting_is_read_from_its_variable(tmp_path: Path) -> None:
    given = {
        "CAVEAT_DATA": str(tmp_path),
        "CAVEAT_DATABASE_URL": "postgresql://h/caveat",
        "CAVEAT_REPLICA_URL": "postgresql://standby/caveat",
        "CAVEAT_REDIS_URL": "redis://h:1/0",
        "CAVEAT_PUBLIC_URL": "https://content.example/health",
        "CAVEAT_OPEN_DELIVERY": "yes",
        "CAVEAT_SANDBOX": "no",
        "CAVEAT_CONSOLE": "no",
        "CAVEAT_LABEL": "Staging",
        "CAVEAT_PROXIES": "1",
        "CAVEAT_SIGNING_KEYS": '{"keys": []}',
        "CAVEAT_SECRET_KEY": "s",
        "CAVEAT_HOST": "::1",
        "CAVEAT_PORT": "9000",
        "CAVEAT_WORKERS": "4",
        "CAVEAT_BACKGROUND_WORK": "on",
        "CAVEAT_PLANS": "small=1,2",
        "CAVEAT_WEBHOOKS_LOOPBACK": "yes",
        "CAVEAT_WEBSUB_HUB": "https://hub.example/",
        "CAVEAT_MAX_AGE": "5",
        "CAVEAT_CACHE_ENTRIES": "10",
        "CAVEAT_EDGE_MEGABYTES": "20",
        "CAVEAT_SURROGATE_KEYS": "varnish",
        "CAVEAT_PURGE_URLS": "http://127.0.0.1:6081/ https://relay.example/caveat",
    }
    assert set(given) == {name for name, _, _ in describe()}
    found = vars(Settings.from_environment(given))
    assert {f"CAVEAT_{name.upper()}": value for name, value in found.items()} == given


@pytest.mark.parametrize("text", ["1", "true", "TRUE", "Yes", "on"])
def test_true_in_any_of_the_usual_words(text: str) -> None:
    assert Settings(open_delivery=text).flag("open_delivery")


@pytest.mark.parametrize("text", ["0", "false", "FALSE", "No", "off", ""])
def test_false_in_any_of_the_usual_words(text: str) -> None:
    assert not Settings(open_delivery=text).flag("open_delivery")


@pytest.mark.parametrize(("name", "value"), [(n, v) for n, values in BAD.items() for v in values])
def test_a_bad_value_is_named(name: str, value: str) -> None:
    with pytest.raises(BadSetting, match=name):
        Settings.from_environment({name: value})


@pytest.mark.parametrize("name", BAD)
def test_a_bad_value_ends_the_command_with_one_line(name: str, tmp_path: Path) -> None:
    done = run_inside("init", env={"CAVEAT_DATA": str(tmp_path / "data"), name: BAD[name][0]})
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1
    assert name in done.stderr
    assert not (tmp_path / "data").exists(), "nothing was begun"


def test_a_database_url_that_is_none_ends_the_command_with_one_line(tmp_path: Path) -> None:
    env = {"CAVEAT_DATA": str(tmp_path), "CAVEAT_DATABASE_URL": "my database"}
    done = run("init", env=env)
    assert done.returncode == 2
    assert done.stderr.startswith("caveat: CAVEAT_DATABASE_URL is not a database URL")
    assert len(done.stderr.splitlines()) == 1


def test_an_unknown_name_is_a_warning_with_the_nearest_one() -> None:
    assert unknown({"CAVEAT_PORTS": "1", "CAVEAT_PORT": "1", "PATH": "x"}) == [
        "CAVEAT_PORTS is not a setting and is ignored. Did you mean 'CAVEAT_PORT'?"
    ]


def test_the_command_line_warns_of_an_unknown_name_and_goes_on() -> None:
    done = run("settings", env={"CAVEAT_OPEN_DELIVERIES": "true"})
    assert done.returncode == 0
    assert done.stderr.splitlines() == [
        "caveat: CAVEAT_OPEN_DELIVERIES is not a setting and is ignored."
        " Did you mean 'CAVEAT_OPEN_DELIVERY'?"
    ]


def test_the_command_line_lists_every_setting_with_default_and_help() -> None:
    done = run("settings")
    assert done.returncode == 0
    assert len(describe()) == len(fields(Settings))
    for name, default, help in describe():
        assert f"{name}={default}\n    {help}\n" in done.stdout
        assert len(help) > 20
