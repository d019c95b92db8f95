"""Conformance of a page that was read without a browser: what passes, and what is found."""

import copy
import html
from typing import Any

import pytest
from delivery import OCD, SLEEP, read_json
from factories import NOW, PUBLIC_URL
from flask.testing import FlaskClient
from lxml.html import HtmlElement, fromstring
from markdown_it import MarkdownIt
from partner_sites import around, bent, faults, page_of, said

from api.conforming import naming
from content import canonical, conformance
from content.conformance import ERROR, WARNING
from content.editions import Edition
from schemas.renditions.html import render_content

pytestmark = pytest.mark.one_engine
PLACE = "jurisdiction=US"
ALERT, LEAD, FOOT = "crisis-support", "serious-harms", "age-limit"
INLINE, INLINE_SECTION = "product-quality", "mechanisms"
Body = dict[str, Any]


@pytest.fixture(scope="module")
def reader(common_app: Any) -> FlaskClient:
    """A caller of the library that nobody changes."""
    found: FlaskClient = common_app.test_client()
    return found


@pytest.fixture(scope="module")
def edition(reader: FlaskClient) -> Body:
    """An edition with notices at every level."""
    found: Body = read_json(reader, f"/v1/articles/{OCD}?{PLACE}")
    return found


@pytest.fixture(scope="module")
def page(reader: FlaskClient) -> str:
    """Our own page of it."""
    return reader.get(f"/v1/articles/{OCD}.html?{PLACE}").text


def notice(id: str) -> str:
    return f"//li[@data-notice='{id}']"


def drop(element: HtmlElement) -> None:
    element.drop_tree()


def with_style(text: str) -> Any:
    return lambda element: element.set("style", text)


def move_after_sections(element: HtmlElement) -> None:
    root = element.getroottree().getroot()
    (sections,) = root.xpath("//div[@class='cv-sections']")
    element.tail = None
    sections.addnext(element)


def put_into_link(element: HtmlElement) -> None:
    (summary,) = element.xpath(".//summary")
    link = fromstring(f'<a href="/notices">{html.escape(summary.text_content())}</a>')
    element.getparent().replace(element, link)


def reword(element: HtmlElement) -> None:
    inner = next(one for one in element.iter() if len((one.text or "").split()) > 4)
    words = inner.text.split()
    inner.text = " ".join([*words[:3], "perhaps", *words[3:]])


def test_our_own_forms_conform(reader: FlaskClient) -> None:
    for slug in (OCD, SLEEP):
        edition = read_json(reader, f"/v1/articles/{slug}?{PLACE}")
        original = edition["links"]["canonical"]
        whole = reader.get(f"/v1/articles/{slug}.html?{PLACE}").text
        fragment = reader.get(f"/v1/articles/{slug}.html?{PLACE}&fragment=1&heading=2").text
        frame = reader.get(f"/embed/{slug}?{PLACE}").text
        markdown = reader.get(f"/v1/articles/{slug}.md?{PLACE}").text.split("---\n", 2)[2]
        plain = MarkdownIt("commonmark").enable("table").render(markdown)
        content = render_content(Edition(canonical.encode(edition), NOW))
        plain += f'<p><a href="{original}">Original</a>'
        title = f"<h1>{html.escape(edition['title'])}</h1>"
        forms = [whole, frame, around(fragment, original), around(plain, original)]
        for source in [*forms, around(title + content, original)]:
            assert faults(edition, source) == []


def test_any_disclaimer_that_is_taken_away_is_missed(reader: FlaskClient) -> None:
    for slug in (OCD, SLEEP):
        edition = read_json(reader, f"/v1/articles/{slug}?{PLACE}")
        source = reader.get(f"/v1/articles/{slug}.html?{PLACE}").text
        assert edition["disclaimers"]
        for one in edition["disclaimers"]:
            found = faults(edition, bent(source, notice(one["id"]), drop))
            assert {fault.about for fault in found} == {one["id"]}
            assert {fault.level for fault in found} == {ERROR}


