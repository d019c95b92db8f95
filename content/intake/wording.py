"""Wording: which section a heading belongs to, how sure that is, and why.

The rules are data: for each language and section the words that speak for it, each with how surely
they do, in percent.
"""

import re
import unicodedata
from typing import NamedTuple

from content.documents import SECTION_KINDS

SURE = 50  # percent: below that nothing is moved
MOST = 95  # no rule of wording is surer
EACH_MORE = 5  # percent that every further word adds
LAST = 60  # percent: comes last without a heading
SHORT = 80  # characters of a label, a byline, or a bare line that may be a heading

WORDING: dict[str, dict[str, dict[str, int]]] = {
    "en": {
        "overview": {
            "overview": 95, "introduction": 90, "background": 85, "at a glance": 85, "basics": 80,
            "what … is": 85, "what … are": 85,
            "what is": 85, "what are": 80, "definition": 80, "history": 70, "understanding": 60,
            "about": 60, "types": 60, "symptoms": 60, "who": 55, "origin": 60, "origins": 60,
            "key facts": 80, "what you need to know": 75, "facts": 55, "prevalence": 60,
        },
        "mechanisms": {
            "mechanism": 95, "mechanisms": 95, "how it works": 90, "how they work": 90, "how": 50,
            "works": 70, "work": 55, "pharmacology": 90, "chemistry": 85, "biology": 80,
            "the science": 85, "science": 75, "brain": 75, "receptors": 85, "causes": 65,
            "cause": 60, "why": 55, "effects": 70, "effect": 60, "acts": 70, "action": 65,
            "in the body": 75, "evidence": 60, "research": 60, "studies": 60, "active": 60,
        },
        "support-systems": {
            "support systems": 95, "support": 85, "treatment": 80, "treatments": 80, "help": 75,
            "getting help": 90, "where to turn": 85, "therapy": 75, "therapies": 75, "coping": 75,
            "care": 65, "resources": 80, "family": 65, "community": 65, "groups": 60,
            "services": 65, "managing": 65, "management": 65, "recovery": 65, "talking to": 65,
            "when to see": 75, "what helps": 85, "options": 60, "doctor": 65, "alternatives": 60,
        },
        "conclusions": {
            "conclusion": 95, "conclusions": 95, "summary": 75, "in short": 90, "bottom line": 90,
            "in summary": 90, "takeaway": 85, "takeaways": 85, "key points": 75, "outlook": 75,
            "the future": 65, "next steps": 70, "looking ahead": 80, "final thoughts": 90,
            "closing": 75, "what this means": 75, "in closing": 90, "wrapping up": 85,
        },
    },
    "es": {
        "overview": {
            "panorama": 85, "introduccion": 90, "que es": 85, "que son": 80, "resumen general": 80,
            "antecedentes": 80, "definicion": 80, "historia": 70, "conceptos": 65, "tipos": 60,
            "datos": 55, "sintomas": 60, "origen": 60, "lo basico": 80, "vision general": 90,
        },
        "mechanisms": {
            "mecanismo": 95, "mecanismos": 95, "como funciona": 90, "como funcionan": 90,
            "como actua": 90, "como": 50, "farmacologia": 90, "quimica": 85, "biologia": 80,
            "ciencia": 75, "cerebro": 75, "receptores": 85, "causas": 65, "por que": 55,
            "efectos": 70, "en el cuerpo": 75, "evidencia": 60, "estudios": 60,
            "investigacion": 60,
        },
        "support-systems": {
            "sistemas de apoyo": 95, "apoyo": 85, "tratamiento": 80, "tratamientos": 80,
            "ayuda": 80, "terapia": 75, "terapias": 75, "recursos": 80, "familia": 65,
            "comunidad": 65, "servicios": 65, "recuperacion": 65, "cuidado": 65, "medico": 65,
            "alternativas": 60, "opciones": 60,
        },
        "conclusions": {
            "conclusion": 95, "conclusiones": 95, "en resumen": 90, "resumen": 70,
            "en conclusion": 95, "para terminar": 85, "puntos clave": 75, "perspectivas": 70,
            "reflexiones finales": 90, "proximos pasos": 70, "lo esencial": 75, "el futuro": 65,
        },
    },
}  # fmt: skip
CLOSING = {  # how a last paragraph begins that sums up
    "en": (
        "in short", "in summary", "in conclusion", "in closing", "to sum up", "to conclude",
        "overall", "taken together", "all in all", "the bottom line", "ultimately", "in the end",
        "to summarize", "to summarise", "in brief",
    ),
    "es": (
        "en resumen", "en conclusion", "para concluir", "en definitiva", "en suma", "en fin",
        "para terminar", "en sintesis", "en pocas palabras", "por ultimo",
    ),
}  # fmt: skip
OUTLINE = {  # what stands above an outline
    "en": ("outline", "contents", "table of contents", "in this article", "what we cover",
           "this article covers", "on this page", "sections", "headings", "topics covered"),
    "es": ("indice", "contenido", "contenidos", "en este articulo", "esquema", "sumario",
           "secciones", "temas"),
}  # fmt: skip
SUMMARY = {  # what stands above a summary
    "en": ("summary", "abstract", "in brief", "synopsis", "standfirst"),
    "es": ("resumen", "sinopsis", "entradilla"),
}
TITLES: dict[str, dict[str, str]] = {  # of a section whose text brings none
    "en": {
        "overview": "Overview", "mechanisms": "Mechanisms", "support-systems": "Support systems",
        "conclusions": "Conclusions",
    },
    "es": {
        "overview": "Panorama general", "mechanisms": "Mecanismos",
        "support-systems": "Sistemas de apoyo", "conclusions": "Conclusiones",
    },
}  # fmt: skip
NOTHING = {
    "en": "[No text was supplied for this section.]",
    "es": "[No se recibió texto para esta sección.]",
}
BYLINE = (  # how a line begins that says who wrote the text, in any language
    "by", "written by", "words by", "text by", "story by", "author", "authors",
    "por", "escrito por", "texto de", "autor", "autora",
)  # fmt: skip
NAMED = re.compile(rf"(?:{'|'.join(BYLINE)})(?:\s*:|\s)\s*(?P<name>\w.*)", re.IGNORECASE)
STOPPED = re.compile(r"(?:[!?:;,\u2026]|(?<![A-Z])\.)\Z")  # "M.D." ends no sentence
NUMBERING = re.compile(r"\s*(?:\(?\d{1,3}(?:\.\d{1,3}){0,3}[.):]?|[ivxIVX]{1,5}[.)])\s+(?=\S)")
SMALL = {"a", "an", "the", "and", "el", "la", "los", "las", "un", "una", "y"}


