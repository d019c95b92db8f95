"""Background work: a worker in a process of its own, beside a server (``CAVEAT_BACKGROUND_WORK``).

What a worker needs is imported there, so that the server does not wait for it.
"""

import multiprocessing
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from api.settings import Settings

STOP = 10  # seconds that it may take to finish
LOOK = 1.0  # seconds between two looks whether the server still is


@contextmanager
def beside(settings: Settings) -> Iterator[None]:
    """Have a worker in a process of its own as long as this one does something else."""
    process = multiprocessing.get_context("spawn").Process(target=_work, args=(settings,))
    process.daemon = True
    process.start()
    try:
        yield
    finally:
        process.terminate()
        process.join(STOP)


def _work(settings: Settings) -> None:
    """Work until the process that started this one is no more."""
    from api import worker  # noqa: PLC0415 - only this process needs it

    stopped, parent = worker.stopping(), os.getppid()

    def watch() -> None:
        while os.getppid() == parent:  # its pipe is no sign: a server's own workers inherit that
            time.sleep(LOOK)
        stopped.set()

    threading.Thread(target=watch, daemon=True).start()
    worker.keep_working(settings, stopped)
