"""The WordPress example, among stand-ins for WordPress: what cron, block, kses and settings do."""

import json

import publishers
import pytest
from delivery import OCD, SLEEP
from example_sites import SOON, WordPress
from publishers import NOTICE, PLACE, Publisher, replaced

COPY = "caveat_copy_"


def copies(site: WordPress) -> list[str]:
    """Return the names of all that is kept of articles."""
    state = site.load()
    return [name for name in (*state["options"], *state["transients"]) if COPY in name]


def test_the_block_shows_what_the_shortcode_shows(wordpress: WordPress) -> None:
    shown = wordpress.view().source
    assert wordpress.do("block", slug=OCD, jurisdiction="") == shown
    assert "data-notice" in shown


def test_a_post_may_be_for_another_place_than_the_site(
    publisher: Publisher, wordpress: WordPress
) -> None:
    assert "United Kingdom" in wordpress.do("shortcode", slug=OCD, jurisdiction="gb")
    assert "Alabama" in wordpress.do("shortcode", slug=OCD)
    assert {"jurisdiction=GB", f"jurisdiction={PLACE}"} == {
        address.partition("?")[2].partition("&")[0] for address, _ in publisher.answered
    }


def test_cron_runs_each_minute_until_the_plugin_is_deactivated(wordpress: WordPress) -> None:
    wordpress.view()
    assert wordpress.load()["cron"]["caveat_follow"]["every"] == 60
    wordpress.do("deactivate")
    assert not wordpress.load()["cron"]


def test_cron_takes_down_what_was_withdrawn_without_asking_for_it(
    publisher: Publisher, wordpress: WordPress
) -> None:
    wordpress.do("cron")
    assert "data-notice" in wordpress.view().source
    publisher.withdraw()
    publisher.faults = {"/v1/articles": publishers.busy}
    wordpress.do("cron")
    seen = wordpress.view()
    assert NOTICE in seen.words
    assert "data-notice" not in seen.source
    assert "findahelpline.com" in seen.words
    assert ["caveat_changed", OCD] in wordpress.load()["told"]


def test_cron_makes_due_what_changed_and_only_that(
    publisher: Publisher, wordpress: WordPress
) -> None:
    wordpress.do("cron")
    for slug in (OCD, SLEEP):
        wordpress.view(slug)
    publisher.answered.clear()
    publisher.revise()
    wordpress.do("cron")
    for slug in (OCD, SLEEP):
        wordpress.view(slug)
    read = [address.partition("?")[0] for address, _ in publisher.answered]
    assert read == ["/v1/changes", f"/v1/articles/{OCD}", f"/v1/articles/{OCD}.html"]


def test_cron_begins_at_the_end_of_the_log_and_goes_on_where_it_stopped(
    publisher: Publisher, wordpress: WordPress
) -> None:
    wordpress.do("cron")
    assert wordpress.load()["options"]["caveat_after"] == publisher.head
    publisher.revise()
    publisher.faults = {"/v1/changes": publishers.shortened}
    before = publisher.head
    wordpress.do("cron")
    assert wordpress.load()["options"]["caveat_after"] < before
    publisher.faults = {}
    wordpress.do("cron")
    assert wordpress.load()["options"]["caveat_after"] == before


def test_cron_begins_anew_when_the_log_is_another_one(
    publisher: Publisher, wordpress: WordPress
) -> None:
    wordpress.view()
    state = wordpress.load()
    state["options"]["caveat_after"] = publisher.head + 1000
    wordpress.save(state)
    wordpress.do("cron")
    publisher.answered.clear()
    wordpress.view()
    assert [status for _, status in publisher.answered] == [304]
    wordpress.do("cron")
    assert wordpress.load()["options"]["caveat_after"] == publisher.head


@pytest.mark.parametrize("dropped", ["details", "summary", "a", "p", "sup"])
def test_nothing_is_shown_where_kses_would_take_something_away(
    publisher: Publisher, wordpress: WordPress, dropped: str
) -> None:
    state = wordpress.load()
    wordpress.save({**state, "kses_drops": [dropped]})
    seen = wordpress.view()
    if dropped in ("p", "sup"):  # no word, notice or address goes with it
        assert "data-notice" in seen.source
    else:
        assert "cannot be shown" in seen.words
        assert publisher.read()["summary"] not in seen.words


def test_kses_takes_scripts_away_and_then_nothing_is_shown(
    publisher: Publisher, wordpress: WordPress
) -> None:
    publisher.faults = {".html": replaced("</article>", "<script>alert(1)</script></article>")}
    seen = wordpress.view()
    assert "script" not in seen.source
    assert "cannot be shown" in seen.words


def test_editors_see_why_there_is_nothing_to_show_and_readers_do_not(
    publisher: Publisher, wordpress: WordPress
) -> None:
    publisher.faults = {"/": publishers.busy}
    assert "(status 503)" not in wordpress.do("shortcode", slug=OCD)
    wordpress.wait(SOON)
    assert "(status 503)" in wordpress.do("shortcode", slug=OCD, is_editor=True)
    wrong = wordpress.do("shortcode", slug="<b>", is_editor=True)
    assert "slug or jurisdiction is missing or malformed" in wrong


def test_search_engines_are_kept_out_of_a_post_that_may_not_be_indexed(
    publisher: Publisher, wordpress: WordPress
) -> None:
    publisher.faults = {f"{OCD}?": replaced('"indexing":"canonical"', '"indexing":"noindex"')}
    wordpress.view()
    wordpress.view(SLEEP)
    block = '<!-- wp:caveat/article {"slug":"%s"} /-->'
    for content in (f'[caveat slug="{OCD}"]', block % OCD):
        assert json.loads(wordpress.do("robots", content=content))["noindex"]
    for content in (f'[caveat slug="{SLEEP}"]', block % SLEEP, f'A word on "{OCD}"'):
        assert "noindex" not in json.loads(wordpress.do("robots", content=content))


def test_settings_are_brought_into_shape_and_their_page_is_for_those_who_manage(
    publisher: Publisher, wordpress: WordPress
) -> None:
    wordpress.do("save", url=f" {publisher.url}/ ", key=" cvk_1 ", jurisdiction="gb")
    saved = wordpress.load()["options"]["caveat_settings"]
    assert saved == {"url": publisher.url, "key": "cvk_1", "jurisdiction": "GB"}
    page = wordpress.do("settings")
    assert page.startswith("manage_options\n")
    assert f'value="{publisher.url}"' in page
    wordpress.do("save", url="javascript:alert(1)", key="", jurisdiction='"><script>')
    saved = wordpress.load()["options"]["caveat_settings"]
    assert saved == {"url": "", "key": "", "jurisdiction": "001"}


def test_the_key_is_sent_with_each_request_and_never_shown_to_readers(
    publisher: Publisher, wordpress: WordPress
) -> None:
    wordpress.do("save", url=publisher.url, key="cvk_nobody-has-this", jurisdiction=PLACE)
    seen = wordpress.view()
    assert [status for _, status in publisher.answered] == [401]
    assert "cvk_" not in seen.source


def test_uninstalling_leaves_nothing_behind(wordpress: WordPress) -> None:
    wordpress.view()
    wordpress.do("cron")
    assert copies(wordpress)
    wordpress.do("uninstall")
    assert copies(wordpress) == []
    state = wordpress.load()
    assert not state["options"]
    assert not state["cron"]
