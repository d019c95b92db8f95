"""Tables in Markdown."""


def table(columns: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    """Return a table whose numbers stand on the right."""
    ends = ["---" if number == 0 else "---:" for number in range(len(columns))]
    lines = [columns, tuple(ends), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
