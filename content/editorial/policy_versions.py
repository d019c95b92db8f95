"""Earlier and present versions of policy, and which live texts it concerns: for who looks at it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from content import changes, effects, heads
from content.editorial import policy_items
from content.errors import NotFound
from content.models.heads import Head
from content.models.log import Change, Rule
from content.policy import Policy

USED = ("disclaimer", "rule")  # what texts are found for


@dataclass(frozen=True)
class Version:
    """What was said of something by one change of the log, and who has said it."""

    item: dict[str, Any]
    version: int | None  # of a disclaimer's words; nothing else counts its versions
    change: Change


def read(
    session: Session, kind: str, before: int | None, limit: int, **asked: str
) -> list[Version]:
    """Return versions of one kind, newest first; raise ``NotFound`` and ``Invalid``.

    ``asked`` looks only for those with some names; ``before`` continues a walk.
    """
    table: Any = policy_items.table(kind, asked)
    query = select(table, Change).join(Change, Change.seq == table.seq)
    query = query.where(*(getattr(table, name) == value for name, value in asked.items()))
    query = query.where(table.seq < before) if before else query
    query = query.where(table.seq <= changes.head(session)).order_by(table.seq.desc())
    return [
        Version(policy_items.described(row), getattr(row, "version", None), change)
        for row, change in session.execute(query.limit(limit))
    ]


def concerned(
    session: Session, now: Policy, kind: str, id: str, after: tuple[str, str], limit: int
) -> Sequence[Head]:
    """Return live texts that owe a disclaimer to some reader, or have what a rule looks for.

    By slug and locale, those after one. Raise ``NotFound`` where there is no such thing.
    """
    if kind == "disclaimer" and any(known == id for known, _ in now.texts):
        found = effects.owing(now, id, after, test=False)
    elif kind == Rule.subject_type and id in now.rules:
        meeting = effects.live_meeting(now.rules[id].when)
        found = select(Head).where(tuple_(Head.article, Head.locale).in_(meeting))
        found = found.where(tuple_(Head.slug, Head.locale) > after, heads.is_real())
        found = found.order_by(Head.slug, Head.locale)
    else:
        raise NotFound(f"There is no {kind} {id!r} that texts could be found for.")
    return session.scalars(found.limit(limit)).all()
