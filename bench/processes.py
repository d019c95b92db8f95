"""Processes and the CPU time that they have used, read from ``/proc``."""

import os
from collections.abc import Iterator
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")  # per second


def tree(pid: int) -> list[int]:
    """Return a process and all of its descendants."""
    children: dict[int, list[int]] = {}
    for child, fields in _all():
        children.setdefault(int(fields[1]), []).append(child)
    found = [pid]
    for one in found:
        found.extend(children.get(one, []))
    return found


def leaves(pid: int) -> list[int]:
    """Return the processes of a tree that have no children: a server's workers."""
    parents = {int(fields[1]) for _, fields in _all()}
    return [one for one in tree(pid) if one not in parents]


def cpu_seconds(pid: int) -> float:
    """Return the user and system time that a process tree has used."""
    times = dict(_all())
    ticks = [int(times[one][11]) + int(times[one][12]) for one in tree(pid) if one in times]
    return sum(ticks) / TICKS


def _all() -> Iterator[tuple[int, list[str]]]:
    """Yield each process with the fields of its ``stat`` that follow its name."""
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            text = stat.read_text()
        except OSError:
            continue  # it has ended meanwhile
        yield int(stat.parent.name), text.rpartition(")")[2].split()
