"""The authoring form of a document: Markdown with YAML front matter, both ways.

The four sections are the ``##`` headings, named by an attribute: ``## Title {#overview}``, with
``.standalone`` where a section may be shown alone. ``[text]{claim=id}`` marks a claim and ``[@id]``
cites a source. The whole form is described in docs/editors.md. What is read and written is the same
document, so an editor may take it out, change a word and put it back.
"""

from content.markdown.reading import Reader, parse
from content.markdown.writing import serialize

__all__ = ["Reader", "parse", "serialize"]
