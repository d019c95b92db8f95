"""The log: one dense sequence, in commit order, on SQLite and on PostgreSQL.

:func:`append` is the only way into it. It takes the counter row *last*, after all gates and
digests, compares what the writer had seen with what is there, then numbers and writes the rows.
Who has seen N can never miss N-1.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Select, exists, func, select, update
from sqlalchemy.orm import Session

from content import heads
from content.errors import Conflict, NotFound
from content.models.log import Change, Counter, Fact, Publication

TICK = timedelta(microseconds=1)
POLICY_SUBJECTS = ("disclaimer", "rule", "mention", "jurisdiction", "site")


@dataclass(frozen=True)
class Entry:
    """One change that is about to get its number.

    ``seen`` is the ``seq`` of the row that it replaces, as the writer knew it (None: there was
    none); when another row is there by now, the whole group is refused. ``about`` names what the
    change is about where that is not the fact's own key.
    """

    kind: str
    fact: Fact
    seen: int | None
    impact: str = "metadata"
    notice: str | None = None
    reason: str | None = None
    about: tuple[str, str] | None = None


def head(session: Session) -> int:
    """Return the newest number; a read session fixes it by this first query."""
    return session.scalars(select(Counter.value)).one()


def end_of_group(session: Session, at: int) -> int:
    """Return the last number of the group that ``at`` belongs to; raise ``NotFound``."""
    found = session.scalar(select(Change.group_end).where(Change.seq == at))
    if found is None:
        raise NotFound(f"There is no change {at}; the newest is {head(session)}.")
    return found


def policy_head(session: Session, at: int) -> int:
    """Return the newest number up to ``at`` that touched rules, texts, facts or their lapses."""
    newest = [
        select(Change.seq)
        .where(Change.subject_type == subject, Change.seq <= at)
        .order_by(Change.seq.desc())
        .limit(1)
        .scalar_subquery()
        for subject in POLICY_SUBJECTS
    ]
    return max(seq or 0 for seq in session.execute(select(*newest)).one())


def append(
    session: Session,
    entries: Sequence[Entry],
    *,
    by: str,
    now: datetime,
    policy: int | None = None,
) -> range:
    """Write one group of changes and return its numbers; the caller commits.

    ``policy`` is the :func:`policy_head` that the writer checked against. Raise
    :class:`~content.errors.Conflict` when anything that the writer had seen has changed since.
    """
    before = _lock(session)
    _compare(session, entries, before, policy)
    numbers = _take(session, before, len(entries))
    at = _next_instant(session, now)
    for seq, entry in zip(numbers, entries, strict=True):
        session.add(_change(entry, seq, numbers[-1], at + TICK * (seq - numbers.start), by))
    session.flush()
    for seq, entry in zip(numbers, entries, strict=True):
        entry.fact.seq = seq
        session.add(entry.fact)
    session.flush()
    for entry in entries:
        if isinstance(entry.fact, Publication):
            heads.follow(session, entry.fact)
    return numbers


def select_after(after: int, at: int) -> Select[Change]:
    """Return the query for what happened after a number, oldest first."""
    return select(Change).where(Change.seq > after, Change.seq <= at).order_by(Change.seq)


def touches(session: Session, article: str, after: int, at: int) -> bool:
    """Return whether anything in ``(after, at]`` may have changed an edition of this article."""
    between = (Change.seq > after, Change.seq <= at)
    mine = exists().where(Change.subject_type == "article", Change.subject == article, *between)
    shared = (*POLICY_SUBJECTS, "signing-key", "body")  # a redacted body names no article
    policy = exists().where(Change.subject_type.in_(shared), *between)
    return bool(session.scalar(select(mine | policy)))


def _lock(session: Session) -> int:
    """Lock the counter and return it: from here on this writer is alone until it ends."""
    return session.scalars(select(Counter.value).with_for_update()).one()


def _take(session: Session, before: int, count: int) -> range:
    """Move the counter on, after all that could refuse: a number that was taken is used."""
    session.execute(update(Counter).values(value=before + count))
    return range(before + 1, before + count + 1)


def _compare(session: Session, entries: Sequence[Entry], at: int, policy: int | None) -> None:
    if policy is not None and policy_head(session, at) != policy:
        raise Conflict("The rules or texts have changed meanwhile; check again and repeat.")
    for entry in entries:
        if newest(session, entry.fact) != entry.seen:
            subject = " ".join(_key(entry.fact))
            raise Conflict(f"{entry.fact.subject_type} {subject} has changed meanwhile.")


def newest(session: Session, fact: Fact) -> int | None:
    """Return the number of the newest row with the same key."""
    table = type(fact)
    same = [getattr(table, name) == getattr(fact, name) for name in table.key]
    return session.scalar(select(func.max(table.seq)).where(*same))


def _key(fact: Fact) -> Iterator[str]:
    return (str(getattr(fact, name)) for name in fact.key)


def _next_instant(session: Session, now: datetime) -> datetime:
    """Return a time after every other in the log, also when a clock was set back."""
    last = session.scalar(select(Change.at).order_by(Change.seq.desc()).limit(1))
    return now if last is None or now > last else last + TICK


def _change(entry: Entry, seq: int, last: int, at: datetime, by: str) -> Change:
    fact = entry.fact
    subject_type, subject = entry.about or (fact.subject_type, next(_key(fact)))
    return Change(
        seq=seq,
        group_end=last,
        at=at,
        actor=by,
        kind=entry.kind,
        subject_type=subject_type,
        subject=subject,
        impact=entry.impact,
        notice=entry.notice,
        reason=entry.reason,
    )
