"""Each example app ends in the right state, whatever Caveat says and however it fails to.

No text of an article is ever shown without all of its notices; what was taken down is gone, with
the notice and the help in its place; an outage is outlived for as long as the edition allows.
"""

from typing import Any

import publishers
import pytest
from delivery import OCD
from example_sites import DAY, SOON, Seen, Site, squeezed
from publishers import NOTICE, REPLACEMENT, Answer, Fault, Publisher, replaced
from werkzeug.datastructures import Headers

FRAGMENT, EDITION = ".html", f"{OCD}?"
SORRY = "This article cannot be shown right now."
FAULTS: dict[str, Fault] = {
    "503": publishers.busy,
    "broken off": publishers.cut,
    "half as if whole": publishers.shortened,
    "all but the end as if whole": publishers.unfinished,
    "another page": publishers.reworded,
}


def assert_whole(seen: Seen, edition: dict[str, Any]) -> None:
    """Check that a page has the article, and every notice of it, alerts before the text."""
    assert seen.status in (200, None)
    words = seen.words
    shown = seen.page.xpath("//@data-notice")
    assert sorted(shown) == sorted(notice["id"] for notice in edition["disclaimers"])
    for notice in edition["disclaimers"]:
        assert squeezed(notice["text"]) in words, notice["id"]
        if notice["display"]["level"] == "alert":
            assert words.index(squeezed(notice["text"])) < words.index(edition["summary"])
        else:
            assert notice["short"] in words, notice["id"]
        for action in notice["actions"]:
            assert action["value"] in seen.page.xpath("//a/@href")
    for text in texts(edition):
        assert text in words


def assert_gone(seen: Seen, edition: dict[str, Any]) -> None:
    """Check that nothing of the article is in a page, not even where nobody sees it."""
    source = squeezed(seen.source.replace("&#x27;", "'").replace("&#39;", "'"))
    for text in (*texts(edition), edition["title"]):
        assert text[:40] not in source


def assert_helps(seen: Seen) -> None:
    """Check that a page has the help of the readers' place."""
    assert "988 Suicide and Crisis Lifeline" in seen.words
    assert {"tel:988", "tel:911"} <= set(seen.page.xpath("//a/@href"))


def texts(edition: dict[str, Any]) -> list[str]:
    """Return the summary and each section's beginning as a reader sees them."""
    first = [section["blocks"][0]["text"] for section in edition["sections"]]
    return [
        squeezed(edition["summary"]),
        *(squeezed(text.partition(".")[0])[:60] for text in first),
    ]


def test_an_article_is_shown_with_every_notice(publisher: Publisher, site: Site) -> None:
    assert_whole(site.view(), publisher.read())


def test_an_unchanged_article_costs_a_304_and_only_after_a_while(
    publisher: Publisher, site: Site
) -> None:
    for _ in range(2):
        assert_whole(site.view(), publisher.read())
    assert [status for _, status in publisher.answered] == [200, 200]
    site.wait(SOON)
    assert_whole(site.view(), publisher.read())
    assert [status for _, status in publisher.answered[2:]] == [304]


def test_a_changed_notice_is_shown_as_it_is_now(publisher: Publisher, site: Site) -> None:
    site.view()
    publisher.alert()
    site.wait(SOON)
    seen = site.view()
    assert_whole(seen, publisher.read())
    assert "emergency-help" in seen.page.xpath('//*[@class="cv-alerts"]//@data-notice')


@pytest.mark.parametrize("is_known", [True, False], ids=["known", "new"])
def test_a_withdrawn_article_gives_way_to_notice_help_and_replacement(
    publisher: Publisher, site: Site, is_known: bool
) -> None:
    edition = publisher.read()
    if is_known:
        assert_whole(site.view(), edition)
    publisher.withdraw()
    site.wait(SOON)
    seen = site.view()
    assert seen.status in (410, None)
    assert_gone(seen, edition)
    assert_helps(seen)
    assert NOTICE in seen.words
    assert any(REPLACEMENT in address for address in seen.page.xpath("//a/@href"))


@pytest.mark.parametrize("status", [451, 403])
def test_an_article_that_is_withheld_here_gives_way_to_help(
    publisher: Publisher, site: Site, status: int
) -> None:
    edition = publisher.read()
    assert_whole(site.view(), edition)
    publisher.withhold(status)
    site.wait(SOON)
    seen = site.view()
    assert seen.status in (status, None)
    assert "not available" in seen.words
    assert_gone(seen, edition)
    assert_helps(seen)