@pytest.mark.parametrize(
    ("where", "change", "checks"),
    [
        (notice(ALERT), move_after_sections, [("alert-visible", ALERT)]),
        (notice(LEAD), move_after_sections, [("short-visible", LEAD)]),
        (notice(INLINE), move_after_sections, [("short-visible", INLINE)]),
        (notice(FOOT), put_into_link, [("text-present", FOOT)]),
        (notice(FOOT), with_style("display:none"), [("hidden", FOOT)]),
        (notice(LEAD), with_style("visibility: hidden"), [("hidden", LEAD)]),
        (notice(LEAD), with_style("position:absolute; left:-9999px"), [("hidden", LEAD)]),
        (notice(LEAD), with_style("font-size: 2px"), [("hidden", LEAD)]),
        (notice(LEAD), with_style("color:#fff;background:#fff"), [("hidden", LEAD)]),
        (notice(LEAD), with_style("max-height:0;overflow:hidden"), [("hidden", LEAD)]),
        (notice(ALERT), with_style("opacity:0.01"), [("hidden", ALERT)]),
        (notice(ALERT), lambda one: one.set("hidden", ""), [("hidden", ALERT)]),
        (notice(LEAD) + "//summary", reword, [("modified", LEAD)]),
        (notice(LEAD) + "//div/p", reword, [("modified", LEAD)]),
        (notice(ALERT) + "/p", reword, [("modified", ALERT)]),
        ("//a[@href='tel:988']", lambda one: one.drop_tag(), [("actions", ALERT)]),
        ("//dd[contains(., 'with a link to the original')]", drop, [("attribution", None)]),
        ("//dd/a[contains(@href, '.html')]", drop, [("attribution", None)]),
        ("//link[@rel='canonical']", drop, [("indexing", None)]),
        ("//link[@rel='canonical']", lambda one: one.set("href", "/ours"), [("indexing", None)]),
        ("//section[@id='conclusions']", drop, [("revision", None)]),
        ("//section[@id='conclusions']", reword, [("revision", None)]),
    ],
)  # fmt: skip
def test_each_fault_is_found_and_nothing_else(
    edition: Body, page: str, where: str, change: Any, checks: list[tuple[str, str | None]]
) -> None:
    found = faults(edition, bent(page, where, change))
    assert said(found) == checks
    assert all(fault.fix for fault in found)


def test_where_a_text_was_altered_the_difference_is_told(edition: Body, page: str) -> None:
    (found,) = faults(edition, bent(page, f"{notice(LEAD)}//summary", reword))
    assert [run["text"].strip() for run in found.difference if run["op"] == "added"] == ["perhaps"]
    assert not [run for run in found.difference if run["op"] == "removed"]


def test_an_alert_may_not_fold(edition: Body, page: str) -> None:
    def fold(element: HtmlElement) -> None:
        details = fromstring("<details><summary>Help</summary></details>")
        details.extend(list(element))
        element.append(details)

    (found,) = faults(edition, bent(page, notice(ALERT), fold))
    assert (found.check, found.about) == ("alert-visible", ALERT)
    assert "folded away" in found.found


def test_what_a_button_opens_in_place_is_present(edition: Body, page: str) -> None:
    def unfold(element: HtmlElement) -> None:
        (summary,), (full,) = element.xpath(".//summary"), element.xpath(".//div")
        full.set("id", "panel")
        full.set("hidden", "")
        text = html.escape(summary.text_content())
        button = fromstring(f'<button aria-expanded="false" aria-controls="panel">{text}</button>')
        element[:] = [button, full]

    assert faults(edition, bent(page, notice(LEAD), unfold)) == []
    lost = bent(page, notice(LEAD), unfold).replace("aria-controls", "data-nothing")
    assert said(faults(edition, lost)) == [("hidden", LEAD)]


def test_more_and_earlier_is_allowed_and_typography_is_the_partners(
    edition: Body, page: str
) -> None:
    shown = bent(page, "//details", lambda one: one.set("open", ""))
    shown = shown.replace("'", "’").replace(" kratom", "\n\N{SOFT HYPHEN}kratom").replace("-", "‑")
    again = page.replace("<details>", "<details open>").replace(" liver", "&nbsp;<b>liv</b>er")
    assert faults(edition, again) == []
    assert {fault.check for fault in faults(edition, shown)} <= {
        "attribution",
        "actions",
        "indexing",
    }


