"""Checkpoints: signed statements of what the whole log was when a number was its newest.

The root is that of a Merkle tree (:mod:`~content.transparency.merkle`) over the leaves of all
changes (:mod:`~content.transparency.leaves`), number 1 first. Who keeps checkpoints can prove later
that history was rewritten, or be shown that it was not. Hashes of whole subtrees from
:data:`HEIGHT` on are kept, so a new checkpoint, or a proof, reads a few hundred rows however long
the log is.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from content import canonical, changes, signing, work
from content.errors import CaveatError, NotFound
from content.models.checkpoints import Checkpoint, LogNode
from content.models.log import Change
from content.signing import Keyring
from content.transparency import leaves, merkle
from content.transparency.merkle import Node

EVERY = timedelta(hours=1)
HEIGHT = 8  # level of the smallest subtrees whose hashes are kept
BLOCK: int = 2**HEIGHT  # changes under one of those
MOST = 16  # blocks that are added at a time
REMEMBERED = 8 * BLOCK  # nodes of a tree


class Rewritten(CaveatError):
    """The log is not what the newest checkpoint was made of; nothing more is signed over it."""


class Tree:
    """The tree over the log: kept hashes, and below them the rows themselves."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._block: Callable[[int], list[bytes]] = lru_cache(MOST)(self._read)
        self.node: Node = lru_cache(REMEMBERED)(self._node)

    def root(self, size: int) -> str:
        """Return the root over the first changes, as a checkpoint names it."""
        return merkle.said(merkle.root(size, self.node))

    def includes(self, number: int, size: int) -> list[str]:
        """Return the proof that a change is among the first, as hexadecimal digits."""
        return [one.hex() for one in merkle.inclusion(number - 1, size, self.node)]

    def continues(self, first: int, size: int) -> list[str]:
        """Return the proof that a longer log goes on from a shorter one."""
        return [one.hex() for one in merkle.consistency(first, size, self.node)]

    def join(self, level: int, place: int) -> bytes:
        """Return the hash of a whole subtree from its two halves."""
        below = level - 1
        return merkle.join(self.node(below, 2 * place), self.node(below, 2 * place + 1))

    def _node(self, level: int, place: int) -> bytes:
        if level >= HEIGHT:
            kept: str = self._session.get_one(LogNode, (level, place)).hash
            return merkle.octets(kept)
        if level:
            return self.join(level, place)
        block = self._block(place // BLOCK)
        if len(block) <= place % BLOCK:
            raise Rewritten(f"The change {place + 1} is missing in the log.")
        return block[place % BLOCK]

    def _read(self, block: int) -> list[bytes]:
        return hashes(self._session, block * BLOCK, (block + 1) * BLOCK)


def hashes(session: Session, after: int, upto: int) -> list[bytes]:
    """Return the hashes of the leaves of some changes, which follow one another."""
    found = session.scalars(changes.select_after(after, upto)).all()
    if [change.seq for change in found] != list(range(after + 1, after + 1 + len(found))):
        raise Rewritten(f"Between the changes {after} and {upto} one is missing.")
    facts = leaves.facts(session, found)
    return [
        merkle.leaf(canonical.encode(leaves.describe(one, facts.get(one.seq)))) for one in found
    ]


def grow(session: Session, most: int = MOST) -> int:
    """Keep the hashes of whole blocks that are new, and return of how many; the caller commits."""
    work.wait_turn(session, work.CHECKPOINTS)
    kept = select(func.count()).select_from(LogNode).where(LogNode.level == HEIGHT)
    first = session.scalar(kept) or 0
    tree = Tree(session)
    blocks = range(first, min(changes.head(session) // BLOCK, first + most))
    for block in blocks:
        session.add_all(_grown(tree, block))
        session.flush()
    return len(blocks)


def _grown(tree: Tree, block: int) -> Iterator[LogNode]:
    """Yield the nodes that are whole with a block: its own, and each that it is the end of."""
    level, place = HEIGHT, block
    hash = tree.join(level, place)
    yield LogNode(level=level, place=place, hash=merkle.said(hash))
    while place % 2:
        hash = merkle.join(tree.node(level, place - 1), hash)
        level, place = level + 1, place // 2
        yield LogNode(level=level, place=place, hash=merkle.said(hash))


def make(session: Session, keyring: Keyring, *, now: datetime) -> Checkpoint | None:
    """Make a checkpoint of the log as it is; None where it has not begun; the caller commits.

    Raise :class:`Rewritten`, and :class:`~content.signing.KeyMissing`.
    """
    while grow(session):
        pass
    sequence, last, tree = changes.head(session), newest(session), Tree(session)
    if not sequence:
        return None
    if last and tree.root(last.sequence) != last.root:
        raise Rewritten(f"The log up to {last.sequence} is not what its checkpoint was made of.")
    made = Checkpoint(
        number=last.number + 1 if last else 1,
        sequence=sequence,
        root=tree.root(sequence),
        at=max(now, last.at) if last else now,  # also when a clock was set back
        kid=signing.in_force(session, sequence),
    )
    made.jws = keyring.sign(made.kid, canonical.encode(statement(made)))
    session.add(made)
    session.flush()
    return made


def is_due(session: Session, now: datetime) -> bool:
    """Return whether it is time for another, also where nothing is new.

    The newest says of a time, too, that the log was this one and no other.
    """
    last = newest(session)
    return last is None or now - last.at >= EVERY


def newest(session: Session) -> Checkpoint | None:
    """Return the newest checkpoint."""
    return session.scalar(select(Checkpoint).order_by(Checkpoint.number.desc()).limit(1))


def covering(session: Session, sequence: int) -> Checkpoint:
    """Return the first checkpoint that vouches for a number; raise ``NotFound`` for none yet."""
    query = select(Checkpoint).where(Checkpoint.sequence >= sequence)
    found = session.scalar(query.order_by(Checkpoint.number).limit(1))
    if found is None:
        raise NotFound(f"There is no checkpoint yet that vouches for {sequence}; ask again later.")
    return found


def after(session: Session, number: int, limit: int) -> Sequence[Checkpoint]:
    """Return the checkpoints after a number, oldest first."""
    query = select(Checkpoint).where(Checkpoint.number > number).order_by(Checkpoint.number)
    return session.scalars(query.limit(limit)).all()


def statement(checkpoint: Checkpoint) -> dict[str, Any]:
    """Return what a checkpoint says; its canonical bytes are what is signed."""
    at = canonical.time(checkpoint.at)
    return {"sequence": checkpoint.sequence, "root": checkpoint.root, "at": at}


def facts(checkpoint: Checkpoint) -> dict[str, Any]:
    """Return a checkpoint as it is shown."""
    return {
        **statement(checkpoint),
        "integrity": {"kid": checkpoint.kid, "jws": checkpoint.jws},
    }


def leaf(session: Session, number: int) -> dict[str, Any]:
    """Return the leaf of a change; raise ``NotFound``."""
    found = session.get(Change, number)
    if found is None:
        raise NotFound(f"There is no change {number}; the newest is {changes.head(session)}.")
    return leaves.describe(found, leaves.facts(session, [found]).get(number))
