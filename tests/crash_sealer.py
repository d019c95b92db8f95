"""A process that notes and seals until it is killed, and says so after each commit.

Started by ``tests/content/test_seals.py``. Arguments: database URL, file of keys.
"""

import sys
from pathlib import Path

import audits

from content.db import Database
from content.signing import Keyring


def main(url: str, keys: str) -> None:
    """Note three acts and seal them, again and again; print each seal that is committed."""
    database, keyring = Database(url), Keyring.open(Path(keys))
    while True:
        audits.note(database, 3)
        sys.stdout.write(f"{audits.seal(database, keyring)}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
