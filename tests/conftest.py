"""Fixtures: fresh real databases (empty, or with the shipped library in them), and a keyring."""

import gc
import os
import sys
import threading
from collections import Counter
from collections.abc import Callable, Generator, Iterator
from pathlib import Path

import pytest
import sandboxes
import services
from factories import Databases, fill
from werkzeug.routing import Rule

from api import ledger
from content.db import Database
from content.signing import Keyring

OVER_HTTP = {"browser", "deploy", "examples"}  # folders
# Modules that walk hardly a line that no other walks: 140 of 66,000 steps in all, for a third of
# the time that traced tests take. Which ones: pytest --cov --cov-context=test -m "not no_cover".
KNOWN_WAYS = {
    *("api/test_articles", "api/test_auth", "api/test_caching", "api/test_conditional"),
    *("api/test_contract", "api/test_corrections", "api/test_diffs", "api/test_entitlements"),
    *("api/test_feed_endings", "api/test_impact", "api/test_included", "api/test_life"),
    *("api/test_lists", "api/test_promises", "api/test_refusals", "cli/test_sandbox"),
    *("content/test_corrected_translations", "content/test_editions", "content/test_library"),
    *("content/test_library_spanish", "content/test_mentions", "content/test_sandbox"),
    *("content/test_translations", "api/test_embed_verifying", "api/test_malformed"),
    *("api/test_validity", "api/test_waiting", "api/test_changes", "api/test_history"),
    *("api/test_owed", "api/test_reproduction", "api/test_webhook_signatures", "api/test_meta"),
    *("content/test_claims", "content/test_imports", "content/test_leaves"),
    *("content/test_previews", "content/test_signing", "content/test_webhook_events"),
    *("cli/test_content", "cli/test_demo", "cli/test_runbooks", "schemas/test_jsonld"),
}
TRACED, TRACED_WITHOUT = 1, 8  # cases of a test that needs a database, and of one that does not
AGAIN = 1  # cases over HTTP, or of a command, that the second engine answers, too


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let the same suite run on the other engine."""
    parser.addoption("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.addoption("--golden", action="store_true", help="Write the golden editions anew.")
    parser.addoption("--examples", type=int, help="How many examples a property is tried with.")


def pytest_configure() -> None:
    """Let no thread write usage beside a test; tests write when they look."""
    ledger.EVERY = None
    _compile_addresses_once()


def _compile_addresses_once() -> None:
    """Let applications share what builds their addresses.

    Werkzeug writes and compiles two functions for each of 160 rules, which is most of what it takes
    to make an application. They depend on nothing but the rule's pieces.
    """
    compile_one = Rule._compile_builder
    known: dict[object, Callable[..., tuple[str, str]]] = {}

    def compile_or_share(rule: Rule, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        pieces = (*rule._trace, append_unknown)
        if rule.defaults or pieces not in known:
            known[pieces] = compile_one(rule, append_unknown)
        return known[pieces]

    Rule._compile_builder = compile_or_share  # type: ignore[method-assign]


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark what need not be traced, or not run again; leave out what this engine is spared."""
    for item, number in _numbered(items):
        if OVER_HTTP.intersection(item.path.parts):
            item.add_marker("one_engine")
        if _walks_known_ways(item, number):
            item.add_marker("no_cover")
        if {"api", "cli"}.intersection(item.path.parts) and number > AGAIN:
            item.add_marker("one_engine")
    chosen = _may_differ if config.getoption("--database") == "postgresql" else _runs_on_sqlite
    config.hook.pytest_deselected(items=[item for item in items if not chosen(item)])
    items[:] = filter(chosen, items)


def pytest_collection_finish() -> None:
    """Spare the collector of garbage what is here by now: it stays to the end."""
    gc.collect()
    gc.freeze()


@pytest.hookimpl(wrapper=True, trylast=True)
def pytest_runtest_setup(item: pytest.Item) -> Generator[None, object, object]:
    """Make what an untraced test needs untraced, too."""
    return (yield from _traced(item))


