"""A bulk import beside people at the desk: nobody's work is lost, and nobody waits for ever."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Barrier, BrokenBarrierError
from typing import Any

import pytest
from bulk import bring, draft, item, outcomes
from factories import NOW, make_manuscript

from content.db import Database
from content.editorial import drafts, groups, publishing
from content.errors import Conflict

pytestmark = pytest.mark.postgresql  # on SQLite nobody writes beside an import
OTHER, THIRD = "Another title that is long enough", "A third title that is long enough"


def save(database: Database, title: str) -> None:
    with database.write() as session:
        found = drafts.find(session, draft(database).article, "en")
        drafts.save(session, found, make_manuscript(slug="one", title=title), by="b", now=NOW)
        session.commit()


def test_a_text_that_an_editor_saves_meanwhile_is_not_taken_for_published(
    small: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    bring(small, item())
    begin, saved = groups.begin, list[str]()

    def begin_late(*args: Any) -> groups.Plan:
        if not saved:
            saved.append(THIRD)
            save(small, THIRD)
        return begin(*args)

    monkeypatch.setattr(groups, "begin", begin_late)
    bring(small, item(), live=True)
    found = draft(small)
    is_theirs = drafts.read(found).document.title == THIRD
    assert (found.state, "b" in found.authors) == (
        ("draft", True) if is_theirs else ("published", False)
    )


def test_an_editor_who_publishes_meanwhile_and_an_import_do_not_lock_each_other_out(
    small: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    bring(small, item())
    both, write = Barrier(2, timeout=2), publishing.write

    def write_together(*args: Any, **facts: Any) -> Any:
        with suppress(BrokenBarrierError):
            both.wait()
        return write(*args, **facts)

    def publish() -> None:
        with small.write() as session, suppress(Conflict):
            found = drafts.find(session, draft(small).article, "en")
            text = groups.Text(drafts.read(found), drafts.freeze(session, found, by="b", now=NOW))
            publishing.publish(session, [text], by="b", now=NOW)
            drafts.mark_published(session, found, by="b", now=NOW)
            session.commit()

    monkeypatch.setattr(publishing, "write", write_together)
    with ThreadPoolExecutor(2) as pool:
        editor = pool.submit(publish)
        told = outcomes(small, item(title=OTHER), item("two"), live=True)
        editor.result()
    assert told == ["published"] * 2
    assert draft(small).state == "published"
