"""Checking checkpoints: whether the log is still what each of them was made of.

All leaves are read anew, first to last, and no kept hash is trusted.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from content import canonical, changes, signing, verifying
from content.models.checkpoints import Checkpoint, LogNode
from content.models.log import SigningKey
from content.signing import BadKey, BadSignature
from content.transparency import checkpoints, merkle
from content.transparency.checkpoints import BLOCK, HEIGHT, Rewritten

READ = 16 * BLOCK  # changes that are read at a time


@dataclass
class Report:
    """What a check has found."""

    checkpoints: int = 0
    sequence: int = 0  # of the newest that holds
    faults: list[str] = field(default_factory=list)


@dataclass
class Frontier:
    """The whole subtrees over what has been read, largest first: all that a root needs."""

    size: int = 0
    trees: list[tuple[int, bytes]] = field(default_factory=list)  # level, hash

    def add(self, leaf: bytes) -> None:
        """Add the next leaf."""
        level, hash = 0, leaf
        while self.trees and self.trees[-1][0] == level:
            hash = merkle.join(self.trees.pop()[1], hash)
            level += 1
        self.trees.append((level, hash))
        self.size += 1

    def root(self) -> str:
        """Return the root over what has been read."""
        hash = self.trees[-1][1]
        for _, larger in reversed(self.trees[:-1]):
            hash = merkle.join(larger, hash)
        return merkle.said(hash)


def verify(session: Session, kept: Sequence[Mapping[str, Any]] = ()) -> Report:
    """Check every checkpoint of this installation, and those that somebody has kept elsewhere.

    ``kept`` are answers of ``/v1/checkpoint``, whose signatures were checked.
    """
    report, head = Report(), changes.head(session)
    wanted = _wanted(session, kept, report)
    keys = {row.kid: row for row in signing.states(session)}
    frontier = Frontier()
    try:
        for leaf in _leaves(session, head):
            frontier.add(leaf)
            _check_nodes(session, frontier, report)
            for one in wanted.pop(frontier.size, ()):
                _check(frontier, one, keys, report)
    except Rewritten as error:
        report.faults.append(str(error))
    report.faults += [f"checkpoint of {n}: the log ends before it" for n in sorted(wanted)]
    return report


def _wanted(
    session: Session, kept: Sequence[Mapping[str, Any]], report: Report
) -> dict[int, list[Mapping[str, Any]]]:
    """Return the checkpoints by the numbers of the log at which they can be checked."""
    found: dict[int, list[Mapping[str, Any]]] = {}
    own = session.scalars(select(Checkpoint).order_by(Checkpoint.number)).all()
    if [one.number for one in own] != list(range(1, len(own) + 1)):
        report.faults.append("checkpoints: one is missing")
    for one in (*map(checkpoints.facts, own), *kept):
        found.setdefault(int(one["sequence"]), []).append(one)
    return found


def _leaves(session: Session, head: int) -> Iterator[bytes]:
    for after in range(0, head, READ):
        upto = min(after + READ, head)
        found = checkpoints.hashes(session, after, upto)
        if len(found) != upto - after:
            raise Rewritten(f"Between the changes {after} and {upto} one is missing.")
        yield from found


def _check_nodes(session: Session, frontier: Frontier, report: Report) -> None:
    """Compare a block with the hash that was kept of it."""
    if frontier.size % BLOCK:
        return
    level, hash = frontier.trees[-1]
    kept = session.get(LogNode, (level, (frontier.size >> level) - 1)) if level >= HEIGHT else None
    if kept and merkle.octets(kept.hash) != hash:
        what = "changed since their hash was kept"
        report.faults.append(f"changes up to {frontier.size}: {what}")


def _check(
    frontier: Frontier, one: Mapping[str, Any], keys: Mapping[str, SigningKey], report: Report
) -> None:
    named = f"checkpoint of {one['sequence']} at {one['at']}"
    report.checkpoints += 1
    if fault := _unsigned(one, keys):
        report.faults.append(f"{named}: {fault}")
    elif one["root"] != frontier.root():
        report.faults.append(f"{named}: the log was another one")
    else:
        report.sequence = frontier.size


def _unsigned(one: Mapping[str, Any], keys: Mapping[str, SigningKey]) -> str | None:
    content, (kid, jws) = verifying.statement(one)
    if kid not in keys:
        return f"signed by {kid}, which is no key of this installation"
    try:
        signing.verify(canonical.encode(content), jws, keys[kid].public)
    except (BadKey, BadSignature):
        return "its signature does not fit"
    return None
