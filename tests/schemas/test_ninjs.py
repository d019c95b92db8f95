"""ninjs: valid by IPTC's own schema, every notice in the main body and beside it. Pure."""

import json
from typing import Any

import pytest
from bodies import (
    Read,
    in_order,
    make_body,
    make_edition,
    make_full_body,
    make_notice,
    make_preview_body,
)
from feed_pages import HELP, make_ended
from hostile import ADDRESSES, HOSTILE, readdress, spoil
from hypothesis import given
from hypothesis import strategies as st
from ninjs_items import faults

from schemas.renditions import ninjs
from schemas.renditions.formats import FORMATS


def render(body: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(ninjs.render(make_edition(body)))
    assert faults(found) == []
    return found


def role(item: dict[str, Any], name: str) -> str:
    """Return the body of an item with a role."""
    [found] = [body["value"] for body in item["bodies"] if body["role"] == name]
    return str(found)


def test_an_item_is_valid_and_says_which_edition_it_is() -> None:
    found = render(make_full_body())
    assert found["uri"] == "urn:uuid:019a0000-0000-7000-8000-000000000001"
    assert (found["pubStatus"], found["version"]) == ("usable", "41")
    assert found["versionCreated"] == "2026-11-23T00:00:00Z"
    assert found["contentCreated"] == "2026-11-23T12:00:00Z"
    assert found["headlines"][0]["value"] == "The title of the article"
    assert found["standard"]["version"] == "3.1"
    ids = {alt["role"]: alt["value"] for alt in found["altIds"]}
    assert ids["digest"] == "sha256:ab"
    assert ids["edition"].startswith("urn:caveat:")


def test_an_item_of_a_preview_is_valid_and_takes_the_place_of_none() -> None:
    found = render(make_preview_body())
    assert found["pubStatus"] == "withheld"
    assert found["uri"] == make_preview_body()["id"]
    assert (found["renditions"], "contentCreated" in found) == ([], False)


def test_the_schema_is_there_to_refuse() -> None:
    item = json.loads(ninjs.render(make_edition(make_full_body())))
    for wrong in ({"pubStatus": "withdrawn"}, {"disclaimers": []}, {"expires": "soon"}):
        assert faults(item | wrong)
    assert faults({name: value for name, value in item.items() if name != "uri"})


def test_the_notices_stand_in_the_main_body_by_their_levels_and_once_more_beside_it() -> None:
    found = render(make_full_body())
    assert in_order(
        Read(role(found, "main")).text,
        "The full text of crisis.",
        "The short of overdose.",
        "The summary of the article.",
        "The short of harms.",
        "About mechanisms",
        "The short of product.",
        "The short of origin.",
        "All notices in full",
        "The full text of origin.",
    )
    names = ("crisis", "overdose", "harms", "product", "origin")
    assert in_order(role(found, "disclaimer"), *(f"The full text of {name}." for name in names))


@given(st.lists(st.text(min_size=1, max_size=40), min_size=1, max_size=5))
def test_every_full_text_is_in_both_bodies(texts: list[str]) -> None:
    printable = [f"#{n}# " + "".join(c for c in t if c.isprintable()) for n, t in enumerate(texts)]
    notices = [make_notice(f"n{n}", text=text) for n, text in enumerate(printable)]
    found = render(make_body(notices))
    for text in printable:
        assert text in Read(role(found, "main")).text
        assert text in role(found, "disclaimer")


def test_the_description_is_the_line_of_the_card_and_never_the_summary() -> None:
    [description] = render(make_full_body())["descriptions"]
    assert description["value"] == "The short of crisis."


def test_sources_subjects_rights_and_the_other_formats_are_named() -> None:
    found = render(make_full_body())
    assert found["infoSources"] == [
        {"name": "Doe J. A study", "role": "source", "uri": "https://doi.org/10.1000/a%3Cb%3E"}
    ]
    assert [subject["name"] for subject in found["subjects"]] == ["sleep", "insomnia"]
    assert found["usageTerms"] == "Supplied by the desk. Keep every notice."
    assert found["rightsInfo"] == {"linkedRights": "https://a.example/terms"}
    others = {form.name for form in FORMATS} - {"ninjs"}
    assert {one["name"] for one in found["renditions"]} == others
    assert "P1D" in found["edNote"]


@pytest.mark.parametrize(
    ("code", "uri"),
    [("001", None), ("ZZ", None), ("GB", "urn:iso:std:iso:3166:-1:GB"),
     ("US-AL", "urn:iso:std:iso:3166:-2:US-AL")],
)  # fmt: skip
def test_a_place_has_its_iso_code(code: str, uri: str | None) -> None:
    body = make_full_body()
    body["context"]["jurisdiction"] = {"code": code, "name": "A place"}
    [place] = render(body)["places"]
    assert (place["literal"], place.get("uri")) == (code, uri)


def test_the_last_day_of_display_is_when_it_expires() -> None:
    body = make_full_body()
    assert "expires" not in render(body)
    fresh = body["freshness"] | {"display_until": "2027-01-31"}
    assert render(body | {"freshness": fresh})["expires"] == "2027-01-31T23:59:59Z"


@pytest.mark.parametrize("address", ADDRESSES)
def test_only_safe_addresses_are_named(address: str) -> None:
    found = json.loads(ninjs.render(make_edition(readdress(make_full_body(), address))))
    assert found["renditions"] == []
    assert [s["uri"] for s in found["infoSources"]] == ["https://doi.org/10.1000/a%3Cb%3E"]


def test_hostile_text_is_valid_and_no_markup() -> None:
    body = make_full_body()
    harmless, hostile = (
        Read(role(json.loads(ninjs.render(make_edition(spoil(body, words)))), "main"))
        for words in ("words", HOSTILE)
    )
    assert hostile.tags == harmless.tags


def test_what_has_ended_is_a_canceled_item_with_the_notice_and_the_help() -> None:
    found = json.loads(ninjs.cancel(make_ended(), 77))
    assert faults(found) == []
    assert found["uri"] == "urn:uuid:019a0000-0000-7000-8000-000000000002"
    assert (found["pubStatus"], found["version"]) == ("canceled", "77")
    text = Read(role(found, "notice")).text
    assert in_order(text, "No longer published.", "It was wrong about a dose.", HELP["phrase"])
    assert not {"headlines", "descriptions"} & found.keys()
