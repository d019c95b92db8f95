"""Archives of evidence: all of one article, nothing of anybody else, and no byte can be changed."""

import io
import json
import random
import zipfile
from dataclasses import replace
from typing import Any

import archived
import policies
import pytest
from archived import RETAIL, SERVED, Story, altered, check, lines, packed, read, unpacked
from desks import Desk
from factories import NOW, PUBLIC_URL, make_document, publish
from keyholders import hold

from content import canonical, changes, signing
from content.archives import checks
from content.db import Database
from content.editions import Part
from content.signing import Keyring
from content.verifying import Unreadable


@pytest.fixture
def story(small: Database, small_keyring: Keyring) -> Story:
    """An article that was given to two partners, and recalled."""
    return archived.tell(small, small_keyring)


def spans(archive: bytes, **context: Any) -> list[dict[str, Any]]:
    """Return what was in force in the one context that has these values."""
    courses = read(archive, "editions.json")["courses"]
    (found,) = [one for one in courses if context.items() <= one["context"].items()]
    spans: list[dict[str, Any]] = found["spans"]
    return spans


def test_a_lived_story_is_all_there_and_holds(story: Story) -> None:
    archive = story.take(partner=story.mine)
    report = check(archive, story.jwks())
    assert report.faults == report.remarks == []
    first, ruled, second, ended = spans(archive)
    assert [one["revision"] for one in (first, ruled, second)] == [1, 1, 2]
    assert ended["refused"] == "withdrawn"
    assert [a["last"] + 1 for a in (first, ruled, second)] == [
        b["first"] for b in (ruled, second, ended)
    ]
    owed = [ids(read(archive, one["edition"])) for one in (first, ruled)]
    assert owed[1] - owed[0] == {"stale-content"}
    given = read(archive, "fetches.json")
    assert [one["edition"] for one in given["exposures"]] == [first["edition"], second["edition"]]
    assert [one["status"] for one in given["endings"]] == [410]
    (recall,) = read(archive, "recalls.json")["recalls"]
    assert [one["note"] for one in recall["exposed"]] == ["Removed from mine.example."]
    told = lines(archive, "deliveries.ndjson")
    assert {one["host"] for one in told} == {"mine.example"}
    assert {one["recall"] for one in told} == {None, story.recall}
    acts = [line["row"]["act"] for line in lines(archive, "audit.ndjson") if "row" in line]
    assert acts == ["partner.add", "recall.confirm"]
    kinds = [line["leaf"]["kind"] for line in lines(archive, "changes.ndjson")]
    assert {"article.published", "article.updated", "article.withdrawn"} <= set(kinds)
    assert any(name.startswith("conformance/") for name in unpacked(archive))


def ids(edition: dict[str, Any]) -> set[str]:
    return {one["id"] for one in edition["disclaimers"]}


def test_a_trace_tells_why_each_disclaimer_is_owed(story: Story) -> None:
    found = unpacked(story.take())
    traces = [json.loads(found[name]) for name in found if name.startswith("rules/")]
    assert len(traces) > 3
    for trace in traces:
        edition = json.loads(found[trace["edition"]])
        known = {one["id"]: one for one in trace["rules"]}
        for entry, owed in zip(edition["disclaimers"], trace["owed"], strict=True):
            requiring = [id for id, one in known.items() if entry["id"] in one["require"]]
            assert sorted(entry["required_by"]) == sorted(requiring) == sorted(owed["required_by"])
            assert (owed["id"], owed["display"]) == (entry["id"], entry["display"])
            assert entry["display"]["level"] == owed["own_display"]["level"] or owed["raised_by"]
    ruled = [one for trace in traces for one in trace["rules"] if one["id"] == "more"]
    assert {json.dumps(one["met_by"]) for one in ruled} == {'{"topics": ["sleep"]}'}
    shop = [one for t in traces for one in t["rules"] if one["id"] == "shop"]
    assert {tuple(one["met_by"]["channel"]) for one in shop} == {("retail",), ()}  # not known: all


def test_any_byte_that_is_changed_is_found(story: Story) -> None:
    archive = story.take()
    assert check(archive, story.jwks()).faults == []
    dice = random.Random(7)  # noqa: S311 - which bytes does not matter
    for name, octets in unpacked(archive).items():
        for place in {0, len(octets) - 1, dice.randrange(len(octets))}:
            flipped = bytes([octets[place] ^ (1 << dice.randrange(7))])
            other = octets[:place] + flipped + octets[place + 1 :]
            assert is_refused(altered(archive, name, lambda _, other=other: other)), (name, place)


def is_refused(archive: bytes) -> bool:
    try:
        return bool(check(archive).faults)
    except Unreadable:
        return True


def test_what_is_missing_put_in_or_there_twice_is_found(story: Story) -> None:
    archive = story.take()
    found = unpacked(archive)
    for name in found:
        assert is_refused(packed({k: v for k, v in found.items() if k != name})), name
    assert is_refused(packed({**found, "editions/more.json": b"{}"}))
    with pytest.warns(UserWarning, match="Duplicate name"):
        twice = archived.packed_twice(found, "recalls.json")
    assert any("twice" in fault for fault in check(twice).faults)
    for nothing in (b"", b"no archive", packed({"manifest.json": b"[]"}), archive[:-30]):
        with pytest.raises(Unreadable):
            check(nothing)


