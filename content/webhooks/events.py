"""Events: what a group of the log is to an endpoint. One group is one event.

An event is thin: numbers, kinds, slugs and ids. What it is about is read from the API, with every
disclaimer that it owes. Those of endings and recalls are urgent and go first.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from operator import attrgetter
from typing import Any

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from content import articles, canonical, changes
from content.models.log import Change, Publication

ENDINGS = (  # kinds of changes after which an article is not shown any more
    "article.withdrawn",
    "article.suspended",
    "article.replaced",
    "article.gone",
    "article.expired",
    "body.redacted",
)
GRAVEST_FIRST = (*ENDINGS, "article.corrected", "article.published", "article.updated")
LISTED = 100  # changes that an event names; of more it says that there are
GROUPS = 50  # that are read at a time
ROWS = 5_000  # of the log that are read at a time, but for one group that has more
TEST, VERIFICATION = "webhook.test", "webhook.verification"  # events that are of no group
RECALL_OPENED, RECALL_REMINDER = (
    "recall.opened",
    "recall.reminder",
)  # nor are these, past all filters
URGENT = (*ENDINGS, RECALL_OPENED, RECALL_REMINDER)
SUBJECTS = changes.SUBJECTS


@dataclass(frozen=True)
class Wanted:
    """What an endpoint wants: kinds or subjects of changes, and topics of articles; None: all."""

    events: frozenset[str] | None = None
    topics: frozenset[str] | None = None

    def kind(self, kind: str) -> bool:
        """Return whether a kind of change is wanted."""
        return self.events is None or not self.events.isdisjoint({kind, kind.partition(".")[0]})

    def has_topics(self, rows: Iterable[Publication]) -> bool:
        """Return whether an article is wanted that was, or is, one of these."""
        known = list(rows)
        if all(row.is_test for row in known) and known:
            return False
        return self.topics is None or any(not self.topics.isdisjoint(row.topics) for row in known)


@dataclass(frozen=True)
class Event:
    """One group as an endpoint is told of it."""

    end: int
    at: datetime
    type: str
    changes: list[dict[str, Any]]
    count: int  # of the changes that are wanted, whether they are named or not
    about: dict[str, Any] = field(default_factory=dict)  # of what is in no group

    @property
    def is_urgent(self) -> bool:
        """Whether something is not shown any more."""
        return self.type in URGENT

    def payload(self) -> dict[str, Any]:
        """Return what is sent, as Standard Webhooks has it."""
        return {
            "type": self.type,
            "timestamp": canonical.time(self.at),
            "data": {
                "sequence": max(self.end, 0),
                "changes": self.changes,
                "more": self.count > len(self.changes),
                **self.about,
            },
        }


def following(session: Session, after: int, upto: int, wanted: Wanted) -> tuple[list[Event], int]:
    """Return the next events after a number, and the number that was looked at."""
    ends = _ends(session, after, upto)
    rows = _rows(session, after, ends)
    return list(_events(session, rows, wanted)), rows[-1].group_end if rows else after


def urgent(session: Session, after: int, upto: int, wanted: Wanted) -> tuple[list[Event], int]:
    """Return the next events that are endings, and the number that was looked at."""
    mine = (Change.kind.in_(ENDINGS), Change.seq > after, Change.seq <= upto)
    query = select(Change.group_end).where(*mine).distinct().order_by(Change.group_end)
    ends = session.scalars(query.limit(GROUPS)).all()
    if not ends:
        return [], max(after, upto)
    rows = session.scalars(select(Change).where(Change.group_end.in_(ends)).order_by(Change.seq))
    found = [one for one in _events(session, rows.all(), wanted) if one.is_urgent]
    return found, ends[-1] if len(ends) == GROUPS else max(ends[-1], upto)


def has_ending(session: Session, after: int, upto: int) -> bool:
    """Return whether there is an ending among some numbers."""
    mine = (Change.kind.in_(ENDINGS), Change.seq > after, Change.seq <= upto)
    return session.scalar(select(exists().where(*mine))) or False


def of_group(session: Session, end: int, wanted: Wanted) -> Event | None:
    """Return the event of one group, to be sent again; None where it is not wanted any more."""
    rows = session.scalars(select(Change).where(Change.group_end == end).order_by(Change.seq))
    return next(_events(session, rows.all(), wanted), None)


def _ends(session: Session, after: int, upto: int) -> Sequence[int]:
    is_end = (Change.seq == Change.group_end, Change.seq > after, Change.seq <= upto)
    return session.scalars(
        select(Change.seq).where(*is_end).order_by(Change.seq).limit(GROUPS)
    ).all()


def _rows(session: Session, after: int, ends: Sequence[int]) -> Sequence[Change]:
    """Return the changes of whole groups, of as many as are not too much at a time."""
    fits = [end for end in ends if end - after <= ROWS] or ends[:1]
    if not fits:
        return []
    mine = (Change.seq > after, Change.seq <= fits[-1])
    return session.scalars(select(Change).where(*mine).order_by(Change.seq)).all()


def _events(session: Session, rows: Sequence[Change], wanted: Wanted) -> Iterator[Event]:
    about = _about(session, rows, wanted)
    for end, group in groupby(rows, key=attrgetter("group_end")):
        members = list(group)
        told = [one for one in members if wanted.kind(one.kind) and _is_wanted(one, about, wanted)]
        if told:
            kind = min((one.kind for one in told), key=_gravity)
            named = [_named(one, about) for one in told[:LISTED]]
            yield Event(end, members[-1].at, kind, named, len(told))


def _about(
    session: Session, rows: Sequence[Change], wanted: Wanted
) -> dict[int, list[Publication]]:
    """Return what each change about an article shows, and what that replaced."""
    asked = [one.seq for one in rows if one.subject_type == "article" and wanted.kind(one.kind)]
    shown: dict[int, Publication] = {}
    for start in range(0, len(asked), changes.CHUNK):
        shown |= articles.shown_by(session, asked[start : start + changes.CHUNK])
    replaced = articles.before(session, [row for seq, row in shown.items() if row.seq == seq])
    return {seq: [row, *([replaced[seq]] if seq in replaced else [])] for seq, row in shown.items()}


def _is_wanted(change: Change, about: dict[int, list[Publication]], wanted: Wanted) -> bool:
    return change.subject_type != "article" or wanted.has_topics(about.get(change.seq, ()))


def _gravity(kind: str) -> tuple[int, str]:
    """Return the place of a kind: the gravest first, last what others may have changed."""
    if kind in GRAVEST_FIRST:
        return GRAVEST_FIRST.index(kind), kind
    return len(GRAVEST_FIRST) + (kind == changes.AFFECTED), kind


def _named(change: Change, about: dict[int, list[Publication]]) -> dict[str, Any]:
    subject: dict[str, Any] = {"type": change.subject_type, "id": change.subject}
    if rows := about.get(change.seq):
        subject |= {"slug": rows[0].slug, "locale": rows[0].locale}
    return {"seq": change.seq, "kind": change.kind, "subject": subject, "impact": change.impact}
