"""Fixtures of what stands in front: nothing answers there before all of it is up."""

from collections.abc import Iterator
from pathlib import Path

import fronted
import programs
import pytest
from factories import Databases, publish
from fronted import Front, Origin

from content.db import Database
from content.signing import Keyring

SLUGS = tuple(f"article-{number}" for number in range(12))


def add_several(database: Database) -> None:
    """Publish small articles, for each test some of its own."""
    for slug in SLUGS:
        publish(database, slug=slug)


@pytest.fixture(scope="module")
def several(databases: Databases, full_template: str) -> str:
    """The library and several small articles."""
    return databases.new(databases.add(full_template, add_several))


@pytest.fixture(scope="module")
def here_(request: pytest.FixtureRequest) -> Path:
    """The folder of the repository."""
    return request.config.rootpath


@pytest.fixture(scope="module")
def behind_varnish(
    several: str, keyring: Keyring, here_: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Origin, Front]]:
    """Caveat with a worker that purges, and Varnish before it."""
    port, folder = programs.free_port(), tmp_path_factory.mktemp("varnish")
    known = {"surrogate_keys": "varnish", "purge_urls": f"http://127.0.0.1:{port}/"}
    data = tmp_path_factory.mktemp("data")
    with fronted.origin(several, keyring, data, **known) as origin:
        origin.work()
        with fronted.varnish(here_, folder, origin.url, port) as front:
            yield origin, front


@pytest.fixture(scope="module")
def behind_nginx(
    several: str, keyring: Keyring, here_: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Origin, Front]]:
    """Caveat with answers that are good for two seconds, and nginx before it."""
    folder, data = (tmp_path_factory.mktemp(name) for name in ("nginx", "data"))
    known = {"surrogate_keys": "varnish", "max_age": "2"}
    with (
        fronted.origin(several, keyring, data, **known) as origin,
        fronted.nginx(here_, folder, origin.url.removeprefix("http://")) as front,
    ):
        yield origin, front
