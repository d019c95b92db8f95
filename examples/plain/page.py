"""Articles on pages of your own, with nothing but Python's standard library.

    CAVEAT_URL=https://content.example python page.py

Then open http://127.0.0.1:8080/kratom-and-ocd-evidence.
"""

import json
import os
import re
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from email.message import Message
from html import escape
from http import HTTPStatus
from http.client import HTTPException
from time import time
from typing import Any, NamedTuple
from urllib.error import HTTPError
from urllib.request import Request, urlopen
from wsgiref.simple_server import make_server

CAVEAT = os.environ.get("CAVEAT_URL", "http://127.0.0.1:8000")
PLACE = "jurisdiction=" + os.environ.get("CAVEAT_JURISDICTION", "001")  # where your readers are
STYLE = f'<link rel="stylesheet" href="{CAVEAT}/embed/1.0.0/caveat.css">'
PORT = int(os.environ.get("PORT", "8080"))
RECHECK = 30  # seconds after which Caveat is asked again
PATIENCE = 3  # seconds that each read of an answer may take
SECONDS = {"D": 24 * 60 * 60, "H": 60 * 60, "M": 60}
FOR_EVER = float("inf")
SORRY = (
    "<p>This article cannot be shown right now. Please come back later. In an emergency call your "
    'local emergency number. <a href="https://findahelpline.com/">Find a helpline</a></p>'
)
Json = dict[str, Any]


class Copy(NamedTuple):
    """What readers see, since when it is known to be right, and how long it may outlive that."""

    status: int = 503
    head: str = "<title>Not available</title>"
    html: str = SORRY
    etag: str = ""
    help: Sequence[Json] = ()
    lasts: float = FOR_EVER  # seconds from the last successful check
    until: float = FOR_EVER  # and never after this time
    checked: float = 0
    asked: float = 0


NOTHING = Copy()
MISSING = Copy(404, "<title>Not found</title>", "<p>There is no such article.</p>")
copies: dict[str, Copy] = {}  # by slug; a restart forgets them


def show(slug: str) -> Copy:
    """Return what readers may see of an article now."""
    known = copies.get(slug, NOTHING)
    if time() - known.asked > RECHECK:
        try:
            known = ask(slug, known)._replace(checked=time())
        except (OSError, HTTPException, ValueError, KeyError) as error:  # no whole, clear answer
            print(f"{slug}: {error!r}")
        copies[slug] = known = known._replace(asked=time())
        if known.status in (404, 503):
            del copies[slug]  # anybody can make up an address
    return known if time() < min(known.checked + known.lasts, known.until) else NOTHING


def ask(slug: str, known: Copy) -> Copy:
    """Return what Caveat says of an article; raise when the copy is to be kept."""
    status, headers, octets = fetch(f"{slug}?{PLACE}", known.etag)
    if status == 304:
        return known
    if status == 410:
        return ending(status, problem(octets), known)  # whatever stands in its body
    answer = json.loads(octets)
    if status == 200:
        how_long = lasts(answer["freshness"])
        html = whole(slug, answer)
        return Copy(200, head(answer), html, headers["ETag"], answer["help"], *how_long)
    if answer.get("your_copy") == "remove-here":
        return ending(status, answer, known)
    if status == 404:
        return MISSING
    raise ValueError(f"status {status}: {answer.get('detail')}")


def whole(slug: str, edition: Json) -> str:
    """Return the article as HTML: the same edition, to its end, with each of its notices."""
    _, headers, octets = fetch(f"{slug}.html?{PLACE}&fragment=1&heading=1")
    html = octets.decode().strip()
    notices = [f'data-notice="{notice["id"]}"' for notice in edition["disclaimers"]]
    is_same = headers["Caveat-Sequence"] == str(edition["sequence"])
    if not (is_same and html.endswith("</article>") and all(one in html for one in notices)):
        raise ValueError("the article did not come whole")
    return html


def fetch(address: str, etag: str = "") -> tuple[int, Message, bytes]:
    """Return status, headers and body."""
    headers = {"If-None-Match": etag} if etag else {}
    request = Request(f"{CAVEAT}/v1/articles/{address}", headers=headers)
    try:
        with urlopen(request, timeout=PATIENCE) as answer:
            return answer.status, answer.headers, answer.read()
    except HTTPError as error:
        return error.code, error.headers, error.read()


def lasts(freshness: Json) -> tuple[float, float]:
    """Return for how many seconds a copy lasts unchecked, and the end of its last day."""
    parts = re.findall(r"(\d+)([DHM])", freshness["max_offline"])  # such as P7D or PT12H
    length = float(sum(int(number) * SECONDS[unit] for number, unit in parts))
    last_day = freshness["display_until"]
    if not last_day:
        return length, FOR_EVER
    begin = datetime.fromisoformat(f"{last_day}T00:00:00+00:00")
    return length, (begin + timedelta(days=1)).timestamp()


def head(edition: Json) -> str:
    """Return what the head of the page says: title, canonical address, and whether to index it."""
    robots = "noindex" if edition["rights"]["indexing"] == "noindex" else "index"
    canonical = escape(edition["links"]["canonical"])
    return (
        f"<title>{escape(edition['title'])}</title><meta name=robots content={robots}>"
        f'<link rel="canonical" href="{canonical}">'
    )


def problem(octets: bytes) -> Json:
    """Return what a refusal says; nothing where something on the way has put its own words."""
    try:
        return dict(json.loads(octets))
    except ValueError:
        return {}


def ending(status: int, told: Json, known: Copy) -> Copy:
    """Return what stands in the place of an article that must not be shown: notice and help."""
    help = told.get("help") or known.help
    html = f"<p>{escape(told.get('notice') or 'This article is not available here.')}</p><ul>"
    for line in help:
        actions = (
            f'<a href="{escape(action["value"])}">{escape(action["label"])}</a>'
            for action in line["actions"]
        )
        html += f"<li>{escape(line['label'])}: {escape(line['phrase'])} {' '.join(actions)}</li>"
    if instead := told.get("replacement"):
        html += f'<li>Read instead: <a href="/{escape(instead)}">{escape(instead)}</a></li>'
    title = "<title>Not available</title><meta name=robots content=noindex>"
    return Copy(status, title, f"{html}</ul>", help=help)


def site(environ: Json, start_response: Callable[..., object]) -> Iterable[bytes]:
    """Answer a reader (WSGI)."""
    slug = environ["PATH_INFO"].removeprefix("/")
    seen = show(slug) if re.fullmatch("[a-z0-9-]+", slug) else MISSING
    fields = [("Content-Type", "text/html; charset=utf-8"), ("Cache-Control", "no-cache")]
    start_response(f"{seen.status} {HTTPStatus(seen.status).phrase}", fields)
    page = f"<!doctype html><meta charset=utf-8>{seen.head}{STYLE}<main>{seen.html}</main>"
    return [page.encode()]


if __name__ == "__main__":
    make_server("127.0.0.1", PORT, site).serve_forever()
