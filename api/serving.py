"""What each process of a server runs: the application, and an end without a lost request."""

import signal
import threading
import time
from typing import Any

from api.edge.layer import Edge, create_edge

ENDS = (signal.SIGTERM, signal.SIGINT)
PAUSE = 0.01  # seconds between two looks whether the server is ready to be told


def load() -> Edge:
    """Return the application of a new process. One that is told to end before it has it, ends."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    edge = create_edge()
    signal.pthread_sigmask(signal.SIG_BLOCK, ENDS)  # also of all threads that come
    threading.Thread(target=_hear, name="caveat-signals", daemon=True).start()
    return edge


def _hear() -> None:
    """Take the signal to end, and hand it to the server when that has said what it does then.

    Where a handler interrupts the main thread instead, one that comes while the process starts is
    lost, and one that comes while the server goes to sleep locks it up.
    """
    heard = signal.sigwait(ENDS)
    unready: tuple[Any, ...] = (signal.SIG_DFL, signal.SIG_IGN, signal.default_int_handler)
    while (handler := signal.getsignal(heard)) in unready or not callable(handler):
        time.sleep(PAUSE)
    handler(heard, None)
