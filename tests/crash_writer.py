"""A process that publishes until it is done, and says so after each commit: ``python -m`` style.

Started by ``tests/content/test_crash.py``, which kills it again and again. Arguments: database URL,
name of the writer, first number and last number of what it has to publish.
"""

import sys

from factories import publish

from content.db import Database


def main(url: str, name: str, first: str, last: str) -> None:
    """Publish ``<name>-<number>`` for each number; print what is committed."""
    database = Database(url)
    for number in range(int(first), int(last) + 1):
        publish(database, slug=f"{name}-{number}")
        sys.stdout.write(f"{number}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
