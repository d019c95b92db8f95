"""Results of measures in a JSON file: what was found, when, and on which machine."""

import os
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from bench import processes, report, servers
from bench.errors import BenchError
from bench.servers import Programs


class Machine(msgspec.Struct):
    """The machine in general words, and versions by program."""

    system: str
    cores: int
    memory: int  # GiB
    versions: dict[str, str]


class Measured(msgspec.Struct):
    """What a measure has found, as plain data, and how."""

    at: datetime
    is_quick: bool
    seconds: float  # that it took
    busy: float  # cores that others used when it began
    found: Any


class Results(msgspec.Struct):
    """All that was measured, by measure."""

    machine: Machine
    measures: dict[str, Measured] = msgspec.field(default_factory=dict)

    def has(self, name: str, *, is_quick: bool) -> bool:
        """Return whether there is a result: one of a quick look does only for another."""
        there = self.measures.get(name)
        return there is not None and (is_quick or not there.is_quick)

    def write(self, path: Path) -> None:
        """Write the file, whole or not at all."""
        path.parent.mkdir(parents=True, exist_ok=True)
        new = path.with_name(f".{path.name}.new")
        new.write_bytes(msgspec.json.format(msgspec.json.encode(self), indent=1) + b"\n")
        new.replace(path)


def read(path: Path) -> Results:
    """Return what is in a file; raise :class:`BenchError` where that is nothing of ours."""
    if not path.exists():
        raise BenchError(f"{path} is not there: nothing was measured yet")
    try:
        return msgspec.json.decode(path.read_bytes(), type=Results)
    except msgspec.MsgspecError as error:
        raise BenchError(f"{path} has no results of this bench: {error}") from None


def begun(path: Path, programs: Programs, *, is_anew: bool) -> Results:
    """Return the results to go on with.

    Raise :class:`BenchError` for those of another machine or other versions: figures of two
    machines in one table would be compared.
    """
    here = machine(programs)
    if is_anew or not path.exists():
        return Results(here)
    there = read(path)
    if there.machine != here:
        raise BenchError(
            f"{path} is of another machine or other versions; give --again to begin anew, "
            "or another file by --results"
        )
    return there


def machine(programs: Programs) -> Machine:
    """Describe this machine."""
    return Machine(
        system=report.system(),
        cores=len(os.sched_getaffinity(0)),
        memory=report.memory(),
        versions=report.versions(programs) | _others(),
    )


def _others() -> dict[str, str]:
    """Return the versions of what only some measures need."""
    known = {"Varnish": ("varnishd", "-V"), "PostgreSQL": ("postgres", "--version")}
    found = {name: (servers.find(program), flag) for name, (program, flag) in known.items()}
    return {name: report.told(program, flag) for name, (program, flag) in found.items() if program}


class Clock:
    """Notes when a measure begins, and what it takes."""

    def __init__(self) -> None:
        self._at, self._begun = datetime.now(UTC).replace(microsecond=0), time.monotonic()
        self._busy = round(processes.busy_cores(), 2)

    def measured(self, found: object, *, is_quick: bool) -> Measured:
        """Return what was found, as plain data."""
        took = round(time.monotonic() - self._begun, 1)
        return Measured(self._at, is_quick, took, self._busy, msgspec.to_builtins(found))
