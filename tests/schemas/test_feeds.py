"""Feeds in three formats: every notice inside the content, by its level; endings told. Pure."""

import html
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import feedparser
import pytest
from bodies import IN_PLACE, Read, in_order, make_body, make_edition, make_full_body, make_notice
from feed_pages import BASE, BEGAN, HELP, make_ended, make_feed
from hostile import HOSTILE, spoil
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from content.documents import SECTION_KINDS
from schemas.renditions import atom, feeds, rss
from schemas.renditions.feeds import Feed
from schemas.renditions.xml import PREFIXES

ID = "urn:uuid:019a0000-0000-7000-8000-000000000001"


def json_content(body: dict[str, Any]) -> str:
    return str(json.loads(feeds.render(make_feed(make_edition(body))))["items"][0]["content_html"])


def atom_content(body: dict[str, Any]) -> str:
    root = etree.fromstring(atom.render(make_feed(make_edition(body))))
    return str(root.findtext("atom:entry/atom:content", namespaces=PREFIXES))


def rss_content(body: dict[str, Any]) -> str:
    root = etree.fromstring(rss.render(make_feed(make_edition(body))))
    return str(root.findtext("channel/item/content:encoded", namespaces=PREFIXES))


CONTENTS = [json_content, atom_content, rss_content]
every_format = pytest.mark.parametrize("content", CONTENTS)


@every_format
def test_the_notices_stand_in_the_content_by_their_levels(
    content: Callable[[Any], str],
) -> None:
    text = Read(content(make_full_body())).text
    assert in_order(
        text,
        *IN_PLACE,
        "The full text of crisis.",
        "The full text of overdose.",
        "The full text of harms.",
        "The full text of product.",
        "The full text of origin.",
    )
    assert text.partition("Label help")[0].strip() == ""


@every_format
def test_nothing_in_the_content_folds_runs_or_is_styled(content: Callable[[Any], str]) -> None:
    found = Read(content(make_full_body()))
    tags = {tag for tag, _ in found.tags}
    assert not tags & {"details", "script", "style", "link", "meta", "h1", "iframe"}
    assert not [link for link in found.values["href"] if link.startswith("#")]
    assert not {"id", "style"} & found.values.keys()


@every_format
@given(data=st.data())
def test_every_short_and_every_full_text_is_in_the_content(
    content: Callable[[Any], str], data: st.DataObject
) -> None:
    levels = st.sampled_from(["alert", "lead", "inline", "foot", "other"])
    anchors = st.sampled_from([*SECTION_KINDS, "elsewhere", None])
    words = st.text(st.characters(exclude_categories=["Cc", "Cs", "Cn"]), min_size=1, max_size=30)
    made = [
        make_notice(f"n{i}-", data.draw(levels), data.draw(anchors))
        | {"text": f"#{i}# {data.draw(words)}", "short": f"={i}= {data.draw(words)}"}
        for i in range(data.draw(st.integers(1, 6)))
    ]
    body = make_body(made, sections=make_body()["sections"][: data.draw(st.integers(0, 4))])
    top, _, end = Read(content(body)).text.partition("All notices in full")
    for notice in made:
        assert notice["short"] in end
        assert notice["text"] in end
        assert notice["short"] in top or notice["text"] in top


@every_format
def test_hostile_text_changes_no_tag_of_the_content(content: Callable[[Any], str]) -> None:
    body = make_full_body() | {"revision": make_full_body()["revision"] | {"published_at": "x"}}
    published = {"published_at": "2026-11-23T12:00:00Z"}
    spoilt = [spoil(body, words) for words in ("harmless words", HOSTILE)]
    for one in spoilt:
        one["revision"] |= published
    harmless, hostile = (Read(content(one)) for one in spoilt)
    assert hostile.tags == harmless.tags
    assert hostile.text.count(HOSTILE) == harmless.text.count("harmless words") > 10


@pytest.mark.parametrize("render", [atom.render, rss.render])
def test_a_feed_reader_finds_nothing_wrong(render: Callable[[Feed], bytes]) -> None:
    body = spoil(make_full_body(), "a \x0b b \x00 c") | {"revision": make_full_body()["revision"]}
    for one in (make_full_body(), body):
        found = feedparser.parse(render(make_feed(make_edition(one), make_ended())))
        assert not found.bozo, found.get("bozo_exception")
        assert found.entries[0].id == ID
        assert found.entries[0].content[0].value


