"""Checking what is live: whether every edition resolves, for everybody everywhere.

Publications and changes of policy are gated, so this finds nothing unless somebody wrote past the
gates. Documents with the same traits resolve alike, so one of each kind is composed.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

from sqlalchemy.orm import Session

from content import bodies, changes, heads, policy, rules, subjects
from content.bodies import CannotResolve
from content.cases import case
from content.contexts import AUDIENCES, CHANNELS, NOWHERE, WORLD, Context
from content.models.heads import Head
from content.models.log import Publication
from content.policy import Policy
from content.subjects import Subject


@dataclass(frozen=True)
class Checked:
    """One kind of live document after its walk through all contexts."""

    slug: str
    locale: str
    documents: int  # that are of this kind
    contexts: int  # that were composed
    withheld: int  # contexts in which a rule withholds it
    problem: str | None  # the first context that does not resolve, and why


def kinds(session: Session) -> list[tuple[tuple[str, str, int], int]]:
    """Return one (article, locale, revision) for each kind of live document, and how many it is."""
    return list(heads.kinds(session, heads.everything(session)).values())


def walk(session: Session, key: tuple[str, str, int], documents: int) -> Checked:
    """Compose what one kind of document owes in every context there is."""
    at = changes.head(session)
    now = policy.at(session, at)
    head = session.get_one(Head, key[:2])
    row = session.get_one(Publication, head.seq)
    subject = subjects.read(session, row, at, key[2] or None)
    count = withheld = 0
    problem = None
    for context in _contexts(now, key[1]):
        count += 1
        if rules.withholding(now.rules, case(subject, now, context)):
            withheld += 1
        elif (found := _problem(subject, now, context)) and problem is None:
            problem = f"{context.query()}: {found}"
    return Checked(head.slug, key[1], documents, count, withheld, problem)


def _contexts(now: Policy, locale: str) -> Iterator[Context]:
    places = dict.fromkeys((WORLD, NOWHERE, *now.atlas.places))
    for place, audience, channel in product(places, AUDIENCES, CHANNELS):
        yield Context(locale, place, audience, channel)


def _problem(subject: Subject, now: Policy, context: Context) -> str | None:
    try:
        bodies.check_here(subject, now, context)
    except CannotResolve as error:
        return str(error)
    return None
