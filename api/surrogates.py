"""Surrogate keys of answers: by these tags caches in front find what a change made untrue.

A view that tells of one article alone notes that; the tags of every other answer are those that
any change touches, so a route that forgets to note is purged too often and never too seldom.
"""

from flask import Flask, Response, g

from api.settings import Settings
from content.surrogates import ALL, LOG, of_article

HEADERS = {  # of each dialect: what the header is called, and what stands between two tags
    "varnish": ("xkey", " "),
    "fastly": ("Surrogate-Key", " "),
    "cloudflare": ("Cache-Tag", ","),
    "akamai": ("Edge-Cache-Tag", ","),
}


def init_app(app: Flask, settings: Settings) -> None:
    """Send the tags in the dialect that the settings name, if any."""
    if not settings.surrogate_keys:
        return
    header, between = HEADERS[settings.surrogate_keys]

    def send(response: Response) -> Response:
        if response.cache_control.public:
            response.headers[header] = between.join(sorted(tags()))
        return response

    app.after_request(send)


def note(article: str) -> None:
    """Note that the answer to this request tells of an article, and of nothing else."""
    g.setdefault("surrogates", set()).add(of_article(article))


def tags() -> frozenset[str]:
    """Return the tags of the answer to this request, whatever the dialect; never none."""
    return frozenset([*g.get("surrogates", [LOG]), ALL])
