"""The log: one dense sequence, in commit order, on SQLite and on PostgreSQL.

:func:`append` is the only way into it. It takes the counter row *last*, after all gates and
digests, compares what the writer had seen with what is there, then numbers and writes the rows.
Who has seen N can never miss N-1.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, exists, func, insert, select, update
from sqlalchemy.orm import Session

from content.db import NEWS, recall, remember
from content.errors import Conflict, NotFound
from content.models.log import Change, Counter, Effect, Fact, JurisdictionFact, SiteFact

TICK = timedelta(microseconds=1)
CHUNK = 500  # keys that are looked for by one query
AFFECTED = "article.affected"  # an article that other entries of the same group may have changed
KEY_REVOKED = "signing-key.revoked"  # what it has signed is signed again
POLICY_SUBJECTS = ("disclaimer", "rule", "mention", "jurisdiction", "site", "source")
SUBJECTS = ("article", "body", "claim-pack", *POLICY_SUBJECTS, "signing-key")  # of a change
EVERYWHERE = (*POLICY_SUBJECTS, "signing-key", "body")  # a redacted body names no article
GATES = (*POLICY_SUBJECTS, "claim-pack")  # what a text is checked against before it goes out


@dataclass(frozen=True)
class Entry:
    """One change that is about to get its number.

    ``seen`` is the ``seq`` of the row that it replaces, as the writer knew it (None: there was
    none); when another row is there by now, the whole group is refused. ``about`` names what the
    change is about where that is not the fact's own key, or where there is no fact.
    """

    kind: str
    fact: Fact | None = None
    seen: int | None = None
    impact: str = "metadata"
    notice: str | None = None
    reason: str | None = None
    about: tuple[str, str] | None = None


def head(session: Session) -> int:
    """Return the newest number; a read session fixes it by this first query."""
    return recall(session, "head", lambda: session.scalars(select(Counter.value)).one())


def fix_head(session: Session, number: int) -> None:
    """Fix the number of a read session, which was asked for with something else."""
    remember(session, "head", number)


def first(session: Session) -> tuple[datetime, str] | None:
    """Return what no other log has, the moment and the subject of its first change; None: empty."""
    row = session.execute(select(Change.at, Change.subject).where(Change.seq == 1)).first()
    return (row.at, row.subject) if row else None


def end_of_group(session: Session, at: int) -> int:
    """Return the last number of the group that ``at`` belongs to; raise ``NotFound``."""
    found = session.scalar(select(Change.group_end).where(Change.seq == at))
    if found is None:
        raise NotFound(f"There is no change {at}; the newest is {head(session)}.")
    return found


def last_end(session: Session, at: int) -> int:
    """Return the end of the last group that was whole at a number; 0 when there was none."""
    query = select(Change.seq).where(Change.seq <= at, Change.seq == Change.group_end)
    return session.scalar(query.order_by(Change.seq.desc()).limit(1)) or 0


def number_at(session: Session, moment: datetime) -> int:
    """Return the newest number at a moment; raise ``NotFound`` before the log began."""
    query = select(Change.seq).where(Change.at <= moment).order_by(Change.at.desc()).limit(1)
    found = session.scalar(query)
    if found is None:
        raise NotFound("There was no change yet at that moment.")
    return end_of_group(session, found)


def number_before(session: Session, moment: datetime) -> int:
    """Return the newest number before a moment; 0 when there is none."""
    query = select(Change.seq).where(Change.at < moment).order_by(Change.at.desc()).limit(1)
    return session.scalar(query) or 0


def time(session: Session, seq: int) -> datetime:
    """Return when a change was made."""
    query = select(Change.at).where(Change.seq == seq)
    return recall(session, ("time", seq), lambda: session.scalars(query).one())


def newest_about(session: Session, article: str) -> Change:
    """Return the newest change that was about an article, or may have changed it."""
    mine = (Change.subject_type == "article", Change.subject == article)
    return session.scalars(select(Change).where(*mine).order_by(Change.seq.desc()).limit(1)).one()


def policy_head(session: Session, at: int) -> int:
    """Return the newest number up to ``at`` that touched rules, texts, facts or their lapses."""
    return _newest_of(session, POLICY_SUBJECTS, at)


def gates_head(session: Session, at: int) -> int:
    """Return the newest number up to ``at`` that touched what a writer checks a text against."""
    return _newest_of(session, GATES, at)


def _newest_of(session: Session, subjects: Sequence[str], at: int) -> int:
    newest = [
        select(Change.seq)
        .where(Change.subject_type == subject, Change.seq <= at)
        .order_by(Change.seq.desc())
        .limit(1)
        .scalar_subquery()
        for subject in subjects
    ]
    return max(seq or 0 for seq in session.execute(select(*newest)).one())


def append(
    session: Session,
    entries: Sequence[Entry],
    *,
    by: str,
    now: datetime,
    checked: int | None = None,
    affected: Collection[tuple[str, str]] = (),
) -> range:
    """Write one group of changes and return its numbers; the caller commits.

    ``checked`` is the :func:`gates_head` that the writer checked against. ``affected`` names
    articles (id, locale) whose editions the entries may change: each gets an entry of its own.
    Raise :class:`~content.errors.Conflict` when anything the writer had seen has changed since.
    """
    before = lock(session)
    _compare(session, entries, before, checked)
    whole = [*entries, *(_effect(article, locale) for article, locale in sorted(affected))]
    numbers = _take(session, before, len(whole))
    at = _next_instant(session, now)
    rows = zip(numbers, whole, strict=True)
    session.execute(
        insert(Change),
        [_row(e, seq, numbers[-1], at + TICK * (seq - numbers.start), by) for seq, e in rows],
    )
    for seq, entry in zip(numbers, whole, strict=True):
        if entry.fact is not None:
            entry.fact.seq = seq
            session.add(entry.fact)
    session.flush()
    session.info[NEWS] = True
    return numbers


def select_after(after: int, at: int) -> Select[Change]:
    """Return the query for what happened after a number, oldest first."""
    return select(Change).where(Change.seq > after, Change.seq <= at).order_by(Change.seq)


def touches(session: Session, article: str, after: int, at: int) -> bool:
    """Return whether anything in ``(after, at]`` may have changed an edition of this article."""
    between = (Change.seq > after, Change.seq <= at)
    mine = exists().where(Change.subject_type == "article", Change.subject == article, *between)
    anybody = exists().where(Change.scope == "all", Change.subject_type.in_(EVERYWHERE), *between)
    return bool(session.scalar(select(mine | anybody)))


def affects(article: str | ColumnElement[str]) -> ColumnElement[bool]:
    """Return the condition that a change may have changed an edition of this article."""
    listed = exists().where(
        Effect.article == article, Effect.seq > Change.seq, Effect.seq <= Change.group_end
    )
    return (Change.scope == "all") | listed


def is_everywhere(fact: Fact | None) -> bool:
    """Return whether a fact stands in every edition, so that it may change any article's."""
    if isinstance(fact, JurisdictionFact):
        return fact.fact in ("place", "help")
    return isinstance(fact, SiteFact)


