"""The audit by commands: what is done on the command line stands in it, and can be checked."""

import json
from pathlib import Path
from typing import Any

import audits
import editors
import pytest
from editors import act
from installations import ARTICLE, Installation, assert_refused

from content.db import Database
from content.imports import LIBRARY

SLUG = ARTICLE.rpartition("/")[2]
REASON = ("--reason", "A reason.")
WITHDRAW = ("withdraw", SLUG, "--notice", "A notice.", *REASON)
REDACT = ("redact", "request", SLUG, "--revision", "1", "--locale", "en", *REASON)


def done(finished: Any) -> str:
    """Return what a command printed; it must have succeeded."""
    assert finished.returncode == 0, finished.stderr
    return str(finished.stdout)


def exported(installation: Installation, *options: str) -> list[dict[str, Any]]:
    """Return the lines of an export."""
    file = installation.folder.parent / "audit.ndjson"
    done(installation.run_inside("audit", "export", file, *options))
    return [json.loads(line) for line in file.read_text().splitlines()]


def rows(installation: Installation, *options: str) -> list[dict[str, Any]]:
    """Return the rows of an export."""
    return [line["row"] for line in exported(installation, *options) if line["type"] == "row"]


class Since:
    """What was noted since this was made."""

    def __init__(self, installation: Installation) -> None:
        self._installation, self._before = installation, len(rows(installation))

    def one(self) -> dict[str, Any]:
        """Return the one new row."""
        (row,) = rows(self._installation)[self._before :]
        return row


def tamper(installation: Installation, *statements: str) -> None:
    """Change the audit past its triggers."""
    database = Database(installation.env["CAVEAT_DATABASE_URL"])
    audits.tamper(database, *statements)
    database.close()


def test_an_installation_begins_with_what_was_done_to_make_it(installation: Installation) -> None:
    found = [(row["actor"], row["act"]) for row in rows(installation)]
    assert found == [
        ("init", "key.begin"),
        ("init", "policy.import"),
        ("init", "editor.add"),
        ("import", "policy.import"),
        *[("import", "article.publish")] * 4,
        ("import", "policy.import"),
        *[("import", "sandbox.add")] * 9,
    ]


def test_what_was_done_already_is_no_act(installation: Installation) -> None:
    before = rows(installation)
    for command in (("init",), ("import",), ("publish", LIBRARY / "articles" / f"{SLUG}.md")):
        done(installation.run_inside(*command))
    assert rows(installation) == before


def test_an_editor_and_their_tokens_from_first_to_last(installation: Installation) -> None:
    since = Since(installation)
    ada = editors.add(installation, "Ada", "author")
    row = since.one()
    assert (row["act"], row["subject"]) == ("editor.add", {"type": "editor", "id": ada.id})
    assert row["detail"]["role"] == "author"
    told, first = [], row["detail"]["token"]
    for words, what, detail in [
        (
            ("editors", "role", ada.id, "reviewer"),
            "editor.role",
            {"before": "author", "role": "reviewer"},
        ),
        (
            ("tokens", "add", ada.id, "--scope", "read"),
            "token.add",
            {"editor": ada.id, "scopes": ["read"], "expires_at": None},
        ),
        (("tokens", "revoke", ada.id, first), "token.revoke", {"editor": ada.id}),
        (("editors", "revoke", ada.id), "editor.revoke", None),
    ]:
        since = Since(installation)
        told.append(done(installation.run_inside(*words)))
        row = since.one()
        assert (row["act"], row["detail"], row["actor"]) == (what, detail, "cli")
    secret = told[1].split()[3]
    assert secret.startswith("cvt_")
    assert secret not in str(rows(installation))


