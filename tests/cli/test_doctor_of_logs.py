"""The doctor on the log, the keys, and the work of time, of people and of partners."""

from datetime import timedelta
from pathlib import Path

import audits
import newsdesk
import patients
import pytest
from factories import NOW, publish
from keyholders import hold
from patients import SECRET, Patient

from api.doctoring import PROBLEM, WARNING
from content import articles, changes, exposures, partners, purges, signing, usage, work
from content.db import Database
from content.editorial import tasks
from content.exposures import Given
from content.models.editorial import Release
from content.models.recalls import Recall, RecallPartner
from content.models.webhooks import WAITING, Delivery
from content.recalls import OVERDUE
from content.signing import Keyring
from content.webhooks import endpoints

SLUG = "sleep-habits-and-insomnia"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def patient(library: Database, keyring: Keyring, tmp_path: Path) -> Patient:
    """An installation that is well."""
    return patients.make(library, keyring, tmp_path)


def test_a_log_from_the_future(patient: Patient) -> None:
    assert patient.ails("clock", "in the future", at=NOW - HOUR) == PROBLEM


def test_a_signing_key_that_is_old_or_not_here(patient: Patient, tmp_path: Path) -> None:
    assert patient.is_well("signing key")
    assert patient.ails("signing key", "in force for 500 d", at=NOW + 500 * DAY) == WARNING
    other = Keyring([])
    other.add_new()
    other.save(Path(patient.settings.data) / "signing-keys.json")
    assert patient.ails("signing key", "is not here") == PROBLEM


def test_a_key_that_was_revoked(patient: Patient, keyring: Keyring) -> None:
    assert patient.look("revoked key") == []
    with patient.database.write() as session:
        kid = signing.in_force(session, changes.head(session))
        end = signing.end(session, kid, compromised=True, reason="It has leaked.")
        changes.append(session, [end], by="test", now=NOW)
        session.commit()
    assert patient.ails("revoked key", kid) == WARNING
    assert patient.ails("signing key", "No signing key is in force") == PROBLEM


def endpoint(patient: Patient, key: bytes = SECRET.encode()) -> str:
    """Add a webhook of a new partner, and return its id."""
    holder = hold(patient.database)
    with patient.database.write() as session:
        partner = partners.find(session, holder.id)
        facts = {"url": "https://partner.example/hook"}
        made, _ = endpoints.add(session, partner, facts, key=key, loopback=False, now=NOW)
        session.commit()
        return made.id


def test_another_secret_key_than_webhooks_were_sealed_with(patient: Patient) -> None:
    endpoint(patient)
    assert patient.is_well("secret key")
    assert patient.ails("secret key", "another one", secret_key="t" * 32) == PROBLEM


def test_an_address_that_is_not_recorded(patient: Patient) -> None:
    told = patient.ails("public url", "is recorded", public_url="https://new.example")
    assert told == PROBLEM


def test_articles_that_nobody_may_read(patient: Patient) -> None:
    assert patient.ails("readers", "nobody may read") == WARNING
    assert patient.is_well("readers", open_delivery="true")
    hold(patient.database)
    assert patient.is_well("readers")


def test_a_worker_that_is_silent(patient: Patient) -> None:
    assert patient.is_well("worker")
    assert patient.ails("worker", "for 1 h 0 min", at=NOW + HOUR) == PROBLEM
    with patient.database.write() as session:
        work.leave(session, "here")
        session.commit()
    assert patient.ails("worker", "none was ever heard of") == PROBLEM


def test_dates_that_nobody_records(patient: Patient) -> None:
    assert {one.level for one in patient.look("dates")} == {WARNING}, "laws, and nothing else"
    assert patient.is_well("help lines")
    later = NOW + 400 * DAY
    assert patient.ails("dates", "passed unrecorded", at=later) == PROBLEM
    assert patient.ails("dates", "review_due", at=later) == WARNING
    assert patient.ails("help lines", "past their date", at=later) == PROBLEM


def test_releases_that_are_late_or_refused(patient: Patient) -> None:
    newsdesk.schedule(patient.database, "due", at=NOW + HOUR)
    assert patient.look("releases") == []
    assert patient.ails("releases", "1 releases are overdue", at=NOW + 2 * HOUR) == PROBLEM
    with patient.database.write() as session:
        session.query(Release).update({"state": "failed"})
        session.commit()
    assert patient.ails("releases", "1 releases were refused") == WARNING


