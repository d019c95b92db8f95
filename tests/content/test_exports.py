"""Exports: a whole instance is written down, and made again elsewhere, to the byte."""

import json
import pkgutil
from collections.abc import Callable, Iterator
from importlib import import_module
from typing import Any

import acts
import policies
import pytest
from acts import head
from desks import Desk
from factories import NOW, make_manuscript, publish
from histories import ASKED, SLUGS, World
from sqlalchemy import select

from content import canonical, changes, credentials, editions, editors, models, signing
from content.contexts import Context
from content.db import Database, Model
from content.editions import Part
from content.editorial import drafts, exports
from content.errors import Conflict, Gone, Invalid, NotFound, Refusal
from content.models.heads import Head, Trait
from content.models.log import Change
from content.models.search import Facet
from content.signing import Keyring

UNREAD = ("publications", "rules", "jurisdiction_facts", "mentions")
ODD: tuple[tuple[str, str, Any], ...] = (  # columns with values that they cannot have
    ("bodies", "octets", []),
    ("bodies", "octets", 5),
    ("changes", "actor", 5),
    ("changes", "seq", True),
    ("changes", "at", 5),
    ("revisions", "number", "1"),
    ("publications", "topics", 5),
    ("rules", "data", "x"),
    ("jurisdiction_facts", "fact", "x"),
    ("mentions", "data", 5),
)
LEFT_OUT = {  # what belongs to an installation, or is made anew
    *(
        "audit",
        "audit_seals",
        "citations",
        "conformance_reports",
        *("counter", "credentials"),
        "facets",
        "heads",
        *("heartbeats", "key_requests"),
    ),
    *("partners", "previews", "redaction_requests", "replies", "traits", "turns"),
    *("webhook_deliveries", "webhook_endpoints", "recalls", "recall_partners"),
    *("day_sums", "exposures", "purge_cursors", "sightings", "tallies", "usage"),
    *("visits", "samples", "holdings"),
    *("checkpoints", "log_nodes"),
}
Given = dict[tuple[str, Context, Part, int], bytes | str]


def written(database: Database) -> list[bytes]:
    with database.read() as session:
        return list(exports.lines(session))


def restore(database: Database, lines: list[bytes]) -> int:
    with database.write() as session:
        number = exports.restore(session, lines)
        session.commit()
    return number


def given(database: Database, keyring: Keyring) -> Given:
    """Return every edition of every article, context, part and group, or how it is refused."""
    found: Given = {}
    with database.read() as session:
        ends = session.scalars(select(Change.group_end).distinct()).all()
        for slug in (*SLUGS, "kept"):
            for context, part in ASKED:
                for at in ends:
                    try:
                        one = editions.issue(session, slug, context, keyring, at=at, part=part)
                        found[slug, context, part, at] = one.octets
                    except (Refusal, NotFound) as error:
                        found[slug, context, part, at] = f"{type(error).__name__}: {error}"
    return found


def projection(database: Database) -> list[set[Any]]:
    """Return what is live, and by what it is found; of a redacted text less is known later."""
    facets = select(Facet.kind, Facet.tag, Facet.seq).where(Facet.seq.in_(select(Head.seq)))
    queries = [*(select(*one.__table__.columns) for one in (Head, Trait)), facets]
    with database.read() as session:
        return [{tuple(row) for row in session.execute(query)} for query in queries]


@pytest.fixture
def lived(small: Database, small_keyring: Keyring, desk: Desk) -> Database:
    """A database in which everything has happened that can happen."""
    world = World(small, small_keyring)
    for step in (
        ("write", "one", "en", "First", ("sleep",)),
        ("translate", ("sleep",)),
        ("write", "two", "en", "Forbidden", ("stress",)),
        ("write", "kept", "en", "Kept", ("sleep",)),
        ("change_policy", ["see-doctor", "more-gb"]),
        ("write", "one", "en", "Second", ("sleep", "stress")),
        ("rename", "new-name"),
        ("rotate",),
        ("correct", "en", "Third", "correction"),
        ("end", "two", "withdrawn"),
        ("write_until", "2026-12-24"),
        ("change_policy", ["no-sleep", "that-desk"]),
        ("lapse", 60),
    ):
        getattr(world, step[0])(*step[1:])
    desk.redact("two")
    with small.write() as session:
        draft = make_manuscript(slug="draft", title="A draft that nobody may see")
        drafts.create(session, draft, by=desk.first, now=NOW)
        session.commit()
    return small


