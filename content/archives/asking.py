"""What is asked of an archive: an article, a partner or all, a span of time."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from content import articles, canonical, changes, contexts
from content.contexts import Context
from content.errors import NotFound
from content.models.access import Partner
from content.models.checkpoints import Checkpoint
from content.models.log import Change, Publication
from content.models.recalls import Recall
from content.transparency import checkpoints


@dataclass(frozen=True)
class Asked:
    """One article, and what of it; ``until`` is the first moment that does not count any more."""

    session: Session
    slug: str
    article: str
    partner: Partner | None
    since: datetime | None
    until: datetime | None
    checkpoint: Checkpoint  # that vouches for all that is told of the log

    @cached_property
    def last(self) -> int:
        """The newest number that counts."""
        if self.until is None:
            return self.checkpoint.sequence
        return min(changes.number_before(self.session, self.until), self.checkpoint.sequence)

    @cached_property
    def first(self) -> int:
        """The number that was the newest when the span begins."""
        if self.since is None:
            return 1
        return max(changes.number_before(self.session, self.since), 1)

    @cached_property
    def locales(self) -> list[str]:
        """The languages in which it has been published."""
        mine = (Publication.article == self.article, Publication.seq <= self.last)
        query = select(Publication.locale).where(*mine).distinct()
        return sorted(self.session.scalars(query))

    @cached_property
    def recalls(self) -> list[Recall]:
        """Its recalls that were open in the span, oldest first."""
        query = select(Recall).where(Recall.article == self.article).order_by(Recall.id)
        return [one for one in self.session.scalars(query) if self._was_open(one)]

    def overlaps(self, first: Any, last: Any) -> list[ColumnElement[bool]]:
        """Return the conditions that something lasted into the span, by its two columns."""
        begun = [first < self.until] if self.until else []
        ended = [last >= self.since] if self.since else []
        return begun + ended

    def during(self, at: Any) -> list[ColumnElement[bool]]:
        """Return the conditions that something was done in the span, by its column."""
        return self.overlaps(at, at)

    def of_partner(self, column: Any) -> list[ColumnElement[bool]]:
        """Return the condition that something is the partner's, where one is asked for."""
        return [column == self.partner.id] if self.partner else []

    def numbers(self) -> list[int]:
        """Return the numbers of the changes about the article in the span."""
        mine = (Change.subject_type == "article", Change.subject == self.article)
        between = Change.seq.between(self.first, self.last)
        return list(self.session.scalars(select(Change.seq).where(*mine, between)))

    def context(self, locale: str, partner: Partner | None) -> Context:
        """Return the context in which a partner is served; of nobody that of open readers."""
        place = (partner.jurisdiction if partner else None) or contexts.WORLD
        if partner is None:
            return Context(locale, place)
        return Context(locale, place, partner.audience, partner.channel)

    def _was_open(self, recall: Recall) -> bool:
        begun = self.until is None or recall.opened_at < self.until
        ended = recall.closed_at is not None and self.since and recall.closed_at < self.since
        return begun and not ended


def ask(
    session: Session,
    slug: str,
    *,
    partner: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
) -> Asked:
    """Return what is asked; raise ``NotFound`` for an unknown article or partner.

    The newest checkpoint is taken: nothing that came after it is told.
    """
    checkpoint = checkpoints.newest(session)
    if checkpoint is None:
        raise NotFound("There is no checkpoint yet; run: caveat checkpoints make")
    article = articles.identify(session, slug)
    return Asked(session, slug, article, _partner(session, partner), since, until, checkpoint)


def others(asked: Asked) -> Collection[str]:
    """Return the ids of the partners that are not asked for, where one is."""
    if asked.partner is None:
        return frozenset()
    query = select(Partner.id).where(Partner.id != asked.partner.id)
    return frozenset(asked.session.scalars(query))


def _partner(session: Session, id: str | None) -> Partner | None:
    if id is None:
        return None
    found = session.get(Partner, id)
    if found is None:
        raise NotFound(f"There is no partner {id!r}; caveat partners list names them.")
    return found


def time(at: datetime | None) -> str | None:
    """Return a moment as the log tells it."""
    return canonical.time(at) if at else None
