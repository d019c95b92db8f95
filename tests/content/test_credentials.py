"""Keys and requests for them on either engine: old keys still open, and once is once."""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from delivery import PEPPER
from factories import NOW, Databases
from sqlalchemy import select, text

from content import credentials, key_requests, partners
from content.credentials import ACCOUNT, SITE
from content.db import Database
from content.errors import Conflict
from content.models.access import Credential, Partner

BEFORE = "0011"  # the version of the schema before partners had plans and keys had kinds
OLD_PARTNER = """
    INSERT INTO partners (id, name, audience, channel, created_at)
    VALUES ('p', 'Old', 'adults', 'app', '2026-01-01 00:00:00')
"""
OLD_KEY = """
    INSERT INTO credentials (digest, id, name, partner, created_at)
    VALUES (:digest, 'k', '', 'p', '2026-01-01 00:00:00')
"""
PLANS = ["standard"]
PAUSE = 0.1  # seconds in which all others come as far as they can


def test_a_key_from_before_opens_what_it_did(databases: Databases) -> None:
    database = Database(databases.new())
    database.migrate(BEFORE)
    with database.write() as session:
        session.execute(text(OLD_PARTNER))
        digest = credentials.digest("cvk_old-key", PEPPER)
        session.execute(text(OLD_KEY), {"digest": digest})
        session.commit()
    database.migrate()
    with database.read() as session:
        found = credentials.find_caller(session, "cvk_old-key", pepper=PEPPER, now=NOW)
        assert found is not None
        assert (found.credential.kind, found.is_site) == (ACCOUNT, False)
        assert found.partner is not None
        assert (found.partner.topics, found.partner.domains) == (None, [])
        assert (found.partner.plan, partners.state(found.partner)) == ("standard", "active")
    database.close()


def test_of_many_who_take_a_key_at_once_one_gets_it(database: Database) -> None:
    claim = _approved(database)

    def take(session: Any) -> str:
        found = key_requests.claimed(session, claim, pepper=PEPPER)
        time.sleep(PAUSE)
        return key_requests.take(session, found, pepper=PEPPER, now=NOW)[1]

    taken = _at_once(database, take)
    assert sum(isinstance(one, str) for one in taken) == 1
    assert sum(isinstance(one, Conflict) for one in taken) == len(taken) - 1
    with database.read() as session:
        assert len(session.scalars(select(Credential)).all()) == 1


def test_of_many_who_approve_at_once_one_makes_a_partner(database: Database) -> None:
    id, _ = _asked(database)

    def approve(session: Any) -> str:
        found = key_requests.find(session, id)
        time.sleep(PAUSE)
        return key_requests.approve(session, found, PLANS, by="test", now=NOW).id

    done = _at_once(database, approve)
    assert sum(isinstance(one, Conflict) for one in done) == len(done) - 1
    with database.read() as session:
        assert len(session.scalars(select(Partner)).all()) == 1


def test_a_rotation_never_makes_a_key_good_for_longer(database: Database) -> None:
    soon = NOW + timedelta(days=1)
    with database.write() as session:
        partner = partners.add(session, {"name": "A partner"}, PLANS, now=NOW)
        old, _ = credentials.add(
            session, partner, pepper=PEPPER, now=NOW, kind=SITE, expires_at=soon
        )
        overlap = timedelta(days=300)
        new, _ = credentials.rotate(session, partner, old.id, overlap, pepper=PEPPER, now=NOW)
        other, _ = credentials.add(session, partner, pepper=PEPPER, now=NOW)
        credentials.rotate(session, partner, other.id, overlap, pepper=PEPPER, now=NOW)
        assert (old.expires_at, new.kind, new.expires_at) == (soon, SITE, None)
        assert other.expires_at == NOW + credentials.LONGEST_OVERLAP


@pytest.mark.parametrize("kind", [ACCOUNT, SITE])
def test_a_key_tells_its_kind_and_whether_it_was_mistyped(database: Database, kind: str) -> None:
    with database.write() as session:
        partner = partners.add(session, {"name": "A partner"}, PLANS, now=NOW)
        _, key = credentials.add(session, partner, pepper=PEPPER, now=NOW, kind=kind)
        found = credentials.find_caller(session, key, pepper=PEPPER, now=NOW)
        assert found is not None
        assert found.is_site == key.startswith("cvs_") == (kind == SITE)
        for wrong in (key[:-1], key + "0", key.swapcase(), key.replace("cv", "vc"), ""):
            assert credentials.find_caller(session, wrong, pepper=PEPPER, now=NOW) is None


def _asked(database: Database) -> tuple[str, str]:
    facts = {"name": "Ada", "contact": "a@b.example", "audience": "adults", "channel": "app"}
    with database.write() as session:
        version = partners.terms_version(session)
        said = ("To try it out.", version)
        made, claim = key_requests.create(session, facts, *said, pepper=PEPPER, now=NOW)
        session.commit()
    return made.id, claim


def _approved(database: Database) -> str:
    id, claim = _asked(database)
    with database.write() as session:
        found = key_requests.find(session, id)
        key_requests.approve(session, found, PLANS, by="test", now=NOW)
        session.commit()
    return claim


def _at_once(database: Database, act: Any, count: int = 4) -> list[Any]:
    """Do something in several transactions that begin together; return results and conflicts."""
    ready = Barrier(count)

    def one(_: int) -> Any:
        ready.wait()
        try:
            with database.write() as session:
                found = act(session)
                session.commit()
                return found
        except Conflict as error:
            return error

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(one, range(count)))
