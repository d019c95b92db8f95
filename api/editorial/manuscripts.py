"""How a text comes in and goes out: JSON, or the authoring form in Markdown."""

from typing import Any

from flask import request
from werkzeug.exceptions import UnsupportedMediaType

from content import canonical, documents, markdown
from content.documents import Manuscript
from content.errors import Finding, Invalid

JSON, MARKDOWN = "application/json", "text/markdown"
NAME = "body"  # of what was sent, before the line of what is wrong in it
BODY = {  # for the description: what no schema of ours can say in one place
    "requestBody": {
        "required": True,
        "content": {
            JSON: {"schema": {"$ref": "#/components/schemas/Manuscript"}},
            MARKDOWN: {"schema": {"type": "string", "description": "The authoring form."}},
        },
    }
}


def read() -> Manuscript:
    """Return the text in the body of this request; it need not be complete.

    Raise ``Invalid`` with a JSON Pointer, or line, for each thing that is wrong in it.
    """
    if request.mimetype == MARKDOWN:
        return markdown.parse(text(), NAME, complete=False)
    if request.mimetype == JSON:
        found: Manuscript = documents.load(_data(), complete=False)
        return found
    raise UnsupportedMediaType(f"Send {JSON} or {MARKDOWN}.")


def text() -> str:
    """Return the Markdown in the body of this request; raise ``Invalid``."""
    try:
        return request.get_data().decode()
    except UnicodeDecodeError:
        raise Invalid([Finding("", "is not UTF-8")]) from None


def _data() -> Any:
    try:
        return canonical.decode(request.get_data())
    except ValueError as error:
        raise Invalid([Finding("", f"is not JSON: {error}")]) from None