@pytest.mark.no_cover
def test_a_restored_instance_gives_the_same_editions_for_ever(
    lived: Database, database: Database, small_keyring: Keyring
) -> None:
    lines = written(lived)
    assert restore(database, lines) == head(lived)
    assert written(database) == lines
    before = given(lived, small_keyring)
    assert given(database, small_keyring) == before
    refused = {octets.partition(":")[0] for octets in before.values() if isinstance(octets, str)}
    assert {"Gone", "NotFound"} <= refused
    assert sum(isinstance(octets, bytes) for octets in before.values()) > 100
    assert projection(database) == projection(lived)


def test_life_goes_on_in_both_alike(
    lived: Database, database: Database, small_keyring: Keyring
) -> None:
    restore(database, written(lived))
    for one in (lived, database):
        publish(one, slug="kept", title="A title that is new and long enough")
        policies.record(one, *policies.disclaimer("not-medical-advice", "Ask one.", level="lead"))
    mine, other = (acts.issue(d, small_keyring, slug="kept", at=head(d)) for d in (lived, database))
    assert mine.octets == other.octets


def test_with_another_key_everything_but_the_signature_is_the_same(
    lived: Database, database: Database, small_keyring: Keyring
) -> None:
    restore(database, written(lived))
    other = Keyring([])
    policies.begin_key(database, other)
    with database.write() as session:
        for row in list(signing.states(session)):
            if row.kid not in other and row.state != "revoked":
                end = signing.end(session, row.kid, compromised=True, reason="Lost.")
                changes.append(session, [end], by="test", now=NOW)
        session.commit()
    mine, theirs = (
        canonical.decode(acts.issue(one, keyring, slug="kept", at=head(lived)).octets)
        for one, keyring in ((lived, small_keyring), (database, other))
    )
    assert mine["integrity"].pop("jws") != theirs["integrity"].pop("jws")
    assert mine["integrity"].pop("kid") != theirs["integrity"].pop("kid")
    assert mine == theirs


def test_no_secret_and_no_deleted_text_is_written(lived: Database, desk: Desk) -> None:
    with lived.write() as session:
        editor = session.get_one(editors.Editor, desk.first)
        _, token = credentials.add(session, editor, pepper=b"pepper", now=NOW)
        session.commit()
    whole = b"".join(written(lived)).decode()
    assert token not in whole
    assert credentials.digest(token, b"pepper") not in whole
    assert "Forbidden:" not in whole
    assert "A draft that nobody may see" in whole


def test_a_redacted_text_cannot_come_back_into_a_restored_instance(
    lived: Database, database: Database, small_keyring: Keyring
) -> None:
    restore(database, written(lived))
    with database.read() as session, pytest.raises(Gone) as caught:
        editions.issue(session, "two", Context("en"), small_keyring)
    assert caught.value.help


def rewritten(lines: list[bytes], number: int, change: Callable[[Any], None]) -> list[bytes]:
    data = json.loads(lines[number])
    change(data)
    return [*lines[:number], canonical.encode(data) + b"\n", *lines[number + 1 :]]


def signed(lines: list[bytes]) -> list[bytes]:
    """Return lines with a last one that fits, as somebody would write it who knows how."""
    digest = exports.hashlib.sha256(b"".join(lines[:-1])).hexdigest()
    counts = exports.Counter(json.loads(line)["table"] for line in lines[1:-1])
    end = {"type": "end", "counts": counts, "digest": f"sha256:{digest}"}
    return [*lines[:-1], canonical.encode({**end, "counts": dict(counts)}) + b"\n"]


