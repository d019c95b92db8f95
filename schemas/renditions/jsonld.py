"""schema.org as JSON-LD: an article as a ``MedicalWebPage``, for search engines and agents.

schema.org has no property for a disclaimer. So the notices stand inside ``text``, in reading order
and once more in full, and in ``usageInfo``, which says how a work is to be used. What is claimed
of the page holds of the edition: no date of a review that never was, and no rating of any kind.
"""

from collections.abc import Iterator
from typing import Any

from content import canonical
from content.editions import Edition, instant
from schemas.renditions import formats, inline, layers, plain, words

CONTEXT = "https://schema.org"
AUDIENCES = {"clinicians": "Clinician", "patients": "Patient"}  # what schema.org has words for


def render(edition: Edition) -> bytes:
    """Return an edition as a JSON-LD document, in canonical JSON."""
    text = {"text": plain.render(edition)}
    return canonical.encode(describe(edition) | text)


def describe(edition: Edition) -> dict[str, Any]:
    """Return an edition as JSON-LD without its text; all notices are in ``usageInfo``."""
    body, links = edition.body, edition.body["links"]
    review, rights = body["review"], body["rights"]
    standing = _draft() if formats.is_preview(body) else _published(body)
    found: dict[str, Any] = {
        "@context": CONTEXT,
        "@type": "MedicalWebPage",
        "identifier": [formats.identity(body["article"]["id"]), body["id"]],
        "description": layers.card_line(body),
        "inLanguage": body["context"]["locale"],
        "version": str(body["revision"]["number"]),
        "dateModified": instant(edition.modified),
        "author": {"@type": "Organization", "name": review["provenance"]["author"]},
        "license": f"{formats.base(links)}/terms",
        "creditText": rights["attribution"],
        "conditionsOfAccess": " ".join(rights["terms"]),
        "usageInfo": _usage(body),
        "citation": [_citation(source) for source in body.get("sources", [])],
        "keywords": formats.tags(body),
        "spatialCoverage": {"@type": "Place", "name": body["context"]["jurisdiction"]["name"]},
        **standing,
        **_reviewed(review),
    }
    if "title" in body:
        found["name"] = found["headline"] = body["title"]
    if corrections := _corrections(body):
        found["correction"] = corrections
    if until := body["freshness"]["display_until"]:
        found["expires"] = until
    if audience := AUDIENCES.get(body["context"]["audience"]):
        found["audience"] = {"@type": "MedicalAudience", "audienceType": audience}
    return found


def _published(body: dict[str, Any]) -> dict[str, Any]:
    """Return where and since when an article is to be found."""
    return {
        "@id": body["links"]["canonical"],
        "url": body["links"]["html"],
        "datePublished": body["revision"]["published_at"],
    }


def _draft() -> dict[str, Any]:
    """Return what a preview says in the place of that."""
    return {"creativeWorkStatus": "Draft"}


def _usage(body: dict[str, Any]) -> dict[str, Any]:
    """Return all notices in full, as the work that says how this one is to be used."""
    return {
        "@type": "CreativeWork",
        "name": words.of(body["context"]["locale"]).in_full,
        "text": plain.notices(body),
    }


def _corrections(body: dict[str, Any]) -> list[dict[str, str]]:
    """Return what was corrected, as the notices say it."""
    said = (notice["text"] for notice in body["disclaimers"] if notice["kind"] == "correction")
    return [{"@type": "CorrectionComment", "text": text} for text in said]


def _reviewed(review: dict[str, Any]) -> dict[str, Any]:
    """Return who reviewed the text, and when; nothing unless somebody did."""
    if review["status"] != "reviewed":
        return {}
    made = review["provenance"]
    person = {
        "@type": "Person",
        "name": made["reviewer_name"],
        "honorificSuffix": made["reviewer_credential"],
    }
    return {"lastReviewed": review["reviewed_on"], "reviewedBy": person}


def _citation(source: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {
        "@type": "CreativeWork",
        "name": source["title"],
        "creditText": source["authors"],
    }
    addresses = list(_addresses(source))
    if addresses:
        found["url"] = addresses[0]
    if addresses[1:]:
        found["sameAs"] = addresses[1:]
    if source["container"]:
        found["isPartOf"] = {"@type": "CreativeWork", "name": source["container"]}
    if source["year"]:
        found["datePublished"] = str(source["year"])
    return found


def _addresses(source: dict[str, Any]) -> Iterator[str]:
    if source["doi"]:
        yield inline.doi(source["doi"])
    if inline.safe(source["url"]):
        yield source["url"]
