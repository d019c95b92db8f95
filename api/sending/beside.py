"""A sender in a thread of its own, as long as something else goes on."""

import asyncio
import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from api import secrets
from api.sending.addresses import PublicOnly
from api.sending.sender import Sender
from api.settings import Settings
from content.db import Database

STOP = 20  # seconds that what is under way may take


@contextmanager
def sending(settings: Settings, database: Database) -> Iterator[None]:
    """Send what partners want to be told, until the block ends."""
    backend = PublicOnly(loopback=settings.flag("webhooks_loopback"))
    name = f"{socket.gethostname()}:{os.getpid()}"
    sender = Sender(database, secrets.pepper(settings), name, backend)
    loop, stopped = asyncio.new_event_loop(), asyncio.Event()
    thread = threading.Thread(target=_run, args=(loop, sender, stopped), daemon=True)
    thread.start()
    try:
        yield
    finally:
        loop.call_soon_threadsafe(stopped.set)
        thread.join(STOP)


def _run(loop: asyncio.AbstractEventLoop, sender: Sender, stopped: asyncio.Event) -> None:
    with asyncio.Runner(loop_factory=lambda: loop) as runner:  # waits for what is being written
        runner.run(sender.run(stopped))
