"""Progress on standard error: a bar on a terminal, plain lines elsewhere."""

import sys
from types import TracebackType

from rich.console import Console
from rich.progress import Progress as Bar


class Progress:
    """Counts the runs of the benchmark."""

    def __init__(self, runs: int) -> None:
        self._runs = runs
        self._done = 0
        self._bar = Bar(console=Console(stderr=True)) if sys.stderr.isatty() else None

    def __enter__(self) -> "Progress":
        if self._bar:
            self._bar.start()
            self._task = self._bar.add_task("Measuring", total=self._runs)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._bar:
            self._bar.stop()

    def step(self, case: str, server: str, rate: float) -> None:
        """Tell of a finished run."""
        self._done += 1
        line = f"{case}: {server} {rate:,.0f} requests/s"
        if self._bar:
            self._bar.update(self._task, advance=1, description=line)
        else:
            print(f"[{self._done}/{self._runs}] {line}", file=sys.stderr, flush=True)
