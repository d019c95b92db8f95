"""Partners by the command line: added, changed, suspended; their keys; who asks for one."""

import re
from subprocess import CompletedProcess
from typing import Any

import ledgers
import pytest
from delivery import bearer
from installations import Installation, assert_refused

ARTICLE = "/v1/articles/sleep-habits-and-insomnia"
OTHER = "/v1/articles/kratom-and-ocd-evidence"


def run(installation: Installation, *arguments: str) -> CompletedProcess[str]:
    done = installation.run_inside("partners", *arguments)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    return done


def add(installation: Installation, name: str = "A clinic", *more: str) -> tuple[str, str]:
    """Add a partner; return its id and its key."""
    told = run(installation, "add", name, *more).stdout
    found = re.fullmatch(
        rf"partner  (\S+)  {name}\nkey      (cvk_\w{{36}})   \(shown once\)\n", told
    )
    assert found, told
    return found[1], found[2]


def me(installation: Installation, key: str) -> dict[str, Any]:
    response = installation.client().get("/v1/me", headers=bearer(key))
    found: dict[str, Any] = response.get_json()
    return {**found, "status": response.status_code}


def status(installation: Installation, key: str, address: str = ARTICLE) -> int:
    return installation.client().get(address, headers=bearer(key)).status_code


def asked(installation: Installation) -> str:
    """Ask for a key at the page; return the address of the answer."""
    client = installation.client()
    version = re.search(r'id="terms" value="(\d+)"', client.get("/keys").text)
    assert version
    sent = {
        "name": "Ada",
        "contact": "ada@clinic.example",
        "channel": "app",
        "audience": "adults",
        "purpose": "To try it,\nand then to buy it.",
        "terms": version[1],
    }
    response = client.post("/keys", data=sent)
    assert response.status_code == 303, response.text
    return response.headers["Location"]


def audited(installation: Installation) -> str:
    path = installation.folder.parent / "audit.ndjson"
    done = installation.run_inside("audit", "export", str(path))
    assert done.returncode == 0, done.stderr
    return path.read_text()


def test_a_partner_is_what_was_said_of_it(installation: Installation) -> None:
    facts = {
        "--contact": "web@clinic.example",
        "--audience": "patients",
        "--channel": "app",
        "--locale": "es",
        "--jurisdiction": "US",
        "--domain": "clinic.example",
        "--topic": "sleep",
        "--plan": "trial",
    }
    id, key = add(installation, "A clinic", *(word for pair in facts.items() for word in pair))
    found = me(installation, key)
    assert (found["id"], found["contact"]) == (id, "web@clinic.example")
    assert (found["audience"], found["channel"], found["locale"]) == ("patients", "app", "es")
    assert (found["topics"], found["domains"]) == (["sleep"], ["clinic.example"])
    assert found["plan"]["name"] == "trial"
    listed = run(installation, "list").stdout
    assert f"{id}  active  trial  patients/app  sleep  A clinic\n" in listed
    assert "cvk_" not in listed
    told = audited(installation)
    assert '"act":"partner.add"' in told
    assert not re.search("cv[ks]_|web@|A clinic", told)


def test_what_a_partners_keys_open_is_changed(installation: Installation) -> None:
    id, key = add(installation, "A clinic", "--topic", "sleep", "--domain", "clinic.example")
    assert status(installation, key, OTHER) == 403
    run(installation, "change", id, "--topic", "kratom", "--topic", "sleep")
    assert status(installation, key, OTHER) == 200
    done = run(installation, "change", id, "--all-topics", "--any-domain", "--name", "Another name")
    assert done.stdout == f"{id} is changed: domains, name, topics\n"
    found = me(installation, key)
    assert (found["topics"], found["domains"], found["name"]) == (None, [], "Another name")


def test_a_suspended_partner_opens_nothing_until_it_is_resumed(installation: Installation) -> None:
    id, key = add(installation)
    assert run(installation, "suspend", id).stdout == f"{id} is suspended\n"
    assert f"{id}  suspended" in run(installation, "list").stdout
    assert status(installation, key) == 403
    assert_refused(installation.run_inside("partners", "suspend", id), "is suspended already")
    assert run(installation, "resume", id).stdout == f"{id} is active\n"
    assert status(installation, key) == 200


def test_keys_are_added_rotated_and_revoked(installation: Installation) -> None:
    id, key = add(installation)
    told = run(installation, "keys", id, "--add", "site", "--name", "pages").stdout
    site = re.search(r"^key  (cvs_\w+)   \(shown once\)$", told, re.MULTILINE)
    assert site
    assert status(installation, site[1]) == 200
    first, second = run(installation, "keys", id).stdout.splitlines()
    assert first.split()[1:] == ["good", "account", "first"]
    assert second.split()[1:] == ["good", "site", "pages"]
    told = run(installation, "keys", id, "--rotate", first.split()[0], "--days", "0").stdout
    new = re.search(r"cvk_\w+", told)
    assert new
    assert [status(installation, one) for one in (key, new[0])] == [401, 200]
    run(installation, "keys", id, "--revoke", second.split()[0])
    assert status(installation, site[1]) == 401
    told = audited(installation)
    acts = re.findall(r'"act":"(partner[\w.-]+)"', told)
    assert acts == ["partner.add", *(f"partner-key.{act}" for act in ("add", "rotate", "revoke"))]
    assert not re.search("cv[ks]_", told)


