"""The formats that are not our own JSON, as the API's description shows them."""

from typing import Any

HTML_PAGE: dict[str, Any] = {
    "type": "string",
    "description": "A complete HTML page.",
    "examples": ['<!doctype html><html lang="en"><title>An example</title></html>'],
}
MARKDOWN_TEXT: dict[str, Any] = {
    "type": "string",
    "description": "CommonMark with tables, after YAML front matter between two lines of `---`.",
    "examples": ["---\nslug: an-example\n---\n\n# An example\n"],
}
