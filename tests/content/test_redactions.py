"""Redactions: two people and a reason; then a text is gone wherever it stood, and on disk too."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from acts import head, issue, revise
from desks import OF_ONE, Desk
from factories import NOW, make_manuscript, make_paragraph, make_section, publish
from sqlalchemy.engine import make_url

from content import articles, changes, documents, redactions
from content.contexts import Context
from content.db import Database
from content.editions import Part
from content.editorial import drafts
from content.errors import CaveatError, Conflict, Invalid, NotFound
from content.models.editorial import Draft
from content.models.log import Body, Change, Effect
from content.models.redactions import RedactionRequest
from content.redactions import Place
from content.signing import Keyring

GERMAN = Context("de", "GB")
SECRET = "Words that a court forbids"


def test_nothing_is_deleted_until_another_editor_confirms(
    desk: Desk, small_keyring: Keyring
) -> None:
    publish(desk.database, slug="one")
    before = head(desk.database)
    request = desk.request()
    with pytest.raises(Invalid, match="two people decide"):
        desk.confirm(request, by=desk.first)
    assert issue(desk.database, small_keyring).body["revision"]["number"] == 1
    assert (head(desk.database), desk.state(request)) == (before, "open")
    desk.confirm(request)
    assert desk.gone(small_keyring).reason == "redacted"
    assert desk.state(request) == "confirmed"


def test_the_log_says_in_one_group_what_went_and_whom_it_touches(desk: Desk) -> None:
    publish(desk.database, slug="one")
    publish(desk.database, slug="two")
    publish(desk.database, slug="other", title="Another text of another article")
    numbers = desk.redact(notice="A text was removed.")
    group = [row for row in desk.rows(Change) if row.seq in numbers]
    assert [row.kind for row in group] == ["body.redacted", *["article.affected"] * 2]
    assert {row.actor for row in group} == {f"{desk.first} {desk.second}"}
    assert {row.impact for row in group} == {"safety"}
    assert {row.notice for row in group} == {"A text was removed."}
    assert [row.reason for row in group] == ["A court says so.", None, None]
    assert (group[0].subject_type, group[0].scope) == ("body", "all")
    with desk.database.read() as session:
        found = {drafts.find_article(session, slug) for slug in ("one", "two")}
    effects = [row for row in desk.rows(Effect) if row.seq in numbers]
    assert {row.article for row in effects} == found


def test_the_same_text_goes_wherever_it_stands(desk: Desk, small_keyring: Keyring) -> None:
    publish(desk.database, slug="one")
    publish(desk.database, slug="two")
    request = desk.request()
    slugs = [(place.slug, place.revision) for place in desk.places(request)]
    assert sorted(slugs, key=str) == [("one", 1), ("one", None), ("two", 1), ("two", None)]
    desk.confirm(request)
    for slug in ("one", "two"):
        assert desk.gone(small_keyring, slug=slug).reason == "redacted"
    assert desk.rows(Body) == []


def test_exactly_the_drafts_that_hold_the_text_go_with_it(desk: Desk) -> None:
    publish(desk.database, slug="one")
    publish(desk.database, slug="two", title="A text of its own that nobody redacts")
    with desk.database.write() as session:
        never = drafts.create(session, make_manuscript(slug="never"), by="test", now=NOW)
        session.commit()
    request = desk.request()
    assert Place(never.article, None, "en", None) in desk.places(request)
    desk.confirm(request)
    (left,) = desk.rows(Draft)
    assert left.manuscript["slug"] == "two"


def test_other_revisions_of_the_article_stay(desk: Desk, small_keyring: Keyring) -> None:
    publish(desk.database, slug="one")
    second = revise(desk.database, "The second text")
    third = revise(desk.database, "The third text")
    desk.redact(revision=2)
    assert issue(desk.database, small_keyring).body["sequence"] == third
    assert issue(desk.database, small_keyring, part=Part(revision=1))
    assert desk.gone(small_keyring, part=Part(revision=2)).reason == "redacted"
    assert desk.gone(small_keyring, at=second).reason == "redacted"
    (draft,) = desk.rows(Draft)
    assert draft.manuscript["document"]["sections"][0]["title"] == "The third text"


def test_in_the_past_too_what_is_redacted_today_is_refused(
    desk: Desk, small_keyring: Keyring
) -> None:
    first = publish(desk.database, slug="one")
    revise(desk.database, "The second text")
    desk.redact(revision=2)
    for asked in ({}, {"at": first}, {"part": Part(revision=1)}):
        assert desk.gone(small_keyring, **asked).reason == "redacted"


def test_a_translation_is_refused_with_its_source_and_named(
    desk: Desk, small_keyring: Keyring
) -> None:
    publish(desk.database, slug="one")
    publish(desk.database, slug="one", locale="de", title="Ein Titel, der lang genug ist", **OF_ONE)
    request = desk.request()
    (german,) = [place for place in desk.places(request) if place.is_translation]
    assert (german.slug, german.locale, german.revision) == ("one", "de", 1)
    numbers = desk.confirm(request)
    locales = sorted(row.locale for row in desk.rows(Effect) if row.seq in numbers)
    assert locales == ["de", "en"]
    assert desk.gone(small_keyring, GERMAN).reason == "redacted"
    with desk.database.read() as session:
        rows = list(articles.shown_by(session, numbers).values())
        assert set(articles.redacted(session, rows)) == {row.seq for row in rows}


def test_a_second_confirmation_changes_nothing(desk: Desk) -> None:
    publish(desk.database, slug="one")
    request = desk.request()
    desk.confirm(request)
    after = head(desk.database)
    with pytest.raises(Conflict, match="confirmed"):
        desk.confirm(request)
    with pytest.raises(Conflict, match="confirmed"):
        desk.cancel(request)
    assert head(desk.database) == after


def test_of_many_who_confirm_at_once_one_does(desk: Desk) -> None:
    publish(desk.database, slug="one")
    request = desk.request()

    def confirm(_: int) -> bool:
        try:
            return bool(desk.confirm(request))
        except Conflict:
            return False

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(confirm, range(4))) == 1
    assert [row.kind for row in desk.rows(Change)].count("body.redacted") == 1


def test_a_request_ends_after_seven_days_and_can_be_made_again(desk: Desk) -> None:
    publish(desk.database, slug="one")
    request = desk.request()
    last = NOW + redactions.OPEN_FOR - timedelta(seconds=1)
    late = NOW + redactions.OPEN_FOR
    assert (desk.state(request, last), desk.state(request, late)) == ("open", "expired")
    with pytest.raises(Conflict, match="expired"):
        desk.confirm(request, now=late)
    assert desk.confirm(desk.request(now=late), now=late)


def test_a_cancelled_request_deletes_nothing_and_can_be_made_again(desk: Desk) -> None:
    publish(desk.database, slug="one")
    request = desk.request()
    desk.cancel(request)
    with pytest.raises(Conflict, match="cancelled"):
        desk.confirm(request)
    assert len(desk.rows(Body)) == 1
    assert desk.confirm(desk.request())


def test_a_text_is_asked_for_once_at_a_time(desk: Desk) -> None:
    publish(desk.database, slug="one")
    publish(desk.database, slug="two")
    request = desk.request()
    with pytest.raises(Conflict, match=request):
        desk.request("two")
    desk.confirm(request)
    with pytest.raises(Conflict, match="redacted already"):
        desk.request("two")


@pytest.mark.parametrize(
    ("asked", "error", "words"),
    [
        ({"slug": "none"}, NotFound, "none"),
        ({"revision": 2}, NotFound, "no revision 2"),
        ({"locale": "de"}, NotFound, "'de'"),
        ({"reason": "  "}, Invalid, "reason"),
        ({"reason": "x" * 2001}, Invalid, "reason"),
        ({"notice": "two\nlines"}, Invalid, "notice"),
    ],
)
def test_a_request_that_is_wrong_is_refused(
    desk: Desk, asked: dict[str, Any], error: type[CaveatError], words: str
) -> None:
    publish(desk.database, slug="one")
    with pytest.raises(error, match=words):
        desk.request(**asked)
    assert desk.rows(RedactionRequest) == []


def secret_sections() -> list[dict[str, Any]]:
    """Return a long text, of which a part lies on pages of its own in a file of SQLite."""
    forbidden = [make_paragraph(f"{SECRET}, {number}.") for number in range(300)]
    return [make_section(kind, blocks=forbidden) for kind in documents.SECTION_KINDS]


def files_of(database: Database) -> list[Path]:
    """Return the database's file and what SQLite keeps beside it; on PostgreSQL nothing."""
    if database.engine.dialect.name != "sqlite":
        return []
    path = Path(str(make_url(database.url).database))
    return sorted(path.parent.glob(f"{path.name}*"))


