"""The docs name everything that there is, and what the README shows is what happens."""

import json
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest
from factories import PUBLIC_URL
from flask import Flask
from flask.testing import FlaskClient

from api import cli, secrets
from api.app import create_app
from api.problems import PROBLEMS
from api.settings import KEY, PASSPHRASE, TOKEN, WEBHOOK_SECRET, Settings, describe
from content.db import Database
from content.signing import Keyring

MAX_README = 100  # lines


@pytest.fixture(scope="module")
def docs(request: pytest.FixtureRequest) -> str:
    """The README and all pages of docs/."""
    root = request.config.rootpath
    pages = [root / "README.md", *sorted((root / "docs").glob("*.md"))]
    return "\n".join(page.read_text() for page in pages)


@pytest.fixture
def app(library: Database, keyring: Keyring, tmp_path: Path) -> Iterator[Flask]:
    """The application as the demo runs it."""
    settings = Settings(
        data=str(tmp_path), database_url=library.url, secret_key="s", open_delivery="true"
    )
    keyring.save(secrets.keyring_path(settings))
    made = create_app(settings)
    yield made
    made.extensions["caveat"].database.close()


def test_the_readme_is_short(here: Path) -> None:
    assert len((here / "README.md").read_text().splitlines()) <= MAX_README


def test_every_setting_stands_in_the_operators_page(here: Path) -> None:
    rows = (here / "docs" / "operating.md").read_text().splitlines()
    for name, default, help in describe():
        shown = f"`{default}`" if default else ""
        assert f"| `{name}` | {shown} | {help} |" in rows


def test_no_setting_is_documented_that_is_none(docs: str) -> None:
    ours = {TOKEN, KEY, WEBHOOK_SECRET, PASSPHRASE, "CAVEAT_TEST_POSTGRESQL"}
    known = {name for name, _, _ in describe()} | ours
    assert set(re.findall(r"CAVEAT_[A-Z_]+[A-Z]", docs)) <= known


def test_every_command_is_named(docs: str) -> None:
    for words in commands(cli.caveat):
        group, _, rest = words.partition(" ")
        named = f"caveat {words}" in docs or (
            rest and re.search(rf"caveat {group}.*`{rest}`", docs)
        )
        assert named, words


def commands(group: click.Group, before: str = "") -> Iterator[str]:
    """Give the words of every command."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        if isinstance(command, click.Group):
            yield from commands(command, f"{before}{name} ")
        else:
            yield f"{before}{name}"


def test_every_command_is_known_to_these_tests() -> None:
    assert {"check", "keys rotate", "redact list"} <= {*commands(cli.caveat)}


def test_every_address_is_named(docs: str, app: Flask) -> None:
    stems = {rule.rule.split("<")[0].rstrip("/") for rule in app.url_map.iter_rules()}
    assert [stem for stem in sorted(stems) if (stem or f"{PUBLIC_URL}/") not in docs] == []


def test_every_example_is_named(here: Path, docs: str) -> None:
    folders = [path for path in (here / "examples").iterdir() if path.is_dir()]
    assert [folder.name for folder in folders if f"`examples/{folder.name}" not in docs] == []


def test_the_table_of_copies_has_every_word_of_your_copy(here: Path) -> None:
    rows = (here / "docs" / "partners.md").read_text().splitlines()
    words = {problem.your_copy for problem in PROBLEMS.values() if problem.your_copy}
    assert words
    for word in words:
        (row,) = [row for row in rows if re.match(rf"\| [^|]*: `{word}` \|", row)]
        assert row.count(" | ") == 4, "what to do on a server, in a site, in an app, in an embed"


def test_every_type_of_problem_is_explained_where_it_is_served(
    docs: str, client: FlaskClient
) -> None:
    assert "/problems" in docs
    page = client.get("/problems").text
    assert all(kind in page for kind in PROBLEMS)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A caller without a key."""
    return app.test_client()


def test_the_first_curl_of_the_readme_gives_what_it_says(here: Path, client: FlaskClient) -> None:
    (command, sample), _ = examples((here / "README.md").read_text())
    response = client.get(address(command))
    assert response.status_code == 200
    assert_like(response.get_json(), parse(sample), "")


def test_the_second_curl_of_the_readme_gives_a_web_page(here: Path, client: FlaskClient) -> None:
    _, (command, _) = examples((here / "README.md").read_text())
    assert command[command.index("-o") + 1].endswith(".html")
    response = client.get(address(command))
    assert response.status_code == 200
    assert response.mimetype == "text/html"
    assert response.text.startswith("<!doctype html>")
    assert "Call or text 988" in response.text


def test_the_sample_is_compared_and_not_only_read() -> None:
    sample = parse('{"a": "x...", "b": [1, ...], "c": [...], "d": {"e": 1, ...}, ...}')
    assert_like({"a": "xy", "b": [1, 2], "c": [3], "d": {"e": 1, "f": 2}, "g": 5}, sample, "")
    for wrong in ({"a": "y"}, {"b": [2]}, {"d": {"e": 2}}, {"c": 1}):
        with pytest.raises(AssertionError):
            assert_like({"a": "x", "b": [1], "c": [], "d": {"e": 1}, **wrong}, sample, "")
    with pytest.raises(AssertionError):
        assert_like({"a": 1, "b": 2}, parse('{"a": 1}'), "")


def examples(text: str) -> list[tuple[list[str], str]]:
    """Return each curl command of a page, and what the block after it shows."""
    blocks = re.findall(r"(?:^    .*\n|^\n(?=    ))+", text, re.MULTILINE)
    parts = [re.sub(r"^    ", "", part, flags=re.MULTILINE).strip() for block in blocks
             for part in block.split("\n\n")]  # fmt: skip
    parts = [part for part in parts if part]
    return [
        (shlex.split(part), parts[number + 1] if number + 1 < len(parts) else "")
        for number, part in enumerate(parts)
        if part.startswith("curl ")
    ]


def address(command: list[str]) -> str:
    """Return path and query of what a curl command asks for."""
    url = next(word for word in command if word.startswith("http"))
    assert url.startswith(PUBLIC_URL), "the demo's own address"
    return url.removeprefix(PUBLIC_URL)


def parse(sample: str) -> Any:
    """Read a shortened sample: ``...`` stands for what was left out."""
    rest = '"...": "..."'
    text = re.sub(r"\[\.\.\.\]", '["..."]', sample)
    text = re.sub(r",\s*\.\.\.\s*\}", f", {rest}}}", text)
    text = re.sub(r",\s*\.\.\.\s*\]", ', "..."]', text)
    return json.loads(text)


def assert_like(found: Any, sample: Any, place: str) -> None:
    """Check that something is what a sample shows of it."""
    if isinstance(sample, dict):
        assert isinstance(found, dict), place
        shown = {name: value for name, value in sample.items() if name != "..."}
        assert set(shown) <= set(found), place
        assert len(shown) < len(sample) or set(shown) == set(found), f"{place}: more is there"
        for name, value in shown.items():
            assert_like(found[name], value, f"{place}/{name}")
    elif isinstance(sample, list):
        assert isinstance(found, list), place
        shown_items = [item for item in sample if item != "..."]
        assert len(found) >= len(shown_items), place
        assert len(shown_items) < len(sample) or len(found) == len(sample), place
        for number, item in enumerate(shown_items):
            assert_like(found[number], item, f"{place}/{number}")
    elif isinstance(sample, str) and sample.endswith("..."):
        assert str(found).startswith(sample.removesuffix("...")), place
    else:
        assert found == sample, place
