"""What long jobs show: a bar on a terminal; elsewhere the plain lines of the command are enough."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from rich.console import Console
from rich.progress import Progress, track

T = TypeVar("T")


def progress(items: Iterable[T], total: int, description: str) -> Iterator[T]:
    """Yield items while a bar on standard error shows how many are done."""
    console = Console(stderr=True)
    if not console.is_terminal:
        return iter(items)
    return iter(track(items, description, total=total, console=console, transient=True))


@contextmanager
def counting(total: int | None, description: str) -> Iterator[Callable[[int], None]]:
    """Give a function that moves a bar on; without a total it only shows that something happens."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda _: None
        return
    with Progress(console=console, transient=True) as shown:
        task = shown.add_task(description, total=total)
        yield lambda step: shown.advance(task, step)
