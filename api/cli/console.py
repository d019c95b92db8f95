"""What long jobs show: a bar on a terminal; elsewhere the plain lines of the command are enough."""

from collections.abc import Iterable, Iterator
from typing import TypeVar

from rich.console import Console
from rich.progress import track

T = TypeVar("T")


def progress(items: Iterable[T], total: int, description: str) -> Iterator[T]:
    """Yield items while a bar on standard error shows how many are done."""
    console = Console(stderr=True)
    if not console.is_terminal:
        return iter(items)
    return iter(track(items, description, total=total, console=console, transient=True))
