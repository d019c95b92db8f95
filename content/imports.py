"""Import: a folder of YAML and Markdown becomes policy and articles in the log.

Everything is read and checked before anything is written; what is wrong is refused with file and
line. A folder looks like ``content/library``: ``site.yaml``, ``rules.yaml``, ``mentions.yaml``,
``jurisdictions.yaml``, ``disclaimers/*.yaml`` and ``articles/*.md``. An import adds and changes;
what a folder no longer names stays in the log as it is.
"""

from collections.abc import Iterator
from pathlib import Path

from content.documents import Manuscript, Source
from content.errors import Finding, Invalid
from content.located import read_text
from content.markdown.reading import Reader
from content.policy import checks, files
from content.policy.files import Item

LIBRARY = Path(__file__).parent / "library"
Read = tuple[Reader, Manuscript]


def read_policy(folder: Path) -> list[Item]:
    """Read and check rules, texts and facts; raise ``Invalid`` with everything that is wrong."""
    items = files.read(folder)
    findings = checks.check(items)
    if findings:
        raise Invalid(findings)
    return items


def read_articles(folder: Path) -> list[Manuscript]:
    """Read and check all Markdown files of a folder, originals before their translations.

    Raise ``Invalid`` with all that is wrong.
    """
    found: list[Read] = []
    findings: list[Finding] = []
    for file in sorted(folder.glob("*.md")):
        try:
            reader = Reader(read_text(file), str(file))
            found.append((reader, reader.manuscript()))
        except Invalid as error:
            findings += error.findings
    findings += [*_double_slugs(found), *_double_sources(found)]
    if findings:
        raise Invalid(findings)
    manuscripts = [manuscript for _, manuscript in found]
    return sorted(manuscripts, key=lambda one: one.document.translation is not None)


def _double_slugs(found: list[Read]) -> Iterator[Finding]:
    seen: dict[tuple[str, str], Reader] = {}
    for reader, manuscript in found:
        slug, locale = manuscript.slug, manuscript.document.locale
        first = seen.setdefault((slug, locale), reader)
        if first is not reader:
            message = f"{slug!r} in {locale!r} is the slug of {first.name} already"
            yield reader.locate(Finding("/slug", message))


def _double_sources(found: list[Read]) -> Iterator[Finding]:
    """A source has one identity across articles, so its id says the same everywhere."""
    seen: dict[str, tuple[Reader, Source]] = {}
    for reader, manuscript in found:
        for i, source in enumerate(manuscript.document.sources):
            first, known = seen.setdefault(source.id, (reader, source))
            if known != source:
                message = f"the source {source.id!r} is another one in {first.name}"
                yield reader.locate(Finding(f"/document/sources/{i}", message))
