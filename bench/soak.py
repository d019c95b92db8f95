"""The promises, tried for long: ``python bench/soak.py`` on SQLite and, where given, PostgreSQL.

Runs the property tests of promises 1 to 3 with many more examples than the tests do every time:
texts with all they owe over any request, sequences against brute force, effects, what was answered
once, copies that follow, and webhooks whose sender is killed. PostgreSQL is used when
``CAVEAT_TEST_POSTGRESQL`` names a server.
"""

import argparse
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PROPERTIES = (  # and how many examples of the option count as one of theirs
    ("tests/api/test_promises.py", 8),
    ("tests/content/test_sequences.py", 1),
    ("tests/content/test_effects.py", 3),  # each gives out every edition after every group
    ("tests/api/test_reproduction.py", 1),
    ("tests/content/test_sender.py", 0.2),  # changes that fifty partners hear of
    ("tests/api/test_following.py", 20),  # each is some steps of a longer and longer log
)


def main() -> int:
    """Run each property in turn; return 1 when one of them fails."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--examples", type=int, default=2000)
    examples = parser.parse_args().examples
    engines = ["sqlite"] + (["postgresql"] if "CAVEAT_TEST_POSTGRESQL" in os.environ else [])
    return max(_run(path, int(examples / scale), e) for e in engines for path, scale in PROPERTIES)


def _run(path: str, examples: int, engine: str) -> int:
    print(f"{path} on {engine}, {examples} examples", file=sys.stderr, flush=True)
    options = ["-q", "--database", engine, "--examples", str(max(examples, 1))]
    command = [sys.executable, "-m", "pytest", path, *options]
    return int(subprocess.run(command, cwd=ROOT, check=False).returncode != 0)


if __name__ == "__main__":
    sys.exit(main())
