"""Redacted bodies: the one row that may go, only after the log says so, and what is left then."""

from typing import Any

import pytest
import sqlalchemy as sa
from factories import make_section, publish
from sqlalchemy.exc import DBAPIError

from content import changes, editing, editions
from content.contexts import Context
from content.db import Database
from content.errors import Gone, Invalid
from content.models import log
from content.signing import Keyring


def redact(database: Database, digest: str, kind: str = "body.redacted") -> None:
    """Say in the log that a body was redacted, by hand: the number, the change, then the rest."""
    with database.write() as session:
        seq = changes.head(session) + 1
        session.execute(sa.update(log.Counter).values(value=seq))
        about = {"subject_type": "body", "subject": digest}
        at = sa.select(sa.func.max(log.Change.at)).scalar_subquery()
        last = session.scalars(sa.select(at)).one()
        session.add(
            log.Change(
                seq=seq, group_end=seq, at=last + changes.TICK, actor="test",
                kind=kind, impact="safety", scope="all", **about,
            )
        )  # fmt: skip
        session.commit()


def digest_of(database: Database, slug: str, number: int = 1) -> str:
    with database.read() as session:
        article = editing.find_article(session, slug)
        return session.get_one(log.Revision, (article, "en", number)).digest


def delete_body(database: Database, digest: str) -> int:
    with database.write() as session:
        gone = session.execute(sa.delete(log.Body).where(log.Body.digest == digest))
        session.commit()
    return int(gone.rowcount)  # type: ignore[attr-defined]


def another_text(text: str) -> list[dict[str, Any]]:
    kinds = ("overview", "mechanisms", "support-systems", "conclusions")
    return [make_section(kind, title=text) for kind in kinds]


def test_a_body_is_deleted_only_after_the_log_names_it(small: Database) -> None:
    publish(small, slug="one")
    publish(small, slug="two", sections=another_text("Another text"))
    one, two = digest_of(small, "one"), digest_of(small, "two")
    redact(small, one, kind="body.mentioned")
    with pytest.raises(DBAPIError, match="append-only"):
        delete_body(small, one)
    redact(small, one)
    with pytest.raises(DBAPIError, match="append-only"):
        delete_body(small, two)
    assert delete_body(small, one) == 1


def test_a_redacted_text_is_gone_with_help_and_does_not_come_back(
    small: Database, small_keyring: Keyring
) -> None:
    publish(small, slug="one")
    digest = digest_of(small, "one")
    redact(small, digest)
    delete_body(small, digest)
    with small.read() as session, pytest.raises(Gone) as refusal:
        editions.issue(session, "one", Context("en"), small_keyring)
    assert refusal.value.reason == "redacted"
    assert refusal.value.help
    with pytest.raises(Invalid, match="redacted"):
        publish(small, slug="again")


def test_an_article_whose_earlier_text_was_redacted_is_still_served(
    small: Database, small_keyring: Keyring
) -> None:
    publish(small, slug="one")
    first = publish(small, slug="one", sections=another_text("The second text"))
    digest = digest_of(small, "one")
    redact(small, digest)
    delete_body(small, digest)
    with small.read() as session:
        edition = editions.issue(session, "one", Context("en"), small_keyring)
        with pytest.raises(Gone, match="redacted"):
            editions.issue(
                session, "one", Context("en"), small_keyring, part=editions.Part(revision=1)
            )
    assert edition.body["sequence"] == first
    assert edition.body["revision"]["number"] == 2
