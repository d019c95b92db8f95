"""The sandbox: test articles come to be by the ordinary acts, and are nothing but tests."""

import re

import acts
import pytest
import sandboxes
from factories import NOW, make_manuscript, publish
from sandboxes import ANSWERS, ENDED, LIVE

from content import articles, changes, claims, documents, effects, heads, policy, sandbox, search
from content.blocks import Block
from content.claims import packs
from content.contexts import TEST_PLACE, Context
from content.db import Database
from content.documents import Manuscript
from content.errors import Gone, Invalid, NotFound, Unresolvable, Withheld
from content.models.log import DisclaimerVersion, Publication
from content.search import Wanted
from content.signing import Keyring
from content.spans import MARK_ORDER

PLANS = {plan.slug: plan for plan in sandbox.read_plans()}
TEXTS = [text for plan in PLANS.values() for text in plan.revisions]
NAMED = [f"{text.slug}-{text.document.title[:20]}" for text in TEXTS]
TESTS = Context("", test=True)


def newest(slug: str) -> Manuscript:
    return PLANS[slug].revisions[-1]


def test_there_is_one_article_for_each_state(sandbox: Database) -> None:
    assert list(PLANS) == list(ANSWERS)
    with sandbox.read() as session:
        for slug, (status, _) in ANSWERS.items():
            article = articles.identify(session, slug)
            (row,) = articles.publications(session, article, changes.head(session)).values()
            assert (row.status == "live") == (status == 200)
            assert row.is_test


@pytest.fixture(scope="module")
def lint() -> claims.Lint:
    """The shipped packs, ready to look at articles."""
    return claims.Lint(packs.read_packs())


@pytest.mark.parametrize("text", TEXTS, ids=NAMED)
def test_every_text_says_that_it_is_a_test_and_passes_the_lint(
    text: Manuscript, lint: claims.Lint
) -> None:
    assert text.document.title.startswith("Test: ")
    assert re.search(r"\btest\b|اختبار", text.document.summary)
    assert "test" in text.topics
    remarks = claims.check(text, lint, frozenset())
    assert [one for one in remarks if one.severity == "error"] == []


def test_the_owed_alert_marks_the_body_in_every_served_language(
    sandbox: Database, keyring: Keyring
) -> None:
    for slug in LIVE:
        edition = acts.issue(sandbox, keyring, TESTS, slug=slug)
        first = edition.body["disclaimers"][0]
        assert (first["id"], first["display"]["level"]) == ("test-article", "alert")
        assert first["id"] in edition.body["surfaces"]["card"]
    with sandbox.read() as session:
        now = policy.at(session, changes.head(session))
    assert {locale for id, locale in now.texts if id == "test-article"} == {*now.site["locales"]}


def test_nothing_real_is_changed_by_it(
    library: Database, sandbox: Database, keyring: Keyring
) -> None:
    with library.read() as session:
        rows = session.scalars(search.walk(session, Wanted(test=True), changes.head(session))).all()
    assert rows
    for row in rows:
        for code in ("001", "US-AL", "GB", "ZZ"):
            asked = Context(row.locale, code)
            before = acts.issue(library, keyring, asked, slug=row.slug)
            assert acts.issue(sandbox, keyring, asked, slug=row.slug).octets == before.octets


def test_it_is_brought_in_once(sandbox: Database) -> None:
    before = acts.head(sandbox)
    assert sandboxes.add(sandbox) == 0
    assert acts.head(sandbox) == before


def test_what_was_left_out_is_brought_in_later(library: Database) -> None:
    sandboxes.add(library)
    first = next(iter(PLANS.values()))
    with library.write() as session:
        assert not sandbox.carry_out(session, first, by="test", now=NOW)


def test_an_article_that_was_begun_is_done_or_not_there(library: Database) -> None:
    replaced = PLANS["test-replaced"]  # by one that is not there yet
    with library.write() as session, pytest.raises(NotFound, match="test-live"):
        sandbox.carry_out(session, replaced, by="test", now=NOW)
    with library.read() as session, pytest.raises(NotFound):
        articles.identify(session, "test-replaced")


def test_who_does_not_ask_for_tests_finds_none(sandbox: Database, keyring: Keyring) -> None:
    for slug in ANSWERS:
        with pytest.raises(NotFound, match="include=test"):
            acts.issue(sandbox, keyring, Context("en"), slug=slug)
        with pytest.raises(NotFound, match="include=test"):
            acts.issue(sandbox, keyring, Context("en"), slug=slug, at=acts.head(sandbox) - 1)
    for slug in ENDED:
        with pytest.raises(Gone):
            acts.issue(sandbox, keyring, TESTS, slug=slug)


def test_one_is_withheld_in_the_test_place_only(sandbox: Database, keyring: Keyring) -> None:
    for code in ("001", "ZZ", "US", "GB"):
        asked = Context("en", code, test=True)
        assert acts.issue(sandbox, keyring, asked, slug="test-withheld")
    there = Context("en", TEST_PLACE, test=True)
    with pytest.raises(Withheld) as caught:
        acts.issue(sandbox, keyring, there, slug="test-withheld")
    assert (caught.value.status, bool(caught.value.authority)) == (451, True)
    assert caught.value.help


