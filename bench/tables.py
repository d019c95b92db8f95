"""Tables in Markdown."""

from collections.abc import Iterable


def table(columns: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    """Return a table whose numbers stand on the right."""
    ends = ["---" if number == 0 else "---:" for number in range(len(columns))]
    lines = [columns, tuple(ends), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