def test_a_publication_a_withdrawal_and_a_draft(installation: Installation, tmp_path: Path) -> None:
    text = (LIBRARY / "articles" / f"{SLUG}.md").read_text()
    (tmp_path / "new.md").write_text(text.replace('title: "Sleep', 'title: "Good sleep', 1))
    article = installation.get(ARTICLE)["article"]["id"]
    since = Since(installation)
    done(installation.run_inside("publish", tmp_path / "new.md"))
    row, facts = since.one(), {"slug": SLUG, "change": installation.head}
    facts |= {"overrides": {}, "correction": None}
    assert (row["act"], row["locale"], row["detail"]) == ("article.publish", "en", facts)
    assert row["subject"] == {"type": "article", "id": article}
    since = Since(installation)
    done(installation.run_inside(*WITHDRAW))
    row = since.one()
    assert (row["act"], row["reason"]) == ("article.withdraw", "A reason.")
    assert row["subject"] == {"type": "article", "id": article}
    assert row["detail"]["change"] == installation.head
    (tmp_path / "tea.txt").write_text("A title about tea\n\nSome words about tea.\n")
    since = Since(installation)
    done(installation.run_inside("ingest", tmp_path / "tea.txt", "--topics", "tea", "--save"))
    assert since.one()["act"] == "article.create"


def test_an_override_is_done_by_whoever_signs_for_it(
    installation: Installation, tmp_path: Path
) -> None:
    text = (LIBRARY / "articles" / f"{SLUG}.md").read_text()
    reviewer = editors.add(installation, "Ada", "reviewer")
    claim = 'summary: "This cures insomnia for good.'
    (tmp_path / "new.md").write_text(text.replace('summary: "', claim + " ", 1))
    refused = installation.run_inside("publish", tmp_path / "new.md").stderr
    findings = {word.strip(":,") for word in refused.split() if "-" in word and word[:1] == "L"}
    assert findings, refused
    overrides = [f"--override={finding}=It is a test." for finding in sorted(findings)]
    since = Since(installation)
    done(act(installation, reviewer, "publish", str(tmp_path / "new.md"), *overrides))
    row = since.one()
    assert row["actor"] == reviewer.id
    assert row["detail"]["overrides"] == dict.fromkeys(findings, "It is a test.")


def test_keys_that_are_rotated_and_revoked(installation: Installation) -> None:
    old = installation.get("/.well-known/jwks.json")["keys"][0]["kid"]
    since = Since(installation)
    done(installation.run_inside("keys", "rotate", *REASON))
    row = since.one()
    assert (row["act"], row["detail"], row["reason"]) == (
        "key.rotate",
        {"retired": old},
        "A reason.",
    )
    since = Since(installation)
    done(installation.run_inside("keys", "revoke", old, *REASON))
    row = since.one()
    assert (row["act"], row["subject"]) == ("key.revoke", {"type": "signing-key", "id": old})


def test_a_redaction_and_who_asked_confirmed_and_cancelled(installation: Installation) -> None:
    ada, bo = (editors.add(installation, name, "publisher") for name in ("Ada", "Bo"))
    since = Since(installation)
    asked = done(act(installation, ada, *REDACT)).split()[1]
    row = since.one()
    assert (row["act"], row["actor"], row["reason"]) == ("redaction.request", ada.id, "A reason.")
    since = Since(installation)
    done(act(installation, bo, "redact", "cancel", asked, "--reason", "Another one."))
    row = since.one()
    assert (row["act"], row["actor"], row["reason"]) == ("redaction.cancel", bo.id, "Another one.")
    asked = done(act(installation, ada, *REDACT)).split()[1]
    since = Since(installation)
    done(act(installation, bo, "redact", "confirm", asked, "--yes"))
    row = since.one()
    assert (row["act"], row["actor"]) == ("redaction.confirm", bo.id)
    assert row["subject"] == {"type": "redaction", "id": asked}


def test_what_is_refused_leaves_no_row(installation: Installation) -> None:
    before = rows(installation)
    for words in (
        ("withdraw", "no-such-article", "--notice", "n", *REASON),
        ("editors", "add", "", "--role", "author"),
        ("keys", "revoke", "nobody", *REASON),
        REDACT,
    ):
        assert installation.run_inside(*words).returncode == 2
    assert rows(installation) == before