def test_the_stale_one_owes_its_notice_and_no_other_does(
    sandbox: Database, keyring: Keyring
) -> None:
    stale = {
        slug
        for slug in LIVE
        for one in acts.issue(sandbox, keyring, TESTS, slug=slug).body["disclaimers"]
        if one["id"] == "stale-content"
    }
    assert stale == {"test-stale"}


def test_the_corrected_one_has_two_revisions_and_says_what_changed(
    sandbox: Database, keyring: Keyring
) -> None:
    body = acts.issue(sandbox, keyring, TESTS, slug="test-corrected").body
    assert (body["revision"]["number"], body["revision"]["supersedes"]) == (2, 1)
    assert body["revision"]["change_note"].startswith("Correction: ")


def test_one_has_every_kind_of_block_and_every_mark() -> None:
    sections = newest("test-every-block").document.sections
    found = [block for section in sections for block in section.blocks]
    kinds: tuple[type, ...] = Block.__args__
    assert {type(block) for block in found} == {*kinds}
    spans = [span for section in sections for _, run in documents.runs(section) for span in run]
    assert {type(mark) for span in spans for mark in span.marks} == {*MARK_ORDER}
    assert {block.ordered for block in found if hasattr(block, "ordered")} == {True, False}
    assert {block.tone for block in found if hasattr(block, "tone")} == {"note", "caution"}
    assert {block.level for block in found if hasattr(block, "level")} == {3, 4}


def test_one_is_as_long_as_can_be() -> None:
    text = newest("test-longest")
    document = text.document
    assert (len(document.title), len(document.summary), len(text.change_note)) == (500, 1000, 500)
    assert (len(text.topics), len(text.conditions)) == (20, 20)
    assert {len(claim.statement) for claim in document.claims} == {1000}
    assert max(len(word) for section in document.sections for block in section.blocks
               for word in block.text.split()) >= 300  # fmt: skip
    file = sandbox.FOLDER / "articles" / "test-longest.md"
    assert file.stat().st_size < 100_000


def test_right_to_left_text_has_notices_in_english(sandbox: Database, keyring: Keyring) -> None:
    body = acts.issue(sandbox, keyring, TESTS, slug="test-rtl").body
    assert body["context"]["locale"] == "ar-XB"
    assert {(one["locale"], one["dir"]) for one in body["disclaimers"]} == {("en", "ltr")}
    assert body["context"]["jurisdiction"]["name"] == "the world"
    assert body["help"][0]["label"] == "Your local emergency number"


@pytest.mark.parametrize("wanted", ["ar-XB", "ar", "en", "fr", ""])
def test_every_reader_gets_the_only_language_that_there_is(
    sandbox: Database, keyring: Keyring, wanted: str
) -> None:
    asked = Context(wanted, test=True)
    served = acts.issue(sandbox, keyring, asked, slug="test-rtl").body["context"]["locale"]
    assert served == "ar-XB"


@pytest.mark.parametrize("locale", ["ar-XB", "ar"])
def test_a_real_article_borrows_no_words(sandbox: Database, locale: str) -> None:
    with pytest.raises(Unresolvable):
        publish(sandbox, slug="a-real-one", locale=locale)


def test_a_changed_english_text_is_told_of_the_test_that_borrows_it(sandbox: Database) -> None:
    with sandbox.read() as session:
        now = policy.at(session, changes.head(session))
        row = DisclaimerVersion(id="not-medical-advice", locale="en")
        found = effects.of(session, [row], now, now).articles
        mine = articles.identify(session, "test-rtl")
    assert (mine, "ar-XB") in found


@pytest.mark.parametrize(("before", "after"), [(["sleep"], ["test"]), (["test"], ["sleep"])])
def test_a_real_article_becomes_no_test_and_a_test_no_real_one(
    sandbox: Database, before: list[str], after: list[str]
) -> None:
    publish(sandbox, slug="one", topics=before)
    with pytest.raises(Invalid, match="/topics"):
        publish(sandbox, slug="one", topics=after, title="Another title, long enough to be seen")
    publish(sandbox, slug="one", topics=[*before, "stress"])


def test_an_article_may_be_called_a_test(sandbox: Database, keyring: Keyring) -> None:
    publish(sandbox, slug="test-anxiety", topics=["sleep"])
    assert acts.issue(sandbox, keyring, slug="test-anxiety")


def test_the_projection_is_the_same_when_it_is_made_anew(sandbox: Database) -> None:
    with sandbox.write() as session:
        before = {kind: heads.count_tags(session, kind, test=True) for kind in heads_kinds()}
        heads.rebuild(session)
        assert {
            kind: heads.count_tags(session, kind, test=True) for kind in heads_kinds()
        } == before


def heads_kinds() -> tuple[str, str]:
    return "topics", "conditions"


def test_publications_say_whether_they_are_tests() -> None:
    assert Publication(topics=["test", "sleep"]).is_test
    assert not Publication(topics=["test-anxiety"]).is_test
    assert make_manuscript().topics == ["sleep"]