@pytest.hookimpl(wrapper=True, trylast=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    """Run what is marked ``no_cover`` untraced; pytest-cov alone does not, in workers of xdist."""
    return (yield from _traced(item))


def _traced(item: pytest.Item) -> Generator[None, object, object]:
    if item.get_closest_marker("no_cover") is None:
        return (yield)
    mine, of_threads = sys.gettrace(), threading.gettrace()
    sys.settrace(None)
    threading.settrace(None)
    try:
        return (yield)
    finally:
        sys.settrace(mine)
        threading.settrace(of_threads)


def _numbered(items: list[pytest.Item]) -> Iterator[tuple[pytest.Item, int]]:
    """Give each test with the number of this case of it, from one."""
    seen: Counter[tuple[Path, str]] = Counter()
    for item in items:
        seen[test := (item.path, item.name.partition("[")[0])] += 1
        yield item, seen[test]


def _walks_known_ways(item: pytest.Item, number: int) -> bool:
    """Return whether others walk the same ways: of whole programs, properties, further cases."""
    most = TRACED if "databases" in getattr(item, "fixturenames", ()) else TRACED_WITHOUT
    is_property = hasattr(getattr(item, "function", None), "hypothesis")
    is_known = f"{item.path.parent.name}/{item.path.stem}" in KNOWN_WAYS
    is_over_http = bool(OVER_HTTP.intersection(item.path.parts))
    return number > most or is_property or is_known or is_over_http


def _runs_on_sqlite(item: pytest.Item) -> bool:
    return item.get_closest_marker("postgresql") is None


def _may_differ(item: pytest.Item) -> bool:
    asks = "databases" in getattr(item, "fixturenames", ())
    return asks and item.get_closest_marker("one_engine") is None


@pytest.fixture(scope="session")
def databases(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Databases]:
    """The maker of databases on the chosen engine."""
    postgresql = request.config.getoption("--database") == "postgresql"
    server = services.postgresql_url() if postgresql else None
    made = Databases(tmp_path_factory.mktemp("databases"), server)
    yield made
    if not os.environ.get("CI"):  # there the server itself is thrown away, which is minutes quicker
        made.drop_all()


@pytest.fixture(scope="session")
def keyring() -> Keyring:
    """The private keys of the shipped corpus."""
    return Keyring([])


@pytest.fixture(scope="session")
def empty_template(databases: Databases) -> str:
    """A migrated database with nothing in it."""
    return _prepare(databases, lambda database: None)


@pytest.fixture(scope="session")
def full_template(databases: Databases, keyring: Keyring) -> str:
    """A database with the shipped library in it."""
    return _prepare(databases, lambda database: fill(database, keyring))


@pytest.fixture(scope="session")
def sandbox_template(databases: Databases, full_template: str) -> str:
    """A database with the shipped library and the sandbox in it."""
    return databases.add(full_template, sandboxes.add)


@pytest.fixture
def database(databases: Databases, empty_template: str) -> Iterator[Database]:
    """A fresh database with nothing in it."""
    yield from _open(databases.new(empty_template))


@pytest.fixture
def library(databases: Databases, full_template: str) -> Iterator[Database]:
    """A fresh database with the shipped library in it."""
    yield from _open(databases.new(full_template))


@pytest.fixture
def sandbox(databases: Databases, sandbox_template: str) -> Iterator[Database]:
    """A fresh database with the shipped library and the sandbox in it."""
    yield from _open(databases.new(sandbox_template))


@pytest.fixture
def examples(request: pytest.FixtureRequest) -> int:
    """How many examples to try; a new database takes longer on a server."""
    asked: int | None = request.config.getoption("--examples")
    return asked or (4 if request.config.getoption("--database") == "postgresql" else 10)


@pytest.fixture
def here(request: pytest.FixtureRequest) -> Path:
    """The folder of the repository."""
    return request.config.rootpath


def _prepare(databases: Databases, fill_in: Callable[[Database], None]) -> str:
    url = databases.new()
    database = Database(url)
    database.migrate()
    fill_in(database)
    database.close()
    return url


def _open(url: str) -> Iterator[Database]:
    opened = Database(url)
    yield opened
    opened.close()
