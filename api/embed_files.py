"""What an embed loads: one script and one stylesheet, under a version that names their bytes.

The script is made here from the files of ``api/static/embed``, our own words and the generic help;
it has no build step and no dependency. A version that was released never changes (the tests hold
its hash): who pins it by Subresource Integrity may do so for ever.
"""

import base64
import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from content import helplines
from content.notices import RIGHT_TO_LEFT
from schemas.renditions import html, words

VERSION = "1.0.0"
FOLDER = Path(__file__).parent / "static" / "embed"
PARTS = (  # in this order: each uses only what stands above it, until the element is defined
    *("canonical", "verify", "ask", "layers", "dom", "notices", "blocks", "article", "messages"),
    *("sight", "cover", "guard", "element", "frame"),
)


@dataclass(frozen=True)
class File:
    """A file as it is served; ``path`` is what follows ``/embed/``."""

    path: str
    mimetype: str
    octets: bytes

    @property
    def integrity(self) -> str:
        """The hash by which a page pins the file (Subresource Integrity)."""
        digest = hashlib.sha384(self.octets).digest()
        return f"sha384-{base64.b64encode(digest).decode()}"


def build(version: str) -> bytes:
    """Return the script of a version: what it is told, and its parts, in one function."""
    told = f"const CAVEAT = {json.dumps(_facts(version), ensure_ascii=False)};"
    parts = (_read(f"{name}.js") for name in PARTS)
    whole = "\n".join(["(() => {", '"use strict";', told, *parts, "})();"])
    return f"// Caveat {version}: <caveat-article>. Apache-2.0.\n{whole}\n".encode()


def _facts(version: str) -> dict[str, Any]:
    return {
        "version": version,
        "words": {locale: asdict(known) for locale, known in words.LANGUAGES.items()},
        "help": {locale: helplines.generic(locale) for locale in words.LANGUAGES},
        "rightToLeft": RIGHT_TO_LEFT,
        "style": f"{html.FRAGMENT_STYLE}\n{_read('embed.css')}",
    }


def _read(name: str) -> str:
    return (FOLDER / name).read_text(encoding="utf-8").strip()


SCRIPT = File(f"{VERSION}/caveat.js", "text/javascript", build(VERSION))
STYLE = File(f"{VERSION}/caveat.css", "text/css", html.FRAGMENT_STYLE.encode())
LATEST = File("v1.js", SCRIPT.mimetype, SCRIPT.octets)
# As the page of an iframe names it, beside which it lies.
FRAME_SCRIPT = {"script": SCRIPT.path, "integrity": SCRIPT.integrity}
