"""Terms: what texts are found by, the same on both engines: words, words of a part, and facets.

Words are casefolded and stripped of marks. A term is ASCII, so that no engine folds or divides it
its own way.
"""

import re
import unicodedata
from functools import lru_cache

from content.documents import Document, reading_text
from content.models.log import Publication

WORD = re.compile(r"[^\W_]+")
ODD = re.compile(r"[^a-z0-9-]")  # what no engine keeps in a term as it is
LONGEST = 60  # characters of a word that count
TITLE, LEAD = "title:", "lead:"  # before a word: it stands in the title; in title or summary


@lru_cache(maxsize=16_384)
def fold(word: str) -> str:
    """Return a word as it is compared: without case and marks, other letters than ASCII spelt."""
    plain = unicodedata.normalize("NFKD", word.casefold())
    kept = [sign for sign in plain if sign.isalnum()][:LONGEST]
    return ODD.sub(_spell, "".join(kept))


def words(said: str) -> list[str]:
    """Return the words of a text as they are compared, in their order."""
    found = (fold(word) for word in WORD.findall(unicodedata.normalize("NFC", said)))
    return [word for word in found if word]


def tag(kind: str, tag: str) -> str:
    """Return a facet as a term."""
    return f"{kind}:{ODD.sub(_spell, tag.lower())}"


def facets(publication: Publication, document: Document | None) -> dict[str, set[str]]:
    """Return the tags of a publication by kind; of a redacted text, what is still known."""
    tags = {"topic": set(publication.topics), "condition": set(publication.conditions)}
    if document is None:
        return tags
    levels: set[str] = {one.evidence_level for one in document.claims if one.evidence_level}
    return {**tags, "evidence": levels, "review": {document.review.status}}


def of(publication: Publication, document: Document) -> set[str]:
    """Return what a live text is found by."""
    title = words(document.title)
    found = facets(publication, document)
    lead = {LEAD + word for word in (*title, *words(document.summary))}
    tags = {tag(kind, one) for kind, every in found.items() for one in every}
    return {*words(reading_text(document)), *(TITLE + word for word in title), *lead, *tags}


def _spell(sign: re.Match[str]) -> str:
    """Return a character by its code point."""
    return f"u{ord(sign[0]):x}u"
