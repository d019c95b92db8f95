"""Reads do not cost more in a larger corpus: their queries, their plans, and what these visit."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import plans
import pytest
from factories import Databases
from flask import Flask

from api.app import create_app
from api.settings import Settings
from bench import grow, reads
from content.db import Database

SMALL, LARGE, TEMPLATES = 60, 1_800, 60
MOST = 6  # queries for an article that nobody has read yet
ALIKE = (reads.ARTICLE, "article, at", "list, newest", reads.FIRST, "list by a rare topic")


@contextmanager
def corpus(url: str, folder: Path, articles: int) -> Iterator[Flask]:
    """Serve a corpus of some size."""
    settings = Settings(data=str(folder), database_url=url, open_delivery="true", secret_key="s")
    grow.grow(settings, articles, TEMPLATES)
    app = create_app(settings)
    reads.watch(app)
    yield app
    app.extensions["caveat"].database.close()


@pytest.fixture(scope="module")
def small(
    databases: Databases, empty_template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Flask]:
    """A corpus of one batch."""
    with corpus(databases.new(empty_template), tmp_path_factory.mktemp("small"), SMALL) as app:
        yield app


@pytest.fixture(scope="module")
def large(
    databases: Databases, empty_template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Flask]:
    """The same, thirty times."""
    with corpus(databases.new(empty_template), tmp_path_factory.mktemp("large"), LARGE) as app:
        yield app


@pytest.fixture(scope="module")
def costs(small: Flask, large: Flask) -> dict[str, list[tuple[int, int]]]:
    """The queries and what they visit by what is read, in the small corpus and in the large one."""
    few, many = (reads.addresses(app, 1) for app in (small, large))
    found = {}
    for name in few:
        pair = ((small, few[name][0]), (large, many[name][0]))
        for app, path in pair:
            reads.visited(app, path)  # once per process more is read, such as the policy
        found[name] = [reads.visited(app, path) for app, path in pair]
    return found


@pytest.mark.no_cover
def test_no_read_asks_more_queries_in_a_larger_corpus(
    costs: dict[str, list[tuple[int, int]]],
) -> None:
    asked = {name: [queries for queries, _ in both] for name, both in costs.items()}
    assert {name: both for name, both in asked.items() if both[1] > both[0]} == {}


@pytest.mark.no_cover
def test_an_article_that_nobody_has_read_yet_takes_few_queries(
    costs: dict[str, list[tuple[int, int]]],
) -> None:
    assert [queries for queries, _ in costs[reads.ARTICLE]] == [MOST - 1, MOST - 1]


@pytest.mark.one_engine  # PostgreSQL goes through small tables, and rightly
@pytest.mark.no_cover
def test_articles_and_lists_visit_no_more_in_a_larger_corpus(
    costs: dict[str, list[tuple[int, int]]],
) -> None:
    for name in ALIKE:
        (_, few), (_, many) = costs[name]
        assert 0 < many <= 1.3 * few, name


@pytest.mark.one_engine
@pytest.mark.no_cover
def test_a_page_far_on_visits_what_the_first_does(
    large: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reads, "PAGES", 50)
    paths = reads.addresses(large, 1)
    first, far = (reads.visited(large, paths[name][0])[1] for name in (reads.FIRST, reads.FAR))
    assert 0 < far <= 1.3 * first


@pytest.mark.no_cover
def test_no_plan_goes_through_a_table_that_grows(large: Flask) -> None:
    engine = large.extensions["caveat"].database.engine
    found = {}
    for name, (path, *_) in reads.addresses(large, 1).items():
        large.extensions["caveat-cache"].clear()
        with reads.noted(engine) as asked:
            assert large.test_client().get(path).status_code == 200
        with engine.connect() as connection:
            plans.fill(connection)
            for statement in dict(asked):
                scanned = plans.scans(connection, statement, dict(asked)[statement])
                found |= {(name, statement): tuple(scanned)} if scanned else {}
    assert {(name, scanned): 1 for (name, _), scanned in found.items()} == {}


@pytest.mark.no_cover
def test_a_scan_is_noticed(large: Flask) -> None:
    database: Database = large.extensions["caveat"].database
    with database.engine.connect() as connection:
        for asked in (
            "SELECT * FROM publications WHERE notice = 'x'",
            "SELECT seq FROM facets ORDER BY kind, tag, seq",
            "SELECT rowid FROM search ORDER BY rowid",
        ):
            assert plans.scans(connection, asked, ()) != []
