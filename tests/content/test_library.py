"""The shipped library: complete, resolvable everywhere, short enough to be read, and honest."""

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
from factories import Databases

from content import editions, imports, markdown, policy, readability
from content.contexts import AUDIENCES, CHANNELS, NOWHERE, WORLD, Context
from content.db import Database
from content.documents import Manuscript
from content.errors import Withheld
from content.located import Located, read_text
from content.signing import Keyring

pytestmark = pytest.mark.one_engine  # about the words that are shipped
OCD, DEPRESSION = "kratom-and-ocd-evidence", "kratom-and-depression-evidence"
SLEEP = "sleep-habits-and-insomnia"
SLUGS = (OCD, DEPRESSION, SLEEP)
TRANSLATIONS = {f"{OCD}.es": OCD}  # file: the slug that it shares
FILE = Located(read_text(imports.LIBRARY / "jurisdictions.yaml"), "jurisdictions.yaml")
LISTED = [place["code"] for place in FILE.data]
UNLISTED = ["US-WA", "BE", "XK", "BR", "GB-SCT", "CA-QC", "DE-BY"]  # they inherit
EVERYWHERE = [*LISTED, *UNLISTED]

DISCLAIMERS = {
    "not-medical-advice", "keep-prescribed-treatment", "evidence-quality-ocd",
    "evidence-quality-depression", "regulatory-status-us-fda", "seven-oh-products",
    "dependence-withdrawal", "serious-harms", "drug-interactions", "pregnancy-breastfeeding",
    "age-limit", "product-quality", "crisis-support", "emergency-overdose",
    "legal-status-by-region", "first-line-care", "no-dosing-or-product-advice", "no-endorsement",
    "editorial-provenance", "syndication-integrity", "stale-content",
    "emergency-help", "correction-notice",
}  # fmt: skip


@pytest.fixture(scope="module")
def shipped(databases: Databases, full_template: str) -> Iterator[Database]:
    """A database with the shipped library in it; these tests only read."""
    opened = Database(databases.new(full_template))
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def bodies(shipped: Database, keyring: Keyring) -> dict[tuple[str, str], dict[str, Any]]:
    """The edition of each article in each place, for a reader of whom nothing is known."""
    with shipped.read() as session:
        return {
            (slug, code): editions.issue(session, slug, Context("en", code), keyring).body
            for slug in SLUGS
            for code in EVERYWHERE
        }


@cache
def manuscript(slug: str) -> Manuscript:
    return markdown.parse(read_text(imports.LIBRARY / "articles" / f"{slug}.md"), slug)


def ids(body: dict[str, Any]) -> list[str]:
    return [entry["id"] for entry in body["disclaimers"]]


def entry(body: dict[str, Any], id: str) -> dict[str, Any]:
    found: dict[str, Any] = next(one for one in body["disclaimers"] if one["id"] == id)
    return found


def count(text: str) -> int:
    return len(text.split())


def test_all_disclaimers_are_there() -> None:
    files = {path.stem for path in (imports.LIBRARY / "disclaimers").glob("*.yaml")}
    assert files == DISCLAIMERS
    items = imports.read_policy(imports.LIBRARY)
    assert {item.key[1] for item in items if item.key[0] == "disclaimer"} == DISCLAIMERS


def test_every_disclaimer_is_required_by_some_rule(shipped: Database) -> None:
    with shipped.read() as session:
        rules = policy.at(session, 10**6).rules
    assert {id for rule in rules.values() for id in rule.require} == DISCLAIMERS


def test_the_shipped_articles_are_those_of_the_library() -> None:
    files = {path.stem for path in (imports.LIBRARY / "articles").glob("*.md")}
    assert files == {*SLUGS, *TRANSLATIONS}
    assert all(manuscript(slug).slug == slug for slug in SLUGS)
    assert all(manuscript(file).slug == slug for file, slug in TRANSLATIONS.items())


