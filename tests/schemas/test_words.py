"""The page's own words: complete in every language, and in no other language than the page's."""

import dataclasses
import re
from collections import Counter
from typing import Any

import pytest
from bodies import Read, make_body, make_edition, make_full_body, make_notice
from feed_pages import make_ended, make_feed

from content.contexts import AUDIENCES, CHANNELS
from schemas.documents import EVIDENCE_LEVELS
from schemas.renditions import feeds, html, markdown, words
from schemas.renditions.words import ENGLISH, SPANISH

OF_ELEMENT = (  # what only the script of the element says
    *("verified", "unverified", "notices_for", "hidden", "mismatch"),
    *("missing", "stale", "unreachable", "withheld"),
)


def pages(locale: str, **changed: Any) -> str:
    """Return the page and the card of an edition in a locale."""
    body = make_full_body(**changed)
    body["context"]["locale"] = locale
    edition = make_edition(body)
    return html.render(edition).decode() + str(html.render_card(edition))


def plainly(locale: str) -> str:
    """Return an edition in a locale in the formats that cannot fold anything away."""
    body = make_full_body()
    body["context"]["locale"] = locale
    edition = make_edition(body)
    feed = make_feed(edition, make_ended(locale=locale), locale=locale)
    return (markdown.render(edition) + feeds.render(feed)).decode()


def shown(page: str) -> str:
    """Return what people read or hear of a page."""
    read = Read(page)
    labels = [*read.values.get("aria-label", []), *read.values.get("title", [])]
    return "\n".join([read.text, *labels])


def sayings(said: words.Words) -> list[str]:
    """Return all texts of a table of words but its names of audiences and channels."""
    values = [v for k, v in dataclasses.asdict(said).items() if k not in ("locale", "names")]
    return [*(v for v in values if isinstance(v, str)), *said.evidence.values()]


@pytest.mark.parametrize("said", [ENGLISH, SPANISH], ids=lambda said: said.locale)
def test_a_language_has_all_words_and_a_place_for_the_number_of_notices(said: words.Words) -> None:
    assert all(sayings(said))
    assert set(said.evidence) == set(EVIDENCE_LEVELS)
    assert said.all_notices.count("{}") == 1


def test_spanish_names_every_audience_and_channel() -> None:
    assert set(SPANISH.names) == {*AUDIENCES, *CHANNELS}


def test_a_spanish_page_has_no_english_of_ours() -> None:
    whole = pages("es")
    part = pages("es", fields=["sections"], sections=make_body()["sections"][:1])
    note = {"type": "callout", "tone": "note", "spans": [], "text": "x"}
    table = {"type": "table", "caption": "", "columns": [], "rows": [], "text": ""}
    section = make_body()["sections"][0] | {"blocks": [note, table]}
    found = shown(whole) + shown(part) + shown(pages("es", sections=[section]))
    for english, spanish in zip(sayings(ENGLISH), sayings(SPANISH), strict=True):
        if english != spanish and english not in (ENGLISH.made_for_place, ENGLISH.part_title):
            alone = rf"(?<!\w){re.escape(english.partition('{}')[0].strip())}(?!\w)"
            assert not re.search(alone, found), english
    assert 'lang="en"' not in re.sub(r"<li lang=\"en\"", "<li", whole)


def test_a_spanish_page_says_everything_in_spanish() -> None:
    found = shown(pages("es")) + shown(pages("es", fields=[])) + plainly("es")
    rare = {SPANISH.note, SPANISH.table, SPANISH.part_title, SPANISH.evidence_unknown}
    rare |= {getattr(SPANISH, name) for name in OF_ELEMENT}
    for said in set(sayings(SPANISH)) - rare:
        assert said.format(5) in found, said


def test_a_regional_locale_has_the_words_of_its_language() -> None:
    assert words.of("es-MX") is words.of("es") is SPANISH
    assert words.of("en-GB") is words.of("en") is ENGLISH


@pytest.mark.parametrize("locale", ["fr", "ar", "est"])
def test_a_page_in_a_language_without_words_has_english_ones_that_say_so(locale: str) -> None:
    assert words.of(locale) is ENGLISH
    page = pages(locale)
    assert '<p class="cv-skip" lang="en" dir="ltr">' in page
    assert '<summary lang="en" dir="ltr">All 5 notices of this article</summary>' in page


def test_a_part_without_a_title_is_called_so_in_the_language_of_the_page() -> None:
    body = make_body([make_notice("crisis", "alert")], fields=[])
    body["context"]["locale"] = "es"
    del body["title"]
    edition = make_edition(body)
    assert "<title>Parte de un artículo</title>" in html.render(edition).decode()
    assert "Parte de un artículo" in str(html.render_card(edition))


def test_the_context_of_a_spanish_page_is_told_in_words() -> None:
    assert "idioma es, público general, canal desconocido" in pages("es")
    assert "language en, audience general, channel unknown" in pages("en")


def test_an_evidence_level_is_read_out_in_the_language_of_the_page() -> None:
    labels = Counter(Read(pages("es")).values["aria-label"])
    assert labels["Nivel de las pruebas E3: Encuestas, registros y otros estudios de observación"]
    assert labels["Fuente 1"]
