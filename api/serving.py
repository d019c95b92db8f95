"""What each process of a server runs: the application, and an end without a lost request."""

import gc
import os
import signal
import threading
import time

from api.edge.layer import Edge, create_edge

ENDS = (signal.SIGTERM, signal.SIGINT)
LOOK = 1.0  # seconds between two looks whether its parent still is
PAUSE = 0.01  # seconds between two looks whether the server is ready to be told


def load() -> Edge:
    """Return the application of a new process. One that is told to end before it has it, ends."""
    for number in (*ENDS, signal.SIGHUP):  # a fork has its parent's handlers
        signal.signal(number, signal.SIG_DFL)
    edge = create_edge()
    signal.pthread_sigmask(signal.SIG_BLOCK, ENDS)  # also of all threads that come
    threading.Thread(target=_hear, name="caveat-signals", daemon=True).start()
    gc.freeze()  # what stays until the end is not looked at again, which would hold up answers
    return edge


def _hear() -> None:
    """Take the signal to end, and hand it to the server when that has said what it does then.

    Where a handler interrupts the main thread instead, one that comes while the process starts is
    lost, and one that comes while the server goes to sleep locks it up. A process whose parent was
    killed ends, too.
    """
    parent = os.getppid()
    while (heard := signal.sigtimedwait(ENDS, LOOK)) is None and os.getppid() == parent:
        pass
    while not callable(handler := signal.getsignal(signal.SIGTERM)):
        time.sleep(PAUSE)
    handler(heard.si_signo if heard else signal.SIGTERM, None)