def test_much_between_the_title_and_the_alert_is_a_warning(edition: Body, page: str) -> None:
    advert = f"</h1><p>{'Buy our tea. ' * 40}</p>"
    (found,) = faults(edition, page.replace("</h1>", advert, 1))
    assert (found.check, found.level) == ("nothing-between", WARNING)


def test_an_unknown_level_is_an_alert(edition: Body, page: str) -> None:
    odd = copy.deepcopy(edition)
    (one,) = [one for one in odd["disclaimers"] if one["id"] == LEAD]
    one["display"] = {"level": "sideways", "anchor": None}
    assert said(faults(odd, page)) == [("alert-visible", LEAD)]


def test_search_engines_have_to_be_kept_out_where_the_edition_says_so(
    edition: Body, page: str
) -> None:
    kept_out = {**edition, "rights": {**edition["rights"], "indexing": "noindex"}}
    assert said(faults(kept_out, page)) == [("indexing", None)]
    assert faults(kept_out, page, **{"X-Robots-Tag": "noindex, nofollow"}) == []
    robots = page.replace("<head>", '<head><meta name="ROBOTS" content="none">', 1)
    assert faults(kept_out, robots) == []
    free = {**edition, "rights": {**edition["rights"], "indexing": "free"}}
    assert faults(free, bent(page, "//link[@rel='canonical']", drop)) == []


def test_an_older_revision_may_be_shown_as_long_as_freshness_says(edition: Body, page: str) -> None:
    newer = copy.deepcopy(edition)
    newer["revision"]["number"] = 2
    block = newer["sections"][3]["blocks"][0]
    block["spans"] = [{"text": "Other words, which nobody has seen on any page.", "marks": []}]
    for days, level, words in (
        (0, WARNING, "recheck_after still runs"),
        (2, WARNING, "recheck_after is over"),
        (8, ERROR, "longer than max_offline allows"),
    ):
        (found,) = faults(newer, page, older=[edition], days=days)
        assert (found.check, found.level) == ("revision", level)
        assert "that of revision 1" in found.found
        assert words in found.found
    (unknown,) = faults(newer, page)
    assert (unknown.check, unknown.level) == ("revision", ERROR)
    assert "Other words" in unknown.found


def test_a_page_with_nothing_of_the_article_is_one_fault(edition: Body) -> None:
    assert said(faults(edition, "<title>Ours</title><p>Soon more.")) == [("revision", None)]


def test_a_base_that_is_no_address_changes_no_link(edition: Body, page: str) -> None:
    assert faults(edition, page.replace("<head>", '<head><base href="http://[::1">', 1)) == []


@pytest.mark.parametrize("slug", ["../checkpoint", "sleep?fields=title", "sl\teep", ""])
def test_what_is_no_slug_names_no_article(slug: str) -> None:
    named = f'<caveat-article slug="{slug}"></caveat-article><div data-article="{slug}">Text'
    assert naming.find(fromstring(named), PUBLIC_URL) == []


def test_of_an_ended_article_nothing_may_be_left(edition: Body, page: str) -> None:
    problem = {"notice": "It was wrong.", "help": [{"phrase": "Call 988."}]}
    told = page_of("<p>It was wrong. Call 988.")
    assert conformance.check_ended(problem, told, edition) == []
    (unsure,) = conformance.check_ended(problem, told, None)
    assert (unsure.level, "--edition" in unsure.fix) == (WARNING, True)
    left = conformance.check_ended(problem, page_of(page), None)
    assert [one.level for one in left] == [ERROR, ERROR, ERROR, WARNING]
    hidden = page_of(f"<p>It was wrong. Call 988.<p hidden>{edition['summary']}")
    (found,) = conformance.check_ended(problem, hidden, edition)
    assert (found.check, found.level) == ("withdrawn", ERROR)
