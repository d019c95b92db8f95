"""Services beside the database: Redis, for what processes share."""

from collections.abc import Iterator
from typing import Any

from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from api.doctoring import Finding, warn, well, wrong
from api.settings import Settings

TIMEOUT = 2  # seconds
# What may go when the memory is full: what was used least, never first what ends first, as the
# windows of limits do.
GOOD = {"allkeys-lru", "allkeys-lfu", "volatile-lru", "volatile-lfu"}


def redis(here: Settings) -> Iterator[Finding]:
    """Look whether Redis answers, and what it does when its memory is full."""
    if not here.redis_url:
        yield well("redis", "none: each process keeps its own cache")
        return
    try:
        facts = _facts(here.redis_url)
    except (RedisError, ValueError) as error:
        told = f"does not answer ({error}): limits are not held, nothing is shared"
        yield wrong("redis", told, "see docs/runbooks.md, Redis is down")
        return
    yield from _memory(facts)


def _memory(facts: dict[str, Any]) -> Iterator[Finding]:
    policy, most = facts.get("maxmemory_policy"), facts.get("maxmemory", 0)
    if not most:
        told = "its memory has no bound (maxmemory 0)"
        yield warn("redis", told, "CONFIG SET maxmemory 1gb, maxmemory-policy allkeys-lru")
    elif policy not in GOOD:
        told = f"maxmemory-policy is {policy}: when it is full, limits are lost or not held"
        yield warn("redis", told, "CONFIG SET maxmemory-policy allkeys-lru")
    else:
        yield well("redis", f"answers; {policy} of {most} octets")


def _facts(url: str) -> dict[str, Any]:
    once = {"retry": Retry(NoBackoff(), 0), "socket_timeout": TIMEOUT}
    with Redis.from_url(url, socket_connect_timeout=TIMEOUT, **once) as client:
        found: Any = client.info("memory")
    return dict(found)


CHECKS = (redis,)