def test_who_asks_for_a_key_is_answered(installation: Installation) -> None:
    address = asked(installation)
    listed = run(installation, "requests").stdout
    id, _, state, *rest = listed.split()
    assert state == "waiting"
    assert " ".join(rest) == "Ada <ada@clinic.example>: To try it, and then to buy it."
    assert run(installation, "requests", "--approve", id).stdout == ""
    page = installation.client().post(address)
    key = re.search(r"cvk_\w+", page.text)
    assert key
    assert status(installation, key[0]) == 200
    again = installation.run_inside("partners", "requests", "--decline", id)
    assert_refused(again, "already")


def test_usage_is_shown_by_day_route_and_status(installation: Installation) -> None:
    id, key = add(installation)
    assert run(installation, "usage", id).stdout == ""
    assert status(installation, key) == 200
    ledgers.of(installation.opened[-1]).flush()
    (line,) = run(installation, "usage", id, "--days", "2").stdout.splitlines()
    told = r"\d{4}-\d\d-\d\d  200  1 answers  \d+ bytes  1\.0 requests  /v1/articles/\{slug\}"
    assert re.fullmatch(told, line)


def test_a_request_is_forgotten_with_all_that_stands_in_it(installation: Installation) -> None:
    address = asked(installation)
    id = run(installation, "requests").stdout.split()[0]
    run(installation, "requests", "--decline", id)
    assert run(installation, "requests").stdout == ""
    assert f"{id}  " in run(installation, "requests", "--all").stdout
    run(installation, "requests", "--forget", id)
    assert run(installation, "requests", "--all").stdout == ""
    assert installation.client().get(address).status_code == 404
    told = audited(installation)
    assert '"act":"key-request.forget"' in told
    assert not re.search("ada@|Ada|buy it", told)


def test_a_partner_outlives_the_request_that_it_came_by(installation: Installation) -> None:
    address = asked(installation)
    id = run(installation, "requests").stdout.split()[0]
    run(installation, "requests", "--approve", id)
    key = re.search(r"cvk_\w+", installation.client().post(address).text)
    run(installation, "requests", "--forget", id)
    assert key
    assert me(installation, key[0])["contact"] == "ada@clinic.example"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("add", " "), "/name"),
        (("add", "A clinic", "--topic", "Sleep"), "/topics/0: must be small letters"),
        (("add", "A clinic", "--domain", "https://a.example"), "/domains/0: must be a host"),
        (("add", "A clinic", "--contact", "nobody"), "/contact: must be an e-mail address"),
        (("add", "A clinic", "--plan", "huge"), "/plan: is none of standard, trial, large"),
        (("add", "A clinic", "--jurisdiction", "Alabama"), "/jurisdiction: is malformed"),
        (("change", "nobody", "--plan", "trial"), "'nobody'; caveat partners list names them"),
        (("suspend", "nobody"), "'nobody'"),
        (("resume", "nobody"), "'nobody'"),
        (("keys", "nobody"), "'nobody'"),
        (("usage", "nobody"), "'nobody'"),
        (("requests", "--approve", "nothing"), "'nothing'"),
        (("requests", "--forget", "nothing"), "'nothing'"),
    ],
)
def test_what_is_wrong_is_told_in_a_line(
    installation: Installation, arguments: tuple[str, ...], words: str
) -> None:
    assert_refused(installation.run_inside("partners", *arguments), words)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("add",), "NAME"),
        (("add", "A clinic", "--channel", "telegraph"), "publisher"),
        (("change", "x"), "Say what changes"),
        (("keys", "x", "--add", "site", "--revoke", "y"), "one of --add and --revoke"),
        (("keys", "x", "--rotate", "y", "--days", "31"), "0<=x<=30"),
        (("requests", "--approve", "x", "--forget", "x"), "one of --approve and --forget"),
    ],
)
def test_a_command_that_is_written_wrongly_is_told_how(
    installation: Installation, arguments: tuple[str, ...], words: str
) -> None:
    done = installation.run_inside("partners", *arguments)
    assert done.returncode == 2
    assert words in done.stderr
    assert "Traceback" not in done.stderr


def test_a_key_of_another_partner_is_not_found(installation: Installation) -> None:
    (mine, _), (other, key) = add(installation), add(installation, "Another")
    theirs = run(installation, "keys", other).stdout.split()[0]
    for act in ("--rotate", "--revoke"):
        assert_refused(installation.run_inside("partners", "keys", mine, act, theirs), theirs)
    assert status(installation, key) == 200