def of(lines: list[bytes], table: str) -> int:
    """Return the number of the first line of a table."""
    return next(n for n, line in enumerate(lines) if json.loads(line).get("table") == table)


def spoilt(lines: list[bytes]) -> Iterator[tuple[str, list[bytes]]]:
    """Yield what is no whole and sound export, with what is said about it."""
    body, change, revision = (of(lines, table) for table in ("bodies", "changes", "revisions"))
    yield "not whole", []
    yield "not whole", lines[:1]
    yield "not whole", lines[: change + 3]
    yield "not whole", lines[:-1]
    yield "after its end", [*lines, lines[-1]]
    last = len(lines) - 2  # nothing refers to it
    yield "are not those that were written", [*lines[:last], lines[-1]]
    yield "are not those that were written", [lines[0], lines[2], lines[1], *lines[3:]]
    cut = [*lines[:change], lines[change][:40]]
    yield f"line {change + 1}", cut
    yield "the first line", lines[1:]
    yield "the first line", rewritten(lines, 0, lambda data: data.update(version=2))
    yield "schema 0000", rewritten(lines, 0, lambda data: data.update(schema="0000"))
    other = rewritten(lines, body, lambda data: data["row"].update(octets="{}"))
    yield "the text is not the one", other
    fake = rewritten(lines, change, lambda data: data["row"].update(reason="Another."))
    yield "are not those that were written", fake
    yield (
        "exactly the columns",
        signed(rewritten(lines, change, lambda data: data["row"].update(more="x"))),
    )
    yield (
        "exactly the columns",
        signed(rewritten(lines, change, lambda data: data["row"].pop("actor"))),
    )
    yield (
        "does not know 'editor'",
        signed(rewritten(lines, change, lambda data: data.update(table="editor"))),
    )
    yield "and should have", signed(rewritten(lines, 0, lambda data: data.update(sequence=7)))
    yield "is missing", signed([*lines[:body], *lines[body + 1 :]])
    yield (
        f"line {revision + 1}",
        signed(rewritten(lines, revision, lambda data: data["row"].update(created_at="yesterday"))),
    )
    for table, name, value in ODD:
        at = of(lines, table)
        forged = rewritten(lines, at, lambda data: data["row"].update({name: value}))  # noqa: B023
        yield ("cannot be" if table not in UNREAD else "cannot be read"), signed(forged)
    yield "exactly the columns", signed(rewritten(lines, body, lambda data: data.update(row=[])))
    for number in (-1, True, "7", None):
        no_number = rewritten(lines, 0, lambda data: data.update(sequence=number))  # noqa: B023
        yield "does not say up to which number", no_number


def test_what_is_not_whole_and_sound_is_refused_and_nothing_is_written(
    lived: Database, database: Database
) -> None:
    lines = written(lived)
    for said, bad in spoilt(lines):
        with pytest.raises(Invalid) as caught:
            restore(database, bad)
        assert said in str(caught.value), (said, str(caught.value))
        assert head(database) == 0
    assert restore(database, lines) == head(lived)


def test_only_an_instance_whose_log_has_not_begun_takes_an_export(
    lived: Database, another: Callable[[], Database], database: Database
) -> None:
    lines, begun = written(lived), another()
    before = head(begun)
    with pytest.raises(Conflict, match="not empty"):
        restore(begun, lines)
    assert head(begun) == before
    with database.write() as session:
        drafts.create(session, make_manuscript(), by="test", now=NOW)
        session.commit()
    with pytest.raises(Conflict, match="not empty"):
        restore(database, lines)


def test_of_every_table_it_is_said_whether_it_is_written() -> None:
    for one in pkgutil.iter_modules(models.__path__, "content.models."):
        import_module(one.name)
    assert LEFT_OUT.isdisjoint(exports.TABLES)
    assert {*exports.TABLES, *LEFT_OUT} == set(Model.metadata.tables)


def test_an_export_of_nothing_is_an_export(database: Database, another: Any) -> None:
    lines = written(database)
    assert len(lines) == 2
    assert exports.is_export(lines[0])
    assert not exports.is_export(json.dumps({"slug": "a"}).encode())
