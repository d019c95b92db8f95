"""A sender that may be killed at any moment, in a process of its own.

Started by ``tests/content/test_sender.py``. Arguments: database URL, the key that seals secrets (in
hex), a name, and a file to note each address in that is connected to. Waits are short, so that
three days pass within a minute.
"""

import asyncio
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpcore

from api.sending import posting, sender
from api.sending.addresses import PublicOnly, look_up
from api.sending.sender import Sender
from content.db import Database
from content.webhooks import deliveries

TURNS = ["127.0.0.1", "10.0.0.1", "169.254.169.254", "::ffff:10.0.0.1"]  # of names that change


class Noting(httpcore.AnyIOBackend):
    """The network, which notes each address that a connection is tried to."""

    def __init__(self, notes: Path) -> None:
        self._notes = notes

    async def connect_tcp(self, host: str, *rest: Any, **options: Any) -> Any:
        """Connect, and note where to."""
        with self._notes.open("a") as file:
            file.write(f"{host}\n")
        return await super().connect_tcp(host, *rest, **options)


async def resolve(host: str, port: int) -> list[str]:
    """Return the addresses of a name; one that changes has another one each time."""
    if host.endswith(".test"):
        TURNS.append(TURNS.pop(0))
        return [TURNS[0]]
    return await look_up(host, port)


def main(url: str, key: str, name: str, notes: str) -> None:
    """Send until killed."""
    posting.PATIENCE = 1.0
    sender.PAUSE = 0.05
    deliveries.WAITS[:] = [timedelta(seconds=0.2)] * 60
    deliveries.URGENT_WAITS[:] = [timedelta(seconds=0.1)] * 60
    deliveries.REST = deliveries.LONGEST_REST = timedelta(seconds=0.3)
    backend = PublicOnly(loopback=True, resolve=resolve, network=Noting(Path(notes)))
    times = {"lease": timedelta(seconds=3), "settled": timedelta(0)}
    one = Sender(Database(url), bytes.fromhex(key), name, backend, **times)
    asyncio.run(one.run(asyncio.Event()))


if __name__ == "__main__":
    main(*sys.argv[1:])
