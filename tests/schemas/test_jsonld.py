"""JSON-LD: only what schema.org knows, and every notice in the text and in how to use it. Pure."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
import services
from bodies import (
    CALL,
    in_order,
    make_body,
    make_edition,
    make_full_body,
    make_notice,
    make_preview_body,
)
from hostile import ADDRESSES, readdress
from hypothesis import given
from hypothesis import strategies as st

from content.documents import SECTION_KINDS
from schemas.renditions import jsonld

PACKAGES = ("typescript@5.9.3", "schema-dts@2.1.0")
OPTIONS = ("--noEmit", "--strict", "--moduleResolution", "bundler", "--module", "esnext")
PATIENCE = 240  # seconds


def render(body: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(jsonld.render(make_edition(body)))
    return found


def make_reviewed_body() -> dict[str, Any]:
    body = make_full_body()
    who = {"reviewer_name": "R. Viewer", "reviewer_credential": "MD"}
    review = {"status": "reviewed", "reviewed_on": "2026-11-20"}
    review["provenance"] = body["review"]["provenance"] | who
    fresh = body["freshness"] | {"display_until": "2027-01-31"}
    place = body["context"] | {"audience": "clinicians"}
    first, *others = body["disclaimers"]
    said = {
        "disclaimers": [first | {"kind": "correction"}, *others],
        "review": body["review"] | review,
    }
    return body | {**said, "freshness": fresh, "context": place}


def test_schema_org_knows_every_property_and_type(tmp_path: Path) -> None:
    bodies = (make_full_body(), make_reviewed_body(), make_body(sources=[]), make_preview_body())
    good = [render(body) for body in bodies]
    bad = [good[0] | {"disclaimer": "x"}, good[0] | {"evidenceLevel": "x"}]
    bad.append(good[0] | {"usageInfo": {"@type": "CreativeWork", "disclaimer": "x"}})
    lines = ['import type { MedicalWebPage, WithContext } from "schema-dts";']
    lines += [f"export const good{n}: {page(data)}" for n, data in enumerate(good)]
    for n, data in enumerate(bad):
        lines += ["// @ts-expect-error", f"export const bad{n}: {page(data)}"]
    (tmp_path / "pages.ts").write_text("\n".join(lines))
    run(tmp_path, services.npm(), "install", "--no-audit", "--no-fund", *PACKAGES)
    run(tmp_path, str(tmp_path / "node_modules" / ".bin" / "tsc"), *OPTIONS, "pages.ts")


def page(data: dict[str, Any]) -> str:
    """Return data as a literal of TypeScript, which is checked for properties too many."""
    return f"WithContext<MedicalWebPage> = {json.dumps(data)};"


def run(folder: Path, *command: str) -> None:
    done = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, timeout=PATIENCE, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_page_says_what_it_is_and_where() -> None:
    found = render(make_full_body())
    assert (found["@context"], found["@type"]) == ("https://schema.org", "MedicalWebPage")
    assert found["@id"] == "https://a.example/x.html"
    assert found["url"] == "https://a.example/x.html?locale=en"
    assert found["name"] == found["headline"] == "The title of the article"
    assert (found["version"], found["inLanguage"]) == ("3", "en")
    assert found["dateModified"] == "2026-11-23T00:00:00Z"
    assert found["license"] == "https://a.example/terms"
    assert found["creditText"] == "Supplied by the desk."


def test_the_text_has_the_notices_by_their_levels_and_every_one_in_full() -> None:
    found = render(make_full_body())
    assert in_order(
        found["text"],
        "The title of the article",
        "The full text of crisis.",
        "The short of overdose.",
        "The summary of the article.",
        "The short of harms.",
        "About overview",
        "About mechanisms",
        "The short of product.",
        "About conclusions",
        "The short of origin.",
        "All notices in full",
        "The full text of crisis.",
        "The full text of origin.",
    )
    for name in ("crisis", "overdose", "harms", "product", "origin"):
        assert f"The full text of {name}." in found["usageInfo"]["text"]


@given(st.data())
def test_every_short_and_every_full_text_is_in_the_text(data: st.DataObject) -> None:
    levels = st.sampled_from(["alert", "lead", "inline", "foot", "other"])
    anchors = st.sampled_from([*SECTION_KINDS, "elsewhere", None])
    words = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40)
    made = [
        make_notice(f"n{i}-", data.draw(levels), data.draw(anchors))
        | {"text": f"#{i}# {data.draw(words)}", "short": f"={i}= {data.draw(words)}"}
        for i in range(data.draw(st.integers(1, 8)))
    ]
    body = make_body(made, sections=make_body()["sections"][: data.draw(st.integers(0, 4))])
    found = render(body)
    top, _, end = found["text"].partition("All notices in full")
    for notice in made:
        assert notice["text"] in end
        assert notice["text"] in found["usageInfo"]["text"]
        assert notice["short"] in top or notice["text"] in top


def test_the_description_is_the_line_of_the_card_and_never_the_summary() -> None:
    assert render(make_full_body())["description"] == "The short of crisis."


def test_a_review_is_told_only_when_there_was_one() -> None:
    assert not {"lastReviewed", "reviewedBy"} & render(make_full_body()).keys()
    found = render(make_reviewed_body())
    assert found["lastReviewed"] == "2026-11-20"
    assert found["reviewedBy"]["name"] == "R. Viewer"


def test_the_last_day_of_display_is_when_it_expires() -> None:
    assert "expires" not in render(make_full_body())
    assert render(make_reviewed_body())["expires"] == "2027-01-31"


def test_sources_are_cited_by_the_address_that_lasts() -> None:
    [cited] = render(make_full_body())["citation"]
    assert cited["url"] == "https://doi.org/10.1000/a%3Cb%3E"
    assert cited["sameAs"] == ["https://a.example/s"]
    assert (cited["name"], cited["datePublished"]) == ("A study", "2020")
    assert cited["isPartOf"]["name"] == "A Journal"


def test_what_can_be_called_is_readable() -> None:
    poison = {"type": "call", "label": "Call Poison Help", "value": "tel:1-800-222-1222"}
    body = make_body([make_notice("crisis", "alert", actions=[CALL, poison])])
    assert "Call Poison Help 1-800-222-1222" in render(body)["text"]


@pytest.mark.parametrize("address", ADDRESSES)
def test_an_unsafe_address_of_a_source_is_left_out(address: str) -> None:
    body = make_full_body()
    body["sources"] = readdress(body["sources"], address)
    [cited] = render(body)["citation"]
    assert "sameAs" not in cited