@pytest.mark.parametrize("slug", SLUGS)
def test_every_text_is_short_and_has_no_open_slot_in_every_place(
    bodies: dict[tuple[str, str], dict[str, Any]], slug: str
) -> None:
    for code in EVERYWHERE:
        for one in bodies[slug, code]["disclaimers"]:
            where = f"{one['id']} in {code}: {one['short']} {one['text']}"
            assert len(one["short"]) <= 120, where
            assert count(one["text"]) <= 60, where
            assert not re.search(r"[{}]|None|\s\s", one["short"] + one["text"]), where


@pytest.mark.parametrize("slug", SLUGS)
def test_what_stands_before_the_first_section_fits_the_budget_in_every_place(
    bodies: dict[tuple[str, str], dict[str, Any]], slug: str
) -> None:
    for code in EVERYWHERE:
        assert_budget(bodies[slug, code])


@pytest.mark.parametrize("slug", SLUGS)
@pytest.mark.parametrize("audience", AUDIENCES)
def test_the_budget_holds_for_every_audience_and_channel(
    shipped: Database, keyring: Keyring, slug: str, audience: str
) -> None:
    with shipped.read() as session:
        for channel in CHANNELS:
            for code in ("US-AL", "ID", WORLD):
                context = Context("en", code, audience, channel)
                if audience == "minors" and slug != SLEEP:
                    with pytest.raises(Withheld):
                        editions.issue(session, slug, context, keyring)
                else:
                    assert_budget(editions.issue(session, slug, context, keyring).body)


def assert_budget(body: dict[str, Any]) -> None:
    """At most 3 alerts in full, and 220 words with the short texts of what leads."""
    levels = {one["id"]: one["display"]["level"] for one in body["disclaimers"]}
    texts = {one["id"]: (one["text"], one["short"]) for one in body["disclaimers"]}
    alerts = [texts[id][0] for id, level in levels.items() if level == "alert"]
    leads = [texts[id][1] for id, level in levels.items() if level == "lead"]
    assert len(alerts) <= 3, body["context"]
    assert sum(map(count, [*alerts, *leads])) <= 220, body["context"]


def test_the_reading_order_is_level_then_group(
    bodies: dict[tuple[str, str], dict[str, Any]],
) -> None:
    levels = ["alert", "lead", "inline", "foot"]
    groups = ["help", "status", "evidence", "safety", "law", "care", "about"]
    for body in bodies.values():
        order = [
            (levels.index(one["display"]["level"]), groups.index(one["group"]))
            for one in body["disclaimers"]
        ]
        assert order == sorted(order)


KRATOM = DISCLAIMERS - {
    "evidence-quality-ocd", "evidence-quality-depression", "emergency-help", "correction-notice",
}  # fmt: skip


def test_the_kratom_articles_owe_all_but_the_evidence_note_of_the_other(
    bodies: dict[tuple[str, str], dict[str, Any]],
) -> None:
    for code in EVERYWHERE:
        ocd, depression = set(ids(bodies[OCD, code])), set(ids(bodies[DEPRESSION, code]))
        assert "evidence-quality-ocd" in ocd
        assert "evidence-quality-depression" not in ocd
        assert "evidence-quality-depression" in depression
        assert "evidence-quality-ocd" not in depression
        for owed in (ocd, depression):
            assert KRATOM - owed <= {"regulatory-status-us-fda", "stale-content"}, code


@pytest.mark.parametrize(
    ("code", "owed"),
    [("US", True), ("US-AL", True), ("US-WA", True), (WORLD, True), (NOWHERE, True), ("XK", True),
     ("GB", False), ("DE", False), ("BE", False), ("AU", False)],
)  # fmt: skip
def test_the_fda_position_is_owed_in_the_united_states_and_where_nothing_is_known(
    bodies: dict[tuple[str, str], dict[str, Any]], code: str, owed: bool
) -> None:
    assert ("regulatory-status-us-fda" in ids(bodies[OCD, code])) == owed


