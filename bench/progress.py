"""Progress on standard error: a bar on a terminal, plain lines elsewhere."""

import sys
from types import TracebackType

from rich.console import Console
from rich.progress import Progress as Bar


class Progress:
    """Counts the steps of a benchmark, if it is known how many there are."""

    def __init__(self, steps: int | None) -> None:
        self._steps = steps
        self._done = 0
        self._bar = Bar(console=Console(stderr=True)) if sys.stderr.isatty() else None

    def __enter__(self) -> "Progress":
        if self._bar:
            self._bar.start()
            self._task = self._bar.add_task("Measuring", total=self._steps)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._bar:
            self._bar.stop()

    def step(self, line: str) -> None:
        """Tell of a finished step."""
        self._done += 1
        if self._bar:
            self._bar.update(self._task, advance=1, description=line)
        else:
            of = f"/{self._steps}" if self._steps else ""
            print(f"[{self._done}{of}] {line}", file=sys.stderr, flush=True)
