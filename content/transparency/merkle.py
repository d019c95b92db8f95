"""Merkle trees (RFC 9162, section 2.1): one hash over a list that only grows, and short proofs.

A proof is a list of hashes. *Inclusion* shows that an item is in the list that has a root,
*consistency* that an earlier root is of the beginning of the same list. What reads a list gives the
hashes of whole subtrees: ``node(level, place)`` is that of the ``2**level`` items from the index
``place * 2**level`` on.
"""

import hashlib
from collections.abc import Callable, Sequence

Node = Callable[[int, int], bytes]
EMPTY = hashlib.sha256(b"").digest()


def leaf(octets: bytes) -> bytes:
    """Return the hash of an item."""
    return hashlib.sha256(b"\x00" + octets).digest()


def join(left: bytes, right: bytes) -> bytes:
    """Return the hash of two subtrees."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def root(size: int, node: Node) -> bytes:
    """Return the hash over the first items of a list."""
    return _span(0, size, node) if size else EMPTY


def inclusion(index: int, size: int, node: Node) -> list[bytes]:
    """Return the proof that an item is among the first ``size`` (RFC 9162, 2.1.3.1)."""
    found: list[bytes] = []
    low, high = 0, size
    while high - low > 1:
        middle = low + _half(high - low)
        if index < middle:
            found.append(_span(middle, high, node))
            high = middle
        else:
            found.append(_span(low, middle, node))
            low = middle
    return found[::-1]


def consistency(first: int, size: int, node: Node) -> list[bytes]:
    """Return the proof that the first items begin the first ``size`` (RFC 9162, 2.1.4.1).

    Both lists have an item.
    """
    found: list[bytes] = []
    low, high = 0, size
    while first < high:
        middle = low + _half(high - low)
        if first <= middle:
            found.append(_span(middle, high, node))
            high = middle
        else:
            found.append(_span(low, middle, node))
            low = middle
    if low:
        found.append(_span(low, high, node))
    return found[::-1]


def includes(item: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """Return whether a proof shows that the hash of an item is in a tree (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    place, last, found = index, size - 1, item
    for other in proof:
        if last == 0:
            return False
        if place % 2 or place == last:
            found = join(other, found)
            while place % 2 == 0 and place:
                place, last = place >> 1, last >> 1
        else:
            found = join(found, other)
        place, last = place >> 1, last >> 1
    return last == 0 and found == root


def begins(first: int, size: int, proof: Sequence[bytes], old: bytes, new: bytes) -> bool:
    """Return whether a proof shows that one tree begins another (RFC 9162, 2.1.4.2)."""
    if not 0 < first <= size:
        return False
    if first == size:
        return not proof and old == new
    hashes = list(proof) if first & (first - 1) else [old, *proof]
    if not hashes:
        return False
    place, last = first - 1, size - 1
    while place % 2:
        place, last = place >> 1, last >> 1
    begun = whole = hashes[0]
    for other in hashes[1:]:
        if last == 0:
            return False
        if place % 2 or place == last:
            begun, whole = join(other, begun), join(other, whole)
            while place % 2 == 0 and place:
                place, last = place >> 1, last >> 1
        else:
            whole = join(whole, other)
        place, last = place >> 1, last >> 1
    return last == 0 and begun == old and whole == new


def said(hash: bytes) -> str:
    """Return a hash as it is shown: ``sha256:`` and hexadecimal digits."""
    return f"sha256:{hash.hex()}"


def octets(shown: str) -> bytes:
    """Return a hash from how it is shown; raise ``ValueError`` for what is none."""
    return bytes.fromhex(shown.removeprefix("sha256:"))


def _half(count: int) -> int:
    """Return the largest power of two that is smaller than a count above one."""
    return 1 << (count - 1).bit_length() - 1


def _span(low: int, high: int, node: Node) -> bytes:
    """Return the hash over some items; ``low`` is where a subtree that holds them begins."""
    count = high - low
    if count & (count - 1) == 0:
        level = count.bit_length() - 1
        return node(level, low >> level)
    middle = low + _half(count)
    return join(_span(low, middle, node), _span(middle, high, node))
