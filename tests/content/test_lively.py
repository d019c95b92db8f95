"""The synthetic month: all of it says that it is made up, and it is as a real one would be."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from delivery import PEPPER
from factories import NOW, PUBLIC_URL, Databases
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from content import changes, editions, lively, plans, policy, samples, signing
from content.contexts import Context
from content.db import Database
from content.editorial import audit, policy_changes, publishing, tasks, workflow
from content.insights import matrix
from content.lively.newsroom import MARK
from content.models.access import Editor, KeyRequest, Partner
from content.models.audit import AuditRow
from content.models.editorial import Draft, Task
from content.models.heads import Head
from content.models.log import Change, Publication
from content.models.samples import Sample
from content.models.webhooks import Delivery, Endpoint
from content.recalls import CONFIRMED, opening
from content.signing import Keyring


@pytest.fixture(scope="module")
def played_keyring() -> Keyring:
    """The keys that sign it."""
    return Keyring([])


@pytest.fixture(scope="module")
def played(
    databases: Databases, empty_template: str, played_keyring: Keyring
) -> Iterator[Database]:
    """A database with the month in it."""
    database, keyring = Database(databases.new(empty_template)), played_keyring
    with database.write() as session:
        begun = NOW - lively.MONTH
        key = signing.begin(keyring, keyring.add_new())
        changes.append(session, [key], by="test", now=begun)
        site = policy_changes.site_item("public_url", PUBLIC_URL)
        publishing.publish(session, items=[site], by="test", now=begun)
        means = lively.Means(session, NOW, PEPPER, keyring, plans.parse("small=60,1000"))
        lively.fill(means, lambda scenes, _: scenes, with_sandbox=True)
        session.commit()
    yield database
    database.close()


def counts(session: Session, model: type[Draft | Endpoint | Delivery]) -> dict[str, int]:
    """Return how many there are of each state."""
    states = select(model.state, func.count()).group_by(model.state)
    return dict(session.execute(states).all())


def test_everybody_in_it_is_said_to_be_made_up(played: Database) -> None:
    with played.read() as session:
        names = [*session.scalars(select(Partner.name)), *session.scalars(select(Editor.name))]
        names += [one.facts["name"] for one in session.scalars(select(KeyRequest))]
        hosts = session.scalars(select(Endpoint.url)).all()
    assert len(names) > 15
    assert [name for name in names if not name.endswith("(synthetic)")] == []
    assert [url for url in hosts if ".example/" not in url] == []


def test_each_of_its_texts_owes_the_notice_that_says_so(
    played: Database, played_keyring: Keyring
) -> None:
    shown = set[str]()
    with played.read() as session:
        rows = session.scalars(select(Publication).join(Head, Head.seq == Publication.seq))
        for row in [one for one in rows if MARK in one.topics]:
            context = Context(row.locale, "US-AL")
            body = editions.issue(session, row.slug, context, played_keyring).body
            first = body["disclaimers"][0]
            assert (first["id"], first["display"]["level"]) == ("synthetic-article", "alert")
            assert body["title"].startswith("Synthetic: ")
            shown.add(body["context"]["locale"])
    assert shown == {"en", "es"}


def test_its_log_and_its_audit_are_in_the_order_of_time(played: Database) -> None:
    with played.read() as session:
        log = session.scalars(select(Change.at).order_by(Change.seq)).all()
        acts = session.scalars(select(AuditRow.at).order_by(AuditRow.number)).all()
        known = {row.act for row in audit.find_newest(session, audit.Wanted(), limit=1000)}
    for times in (log, acts):
        assert list(times) == sorted(times)
        assert NOW - lively.MONTH <= times[0] < times[-1] <= NOW
        assert times[-1] - times[0] > timedelta(days=27)
    assert {"draft.submit", "draft.approve", "article.publish", "article.withdraw"} <= known


def test_its_desk_has_work_in_every_state(played: Database) -> None:
    with played.read() as session:
        states = counts(session, Draft)
        kinds = {*session.scalars(select(Task.kind))}
    assert set(states) == set(workflow.STATES)
    assert {tasks.OUTDATED, tasks.SILENT, tasks.OVERDUE} <= kinds


def test_one_recall_has_ended_and_partners_are_confirming_another(played: Database) -> None:
    with played.read() as session:
        now, before = opening.page(session, None, 10)
        states = [one.state for one in opening.asked(session, now.id)]
        ended = {one.state for one in opening.asked(session, before.id)}
    assert now.closed_at is None
    assert 0 < states.count(CONFIRMED) < len(states)
    assert before.closed_at is not None
    assert ended == {CONFIRMED}


def test_some_webhooks_take_everything_and_one_is_switched_off(played: Database) -> None:
    with played.read() as session:
        found = counts(session, Endpoint)
        told = counts(session, Delivery)
    assert found == {"active": 9, "disabled": 1}
    assert told["delivered"] > told["waiting"] > 0


def test_its_matrix_has_every_outcome(played: Database) -> None:
    with played.read() as session:
        texts = matrix.texts(session, ("", ""), 100, topic=None, locale=None)
        now = policy.at(session, changes.head(session))
        rows = matrix.read(now, texts, "general", "unknown")
    assert {cell.outcome for row in rows for cell in row.cells} >= set(matrix.OUTCOMES)


def test_its_charts_go_on_where_the_counters_stand(played: Database) -> None:
    with played.write() as session:
        assert samples.note(session, NOW) == 1
        last, new = session.scalars(select(Sample).order_by(Sample.at.desc()).limit(2)).all()[::-1]
    assert 0 <= new.answers - last.answers < 100
    assert new.hits >= last.hits
    assert new.sequence == last.sequence