def test_an_article_that_comes_back_is_shown_again(publisher: Publisher, site: Site) -> None:
    publisher.withdraw()
    site.view()
    publisher.restore()
    site.wait(SOON)
    assert_whole(site.view(), publisher.read())


def test_a_renamed_article_is_found_by_its_old_address(publisher: Publisher, site: Site) -> None:
    site.view()
    publisher.rename("kratom-and-ocd-today")
    site.wait(SOON)
    assert_whole(site.view(), publisher.read("kratom-and-ocd-today"))


def test_an_article_that_never_was_is_not_kept(publisher: Publisher, site: Site) -> None:
    seen = site.view("no-such-article")
    assert seen.status in (404, None)
    site.wait(SOON)
    assert site.view("no-such-article").status in (404, None)


@pytest.mark.parametrize("where", [EDITION, FRAGMENT], ids=["edition", "fragment"])
@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_a_failure_is_outlived_with_the_last_copy_and_not_without_one(
    publisher: Publisher, site: Site, fault: Fault, where: str
) -> None:
    edition = publisher.read()
    publisher.faults = {where: fault}
    assert_unavailable(site.view(), edition)
    publisher.faults = {}
    site.wait(SOON)
    assert_whole(site.view(), edition)
    publisher.alert()  # so that both would be fetched again
    publisher.faults = {where: fault}
    site.wait(SOON)
    assert_whole(site.view(), edition)
    publisher.faults = {}
    site.wait(SOON)
    assert_whole(site.view(), publisher.read())


def assert_unavailable(seen: Seen, edition: dict[str, Any]) -> None:
    """Check that a page says that it has nothing to show, shows nothing, and keeps the help."""
    assert seen.status in (503, None)
    assert SORRY in seen.words
    assert "https://findahelpline.com/" in seen.page.xpath("//a/@href")
    assert_gone(seen, edition)


def test_silence_is_outlived_until_max_offline_runs_out(publisher: Publisher, site: Site) -> None:
    edition = publisher.read()
    assert edition["freshness"]["max_offline"] == "P7D"
    site.view()
    publisher.faults = {"/": publisher.hang}
    site.wait(7 * DAY - 60)
    assert_whole(site.view(), edition)
    site.wait(60)
    assert_unavailable(site.view(), edition)


def test_a_check_counts_from_when_it_was_made(publisher: Publisher, site: Site) -> None:
    site.view()
    site.wait(6 * DAY)
    site.view()
    publisher.faults = {"/": publishers.busy}
    site.wait(6 * DAY)
    assert_whole(site.view(), publisher.read())
    site.wait(DAY)
    assert_unavailable(site.view(), publisher.read())


def test_nothing_is_shown_after_its_last_day(publisher: Publisher, site: Site) -> None:
    edition = publisher.read()
    last_day = '"display_until":"2020-01-31"'
    publisher.faults = {EDITION: replaced('"display_until":null', last_day)}
    assert_unavailable(site.view(), edition)


def test_what_was_taken_down_stays_down_while_nobody_answers(
    publisher: Publisher, site: Site
) -> None:
    edition = publisher.read()
    publisher.withdraw()
    site.view()
    publisher.faults = {"/": publishers.busy}
    site.wait(30 * DAY)
    seen = site.view()
    assert seen.status in (410, None)
    assert_gone(seen, edition)
    assert_helps(seen)


def test_a_410_counts_whatever_stands_in_its_body(publisher: Publisher, site: Site) -> None:
    edition = publisher.read()
    site.view()
    publisher.withdraw()
    publisher.faults = {"/": publishers.reworded}
    site.wait(SOON)
    seen = site.view()
    assert seen.status in (410, None)
    assert_gone(seen, edition)
    assert_helps(seen)


@pytest.mark.parametrize("level", ["alert", "lead", "inline", "foot"])
def test_an_article_that_lost_a_notice_on_its_way_is_not_shown(
    publisher: Publisher, site: Site, level: str
) -> None:
    edition = publisher.read()
    lost = next(d["id"] for d in edition["disclaimers"] if d["display"]["level"] == level)
    publisher.faults = {FRAGMENT: replaced(f'data-notice="{lost}"', "")}
    assert_unavailable(site.view(), edition)


def test_an_article_of_another_moment_than_its_facts_is_not_shown(
    publisher: Publisher, site: Site
) -> None:
    edition = publisher.read()

    def behind(answer: Answer) -> Answer:
        status, headers, octets = answer
        older = str(int(headers["Caveat-Sequence"]) - 1)
        return status, Headers({**headers, "Caveat-Sequence": older}), octets

    publisher.faults = {FRAGMENT: behind}
    assert_unavailable(site.view(), edition)