def test_tasks_that_are_late(patient: Patient) -> None:
    with patient.database.write() as session:
        about = ("second-look", "jurisdiction", "US", "Dial it.")
        tasks.add(session, *about, by="test", now=NOW, due_at=NOW + HOUR)
        session.commit()
    assert patient.look("tasks") == []
    assert patient.ails("tasks", "1 tasks", at=NOW + 2 * HOUR) == WARNING


def test_webhooks_that_wait_or_are_told_nothing(patient: Patient) -> None:
    id = endpoint(patient)
    facts = {
        "type": "article.updated",
        "state": WAITING,
        "attempts": 1,
        "at": NOW,
        "milliseconds": 5,
    }
    with patient.database.write() as session:
        session.add(Delivery(id="one", endpoint=id, event=1, next_at=NOW + HOUR, **facts))
        session.commit()
    assert patient.is_well("webhooks")
    assert patient.ails("webhooks", "1 events wait", at=NOW + 2 * HOUR) == PROBLEM
    with patient.database.write() as session:
        endpoints.disable(session.get_one(endpoints.Endpoint, id), "it is gone")
        session.commit()
    assert patient.ails("webhooks", "told nothing") == WARNING


def test_caches_that_were_not_told_what_to_drop(patient: Patient) -> None:
    target = {"purge_urls": "http://127.0.0.1:6081/"}
    assert patient.look("caches") == []
    assert patient.ails("caches", "never told", **target) == PROBLEM
    with patient.database.write() as session:
        purges.begin(session, target["purge_urls"])
        session.commit()
    assert patient.is_well("caches", **target)
    publish(patient.database, now=NOW)
    assert patient.ails("caches", "1 changes behind", at=NOW + HOUR, **target) == PROBLEM


def test_recalls_that_nobody_confirms(patient: Patient) -> None:
    assert patient.is_well("recalls")
    holder = hold(patient.database)
    with patient.database.write() as session:
        facts = {"slug": SLUG, "sequence": 1, "is_drill": False, "notice": "n", "opened_by": "test"}
        article = articles.identify(session, SLUG)
        session.add(Recall(id="r", article=article, opened_at=NOW, deadline=NOW, **facts))
        session.flush()
        session.add(RecallPartner(recall="r", partner=holder.id, state=OVERDUE, told_at=NOW))
        session.commit()
    assert patient.ails("recalls", "1 partners have not confirmed") == PROBLEM


def test_a_partner_that_is_silent(patient: Patient) -> None:
    holder = hold(patient.database)
    with patient.database.write() as session:
        article = articles.identify(session, SLUG)
        exposures.record(session, [Given(holder.id, article, "en", 1, "d", NOW, NOW)])
        session.commit()
    assert patient.look("partners") == []
    assert patient.ails("partners", "1 partners hold copies", at=NOW + 60 * DAY) == WARNING


def test_a_log_that_is_not_signed_any_more(patient: Patient) -> None:
    assert patient.is_well("checkpoint")
    assert patient.ails("checkpoint", "signed 3 h 0 min ago", at=NOW + 3 * HOUR) == PROBLEM


def test_a_log_that_was_never_signed(database: Database, tmp_path: Path, keyring: Keyring) -> None:
    patient = patients.make(database, keyring, tmp_path)
    assert patient.ails("checkpoint", "never signed") == PROBLEM


def test_an_audit_without_seals(patient: Patient, keyring: Keyring) -> None:
    audits.note(patient.database, now=NOW)
    assert patient.is_well("audit")
    assert patient.ails("audit", "without a seal for 1 h", at=NOW + HOUR) == PROBLEM
    audits.seal(patient.database, keyring)
    assert patient.is_well("audit", at=NOW + HOUR)


def test_what_was_let_in_uncounted_or_lost(patient: Patient) -> None:
    assert patient.look("limits") == patient.look("ledger") == []
    with patient.database.write() as session:
        usage.tally(session, {usage.FAILED_OPEN: 3, usage.LOST: 2})
        session.commit()
    assert patient.ails("limits", "failed open", "3 requests") == WARNING
    assert patient.ails("ledger", "2 answers") == WARNING