def test_the_sleep_article_owes_only_four_and_one_where_it_may_stand_in_a_shop(
    shipped: Database, keyring: Keyring, bodies: dict[tuple[str, str], dict[str, Any]]
) -> None:
    four = {
        "not-medical-advice", "emergency-help", "editorial-provenance", "syndication-integrity",
    }  # fmt: skip
    for code in EVERYWHERE:
        assert set(ids(bodies[SLEEP, code])) == four | {"no-endorsement"}
    with shipped.read() as session:
        context = Context("en", "US-AL", "adults", "publisher")
        assert set(ids(editions.issue(session, SLEEP, context, keyring).body)) == four


@pytest.mark.parametrize(
    ("code", "numbers"),
    [
        ("US-AL", ["tel:988", "sms:988", "tel:911"]),
        ("GB", ["tel:116123", "tel:999"]),
        ("AU", ["tel:131114", "tel:000"]),
    ],
)
def test_crisis_support_comes_first_with_the_numbers_of_the_place(
    bodies: dict[tuple[str, str], dict[str, Any]], code: str, numbers: list[str]
) -> None:
    for slug in (OCD, DEPRESSION):
        first = bodies[slug, code]["disclaimers"][0]
        assert first["id"] == "crisis-support"
        assert first["display"]["level"] == "alert"
        values = [re.sub(r"(?<=\d)-(?=\d)", "", action["value"]) for action in first["actions"]]
        assert set(numbers) <= set(values)
        for number in numbers:
            assert number.partition(":")[2] in re.sub(r"(?<=\d) (?=\d)", "", first["text"])


@pytest.mark.parametrize("code", [NOWHERE, WORLD, "XK"])
def test_crisis_support_without_a_place_has_no_number_of_any_country(
    bodies: dict[tuple[str, str], dict[str, Any]], code: str
) -> None:
    for slug in (OCD, DEPRESSION):
        first = bodies[slug, code]["disclaimers"][0]
        assert first["id"] == "crisis-support"
        assert not re.search(r"\d", first["short"] + first["text"])
        assert "your local emergency number" in first["text"]
        assert [action["value"] for action in first["actions"]] == ["https://findahelpline.com/"]


def test_where_kratom_is_banned_the_law_stands_before_the_text(
    bodies: dict[tuple[str, str], dict[str, Any]],
) -> None:
    banned = entry(bodies[OCD, "US-AL"], "legal-status-by-region")
    assert banned["display"]["level"] == "lead"
    assert "banned" in banned["short"]
    assert entry(bodies[OCD, "US"], "legal-status-by-region")["display"]["level"] == "inline"


@pytest.mark.parametrize("slug", SLUGS)
def test_every_english_section_reads_at_grade_10_or_easier(slug: str) -> None:
    for section in manuscript(slug).document.sections:
        text = "\n".join([section.title, *(block.text for block in section.blocks)])
        reading = readability.read(text, "en")
        assert reading.value is not None
        assert reading.limit is not None
        assert reading.value <= reading.limit, section.kind


@pytest.mark.parametrize("slug", SLUGS)
def test_no_article_says_that_a_clinician_reviewed_it(
    bodies: dict[tuple[str, str], dict[str, Any]], slug: str
) -> None:
    review = manuscript(slug).document.review
    assert (review.status, review.reviewed_on) == ("unreviewed", None)
    assert review.provenance.reviewer_name is None
    for code in EVERYWHERE:
        provenance = entry(bodies[slug, code], "editorial-provenance")
        assert provenance["short"] == "Not yet reviewed by a clinician."
        text = re.sub(r"not yet reviewed by", "", str(bodies[slug, code]), flags=re.IGNORECASE)
        assert not re.search(r"\breviewed by|has reviewed|was reviewed", text, re.IGNORECASE)


@pytest.mark.parametrize("slug", SLUGS)
def test_every_source_of_an_article_is_used(slug: str) -> None:
    document = manuscript(slug).document
    used = {id for claim in document.claims for id in claim.sources}
    assert {source.id for source in document.sources} <= used
