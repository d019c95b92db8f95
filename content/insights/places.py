"""Places: where a rule can hold, and how many live texts have what it looks for.

A rule looks at a text, and at who reads it where. Here a text counts if there is a known place in
which the rule can hold for it, so these are upper bounds: that a date of a fact has passed, and who
reads, is not looked at. That is found by index, without composing an edition.
"""

from typing import Any

from sqlalchemy import exists, func, select, tuple_, union
from sqlalchemy.orm import Session

from content import effects, heads
from content.models.heads import Head, Trait
from content.policy import Policy
from content.rules import When

UNKNOWN = "unknown"  # the status of a law where there is none


def known(policy: Policy, when: When) -> list[str]:
    """Return the known places in which what a rule says of places holds, for any topic."""
    return [
        code
        for code in sorted(policy.atlas.places)
        if _is_there(policy, when, code) and _has_law(policy, when, code)
    ]


def are_asked(when: When) -> bool:
    """Return whether a rule looks at where a text is read."""
    return when.jurisdiction is not None or when.law is not None


def meeting(policy: Policy, when: When) -> Any:
    """Return the query for live texts that a rule meets in some place."""
    query = effects.live_meeting(when)
    if when.law is None or UNKNOWN in when.law:
        return query
    topics = [
        topic
        for topic in _legal_topics(policy, when)
        if any(_says(policy, when, code, topic) for code in policy.atlas.places)
    ]
    return query.where(exists().where(heads.CURRENT, Trait.kind == "topics", Trait.tag.in_(topics)))


def count(session: Session, meeting: list[Any]) -> int:
    """Return how many live texts are found by any of some queries for articles and locales."""
    if not meeting:
        return 0
    found = tuple_(Head.article, Head.locale).in_(union(*meeting))
    query = select(func.count()).select_from(Head).where(found, heads.is_real())
    return session.scalars(query).one()


def _is_there(policy: Policy, when: When, code: str) -> bool:
    return when.jurisdiction is None or not set(when.jurisdiction).isdisjoint(
        policy.atlas.chain(code)
    )


def _has_law(policy: Policy, when: When, code: str) -> bool:
    if when.law is None or UNKNOWN in when.law:
        return True
    return any(_says(policy, when, code, topic) for topic in _legal_topics(policy, when))


def _says(policy: Policy, when: When, code: str, topic: str) -> bool:
    law = policy.atlas.law(code, [topic])
    return law is not None and not set(law.fact.status).isdisjoint(when.law or ())


def _legal_topics(policy: Policy, when: When) -> list[str]:
    """Return the topics that some place has a law about, and that a rule does not leave out."""
    known = {fact.partition("/")[2] for _, fact in policy.atlas.facts if fact.startswith("law/")}
    return sorted(known if when.topics is None else known & set(when.topics))
