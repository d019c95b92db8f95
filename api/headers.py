"""What the headers of answers say, for the description; ``responses`` and ``errors`` set them."""

from collections.abc import Iterator
from typing import Any

LIMITS = ("RateLimit-Policy", "RateLimit")
ALWAYS = ("Cache-Control", "Vary", "ETag", *LIMITS)
ON_EDITION = (
    *("Last-Modified", "Content-Location", "Content-Language"),
    *("Caveat-Sequence", "Caveat-Fallback", "Link", "X-Robots-Tag"),
)
ON_WALK = ("Caveat-Sequence", "Content-Language", "Caveat-Fallback", "Link", "X-Robots-Tag")
ON_DIFF = (*ON_WALK, "Content-Location")
ON_PREVIEW = ("X-Robots-Tag", "X-Frame-Options", "Cross-Origin-Resource-Policy")
ON_EMBED = ("Cross-Origin-Resource-Policy",)
ON_FOLLOWING = (*ON_WALK[1:], "Content-Encoding")
ON_ERROR = ("Retry-After", "WWW-Authenticate", "Allow", "Link", *LIMITS)
HEADERS: dict[str, tuple[bool, str]] = {  # name -> (always there?, what it says)
    "Cache-Control": (True, "`public` without a key, `private` with one, `no-store` for health."),
    "Vary": (True, "What the answer depends on besides the address."),
    "ETag": (True, "Strong entity tag; send it back in `If-None-Match`."),
    "Last-Modified": (False, "When the edition became what it is; not in that same second."),
    "Content-Location": (True, "The same with its whole context in the address, for any caller."),
    "Content-Language": (False, "The locale that was served; in a list, those of its items."),
    "Caveat-Sequence": (True, "The number of the log as of which this is true."),
    "Caveat-Fallback": (False, "What was asked for and not there, as `name=asked`; else absent."),
    "Content-Encoding": (False, "`gzip` for who accepts it, where the answer is long."),
    "Link": (False, "Related addresses by relation (RFC 8288), such as `next` and `blocked-by`."),
    "Cross-Origin-Resource-Policy": (
        True,
        "`cross-origin`: pages of other sites may load it; `same-origin`: they may not.",
    ),
    "X-Frame-Options": (True, "`DENY`: no page shows it inside itself."),
    "X-Robots-Tag": (False, "`noindex` where `rights.indexing` says so; else absent."),
    "Accept-Ranges": (True, "`bytes`: what was cut off can be resumed with `Range`."),
    "Content-Range": (True, "Which octets these are, and of how many."),
    "Location": (True, "Where it is now."),
    "Retry-After": (False, "Seconds until it is worth to ask again."),
    "RateLimit-Policy": (False, "With a key: the requests of its plan, as `q` in `w` seconds."),
    "RateLimit": (False, "With a key: requests left (`r`), seconds until there are more (`t`)."),
    "WWW-Authenticate": (False, "How to authenticate."),
    "Allow": (False, "The methods that the address knows."),
}


def described() -> Iterator[tuple[str, dict[str, Any]]]:
    """Give each header as OpenAPI describes it."""
    for name, (required, description) in HEADERS.items():
        facts = {"description": description, "required": required}
        yield name, {**facts, "schema": {"type": "string"}}


def refer(*names: str) -> dict[str, str]:
    """Return references to headers that are described once."""
    return {name: name for name in names}
