"""Manuscripts for the bench: any number of short articles, each with sentences of its own.

They read like prose, are about sleep, and pass every gate: four sections of about 300 words, two
claims and two sources. The same number always gives the same article.
"""

import random
from collections.abc import Iterator
from typing import Any

from content.documents import SECTION_KINDS

PARAGRAPHS, SENTENCES = 4, (4, 6)  # of a section, and of a paragraph
THINGS = """
bed bell blanket book bottle bowl box bridge candle chair city clock cloud coat corner country
cousin cup curtain day desk diary dinner dish door evening family farm field film fire flat
floor flower forest friend garden gate glass guest hall harbour hill holiday home hotel hour
house journey kitchen ladder lake lamp letter light line map market meal meeting mirror moon
morning mountain music name neighbour newspaper night noise office orchard painting paper
parcel park path pencil phone picture pillow place plan plate pond porch rain river road roof
room rope route school screen sea season shelf ship shoe shop song sound spring stair star
station stone storm story street summer sun table tea tent theatre ticket town track train
tree trip valley village visit voice walk wall watch water weather week wind window winter
wood word yard year
"""
QUALITIES = """
big bright broad calm clean clear close cold cool dark deep dry early empty fair far fast fine
flat fresh gentle grand green grey happy heavy high kind large late light long loud low narrow
near neat new noisy old open pale plain polite quick quiet rare rich round rough sharp short
simple slow small smooth soft steady steep still strange sweet tall thick thin tidy usual warm
wet white whole wide wild young
"""
RELATIONS = """
can shape, may change, goes with, comes before, often follows, is part of, stands beside,
leads into, has a place in, says little about, tells us of, is one side of, can come after,
looks out on, belongs to, fits into, is far from, reminds us of, opens onto, turns into,
starts with, ends with
"""
NOUNS, KINDS = THINGS.split(), QUALITIES.split()
ACTS = [" ".join(act.split()) for act in RELATIONS.split(",")]
CLAIMS = {
    "overview": (
        "cbti-first",
        "Guidelines name CBT-I as the first treatment for insomnia that lasts",
        {"evidence_level": "E1", "sources": ["qaseem-2016"]},
    ),
    "mechanisms": (
        "two-processes",
        "Two things guide sleep, a drive that grows by day and a clock",
        {"evidence_level": "E4", "sources": ["borbely-2016"]},
    ),
}
SOURCES = [
    {
        "id": "borbely-2016",
        "title": "The two-process model of sleep regulation: a reappraisal",
        "authors": "Borbély AA, Daan S, Wirz-Justice A, Deboer T",
        "container": "Journal of Sleep Research 25:131-43",
        "year": 2016,
        "doi": "10.1111/jsr.12371",
    },
    {
        "id": "qaseem-2016",
        "title": "Management of chronic insomnia disorder in adults",
        "authors": "Qaseem A, et al.",
        "container": "Annals of Internal Medicine 165:125-33",
        "year": 2016,
        "doi": "10.7326/M15-2175",
    },
]
REVIEW = {
    "status": "unreviewed",
    "searched_on": "2026-11-22",
    "next_review_due": "2099-05-22",
    "provenance": {"author": "The bench", "ai_statement": "No AI tools were used."},
}


def many(count: int) -> Iterator[dict[str, Any]]:
    """Yield manuscripts as data."""
    return (manuscript(number) for number in range(count))


def manuscript(number: int) -> dict[str, Any]:
    """Return one manuscript."""
    dice = random.Random(number)  # noqa: S311 - the same every time
    first = f"{dice.choice(KINDS)}-{dice.choice(NOUNS)}"
    document = {
        "locale": "en",
        "title": f"Nights and days, number {number}",
        "summary": f"{_sentence(dice)} {_sentence(dice)}",
        "sections": [_section(kind, dice) for kind in SECTION_KINDS],
        "claims": [{"id": id, "statement": f"{s}.", **of} for id, s, of in CLAIMS.values()],
        "sources": SOURCES,
        "review": REVIEW,
    }
    front = {"slug": f"{first}-{number}", "topics": ["sleep"], "conditions": ["insomnia"]}
    return {**front, "change_note": "First publication.", "document": document}


def _section(kind: str, dice: random.Random) -> dict[str, Any]:
    blocks = [_paragraph(dice, *_claim(kind)), *(_paragraph(dice) for _ in range(PARAGRAPHS - 1))]
    title = f"On the {dice.choice(NOUNS)} and the {dice.choice(NOUNS)}"
    return {"kind": kind, "title": title, "standalone": kind == "overview", "blocks": blocks}


def _claim(kind: str) -> list[dict[str, Any]]:
    """Return the spans of the claim that a section begins with, if it has one."""
    if kind not in CLAIMS:
        return []
    id, said, of = CLAIMS[kind]
    claim = {"type": "claim", "id": id}
    cite = {"type": "source", "id": of["sources"][0]}
    return [
        {"text": said, "marks": [claim]},
        {"text": "", "marks": [claim, cite]},
        {"text": ".", "marks": [claim]},
    ]


def _paragraph(dice: random.Random, *begin: dict[str, Any]) -> dict[str, Any]:
    said = " ".join(_sentence(dice) for _ in range(dice.randint(*SENTENCES)))
    spans = [*begin, {"text": f" {said}" if begin else said, "marks": []}]
    text = "".join(span["text"] for span in spans)
    return {"type": "paragraph", "spans": spans, "text": text}


def _sentence(dice: random.Random) -> str:
    a, b, c = dice.choices(KINDS, k=3)
    w, x, y, z = dice.choices(NOUNS, k=4)
    (act,) = dice.choices(ACTS)
    return f"The {a} {w} {act} the {b} {x} and the {c} {y} of the {z}."