def test_the_list_shows_the_newest_first_and_goes_on(installation: Installation) -> None:
    done(installation.run_inside(*WITHDRAW))
    listed = done(installation.run_inside("audit", "list", "--limit", "2")).splitlines()
    newest = len(rows(installation))
    assert [line.split()[0] for line in listed] == [str(newest), str(newest - 1)]
    assert "  cli  article.withdraw  article " in listed[0]
    assert listed[0].endswith(": A reason.")
    older = done(installation.run_inside("audit", "list", "--before", "2")).splitlines()
    assert [line.split()[0] for line in older] == ["1"]
    only = done(installation.run_inside("audit", "list", "--actor", "cli"))
    assert only.splitlines() == listed[:1]


def test_an_export_is_narrowed_and_printed(installation: Installation) -> None:
    assert {row["act"] for row in rows(installation, "--act", "sandbox.add")} == {"sandbox.add"}
    assert rows(installation, "--since", "2999-01-01T00:00:00Z") == []
    printed = done(installation.run("audit", "export", "-", "--actor", "init")).splitlines()
    assert len(printed) == 4
    assert json.loads(printed[-1])["type"] == "end"
    refused = installation.run("audit", "export", "-", "--since", "yesterday")
    assert_refused(refused, "--since", "is not a time")


def test_the_worker_seals_and_everybody_can_verify(installation: Installation) -> None:
    count = len(rows(installation))
    told = done(installation.run_inside("audit", "verify"))
    assert f"{count} rows are not sealed yet, since 20" in told
    assert "seals: 1\n" in done(installation.run_inside("work", "--once"))
    told = done(installation.run_inside("audit", "verify"))
    assert told.startswith(f"1 seals vouch for {count} rows\nnewest  1:sha256:")
    written_down = told.split()[-1]
    done(installation.run_inside(*WITHDRAW))
    told = done(installation.run_inside("audit", "seal"))
    assert told.startswith("1 seals were made\nnewest  2:sha256:")
    assert done(installation.run_inside("audit", "seal")).startswith("0 seals were made\nnewest  2")
    done(installation.run_inside("audit", "verify", "--seal", written_down))


def test_what_was_changed_is_told_with_exit_code_1(installation: Installation) -> None:
    done(installation.run_inside("audit", "seal"))
    written_down = done(installation.run_inside("audit", "verify")).split()[-1]
    tamper(installation, "UPDATE audit SET actor = 'nobody' WHERE number = 3")
    told = installation.run_inside("audit", "verify")
    assert (told.returncode, told.stdout.splitlines()[0]) == (
        1,
        "row 3: changed since seal 1 was made",
    )
    tamper(installation, "DELETE FROM audit_seals")
    assert installation.run_inside("audit", "verify").returncode == 0
    told = installation.run_inside("audit", "verify", "--seal", written_down)
    assert (told.returncode, told.stdout[:15]) == (1, "seal 1: missing")


def test_a_seal_of_a_revoked_key_is_remarked(installation: Installation) -> None:
    done(installation.run_inside("audit", "seal"))
    old = installation.get("/.well-known/jwks.json")["keys"][0]["kid"]
    done(installation.run_inside("keys", "revoke", old, *REASON))
    assert installation.run_inside("audit", "verify").returncode == 1
    done(installation.run_inside("audit", "seal"))
    told = done(installation.run_inside("audit", "verify"))
    assert told.startswith(f"note: seal 1: signed by {old}, which was revoked; seal 2 vouches")


@pytest.mark.parametrize("given", ["", "1", "0:sha256:00", f"1:sha256:{'g' * 64}"])
def test_a_seal_that_cannot_be_one_is_refused(installation: Installation, given: str) -> None:
    told = installation.run_inside("audit", "verify", "--seal", given)
    assert told.returncode == 2
    assert "is not NUMBER:DIGEST" in told.stderr


@pytest.mark.parametrize("command", [("list",), ("export", "-"), ("verify",), ("seal",)])
def test_the_audit_before_init_is_told_to_run_it(tmp_path: Path, command: tuple[str, ...]) -> None:
    assert_refused(Installation(tmp_path).run("audit", *command), "caveat init")