def make_careless(database: Database) -> None:
    """Let SQLite leave octets where they were deleted, as it does unless it was built otherwise."""
    if files_of(database):
        sa.event.listen(
            database.engine, "connect", lambda made, _: made.execute("PRAGMA secure_delete=OFF")
        )
        database.engine.dispose()


def on_disk(database: Database) -> bool:
    return any(SECRET.encode() in file.read_bytes() for file in files_of(database))


def test_the_octets_leave_the_files_also_those_of_drafts_that_were_overwritten(desk: Desk) -> None:
    make_careless(desk.database)
    publish(desk.database, slug="one", sections=secret_sections())
    publish(desk.database, slug="one", title="Another text, over the same draft")
    assert on_disk(desk.database) or not files_of(desk.database)
    desk.redact()
    assert redactions.erase(desk.database.url)
    assert not on_disk(desk.database)
    assert redactions.erase(desk.database.url), "again is no error"


def test_the_words_leave_the_index_of_the_search(desk: Desk) -> None:
    make_careless(desk.database)
    publish(desk.database, slug="other", title="Another text that stays")
    publish(desk.database, slug="one", title="Zyzzyva", sections=secret_sections())
    desk.redact()
    assert redactions.erase(desk.database.url)
    assert not any(b"zyzzyva" in file.read_bytes() for file in files_of(desk.database))


def test_while_somebody_reads_the_files_are_not_clean_and_that_is_told(desk: Desk) -> None:
    publish(desk.database, slug="one", sections=secret_sections())
    request = desk.request()
    with desk.database.read() as session:
        changes.head(session)
        desk.confirm(request)
        clean = redactions.erase(desk.database.url, patience=0)
        assert clean == (not files_of(desk.database))
    assert redactions.erase(desk.database.url)
    assert not on_disk(desk.database)
