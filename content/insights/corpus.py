"""The corpus: how many articles and texts stand how, in which languages, how far reviewed.

A *text* is an article in one language. Each stands in one state: as its newest publication says,
and of what is live by that, ``expired`` where the last day of display has passed, and ``redacted``
where the text was deleted.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, select
from sqlalchemy.orm import Session

from content import heads
from content.editorial import workflow
from content.insights import places, tests
from content.models.editorial import Draft
from content.models.heads import Head, Trait
from content.models.log import Article, Publication
from content.policy import Policy

LIVE, EXPIRED, REDACTED = "live", "expired", "redacted"
STATES = (LIVE, EXPIRED, REDACTED, "suspended", "withdrawn", "replaced", "gone")
REVIEWS = ("reviewed", "unreviewed", "translation-unreviewed", "lapsed")


def read(session: Session, policy: Policy) -> dict[str, Any]:
    """Return how many articles and texts there are of each kind."""
    return with_drafts(session, of_log(session, policy))


def of_log(session: Session, policy: Policy) -> dict[str, Any]:
    """Return what of it the log says: as long as its head is the same, so is this."""
    texts = _texts(session)
    return {
        "articles": _published(texts),
        "texts": _by_state(texts),
        "locales": _by_locale(texts),
        "topics": [
            {"topic": tag, "articles": count}
            for tag, count in heads.count_tags(session, "topics", test=False)
        ],
        "reviews": _reviews(session),
        "withheld": withheld(session, policy),
    }


def with_drafts(session: Session, said: dict[str, Any]) -> dict[str, Any]:
    """Return the same with what the log does not know: drafts, also of what was never published."""
    articles = {**said["articles"]}
    total = _all_articles(session)
    articles |= {"total": total, "never_published": total - sum(articles.values())}
    return {**said, "articles": articles, "drafts": _drafts(session)}


def withheld(session: Session, policy: Policy) -> dict[str, Any]:
    """Return how many live texts a rule withholds somewhere, or from somebody, and where."""
    found = [
        (id, rule.withhold.status, rule.when, places.known(policy, rule.when))
        for id, rule in policy.rules.items()
        if rule.withhold
    ]
    meeting = [places.meeting(policy, when) for _, _, when, there in found if there]
    rules = [
        {
            "rule": id,
            "status": status,
            "texts": places.count(session, [places.meeting(policy, when)]) if there else 0,
            "places": there if places.are_asked(when) else None,
        }
        for id, status, when, there in found
    ]
    return {"texts": places.count(session, meeting), "rules": rules}


def _texts(session: Session) -> list[tuple[str, str, str]]:
    """Return article, locale and state of every text that was ever published."""
    newest = select(func.max(Publication.seq)).group_by(Publication.article, Publication.locale)
    readable = exists().where(heads.CURRENT, Trait.kind == "review")
    query = (
        select(Publication.article, Publication.locale, Publication.status, Head.seq, readable)
        .outerjoin(Head, _same(Publication))
        .where(Publication.seq.in_(newest), Publication.article.not_in(tests()))
    )
    return [
        (article, locale, _state(status, seq, has_text))
        for article, locale, status, seq, has_text in session.execute(query)
    ]


def _state(status: str, head: int | None, has_text: bool) -> str:
    if status != LIVE:
        return status
    if head is None:
        return EXPIRED
    return LIVE if has_text else REDACTED


def _same(table: Any) -> ColumnElement[bool]:
    return and_(Head.article == table.article, Head.locale == table.locale)


def _published(texts: list[tuple[str, str, str]]) -> dict[str, int]:
    published = {article for article, _, _ in texts}
    live = {article for article, _, state in texts if state == LIVE}
    return {"live": len(live), "ended": len(published - live)}


def _all_articles(session: Session) -> int:
    everything = session.scalars(select(func.count()).select_from(Article)).one()
    ours = session.scalars(
        select(func.count(func.distinct(Publication.article))).where(
            Publication.article.in_(tests())
        )
    ).one()
    return everything - ours


def _by_state(texts: list[tuple[str, str, str]]) -> dict[str, int]:
    return _all(Counter(state for _, _, state in texts))


def _by_locale(texts: list[tuple[str, str, str]]) -> list[dict[str, Any]]:
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for _, locale, state in texts:
        found[locale][state] += 1
    return [{"locale": locale, "texts": _all(found[locale])} for locale in sorted(found)]


def _all(counted: Mapping[str, int]) -> dict[str, int]:
    return {state: counted.get(state, 0) for state in STATES}


def _drafts(session: Session) -> dict[str, int]:
    query = select(Draft.state, func.count()).where(Draft.article.not_in(tests()))
    found = dict(session.execute(query.group_by(Draft.state)).all())
    return {state.replace("-", "_"): found.get(state, 0) for state in workflow.STATES}


def _reviews(session: Session) -> dict[str, int]:
    """Return how many live texts are reviewed how far; a text may count in several."""
    query = select(Trait.tag, func.count()).join(Head, heads.CURRENT)
    query = query.where(Trait.kind == "review", heads.is_real()).group_by(Trait.tag)
    found = dict(session.execute(query).all())
    by_anybody = exists().where(heads.CURRENT, Trait.kind == "review", Trait.tag == "reviewed")
    has_text = exists().where(heads.CURRENT, Trait.kind == "review")
    nobody = select(func.count()).select_from(Head).where(has_text, ~by_anybody, heads.is_real())
    named = {tag.replace("-", "_"): found.get(tag, 0) for tag in REVIEWS}
    return {**named, "by_no_clinician": session.scalars(nobody).one()}