@pytest.mark.parametrize("render", [atom.render, rss.render])
def test_a_feed_reader_sees_when_an_entry_was_published_and_changed(
    render: Callable[[Feed], bytes],
) -> None:
    [entry] = feedparser.parse(render(make_feed(make_edition(make_full_body())))).entries
    assert entry.title == "The title of the article"
    assert entry.published_parsed[:5] == (2026, 11, 23, 12, 0)
    assert entry.updated.startswith("2026-11-23T00:00:00")
    assert entry.link == "https://a.example/x.html?locale=en"
    assert [tag.term for tag in entry.tags] == ["sleep", "insomnia"]
    assert "Supplied by the desk." in entry.rights


@pytest.mark.parametrize("render", [atom.render, rss.render])
def test_the_summary_is_the_line_of_the_card_and_never_the_articles(
    render: Callable[[Feed], bytes],
) -> None:
    [entry] = feedparser.parse(render(make_feed(make_edition(make_full_body())))).entries
    assert entry.summary == "The short of crisis."


@pytest.mark.parametrize("render", [atom.render, rss.render])
def test_pages_are_linked(render: Callable[[Feed], bytes]) -> None:
    links = feedparser.parse(render(make_feed())).feed.links
    found = {link.rel: link.href for link in links if link.rel in ("self", "first", "next")}
    assert found == {
        "self": f"{BASE}/feed?limit=2&cursor=a",
        "first": f"{BASE}/feed?limit=2",
        "next": f"{BASE}/feed?limit=2&cursor=b",
    }
    last = feedparser.parse(render(make_feed(next=None))).feed.links
    assert "next" not in [link.rel for link in last]


def test_a_json_feed_is_what_its_standard_says() -> None:
    found = json.loads(feeds.render(make_feed(make_edition(make_full_body()), make_ended())))
    assert found["version"] == "https://jsonfeed.org/version/1.1"
    assert (found["feed_url"], found["next_url"]) == (make_feed().here, make_feed().next)
    for item in found["items"]:
        assert item["id"].startswith("urn:uuid:")
        assert item["content_html"]
        assert all(name.startswith("_") for name in item.keys() - KNOWN)
    assert found["items"][0]["summary"] == "The short of crisis."
    assert found["items"][0]["_caveat"]["disclaimers"][0] == "crisis"
    assert "next_url" not in json.loads(feeds.render(make_feed(next=None)))


KNOWN = {
    *("id", "url", "external_url", "title", "content_html", "content_text", "summary", "image"),
    *("banner_image", "date_published", "date_modified", "authors", "tags", "language"),
}


def test_in_atom_what_has_ended_is_a_tombstone() -> None:
    root = etree.fromstring(atom.render(make_feed(make_ended())))
    [deleted] = root.findall("at:deleted-entry", PREFIXES)
    assert deleted.get("ref") == "urn:uuid:019a0000-0000-7000-8000-000000000002"
    assert deleted.get("when") == "2026-11-24T00:00:00Z"
    comment = deleted.findtext("at:comment", namespaces=PREFIXES)
    assert in_order(comment, "No longer published.", "It was wrong about a dose.", "Call 988.")
    assert deleted.find("atom:link", PREFIXES).get("href").endswith("a-better-one.html")
    assert root.findall("atom:entry", PREFIXES) == []


def test_elsewhere_what_has_ended_is_an_item_that_says_so_under_the_same_id() -> None:
    [item] = json.loads(feeds.render(make_feed(make_ended())))["items"]
    [entry] = feedparser.parse(rss.render(make_feed(make_ended()))).entries
    assert item["id"] == entry.id == "urn:uuid:019a0000-0000-7000-8000-000000000002"
    for content in (item["content_html"], entry.content[0].value):
        text = Read(content).text
        assert in_order(text, "No longer published.", "It was wrong", "Call 988.", "Read instead:")
    facts = item["_caveat"]
    assert (facts["status"], facts["your_copy"]) == ("withdrawn", "remove")
    assert facts["help"] == [HELP]


def test_a_feed_is_as_new_as_what_is_newest_in_it() -> None:
    edition, ended = make_edition(make_full_body()), make_ended()
    assert make_feed().updated == BEGAN
    assert make_feed(edition).updated == edition.modified
    assert make_feed(edition, ended).updated == ended.since
    later = make_ended(since=edition.modified - timedelta(days=1))
    assert make_feed(edition, later).updated == edition.modified


def test_a_feed_about_something_says_so() -> None:
    assert make_feed(about=("sleep", "insomnia")).title == "The desk: sleep, insomnia"
    assert make_feed().title == "The desk"


def test_an_ending_escapes_what_it_says_and_leads_only_to_the_web() -> None:
    found = make_ended(notice=HOSTILE, replacement="javascript:alert(1)")
    assert HOSTILE in html.unescape(found.content)
    assert HOSTILE not in found.content
    assert "href" not in Read(found.content).values
