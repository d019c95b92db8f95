"""Checking seals: what of the audit is not as it was when it was sealed.

All seals are walked from the first one. One that was changed vouches for nothing any more, but the
next one still names the digest that it had. So the walk goes on, and tells all that is wrong.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise

from sqlalchemy import select
from sqlalchemy.orm import Session

from content import signing
from content.editorial import audit, seals
from content.models.audit import AuditRow, AuditSeal
from content.models.log import SigningKey
from content.signing import BadKey, BadSignature

BATCH = 100  # seals that are read at a time


@dataclass
class Report:
    """What a check has found: ``faults`` are what does not hold, ``remarks`` what is good to know.

    ``newest`` is the newest seal that holds as ``NUMBER:DIGEST``, to be written down elsewhere.
    """

    seals: int = 0
    rows: int = 0  # that a seal vouches for
    unsealed: int = 0  # rows that came after the newest seal
    unsealed_since: datetime | None = None
    newest: str | None = None
    faults: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)


class Walk:
    """A walk over the seals, and how far it has come."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.report = Report()
        self.at = 0  # the number of the last seal that was looked at
        self.held: AuditSeal | None = None  # the last one that holds
        self._keys = {row.kid: row for row in signing.states(session)}
        self._doubted: dict[str, list[int]] = {}  # seals by revoked key, until a good one follows

    @property
    def vouched(self) -> int:
        """The last row that a seal vouches for."""
        return self.held.last if self.held else 0

    def step(self, number: int, seal: AuditSeal | None) -> None:
        """Look at the next seal; None for one that nobody can read."""
        self.report.seals += 1
        if number > self.at + 1:
            self.fault("seal", range(self.at + 1, number), "missing")
        if seal and (key := self._key(number, seal)):
            self._follow(seal)
            self._doubt(seal, key)
            self.held = seal
        elif seal is None:
            self.fault("seal", [number], "cannot be read")
        self.at = number

    def end(self) -> None:
        """Say what there is no more to be said about than this."""
        for kid, numbers in self._doubted.items():
            what = f"signed by {kid}, which was revoked; run caveat audit seal, to vouch for them"
            self.fault("seal", numbers, what)
        if self.held:
            self.report.newest = f"{self.held.number}:{self.held.digest}"

    def fault(self, noun: str, numbers: Sequence[int], what: str) -> None:
        """Report numbers of rows or seals, if there are any."""
        if numbers:
            self.report.faults.append(_say(noun, numbers, what))

    def _key(self, number: int, seal: AuditSeal) -> SigningKey | None:
        """Return the key that has signed a seal, if the seal holds by itself."""
        key = self._keys.get(seal.kid)
        if not _is_itself(seal):
            self.fault("seal", [number], "changed")
        elif key is None:
            what = f"signed by {seal.kid}, which is no key of this installation"
            self.fault("seal", [number], what)
        elif not _is_signed(seal, key):
            self.fault("seal", [number], "its signature does not fit")
        else:
            return key
        return None

    def _follow(self, seal: AuditSeal) -> None:
        """Compare a seal with the one before and with its rows."""
        held = self.held
        follows = (held.number + 1, held.digest, held.last + 1) if held else (1, None, 1)
        if seal.number == follows[0] and (seal.previous, seal.first) != follows[1:]:
            self.fault("seal", [seal.number], f"does not follow on seal {seal.number - 1}")
        if seal.number > follows[0]:
            rows = range(self.vouched + 1, seal.first)
            self.fault("row", rows, "no seal that holds vouches for them")
        self._check_rows(seal)

    def _check_rows(self, seal: AuditSeal) -> None:
        between = AuditRow.number.between(seal.first, seal.last)
        query = select(AuditRow.number).where(between).order_by(AuditRow.number)
        found = audit.digests(self.session, self.session.scalars(query).all())
        sealed = {int(number): digest for number, digest in seal.digests.items()}
        self.report.rows += len(sealed)
        since = f"since seal {seal.number} was made"
        changed = [n for n, one in sealed.items() if n in found and found[n] != one]
        self.fault("row", sorted(changed), f"changed {since}")
        self.fault("row", sorted(sealed.keys() - found.keys()), f"missing {since}")
        self.fault("row", sorted(found.keys() - sealed.keys()), f"put in {since}")
        ends = [seal.first - 1, *sorted(sealed)]
        for before, number in pairwise(ends):
            what = f"was not there when seal {seal.number} was made"
            self.fault("row", range(before + 1, number), what)
        garbled = sorted(number for number, digest in sealed.items() if digest is None)
        self.fault("row", garbled, f"nobody could read it when seal {seal.number} was made")

    def _doubt(self, seal: AuditSeal, key: SigningKey) -> None:
        """Remember a seal by a revoked key, which others may have made, until another follows."""
        if key.state == "revoked":
            self._doubted.setdefault(seal.kid, []).append(seal.number)
            return
        for kid, numbers in self._doubted.items():
            vouches = f"seal {seal.number} vouches for them since {seal.at.isoformat()}"
            what = f"signed by {kid}, which was revoked; {vouches}"
            self.report.remarks.append(_say("seal", numbers, what))
        self._doubted.clear()


