"""A sender that may be killed at any moment, in a process of its own.

Started by ``tests/content/test_sender.py``. Arguments: database URL, the key that seals secrets (in
hex), a name. Waits are short, so that three days pass within a minute.
"""

import asyncio
import sys
from datetime import timedelta

from api.sending import posting, sender
from api.sending.addresses import PublicOnly, look_up
from api.sending.sender import Sender
from content.db import Database
from content.webhooks import deliveries

TURNS = {"changes.test": ["127.0.0.1", "10.0.0.1"]}  # names whose addresses change


async def resolve(host: str, port: int) -> list[str]:
    """Return the addresses of a name; some have another one each time."""
    if host in TURNS:
        TURNS[host].append(TURNS[host].pop(0))
        return [TURNS[host][-1]]
    return await look_up(host, port)


def main(url: str, key: str, name: str) -> None:
    """Send until killed."""
    posting.PATIENCE = 1.0
    sender.PAUSE = 0.05
    deliveries.WAITS[:] = [timedelta(seconds=0.2)] * 60
    deliveries.URGENT_WAITS[:] = [timedelta(seconds=0.1)] * 60
    deliveries.REST = deliveries.LONGEST_REST = timedelta(seconds=0.3)
    backend = PublicOnly(loopback=True, resolve=resolve)
    times = {"lease": timedelta(seconds=1), "settled": timedelta(0)}
    one = Sender(Database(url), bytes.fromhex(key), name, backend, **times)
    asyncio.run(one.run(asyncio.Event()))


if __name__ == "__main__":
    main(*sys.argv[1:])
