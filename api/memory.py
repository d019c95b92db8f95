"""Where finished editions are kept: in this process, or in Redis for all of them."""

from typing import Any

from flask_caching.backends.simplecache import SimpleCache

from api.settings import Settings

REDIS_TIMEOUT = 0.2  # seconds that a request waits for a cache that does not answer


class Memory(SimpleCache):
    """Entries of one process; it counts what it drops where there are too many."""

    dropped = 0

    @property
    def entries(self) -> int:
        """How many there are."""
        return len(self._cache)

    @property
    def most(self) -> int:
        """How many there may be."""
        return int(self._threshold)

    def _prune(self) -> None:
        before = self.entries
        super()._prune()
        self.dropped += before - self.entries


def config(settings: Settings) -> dict[str, Any]:
    """Return how Flask-Caching is set up."""
    if not settings.redis_url:
        entries = settings.number("cache_entries")
        here = f"{Memory.__module__}.{Memory.__name__}"
        return {"CACHE_TYPE": here, "CACHE_THRESHOLD": max(entries, 1)}
    timeouts = {"socket_timeout": REDIS_TIMEOUT, "socket_connect_timeout": REDIS_TIMEOUT}
    return {
        "CACHE_TYPE": "RedisCache",
        "CACHE_REDIS_URL": settings.redis_url,
        "CACHE_KEY_PREFIX": "caveat:",
        "CACHE_OPTIONS": timeouts,
    }
