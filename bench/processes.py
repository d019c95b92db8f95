"""Processes and the CPU time that they have used, read from ``/proc``."""

import os
import time
from collections.abc import Iterator
from contextlib import suppress
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


def workers(pid: int) -> list[int]:
    """Return the processes of a server of ours that answer requests, or of another one all leaves.

    Python starts ours, and beside them one that only cleans up.
    """
    return [one for one in leaves(pid) if "resource_tracker" not in command(one)]


def command(pid: int) -> str:
    """Return the command line of a process; nothing where it has ended."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:
        return ""


def memory(pid: int) -> tuple[int, int]:
    """Return what a process takes, in bytes: its proportional set size, and what is resident."""
    found = dict.fromkeys(("Pss", "Rss"), 0)
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        name, _, rest = line.partition(":")
        if name in found:
            found[name] = int(rest.split()[0]) * 1024
    return found["Pss"], found["Rss"]


def holder(pids: list[int], port: int, caller: int) -> int | None:
    """Return which process has the connection between its port and that of a caller here."""
    rows = (line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:])
    pair = (f":{port:04X}", f":{caller:04X}")
    inodes = {row[9] for row in rows if row[1].endswith(pair[0]) and row[2].endswith(pair[1])}
    return next((pid for pid in pids if inodes & _sockets(pid)), None)


def _sockets(pid: int) -> set[str]:
    """Return the inodes of the sockets that a process has."""
    found = set()
    for link in Path(f"/proc/{pid}/fd").iterdir():
        with suppress(OSError):  # closed meanwhile
            found.add(str(link.readlink()).removeprefix("socket:[").removesuffix("]"))
    return found


def busy_cores(seconds: float = 1.0) -> float:
    """Return how many cores the machine uses, looking for some seconds."""
    before, begun = _idle(), time.monotonic()
    time.sleep(seconds)
    cores, took = os.cpu_count() or 1, time.monotonic() - begun
    return max(cores - (_idle() - before) / took, 0.0)


def _idle() -> float:
    """Return the seconds for which all cores have had nothing to do, or waited for a disk."""
    fields = Path("/proc/stat").read_text().split(maxsplit=6)
    return (int(fields[4]) + int(fields[5])) / TICKS


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
