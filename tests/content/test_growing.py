"""What the bench writes in bulk is what the product would have written, and serves."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from factories import Databases
from sqlalchemy import select

from api import secrets
from api.app import create_app
from api.settings import Settings
from bench import grow, rows
from bench.errors import BenchError
from content import changes, checking, heads, search, signing, verifying
from content.db import Database
from content.models.heads import Citation, Head, Trait
from content.models.search import Facet
from content.search import Wanted

BATCH = 40


@pytest.fixture
def settings(databases: Databases, empty_template: str, tmp_path: Path) -> Settings:
    """An installation with two batches, of which the second was written by another run."""
    url = databases.new(empty_template)
    found = Settings(data=str(tmp_path), database_url=url, open_delivery="true", secret_key="s")
    for articles in (BATCH, 2 * BATCH):
        grow.grow(found, articles, BATCH)
    return found


def projected(database: Database) -> list[list[Sequence[Any]]]:
    """Return what is made of the log: heads with all that is theirs, facets, words."""
    with database.read() as session:
        tables = [
            sorted(map(tuple, session.execute(select(*table.__table__.columns))))
            for table in (Head, Trait, Citation, Facet)
        ]
        at = changes.head(session)
        said = ("sleep", "ototoxic", "audible", rows.name(1), "therapy")
        return [*tables, *(search.ranked(session, [word], Wanted(), at) for word in said)]


@pytest.mark.no_cover
def test_what_is_grown_is_what_the_product_makes_of_the_log(settings: Settings) -> None:
    database = Database(settings.database)
    before = projected(database)
    with database.write() as session:
        assert heads.rebuild(session) == len(before[0]) > 1.9 * BATCH
        session.commit()
    assert projected(database) == before
    with database.read() as session:
        log = session.scalars(changes.select_after(0, changes.head(session))).all()
        assert [change.seq for change in log] == [*range(1, changes.head(session) + 1)]
        assert [one.at for one in log] == sorted({one.at for one in log})
        found = [checking.walk(session, *kind) for kind in checking.kinds(session)[:1]]
    assert [one.problem for one in found] == [None]
    database.close()


@pytest.mark.no_cover
def test_what_is_grown_is_served_and_genuine(settings: Settings) -> None:
    app = create_app(settings)
    client = app.test_client()
    jwks = client.get("/.well-known/jwks.json").json
    seen = [item["article"]["slug"] for item in client.get("/v1/articles?limit=100").json["items"]]
    assert len(set(seen)) == 2 * BATCH - 2  # two were withdrawn
    for slug in seen:
        answer = client.get(f"/v1/articles/{slug}")
        assert verifying.verify(answer.json, jwks) == answer.json["sequence"]
    gone = client.get(f"/v1/articles/{rows.name(1)}-5")
    assert (gone.status_code, gone.json["notice"]) == (410, "This text was withdrawn.")
    assert len(client.get("/v1/articles?q=ototoxic").json["items"]) == 1
    kinds = {one["kind"] for one in client.get("/v1/changes?after=0&limit=1000").json["changes"]}
    assert kinds >= {"article.published", "article.updated", "article.withdrawn"}
    app.extensions["caveat"].database.close()


@pytest.mark.no_cover
def test_a_database_of_something_else_is_refused(settings: Settings) -> None:
    database, keyring = Database(settings.database), secrets.keyring(settings)
    with database.write() as session:
        kid = keyring.add_new()
        changes.append(session, [signing.begin(keyring, kid)], by="x", now=rows.START)
        session.commit()
    database.close()
    with pytest.raises(BenchError, match="something else"):
        grow.grow(settings, 3 * BATCH, BATCH)