def may_change_any(change: Change) -> bool:
    """Return whether a change may be in editions of articles that its group does not name.

    A new key signs nothing again that was signed, and a redaction names every article.
    """
    by_key = change.subject_type == "signing-key" and change.kind != KEY_REVOKED
    return change.scope == "all" and not (by_key or change.subject_type == "body")


def lock(session: Session) -> int:
    """Lock the counter and return it: from here on this writer is alone until it ends."""
    return session.scalars(select(Counter.value).with_for_update()).one()


def _take(session: Session, before: int, count: int) -> range:
    """Move the counter on, after all that could refuse: a number that was taken is used."""
    session.execute(update(Counter).values(value=before + count))
    return range(before + 1, before + count + 1)


def _compare(session: Session, entries: Sequence[Entry], at: int, checked: int | None) -> None:
    if checked is not None and gates_head(session, at) != checked:
        raise Conflict("The rules or texts have changed meanwhile; check again and repeat.")
    facts = [entry.fact for entry in entries if entry.fact is not None]
    there = {table: _newest(session, table, facts) for table in {type(fact) for fact in facts}}
    for entry in entries:
        if entry.fact and there[type(entry.fact)].get(_values(entry.fact)) != entry.seen:
            subject = " ".join(_key(entry.fact))
            raise Conflict(f"{entry.fact.subject_type} {subject} has changed meanwhile.")


def newest(session: Session, fact: Fact) -> int | None:
    """Return the number of the newest row with the same key."""
    table = type(fact)
    same = [getattr(table, name) == getattr(fact, name) for name in table.key]
    return session.scalar(select(func.max(table.seq)).where(*same))


def _newest(
    session: Session, table: type[Fact], facts: Sequence[Fact]
) -> dict[tuple[object, ...], int]:
    """Return the number of the newest row of each key that begins like one of some facts'."""
    keys = [getattr(table, name) for name in table.key]
    begins = list({_values(fact)[0] for fact in facts if isinstance(fact, table)})
    found: dict[tuple[object, ...], int] = {}
    for start in range(0, len(begins), CHUNK):
        some = keys[0].in_(begins[start : start + CHUNK])
        query = select(*keys, func.max(table.seq)).where(some).group_by(*keys)
        found |= {tuple(row[:-1]): row[-1] for row in session.execute(query)}
    return found


def _values(fact: Fact) -> tuple[object, ...]:
    return tuple(getattr(fact, name) for name in fact.key)


def _key(fact: Fact) -> Iterator[str]:
    return map(str, _values(fact))


def _next_instant(session: Session, now: datetime) -> datetime:
    """Return a time after every other in the log, also when a clock was set back."""
    last = session.scalar(select(Change.at).order_by(Change.seq.desc()).limit(1))
    return now if last is None or now > last else last + TICK


def _effect(article: str, locale: str) -> Entry:
    return Entry(AFFECTED, Effect(article=article, locale=locale), impact="notice")


def _row(entry: Entry, seq: int, last: int, at: datetime, by: str) -> dict[str, object]:
    subject_type, subject = entry.about or _about(entry.fact)
    return {
        "seq": seq,
        "group_end": last,
        "at": at,
        "actor": by,
        "kind": entry.kind,
        "subject_type": subject_type,
        "subject": subject,
        "impact": entry.impact,
        "scope": _scope(entry.fact, subject_type),
        "notice": entry.notice,
        "reason": entry.reason,
    }


def _about(fact: Fact | None) -> tuple[str, str]:
    if fact is None:
        raise ValueError("an entry without a fact has to say what it is about")
    return fact.subject_type, next(_key(fact))


def _scope(fact: Fact | None, subject_type: str) -> str:
    everywhere = is_everywhere(fact) or subject_type in ("signing-key", "body")
    return "all" if everywhere else "listed"
