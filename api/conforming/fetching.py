"""One address of a stranger: bounded in size, time and redirects, and told what became of it."""

import asyncio
from dataclasses import dataclass

import httpx

from content.errors import CaveatError

AGENT = "Caveat-Conformance/1"
MOST = 5 * 1024 * 1024  # bytes of a body, after it was decompressed
TIMEOUT = 30  # seconds for all of it, redirects included
REDIRECTS = 5
PAGES = ("text/html", "application/xhtml+xml")


class Unread(CaveatError):
    """An address that cannot be read; the message says why."""


@dataclass(frozen=True)
class Fetched:
    """What an address answered; ``redirects`` are the addresses that led to the last one."""

    url: str
    status: int
    headers: httpx.Headers
    octets: bytes
    redirects: tuple[str, ...] = ()

    @property
    def is_page(self) -> bool:
        """Whether this is HTML."""
        return self.headers.get("Content-Type", "").partition(";")[0].strip().lower() in PAGES


def client() -> httpx.AsyncClient:
    """Return what fetches; redirects are followed by hand, so that each one is bounded."""
    headers = {"User-Agent": AGENT, "Accept-Encoding": "gzip"}
    return httpx.AsyncClient(headers=headers, timeout=TIMEOUT, follow_redirects=False)


async def fetch(
    using: httpx.AsyncClient, url: str, headers: dict[str, str] | None = None
) -> Fetched:
    """Read an address; raise :class:`Unread`."""
    try:
        async with asyncio.timeout(TIMEOUT):
            return await _follow(using, url, headers or {})
    except TimeoutError:
        raise Unread(f"{url} did not answer within {TIMEOUT} seconds") from None
    except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
        raise Unread(f"{url} cannot be read: {error or type(error).__name__}") from None


async def _follow(using: httpx.AsyncClient, url: str, headers: dict[str, str]) -> Fetched:
    passed: list[str] = []
    while len(passed) <= REDIRECTS:
        request = using.build_request("GET", url, headers=headers)
        response = await using.send(request, stream=True)
        try:
            if not response.next_request:
                return await _taken(response, passed)
        finally:
            await response.aclose()
        passed.append(url)
        headers = headers if _is_same_host(request, response.next_request) else {}
        url = str(response.next_request.url)
    raise Unread(f"{passed[0]} leads from one address to the next more than {REDIRECTS} times")


def _is_same_host(one: httpx.Request, other: httpx.Request) -> bool:
    """Return whether a key may be sent on."""
    return (one.url.scheme, one.url.netloc) == (other.url.scheme, other.url.netloc)


async def _taken(response: httpx.Response, passed: list[str]) -> Fetched:
    url = str(response.url)
    if "," in response.headers.get("Content-Encoding", ""):  # each would multiply the one before
        raise Unread(f"{url} is compressed more than once")
    octets = bytearray()
    async for chunk in response.aiter_bytes():
        octets += chunk
        if len(octets) > MOST:
            raise Unread(f"{url} is larger than {MOST} bytes")
    return Fetched(url, response.status_code, response.headers, bytes(octets), tuple(passed))
