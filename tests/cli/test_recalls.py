"""Recalls by the command line: a withdrawal that partners confirm, and a drill of it."""

import json

import pytest
from installations import Installation, assert_refused

pytestmark = pytest.mark.one_engine
SLUG = "kratom-and-ocd-evidence"
WORDS = ("--notice", "An error was found.", "--reason", "wrong by far")


def run(installation: Installation, *arguments: str) -> str:
    done = installation.run_inside("recalls", *arguments)
    assert (done.returncode, done.stderr) == (0, "")
    told: str = done.stdout
    return told


def test_an_article_is_withdrawn_and_recalled_with_a_report(installation: Installation) -> None:
    told = run(installation, "open", SLUG, *WORDS, "--hours", "6")
    id = told.split()[1].rstrip(":")
    assert told.endswith("UTC: 0\n")
    assert installation.client().get(f"/v1/articles/{SLUG}").status_code == 410
    assert f"{id}  recall  open  0 of 0 confirmed" in run(installation, "list")
    assert json.loads(run(installation, "report", id))["reason"] == "wrong by far"
    assert "reason" not in json.loads(run(installation, "report", id, "--public"))


def test_a_drill_takes_a_test_article_and_no_other(installation: Installation) -> None:
    assert installation.run("partners", "add", "A clinic").returncode == 0
    refused = installation.run_inside("recalls", "drill", SLUG)
    assert_refused(refused, "no test article")
    assert installation.client().get(f"/v1/articles/{SLUG}").status_code == 200
    told = run(installation, "drill", "test-live", "--everyone")
    assert told.endswith("UTC: 1\n")
    assert "drill  open" in run(installation, "list")
