"""The schema's versions: one step each, forward only, run by ``caveat init``.

None is in batch mode on the log, which would drop the guards. A step's file is named by the version
that it leads to, so that a server knows the newest one without Alembic.
"""

from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent


@cache
def revisions() -> tuple[str, ...]:
    """Return the schema's versions that this program knows, oldest first."""
    return tuple(sorted(path.name[:4] for path in FOLDER.glob("versions/[0-9]*.py")))
