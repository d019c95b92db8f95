"""One signed request to an endpoint, bounded in time and size; no redirect is followed.

Signed as Standard Webhooks has it: HMAC-SHA-256 over id, time and body, with each secret that is
good, so that one can be replaced without a gap.
"""

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import httpcore
from standardwebhooks import Webhook

from api.sending.addresses import PublicOnly
from content import canonical
from content.webhooks.endpoints import Secrets

PATIENCE = 15.0  # seconds for one request, from the name to the last octet of the answer
CONNECTING = 5.0
MAX_ANSWER = 16 * 1024  # octets of an answer that are read
MAX_CONNECTIONS = 500
AGENT = "Caveat-Webhooks/1"
Pool = httpcore.AsyncConnectionPool


@dataclass(frozen=True)
class Answer:
    """What an endpoint said, or why it said nothing."""

    status: int | None
    error: str | None
    milliseconds: int
    body: bytes = b""
    retry_after: timedelta | None = None


def pool(backend: PublicOnly) -> Pool:
    """Return connections to endpoints, each to an address that was looked at."""
    return Pool(
        network_backend=backend,
        max_connections=MAX_CONNECTIONS,
        max_keepalive_connections=MAX_CONNECTIONS // 5,
        keepalive_expiry=30.0,
    )


async def post(
    pool: Pool, url: str, id: str, payload: Mapping[str, Any], secrets: Secrets, now: datetime
) -> Answer:
    """Send an event and return what came of it; never raise for anything that a stranger does."""
    body = canonical.encode(payload)
    began = time.monotonic()
    try:
        async with asyncio.timeout(PATIENCE):
            sent = headers(id, body, secrets, now)
            status, text, got = await _send(pool, url, body, sent)
    except TimeoutError:
        return Answer(None, f"no whole answer within {PATIENCE:.0f} seconds", _since(began))
    except (httpcore.NetworkError, httpcore.TimeoutException, httpcore.ProtocolError) as error:
        return Answer(None, _told(error), _since(began))
    except (httpcore.UnsupportedProtocol, ValueError, OSError) as error:
        return Answer(None, _told(error), _since(began))
    said = None if status in range(200, 300) else f"answered {status}"
    return Answer(status, said, _since(began), text, retry_after(got, now))


def sign(id: str, body: bytes, secrets: Secrets, now: datetime) -> str:
    """Return the signatures of an event, one for each secret."""
    good = [one for one in (secrets.current, secrets.old) if one]
    return " ".join(Webhook(one).sign(id, now, body.decode()) for one in good)


def retry_after(headers: Mapping[str, str], now: datetime) -> timedelta | None:
    """Return how long an answer asks to be left alone (RFC 9110, 10.2.3)."""
    said = headers.get("retry-after", "").strip()
    if said.isascii() and said.isdigit() and len(said) < 10:
        return timedelta(seconds=int(said))
    try:
        at = parsedate_to_datetime(said)
    except (ValueError, OverflowError):  # of a year that no date has
        return None
    return max(at.replace(tzinfo=at.tzinfo or UTC) - now, timedelta(0))


async def _send(
    pool: Pool, url: str, body: bytes, headers: dict[str, str]
) -> tuple[int, bytes, dict[str, str]]:
    timeouts = {"connect": CONNECTING, "read": PATIENCE, "write": PATIENCE, "pool": PATIENCE}
    found = bytearray()
    async with pool.stream(
        "POST", url, headers=[*headers.items()], content=body, extensions={"timeout": timeouts}
    ) as response:
        async for piece in response.aiter_stream():
            found += piece
            if len(found) > MAX_ANSWER:
                break
        known = {
            name.decode("latin-1").lower(): value.decode("latin-1")
            for name, value in response.headers
        }
        return response.status, bytes(found[:MAX_ANSWER]), known


def headers(id: str, body: bytes, secrets: Secrets, now: datetime) -> dict[str, str]:
    """Return what is sent with an event."""
    return {
        "Content-Type": "application/json",
        "Content-Length": str(len(body)),
        "User-Agent": AGENT,
        "webhook-id": id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": sign(id, body, secrets, now),
    }


def _told(error: Exception) -> str:
    """Return an error in words that fit on a line."""
    said = str(error).split("\n")[0][:200]
    return f"{type(error).__name__}: {said}" if said else type(error).__name__


def _since(began: float) -> int:
    return int((time.monotonic() - began) * 1000)