def test_what_can_be_no_archive_is_called_so_however_it_is_broken(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    facts: dict[str, Any] = {"sequence": 1, "made_at": "2026-11-27T12:00:00Z", "members": []}
    whole = packed({"manifest.json": canonical.encode(facts)})
    assert check(whole).faults != []
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_LZMA) as made:
        made.writestr("manifest.json", canonical.encode(facts))
    garbled = file.getvalue().replace(file.getvalue()[60:80], bytes(20))
    end = whole.rindex(b"PK\5\6")
    beyond = whole[: end + 16] + b"\xff\xff\xff\x7f" + whole[end + 20 :]
    lacking = {name: value for name, value in facts.items() if name != "made_at"}
    sizeless = {**facts, "members": [{"name": "x", "size": "1", "sha256": ""}]}
    manifests = [packed({"manifest.json": canonical.encode(one)}) for one in (lacking, sizeless)]
    for nothing in (garbled, beyond, *manifests):
        with pytest.raises(Unreadable):
            check(nothing)
    monkeypatch.setattr(checks, "MOST", 10)
    with pytest.raises(Unreadable, match=r"manifest\.json is larger than 10 bytes"):
        check(whole)


def test_whoever_makes_all_of_it_anew_lacks_the_key(story: Story, small: Database) -> None:
    forger = Keyring([])
    kid = policies.begin_key(small, forger)  # in a copy of the database
    story.keyring.add(forger)
    genuine = {"keys": [key for key in story.jwks()["keys"] if key["kid"] != kid]}
    story.seal()
    archive = story.take()
    assert check(archive).faults == []  # it fits together, so it says by which key
    assert any(kid in remark for remark in check(archive).remarks)
    assert any("manifest.json" in fault for fault in check(archive, genuine).faults)


def test_nothing_of_another_partner_is_in_a_partners_archive(story: Story) -> None:
    whole = b"".join(unpacked(story.take()).values()).decode()
    mine = b"".join(unpacked(story.take(partner=story.mine)).values()).decode()
    for trace in (story.other.id, "other.example", "Other", '"app"'):
        assert trace in whole
        assert trace not in mine
    assert "@" not in whole.replace("@context", "")  # no contact of anybody
    assert "secret-path" not in whole


def test_what_a_partner_asked_elsewhere_or_in_part_is_made_again(story: Story) -> None:
    publish(story.database, slug="one", title="The third title, which is live again")
    asked = [
        story.issue(RETAIL, Part(section="mechanisms")),
        story.issue(RETAIL, Part(fields=frozenset({"title"}))),
        story.issue(replace(RETAIL, jurisdiction="EU"), Part(revision=1)),
        story.issue(replace(RETAIL, jurisdiction="GB"), Part(fields=frozenset({"sources"}))),
        story.issue(replace(RETAIL, channel="app")),  # what the partner was then
    ]
    holders = [hold(story.database, **SERVED) for _ in asked]
    for holder, edition in zip(holders, asked, strict=True):
        story.give(holder, edition, edition.body["revision"]["number"])
    unknown, nothing = hold(story.database), "sha256:" + "0" * 64
    story.give(unknown, nothing, last_at=NOW - archived.HOUR)  # when there was nothing yet
    story.seal()
    for holder, edition in zip(holders, asked, strict=True):
        archive = story.take(partner=holder)
        (row,) = read(archive, "fetches.json")["exposures"]
        assert unpacked(archive)[row["edition"]] == edition.octets
        assert check(archive, story.jwks()).faults == []
    archive = story.take(partner=unknown)
    assert read(archive, "fetches.json")["exposures"][0]["edition"] is None
    assert any("could not be made again" in one for one in check(archive).remarks)


def test_the_same_evidence_is_the_same_bytes(story: Story) -> None:
    assert story.take() == story.take()


def test_a_span_of_time_leaves_out_what_was_before_and_after(story: Story) -> None:
    before = story.take(until=NOW)
    assert read(before, "editions.json")["courses"] == []
    assert read(before, "fetches.json")["exposures"] == []
    after = story.take(since=NOW + archived.HOUR, partner=story.mine)
    (ended,) = spans(after)
    assert ended["refused"] == "withdrawn"
    assert lines(after, "deliveries.ndjson") == []
    for archive in (before, after):
        assert check(archive, story.jwks()).faults == []


def test_a_redacted_text_is_named_and_its_archive_holds(desk: Desk, small_keyring: Keyring) -> None:
    publish(desk.database, slug="one")
    title = "Words that stay, though others had to go"
    desk.redact(notice="A text was removed.")
    publish(desk.database, slug="one", title=title)
    holder = hold(desk.database)
    story = Story(desk.database, small_keyring, holder, holder, {}, "")
    story.seal()
    archive = story.take()
    assert [one.get("refused") for one in spans(archive, locale="en")] == ["redacted", None]
    assert check(archive, story.jwks()).faults == []
    redacted = make_document()["title"]
    assert title.encode() in b"".join(unpacked(archive).values())
    assert redacted.encode() not in b"".join(unpacked(archive).values())


def test_what_a_revoked_key_has_sealed_is_said(story: Story, small: Database) -> None:
    old = story.jwks()["keys"][0]["kid"]
    policies.begin_key(small, story.keyring)
    with small.write() as session:
        gone = signing.end(session, old, compromised=True, reason="A test.")
        changes.append(session, [gone], by="test", now=NOW)
        session.commit()
    story.seal()
    archive = story.take(partner=story.mine)
    report = check(archive, story.jwks())
    assert report.faults == []
    assert any(old in remark and "revoked" in remark for remark in report.remarks)
    states = {key["kid"]: key["states"][-1]["state"] for key in read(archive, "keys.json")["keys"]}
    assert states[old] == "revoked"


def test_the_manifest_says_what_was_asked(story: Story) -> None:
    archive = story.take(partner=story.mine, since=NOW)
    said = read(archive, "manifest.json")
    assert said["partner"] == {"id": story.mine.id, "name": "Mine"}
    assert (said["public_url"], said["to"]) == (PUBLIC_URL, None)
    assert canonical.encode(said) == unpacked(archive)["manifest.json"]
