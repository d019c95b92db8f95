"""The page's own words: what a rendition says besides what stands in an edition, per language.

An edition in a language that is not here gets the English words, marked with ``lang``.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Words:
    """All words of a page in one language."""

    locale: str
    # above and around the article
    part_title: str
    skip: str
    is_part: str
    read_whole: str
    made_for_place: str
    all_notices: str  # with the number of notices in it
    in_full: str  # over every full text, where nothing can be folded away
    # of a feed
    feed: str
    ended: str
    instead: str
    # of an article inside another site's page
    verified: str
    unverified: str
    notices_for: str
    hidden: str
    mismatch: str
    missing: str
    stale: str
    unreachable: str
    withheld: str
    # in the text
    caution: str
    note: str
    table: str
    source: str
    evidence_level: str
    evidence_unknown: str
    evidence: dict[str, str]
    # below the article
    claims: str
    evidence_scale: str
    sources: str
    about: str
    written_by: str
    tools: str
    reviewed: str
    not_reviewed: str
    searched: str
    next_review: str
    revision: str
    replaces: str
    published: str
    made_for: str
    language: str
    audience: str
    channel: str
    names: dict[str, str]  # of audiences and channels; one that is missing is shown as its code
    sequence: str
    digest: str
    key: str
    licence: str
    credit: str
    original: str
    as_data: str
    this_in_json: str
    terms: str


ENGLISH = Words(
    locale="en",
    part_title="Part of an article",
    skip="Skip to article",
    is_part="This is a part of an article.",
    read_whole="Read the whole article",
    made_for_place="For",
    all_notices="All {} notices of this article",
    in_full="All notices in full",
    feed="Articles with every notice that they owe to the reader",
    ended="No longer published",
    instead="Read instead",
    verified="Verified: this is what was published",
    unverified="Not verified: the signature could not be checked here, only the checksum",
    notices_for="Notices for:",
    hidden="The text is not shown, because its notices cannot be seen on this page.",
    mismatch="The article is not shown, because what arrived is not what was published.",
    missing="There is no such article.",
    stale="The article is not shown, because it could not be checked for too long.",
    unreachable="The article cannot be loaded now.",
    withheld="The article is not shown in this place or to these readers.",
    caution="Caution",
    note="Note",
    table="Table",
    source="Source",
    evidence_level="Evidence level",
    evidence_unknown="not known",
    evidence={
        "E1": "Several controlled trials in people, or a review of them",
        "E2": "One controlled trial or experiment in people",
        "E3": "Surveys, registries and other observational studies",
        "E4": "Case reports, or what experts agree on",
        "E5": "Cells, computer models or animals only",
        "E0": "Nothing found",
        "REG": "A fact about law, or the position of an agency",
    },
    claims="Claims and their evidence",
    evidence_scale="How strong the evidence is:",
    sources="Sources",
    about="About this edition",
    written_by="Written by",
    tools="Tools",
    reviewed="Reviewed",
    not_reviewed="Not by a clinician",
    searched="Literature searched",
    next_review="Next review due",
    revision="Revision",
    replaces="Replaces revision",
    published="Published",
    made_for="Made for",
    language="language",
    audience="audience",
    channel="channel",
    names={},
    sequence="Sequence",
    digest="Digest",
    key="Signed with key",
    licence="Licence",
    credit="Credit",
    original="Original",
    as_data="As data",
    this_in_json="This edition in JSON",
    terms="Terms for those who republish this article",
)

SPANISH = Words(
    locale="es",
    part_title="Parte de un artículo",
    skip="Ir al artículo",
    is_part="Esto es una parte de un artículo.",
    read_whole="Leer el artículo completo",
    made_for_place="Para",
    all_notices="Los {} avisos de este artículo",
    in_full="Todos los avisos completos",
    feed="Artículos con todos los avisos que deben al lector",
    ended="Ya no se publica",
    instead="Lea en su lugar",
    verified="Comprobado: esto es lo que se publicó",
    unverified="Sin comprobar: aquí no se pudo verificar la firma, solo la suma de control",
    notices_for="Avisos para:",
    hidden="El texto no se muestra porque sus avisos no se ven en esta página.",
    mismatch="El artículo no se muestra porque lo que llegó no es lo que se publicó.",
    missing="No existe ese artículo.",
    stale="El artículo no se muestra porque no se pudo comprobar durante demasiado tiempo.",
    unreachable="El artículo no se puede cargar ahora.",
    withheld="El artículo no se muestra en este lugar o a estos lectores.",
    caution="Precaución",
    note="Nota",
    table="Tabla",
    source="Fuente",
    evidence_level="Nivel de las pruebas",
    evidence_unknown="no se conoce",
    evidence={
        "E1": "Varios ensayos controlados en personas, o una revisión de ellos",
        "E2": "Un ensayo o experimento controlado en personas",
        "E3": "Encuestas, registros y otros estudios de observación",
        "E4": "Informes de casos, o lo que acuerdan los expertos",
        "E5": "Solo células, modelos de computadora o animales",
        "E0": "No se encontró nada",
        "REG": "Un hecho sobre la ley, o la posición de una autoridad",
    },
    claims="Afirmaciones y sus pruebas",
    evidence_scale="Qué fuerza tienen las pruebas:",
    sources="Fuentes",
    about="Sobre esta edición",
    written_by="Escrito por",
    tools="Herramientas",
    reviewed="Revisado",
    not_reviewed="No por un profesional clínico",
    searched="Búsqueda de estudios",
    next_review="Próxima revisión prevista",
    revision="Versión",
    replaces="Sustituye a la versión",
    published="Publicado",
    made_for="Hecho para",
    language="idioma",
    audience="público",
    channel="canal",
    names={
        "general": "general",
        "adults": "adultos",
        "clinicians": "profesionales clínicos",
        "minors": "menores",
        "parents": "madres y padres",
        "patients": "pacientes",
        "pregnancy": "embarazo",
        "unknown": "desconocido",
        "affiliate": "afiliado",
        "app": "aplicación",
        "health-service": "servicio de salud",
        "internal": "interno",
        "publisher": "editorial",
        "retail": "comercio",
        "supplements": "suplementos",
    },
    sequence="Secuencia",
    digest="Huella digital",
    key="Firmado con la clave",
    licence="Licencia",
    credit="Crédito",
    original="Original",
    as_data="Como datos",
    this_in_json="Esta edición en JSON",
    terms="Condiciones para quienes vuelven a publicar este artículo",
)

LANGUAGES = {words.locale: words for words in (ENGLISH, SPANISH)}


def of(locale: str) -> Words:
    """Return the words for a page in a locale; English where its language has none here."""
    return LANGUAGES.get(locale.partition("-")[0], ENGLISH)
