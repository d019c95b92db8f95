"""News: processes that share a Redis tell each other that something has been written.

Nothing depends on it: a message that is lost is found by whoever asks the database for the newest
number, a few times a second. It only makes that sooner.
"""

import logging
import threading
from collections.abc import Callable
from typing import Any

from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

CHANNEL = "caveat:news"
TIMEOUT = 0.2  # seconds that a writer waits for a Redis that does not answer
KEPT_UP: dict[str, Any] = {"socket_keepalive": True, "health_check_interval": 30}  # seconds
PAUSE = 5.0  # seconds until a listener asks again for one that is not there
log = logging.getLogger("caveat")


def teller(url: str) -> Callable[[], None]:
    """Return what tells all others that there is something new; it raises nothing."""
    redis = Redis.from_url(
        url,
        socket_timeout=TIMEOUT,
        socket_connect_timeout=TIMEOUT,
        retry=Retry(NoBackoff(), 0),
    )

    def tell() -> None:
        try:
            redis.publish(CHANNEL, "")
        except RedisError as error:
            log.warning("nobody could be told of something new: %s", type(error).__name__)

    return tell


def listen(url: str, heard: Callable[[], None]) -> None:
    """Call ``heard`` for each message from now on, in a thread that ends with the process."""
    threading.Thread(target=_listen, args=(url, heard), name="caveat-news", daemon=True).start()


def _listen(url: str, heard: Callable[[], None]) -> None:
    waiting = threading.Event()
    while True:
        try:
            with Redis.from_url(url, **KEPT_UP) as redis, redis.pubsub() as subscribed:
                subscribed.subscribe(CHANNEL)
                for _ in subscribed.listen():
                    heard()
        except RedisError as error:
            log.warning("no news: %s", type(error).__name__)
        waiting.wait(PAUSE)
