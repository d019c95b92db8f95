"""Wording: which section a heading belongs to, how sure that is, and why.

The rules are data: for each language and section the words that speak for it, each with how surely
they do, in percent.
"""

import re
import unicodedata
from typing import NamedTuple

from content.documents import SECTION_KINDS

SURE = 50  # percent: below that a heading stays where it stands
PLAIN = 65  # percent: below that an editor is told to look
MOST = 95  # no rule of wording is surer
EACH_MORE = 5  # percent that every further word adds
LAST = 60  # percent: comes last without a heading
SHORT = 80  # characters of a label, a byline, or a bare line that may be a heading

WORDING: dict[str, dict[str, dict[str, int]]] = {
    "en": {
        "overview": {
            "overview": 95, "introduction": 90, "background": 85, "at a glance": 85,
            "what … is": 85, "what … are": 85, "what is": 85, "what it is": 85,
            "setting the scene": 85, "basics": 80, "what are": 80, "definition": 80,
            "key facts": 80, "where … come from": 80, "where … comes from": 80, "how common": 80,
            "introducing": 80, "getting to know": 80, "first things first": 80,
            "the story so far": 80, "… 101": 80, "what you need to know": 75, "defining": 75,
            "why … matters": 75, "… explained": 75, "what counts as": 75, "where … grows": 75,
            "history": 70, "what … mean": 70, "why people take": 70, "why people use": 70,
            "in numbers": 70, "big picture": 70, "in context": 70, "key terms": 70,
            "what we know": 65, "context": 65, "how many": 65, "what people say": 65,
            "what people are saying": 65, "at risk": 65, "growing problem": 65, "understanding": 60,
            "about": 60, "types": 60, "symptoms": 60, "signs": 60, "origin": 60, "origins": 60,
            "prevalence": 60, "figures": 60, "statistics": 60, "myths": 60, "the problem": 60,
            "who": 55, "facts": 55, "past": 55, "meaning": 55,
        },
        "mechanisms": {
            "mechanism": 95, "mechanisms": 95, "how it works": 90, "how they work": 90,
            "pharmacology": 90, "physiology": 90, "does to the body": 90, "does to your body": 90,
            "does to the brain": 90, "does to your brain": 90, "chemistry": 85, "receptors": 85,
            "the science": 85, "does in the body": 85, "does in the brain": 85, "biology": 80,
            "in the brain": 80, "nervous system": 80, "serotonin": 80, "dopamine": 80,
            "metabolism": 80, "what causes": 80, "why … happens": 80, "how … develops": 80,
            "what happens in": 80, "under the hood": 80, "what the research": 80,
            "what the evidence": 80, "what the studies": 80, "does to": 80, "do to": 80,
            "science": 75, "brain": 75, "in the body": 75, "hormones": 75, "genetics": 75,
            "pathways": 75, "side effects": 75, "body clock": 75, "what happens when": 75,
            "works": 70, "effects": 70, "acts": 70, "what happens": 70, "interactions": 70,
            "genes": 70, "risk factors": 70, "absorbed": 70, "causes": 65, "action": 65,
            "role of": 65, "triggers": 65, "affects": 65, "dependence": 65, "withdrawal": 65,
            "nerves": 65, "cause": 60, "effect": 60, "how much": 60, "experts say": 60,
            "evidence": 60, "research": 60, "studies": 60, "trials": 60, "findings": 60,
            "active": 60, "body": 60, "risks": 60, "safe": 60, "safety": 60, "dose": 60,
            "process": 60, "work": 55, "why": 55, "response": 55, "reasons": 55, "behind": 55,
            "how": 50,
        },
        "support-systems": {
            "support systems": 95, "getting help": 90, "get help": 90, "finding help": 90,
            "find help": 90, "seek help": 90, "seeking help": 90, "what you can do": 90,
            "what can help": 90, "how to cope": 90, "support groups": 90, "support": 85,
            "where to turn": 85, "what helps": 85, "living with": 85, "self care": 85,
            "self help": 85, "helplines": 85, "helpline": 85, "into daily life": 85,
            "into practice": 85, "bringing … routine": 85, "practical steps": 85,
            "steps you can take": 85, "see a doctor": 85, "how to help": 85, "treatment": 80,
            "treatments": 80, "resources": 80, "therapist": 80, "supporting": 80, "caring for": 80,
            "tips": 80, "talking about": 80, "living well": 80, "daily routine": 80,
            "making … a habit": 80, "building … routine": 80, "what to do": 80, "help": 75,
            "treated": 75, "further reading": 75, "therapy": 75, "therapies": 75, "coping": 75,
            "when to see": 75, "helping": 75, "life with": 75, "carers": 75, "crisis": 75,
            "day to day": 75, "not alone": 75, "stay well": 75, "get started": 75, "asking for": 75,
            "questions to ask": 75, "routine": 70, "talk to": 70, "medication": 70,
            "medications": 70, "professional": 70, "professionals": 70, "strategies": 70,
            "lifestyle": 70, "advice": 70, "at work": 70, "at school": 70, "getting started": 70,
            "starting small": 70, "staying safe": 70, "stay safe": 70, "care": 65, "family": 65,
            "families": 65, "friends": 65, "services": 65, "managing": 65, "manage": 65,
            "management": 65, "recovery": 65, "talking to": 65, "doctor": 65, "everyday": 65,
            "at home": 65, "prevention": 65, "preventing": 65, "medicines": 65, "how to": 65,
            "ways to": 65, "where to": 65, "who to": 65, "diagnosis": 60, "diagnosed": 60,
            "what to expect": 60, "diet": 60, "exercise": 60, "community": 60, "groups": 60,
            "options": 60, "alternatives": 60, "steps": 60, "tools": 60, "exercises": 60,
            "daily": 60, "before you": 60,
        },
        "conclusions": {
            "conclusion": 95, "conclusions": 95, "to conclude": 95, "concluding": 95,
            "in short": 90, "bottom line": 90, "in summary": 90, "final thought": 90,
            "final thoughts": 90, "final word": 90, "final words": 90, "closing thoughts": 90,
            "last thoughts": 90, "in closing": 90, "road ahead": 90, "where … leaves us": 90,
            "go from here": 90, "summing up": 90, "to sum up": 90, "all in all": 90, "takeaway": 85,
            "takeaways": 85, "wrapping up": 85, "wrap up": 85, "way ahead": 85, "path ahead": 85,
            "way forward": 85, "moving forward": 85, "going forward": 85, "looking ahead": 85,
            "next steps": 85, "last word": 85, "last words": 85, "in brief": 85,
            "in a nutshell": 85, "upshot": 85, "recap": 85, "parting": 85, "afterword": 85,
            "take home": 85, "putting it all together": 85, "where are we now": 80,
            "comes next": 80, "lies ahead": 80, "looking forward": 80, "what it all means": 80,
            "to remember": 80, "where we stand": 80, "where things stand": 80, "take away": 80,
            "future directions": 80, "pulling … together": 80, "leaves us": 80,
            "what have we learned": 80, "summary": 75, "key points": 75, "outlook": 75,
            "closing": 75, "what this means": 75, "means for you": 75, "what s next": 75,
            "what we have learned": 75, "word of hope": 75, "keep in mind": 75, "all together": 75,
            "in the end": 75, "the future": 65, "future": 65, "ahead": 65, "overall": 65,
            "final": 65, "remember": 65, "lessons": 65, "hope": 60,
        },
    },
    "es": {
        "overview": {
            "introduccion": 90, "vision general": 90, "panorama": 85, "que es": 85,
            "de un vistazo": 85, "que son": 80, "resumen general": 80, "antecedentes": 80,
            "definicion": 80, "lo basico": 80, "datos clave": 80, "de donde viene": 80,
            "lo que debe saber": 75, "lo que hay que saber": 75, "que significa": 75,
            "… en cifras": 75, "historia": 70, "contexto": 70, "que tan comun": 70, "conceptos": 65,
            "que se sabe": 65, "lo que sabemos": 65, "en riesgo": 65, "tipos": 60, "sintomas": 60,
            "senales": 60, "origen": 60, "origenes": 60, "cifras": 60, "mitos": 60, "datos": 55,
            "quien": 55, "quienes": 55,
        },
        "mechanisms": {
            "mecanismo": 95, "mecanismos": 95, "como funciona": 90, "como funcionan": 90,
            "como actua": 90, "como actuan": 90, "farmacologia": 90, "fisiologia": 90,
            "que hace en el cuerpo": 90, "que hace en el cerebro": 90, "quimica": 85,
            "receptores": 85, "la ciencia": 85, "biologia": 80, "en el cerebro": 80,
            "que causa": 80, "por que ocurre": 80, "por que sucede": 80, "sistema nervioso": 80,
            "lo que dicen los estudios": 80, "que dicen los estudios": 80, "metabolismo": 80,
            "ciencia": 75, "cerebro": 75, "en el cuerpo": 75, "hormonas": 75,
            "efectos secundarios": 75, "que hace": 75, "efectos": 70, "factores de riesgo": 70,
            "interacciones": 70, "que ocurre": 70, "que pasa": 70, "causas": 65, "papel de": 65,
            "dependencia": 65, "abstinencia": 65, "genes": 65, "evidencia": 60, "estudios": 60,
            "investigacion": 60, "causa": 60, "riesgos": 60, "seguridad": 60, "cuerpo": 60,
            "detras de": 60, "por que": 55, "como": 50,
        },
        "support-systems": {
            "sistemas de apoyo": 95, "pedir ayuda": 90, "buscar ayuda": 90, "encontrar ayuda": 90,
            "donde acudir": 90, "grupos de apoyo": 90, "como ayudar": 90, "apoyo": 85,
            "vivir con": 85, "convivir con": 85, "que puede hacer": 85, "que ayuda": 85,
            "autocuidado": 85, "cuando consultar": 85, "cuando acudir": 85, "tratamiento": 80,
            "tratamientos": 80, "ayuda": 80, "recursos": 80, "consejos": 80, "que hacer": 80,
            "vida diaria": 80, "hablar con": 80, "terapia": 75, "terapias": 75, "afrontar": 75,
            "crisis": 75, "dia a dia": 75, "no esta solo": 75, "rutina": 70, "medicacion": 70,
            "profesional": 70, "profesionales": 70, "estrategias": 70, "familia": 65,
            "familias": 65, "amigos": 65, "comunidad": 65, "servicios": 65, "recuperacion": 65,
            "cuidado": 65, "cuidados": 65, "medico": 65, "prevencion": 65, "alternativas": 60,
            "opciones": 60, "pasos": 60, "habitos": 60,
        },
        "conclusions": {
            "conclusion": 95, "conclusiones": 95, "en conclusion": 95, "para concluir": 95,
            "en resumen": 90, "resumiendo": 90, "reflexiones finales": 90, "reflexion final": 90,
            "ultimas palabras": 90, "en sintesis": 90, "el camino por delante": 90,
            "para terminar": 85, "en definitiva": 85, "en suma": 85, "en pocas palabras": 85,
            "mirando al futuro": 85, "mirar al futuro": 85, "proximos pasos": 85,
            "hacia adelante": 80, "para recordar": 80, "ideas clave": 80, "puntos clave": 75,
            "lo esencial": 75, "que viene": 75, "que nos queda": 75, "mensaje final": 75,
            "resumen": 70, "perspectivas": 70, "el futuro": 65, "futuro": 65, "balance": 65,
            "recuerde": 65,
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


def speaks(locale: str) -> bool:
    """Return whether there are words for the language of a locale."""
    return locale.partition("-")[0] in WORDING


def known(locale: str) -> str:
    """Return the language of a locale, English when there are no words for it."""
    return locale.partition("-")[0] if speaks(locale) else "en"


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
    if not speaks(locale):
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
