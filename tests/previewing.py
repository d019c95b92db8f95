"""Previews as they are tried: let somebody see a draft, and look at it without a token."""

from typing import Any

from delivery import OCD, local, shipped
from newsroom import Newsroom, Text, check
from werkzeug.test import TestResponse

from content import documents

ENDINGS = ("html", "md", "jsonld", "ninjs", "json")
ALONE = {
    "Cache-Control": "no-store",
    "X-Robots-Tag": "noindex, nofollow, noarchive",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def begin(room: Newsroom, of: str = OCD, **changed: Any) -> Text:
    """Start an article with the text of a shipped one."""
    body = {**documents.dump(shipped(of)), **changed}
    made = room.ask("author", "POST", "/articles", json=body)
    assert made.status_code == 201, made.get_json()
    return Text(room, made.headers["Location"])


def allow(text: Text, who: str = "author", **asked: Any) -> dict[str, Any]:
    """Let somebody see a draft; return the preview."""
    made = text.room.ask(who, "POST", f"{text.path}/previews", json=asked)
    assert made.status_code == 201, made.get_json()
    found: dict[str, Any] = made.get_json()
    return found


def see(room: Newsroom, address: str, method: str = "GET") -> TestResponse:
    """Open an address as somebody without a token; what comes is for nobody else."""
    response = room.client.open(local(address), method=method)
    for name, value in ALONE.items():
        assert response.headers[name] == value, (address, name)
    assert "frame-ancestors 'none'" in response.headers["Content-Security-Policy"]
    assert not [name for name, _ in response.headers if name.startswith("Access-Control-")]
    assert "alternate" not in response.headers.get("Link", "")
    if method == "GET":
        check("GET", local(address), response)
    return response