class Choice(NamedTuple):
    """A section, how sure it is in percent, and the reason in words."""

    section: str | None
    confidence: int
    reason: str


def known(locale: str) -> str:
    """Return the language of a locale, English when there are no words for it."""
    language = locale.partition("-")[0]
    return language if language in WORDING else "en"


def words(text: str) -> str:
    """Return the words of a text without case, accents, punctuation and numbering."""
    bare = unicodedata.normalize("NFD", NUMBERING.sub("", text, count=1).casefold())
    return " ".join(re.findall(r"\w+", "".join(c for c in bare if not unicodedata.combining(c))))


def key(text: str) -> str:
    """Return what two writings of one heading have in common."""
    spoken = words(text)
    return " ".join(word for word in spoken.split() if word not in SMALL) or spoken or text.strip()


def choose(heading: str, locale: str) -> Choice:
    """Return the section whose wording a heading has, or none."""
    if locale.partition("-")[0] not in WORDING:
        return Choice(None, 0, f"there are no rules of wording for the language {locale!r}")
    found = [_score(heading, kind, locale) for kind in SECTION_KINDS]
    best, second = sorted(found, key=lambda one: -one.confidence)[:2]
    confidence = best.confidence - second.confidence // 4
    if not best.confidence:
        return Choice(None, 0, "no wording matched")
    if best.confidence == second.confidence or confidence < SURE:
        reason = f"{best.reason}, but {second.reason}" if second.confidence else best.reason
        return Choice(None, min(confidence, SURE - 1), reason)
    return Choice(best.section, confidence, best.reason)


def sums_up(text: str, locale: str) -> str:
    """Return the words by which a paragraph says that it sums up, or nothing."""
    start = words(text[:60])
    return next(
        (words for words in CLOSING[known(locale)] if f"{start} ".startswith(f"{words} ")), ""
    )


def byline(line: str) -> str:
    """Return the name in a short line that says who wrote the text, or nothing."""
    found = NAMED.fullmatch(line.strip()) if len(line) <= SHORT else None
    return found["name"] if found and not STOPPED.search(found["name"]) else ""


def is_label(text: str, labels: dict[str, tuple[str, ...]], locale: str) -> bool:
    """Return whether a short line says nothing but what stands below it."""
    return len(text) <= SHORT and words(text) in labels[known(locale)]


def _stands_in(wording: str, spoken: str) -> bool:
    """Return whether a heading has a wording; ``what … is`` begins and ends it."""
    begin, gap, end = wording.partition("…")
    if not gap:
        return f" {wording} " in spoken
    return spoken.startswith(f" {begin}") and spoken.endswith(f"{end} ")


def _score(heading: str, kind: str, locale: str) -> Choice:
    spoken = f" {words(heading)} "
    rules = WORDING[known(locale)][kind]
    hits = sorted((w for w in rules if _stands_in(w, spoken)), key=lambda w: (-rules[w], w))
    if not hits:
        return Choice(kind, 0, "")
    confidence = min(MOST, rules[hits[0]] + EACH_MORE * (len(hits) - 1))
    return Choice(kind, confidence, f"'{hits[0]}' is wording of {kind}")