def verify(session: Session, written_down: Mapping[int, str] | None = None) -> Report:
    """Check every seal, the rows that it vouches for, and that none is missing after them.

    ``written_down`` are digests of seals by their numbers, which somebody has noted elsewhere: by
    nothing else is it seen that the last seals are missing, or that all were made anew.
    """
    walk = Walk(session)
    strays = select(AuditRow.number).where(AuditRow.number < 1).order_by(AuditRow.number)
    walk.fault("row", session.scalars(strays).all(), "numbers begin with 1")
    for number, seal in _seals(session):
        walk.step(number, seal)
    walk.end()
    _look_behind(walk)
    for number, digest in (written_down or {}).items():
        _compare(walk, number, digest)
    return walk.report


def _seals(session: Session) -> Iterator[tuple[int, AuditSeal | None]]:
    numbers = session.scalars(select(AuditSeal.number).order_by(AuditSeal.number)).all()
    for start in range(0, len(numbers), BATCH):
        yield from audit.unbroken(session, AuditSeal, numbers[start : start + BATCH]).items()


def _look_behind(walk: Walk) -> None:
    """Count the rows that no seal vouches for yet, and tell which are missing among them."""
    before = walk.vouched
    query = select(AuditRow.number).where(AuditRow.number > before).order_by(AuditRow.number)
    for number in walk.session.scalars(query):
        if not walk.report.unsealed:
            first = audit.unbroken(walk.session, AuditRow, [number])[number]
            walk.report.unsealed_since = first.at if first else None
        walk.fault("row", range(before + 1, number), "missing, and not sealed yet")
        walk.report.unsealed += 1
        before = number


def _compare(walk: Walk, number: int, digest: str) -> None:
    """Compare a seal with what somebody has written down."""
    query = select(AuditSeal.digest).where(AuditSeal.number == number)
    found = walk.session.scalar(query)
    if found is None:
        walk.fault("seal", [number], f"missing, and {digest} was written down")
    elif found != digest:
        walk.fault("seal", [number], f"its digest is {found}, and {digest} was written down")


def _is_itself(seal: AuditSeal) -> bool:
    """Return whether the digest of a seal is that of what it says."""
    try:
        return seals.digest(seal) == seal.digest
    except ValueError:  # there is no canonical form of what somebody has put there
        return False


def _is_signed(seal: AuditSeal, key: SigningKey) -> bool:
    try:
        signing.verify(seal.digest.encode(), str(seal.jws), key.public)
    except (BadKey, BadSignature):
        return False
    return True


def _say(noun: str, numbers: Sequence[int], what: str) -> str:
    """Say something about numbers, such as ``rows 3, 7 to 9: missing``."""
    named = [f"{a}" if a == b else f"{a} to {b}" for a, b in _spans(numbers)]
    return f"{noun}{'s' if len(numbers) > 1 else ''} {', '.join(named)}: {what}"


def _spans(numbers: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Yield first and last of each run of numbers."""
    if isinstance(numbers, range):  # which may be as long as somebody likes
        yield numbers[0], numbers[-1]
        return
    first = last = numbers[0]
    for number in numbers[1:]:
        if number > last + 1:
            yield first, last
            first = number
        last = number
    yield first, last
