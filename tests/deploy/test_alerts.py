"""Alerts: Prometheus takes the rules, they fire when they should, and each leads to a runbook."""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import services
import yaml
from delivery import PEPPER, bearer
from factories import NOW
from flask import Flask
from newsroom import hire

from api import secrets
from api.app import create_app
from api.settings import Settings
from content import usage
from content.db import Database
from content.signing import Keyring
from content.usage import Summed

pytestmark = pytest.mark.one_engine
ROW = re.compile(r"^\| `(caveat_[a-z_]+)(?:\{([a-z]+)\})?` \|", re.MULTILINE)
SAMPLE = re.compile(r"^(\w+)(?:\{(.*)\})? ", re.MULTILINE)
LABEL = re.compile(r"(\w+)=")
STRING = re.compile(r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"")
GROUPING = re.compile(r"\b(by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)")
NAME = re.compile(r"(?<![\w:.])([a-zA-Z_:][\w:]*)\s*(\{[^}]*\})?(\s*\()?")
WORDS = {"and", "or", "unless", "bool", "offset", "start", "end", "inf", "nan"}
OF_PROMETHEUS = {"up": {"job"}}
Asked = dict[str, set[str]]  # the labels that are asked for, by metric


@pytest.fixture(scope="module")
def rules(request: pytest.FixtureRequest) -> list[dict[str, Any]]:
    """All rules that ship."""
    path = request.config.rootpath / "deploy" / "prometheus" / "caveat.rules.yml"
    groups = yaml.safe_load(path.read_text())["groups"]
    return [rule for group in groups for rule in group["rules"]]


@pytest.fixture
def app(library: Database, keyring: Keyring, tmp_path: Path) -> Iterator[Flask]:
    """The application on the shipped library."""
    settings = Settings(
        data=str(tmp_path),
        database_url=library.url,
        secret_key=PEPPER.decode(),
        purge_urls="http://127.0.0.1:6081/",
    )
    keyring.save(secrets.keyring_path(settings))
    made = create_app(settings)
    yield made
    made.extensions["caveat"].database.close()


def asked(expression: str) -> Asked:
    """Return the metrics that a query of PromQL names, with the labels it selects by."""
    text = re.sub(r"#.*", "", STRING.sub("''", expression))
    text = GROUPING.sub(" ", re.sub(r"\[[^\]]*\]", " ", text))
    text = re.sub(r"(?<![\w:])\d[\w.]*", " ", text)  # numbers and spans, such as 5m
    found: Asked = {}
    for name, labels, opens in NAME.findall(text):
        if not opens and name.lower() not in WORDS:
            found.setdefault(name, set()).update(re.findall(r"(\w+)\s*[=!]", labels))
    return found


@pytest.mark.parametrize(
    ("expression", "found"),
    [
        ("a > 1", {"a": set()}),
        (
            'sum by (job) (rate(b_total{status=~"5..",x!="a b{c}"}[5m])) / a',
            {"b_total": {"status", "x"}, "a": set()},
        ),
        ("a offset 1h and on (kind) c:d or absent(e)", {"a": set(), "c:d": set(), "e": set()}),
        ("a > 14.4 * 0.001 + 1e3 # and of b", {"a": set()}),
        ("a == bool +Inf unless histogram_quantile(0.9, f)", {"a": set(), "f": set()}),
    ],
)
def test_names_are_read_as_prometheus_reads_them(expression: str, found: Asked) -> None:
    assert asked(expression) == found


def test_every_metric_of_a_rule_is_promised_and_given(
    rules: list[dict[str, Any]], app: Flask, library: Database, here: Path
) -> None:
    with library.write() as session:
        usage.add(session, [Summed(NOW.date().isoformat(), usage.answers(200), 1)])
        session.commit()
    answer = app.test_client().get("/metrics", headers=bearer(hire(library, "auditor")[1]))
    assert answer.status_code == 200
    given = {name: set(LABEL.findall(labels)) for name, labels in SAMPLE.findall(answer.text)}
    table = ROW.findall((here / "docs" / "operating.md").read_text())
    promised = {name: {label} - {""} for name, label in table}
    recorded = {rule["record"]: set[str]() for rule in rules if "record" in rule}
    for rule in rules:
        for name, labels in asked(rule["expr"]).items():
            if name in recorded or name in OF_PROMETHEUS:
                assert labels <= (recorded | OF_PROMETHEUS)[name]
                continue
            assert labels <= promised[name], f"{rule}: {name} has no such label"
            assert labels <= given[name], f"{rule}: {name} is not given so"


def test_every_alert_has_a_runbook_and_every_objective_an_alert(
    rules: list[dict[str, Any]], here: Path
) -> None:
    alerts = [rule for rule in rules if "alert" in rule]
    anchors = set(headings(here / "docs" / "runbooks.md"))
    for rule in alerts:
        page, _, anchor = rule["annotations"]["runbook_url"].partition("#")
        assert (page, anchor) == ("docs/runbooks.md", rule["alert"].lower())
        assert anchor in anchors, rule["alert"]
        assert rule["labels"]["severity"] in ("page", "ticket")
        assert rule["annotations"]["summary"]
    known = {f"caveat{name[6:]}" for name in anchors if name.startswith("caveat")}
    assert known == {rule["alert"].lower() for rule in alerts}, "a runbook of no alert"
    page = (here / "docs" / "operating.md").read_text()
    objectives = {one.lower() for one in re.findall(r"^\| \*\*(\w+)\*\*", page, re.MULTILINE)}
    assert objectives == {rule["labels"].get("objective") for rule in alerts} - {None}


def headings(page: Path) -> Iterator[str]:
    """Yield the anchors of a page, as they are made of its headings."""
    for heading in re.findall(r"^#+ (.*)$", page.read_text(), re.MULTILINE):
        yield re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def test_links_within_the_runbooks_lead_somewhere(here: Path) -> None:
    page = here / "docs" / "runbooks.md"
    links = re.findall(r"\]\(#([^)]+)\)", page.read_text())
    assert links
    assert set(links) <= set(headings(page))


def test_the_doctor_names_runbooks_that_there_are(here: Path) -> None:
    text = "".join(path.read_text() for path in (here / "api" / "doctoring").glob("*.py"))
    named = re.findall(r"docs/runbooks\.md, ([\w ]+)", text)
    assert len(named) > 8
    anchors = set(headings(here / "docs" / "runbooks.md"))
    assert [one for one in named if one.lower().replace(" ", "-") not in anchors] == []


@pytest.mark.parametrize(
    ("does", "name"), [("check", "caveat.rules.yml"), ("test", "caveat.rules.test.yml")]
)
def test_prometheus_takes_the_rules_and_they_fire_when_they_should(
    here: Path, does: str, name: str
) -> None:
    done = subprocess.run(
        [services.promtool(), does, "rules", name],
        cwd=here / "deploy" / "prometheus",
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_alert_has_fired_in_a_test(rules: list[dict[str, Any]], here: Path) -> None:
    tried = (here / "deploy" / "prometheus" / "caveat.rules.test.yml").read_text()
    fired = re.findall(r'alertname: (\w+)|alertname="(\w+)"\}\', value: 1', tried)
    one = re.findall(r'firing", alertname="(\w+)"', tried)
    names = {*one, *(name for pair in fired for name in pair)}
    assert {rule["alert"] for rule in rules if "alert" in rule} <= names
