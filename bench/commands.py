"""What the commands of the bench have in common: exit codes, last words, and one end by Ctrl-C."""

import signal
import sys
from types import FrameType

STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
FAILED, UNUSABLE, INTERRUPTED = 1, 2, 130


def heed_signals() -> None:
    """Have what ends a program raise ``KeyboardInterrupt``, so that all is stopped and removed."""
    for number in STOPPING:
        signal.signal(number, _interrupt)


def say(line: str, code: int) -> int:
    """Print a line to standard error, and return the exit code."""
    print(f"bench: {line}", file=sys.stderr)
    return code


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    """End the run once; a second Ctrl-C does not disturb the stopping and removing."""
    for number in STOPPING:
        signal.signal(number, signal.SIG_IGN)
    raise KeyboardInterrupt
