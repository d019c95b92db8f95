"""Intake: an agency's unstructured text becomes a draft, with a reason for everything.

The stages are one after another: reading (``from_text``, ``from_markdown``, ``from_html``) gives
pieces, ``parts`` finds title, summary, outline, headings and closing, ``front`` says what the draft
is called and who wrote it, ``mapping`` assigns the parts to sections by ``wording``, ``building``
makes blocks, ``marking`` marks claims, and ``reporting`` tells an editor what to look at. Nothing
is dropped: what has no place is kept and reported.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from content import documents, markdown
from content.documents import Manuscript
from content.editorial import drafts
from content.errors import Conflict, Finding, Invalid
from content.intake import from_html, from_markdown, from_text, pieces, reporting
from content.intake.building import Builder
from content.intake.front import Facts, Front
from content.intake.mapping import Mapped, assign
from content.intake.parts import find
from content.intake.pieces import Copy
from content.located import MAX_OCTETS
from content.markdown.parser import Refused, check_brackets
from content.models.editorial import Draft
from content.parts import Tag, convert

__all__ = ["FORMS", "Facts", "Intake", "draft", "form_of", "keep"]

FORMS: dict[str, Callable[[str, str], Copy]] = {
    "text": from_text.read,
    "markdown": from_markdown.read,
    "html": from_html.read,
}
ENDINGS = {"md": "markdown", "markdown": "markdown", "html": "html", "htm": "html", "xhtml": "html"}


@dataclass(frozen=True)
class Intake:
    """A draft, where each part of the source went, and what an editor should look at."""

    manuscript: Manuscript
    mapping: list[Mapped]
    findings: list[Finding]  # about the intake itself: guesses, moves, what was kept as text

    @property
    def gaps(self) -> list[Finding]:
        """What the draft still needs before it can be published."""
        found = documents.gaps(self.manuscript.document)
        return [Finding(f"/document{gap.pointer}", gap.message) for gap in found]


def form_of(name: str) -> str:
    """Return the form that a file's ending says: text, markdown or html."""
    return ENDINGS.get(name.rpartition(".")[2].lower(), "text")


def draft(octets: bytes, form: str, facts: Facts, name: str = "text") -> Intake:
    """Return the draft that a text in one of :data:`FORMS` becomes.

    ``name`` is the file's name for messages. Raise :class:`~content.errors.Invalid` for what is no
    text, not UTF-8, too large, or more than one document can hold.
    """
    convert(facts.locale, Tag, "/document/locale")
    copy = FORMS[form](pieces.decode(octets, name), name)
    parts = find(copy, facts.locale)
    front = Front(copy, parts, facts)
    mapping = assign(parts, facts.locale)
    builder = Builder(name, facts.locale)
    sections = builder.sections(mapping)
    manuscript = front.manuscript(sections, builder.marker.claims)
    _check_form(markdown.serialize(manuscript), name)
    told = [*front.findings, *builder.findings, *reporting.tell(copy, mapping, builder.marker)]
    return Intake(manuscript, mapping.mapped, [*copy.notes, *told])


def keep(session: Session, manuscript: Manuscript, *, by: str, now: datetime) -> Draft:
    """Start a new article with a draft; raise ``Conflict`` when its slug is not free."""
    slug = manuscript.slug
    if drafts.find_article(session, slug):
        raise Conflict(f"The slug {slug!r} belongs to another article or draft; choose a new one.")
    return drafts.create(session, manuscript, by=by, now=now)


def _check_form(written: str, name: str) -> None:
    """Refuse a draft that could not be read in its authoring form."""
    if len(written.encode()) > MAX_OCTETS:
        message = f"the draft would be larger than {MAX_OCTETS} bytes; send the text in parts"
        raise Invalid([Finding(name, message)])
    try:
        check_brackets(written)
    except Refused:
        message = "the draft would have too many links and claims; send the text in parts"
        raise Invalid([Finding(name, message)]) from None
