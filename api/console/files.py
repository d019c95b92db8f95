"""Styles and scripts of the console: our own files, each under the digest of its octets.

So a browser keeps one for ever, and never shows a page with the files of another version. Who asks
for an older version, as while a new one is being brought out, is given this one, to be asked again.
"""

import hashlib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from urllib.parse import urlsplit

from flask import Blueprint, Response

from api import responses
from api.db import installation
from content.errors import NotFound

bp = Blueprint("console files", __name__, url_prefix="/console/files")
FOLDER = Path(__file__).parents[1] / "static" / "console"
MIMETYPES = {".css": "text/css", ".js": "text/javascript"}
FOR_EVER = "public, max-age=31536000, immutable"  # a year


@dataclass(frozen=True)
class File:
    """A file as it is served."""

    octets: bytes
    mimetype: str

    @cached_property
    def version(self) -> str:
        """What names these octets."""
        return hashlib.sha256(self.octets).hexdigest()[:16]


FILES = {
    path.name: File(path.read_bytes(), MIMETYPES[path.suffix])
    for path in FOLDER.iterdir()
    if path.suffix in MIMETYPES
}


@bp.get("/<version>/<name>")
def show(version: str, name: str) -> Response:
    """A style or a script."""
    if (file := FILES.get(name)) is None:
        raise NotFound(f"There is no file {name[:100]!r}.")
    response = responses.of_octets(file.octets, file.mimetype)
    response.headers["Cache-Control"] = FOR_EVER if version == file.version else "no-cache"
    return responses.conditional(response)


def address(name: str) -> str:
    """Return where a file is, for a page to name it."""
    folder = urlsplit(installation().settings.public_url).path
    return f"{folder}/console/files/{FILES[name].version}/{name}"
