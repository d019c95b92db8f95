"""A PostgreSQL of Debian's, in a folder of its own, that may be killed and started again."""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from bench import processes, servers
from bench.errors import BenchError
from bench.servers import HOST

PLACES = "/usr/lib/postgresql"
USER = "postgres"  # root may not run it
WITHIN = 60  # seconds in which it answers


@dataclass
class Postgresql:
    """The server; ``url`` is that of a database on it."""

    programs: Path
    folder: Path
    port: int = field(default_factory=servers.free_port)
    _process: "subprocess.Popen[bytes] | None" = None

    @property
    def url(self) -> str:
        """Where its database is."""
        return f"postgresql://caveat@{HOST}:{self.port}/postgres"

    def start(self) -> None:
        """Start it, and wait until it can be connected to."""
        command = [self._name("postgres"), "-D", str(self.folder / "data"), "-p", str(self.port)]
        more = ["-k", str(self.folder), "-c", f"listen_addresses={HOST}"]
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [*command, *more], stderr=log, stdout=log, user=user(), start_new_session=True
            )
        end = time.monotonic() + WITHIN
        while not self._is_ready():
            if time.monotonic() > end or self._process.poll() is not None:
                raise BenchError(f"PostgreSQL does not start: see {self.folder / 'log'}")
            time.sleep(0.05)

    def kill(self) -> None:
        """End all of its processes at once, as a power cut would."""
        if self._process is None:
            return
        for pid in processes.tree(self._process.pid):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self._process.wait()
        self._process = None

    def _name(self, program: str) -> str:
        return str(self.programs / program)

    def _is_ready(self) -> bool:
        command = [self._name("pg_isready"), "-q", "-h", HOST, "-p", str(self.port)]
        return subprocess.run(command, check=False).returncode == 0


def user() -> str | None:
    """Return who has to run it, where that is somebody else."""
    return USER if os.geteuid() == 0 else None


@contextmanager
def running(folder: Path) -> Iterator[Postgresql]:
    """Make one, with the settings of a real one, and run it until the block ends."""
    found = Postgresql(_programs(), folder)
    folder.mkdir()
    if owner := user():
        shutil.chown(folder, owner)
        folder.parent.chmod(0o711)  # so that it gets there
    made = [str(found.programs / "initdb"), "-A", "trust", "-U", "caveat", "data"]
    done = subprocess.run(
        made, capture_output=True, text=True, user=user(), cwd=folder, check=False
    )
    if done.returncode:
        raise BenchError(f"initdb: {done.stderr}")
    try:
        found.start()
        yield found
    finally:
        found.kill()


def _programs() -> Path:
    """Return where the newest PostgreSQL's programs are."""
    found = sorted(Path(PLACES).glob("*/bin"), key=lambda path: int(path.parent.name))
    if not found:
        raise BenchError("PostgreSQL is not here; on Debian: apt-get install postgresql")
    return found[-1]
