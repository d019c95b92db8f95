"""Identity: how articles stand in the log, and what a publication of one cannot become."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from content import articles
from content.contexts import TEST
from content.errors import Finding
from content.models.log import Body, Publication


@dataclass(frozen=True)
class Known:
    """What the log has of some articles: each locale's newest publication, and whose a slug is."""

    newest: dict[tuple[str, str], Publication]  # by article and locale
    owners: dict[str, set[str]]  # articles that have or had a slug
    texts: set[str]  # digests of those that are kept


def known(
    session: Session, rows: Sequence[Publication], at: int, digests: Collection[str] = ()
) -> Known:
    """Return what the log has of the articles and slugs of some publications, and of texts."""
    newest = articles.newest(session, {row.article for row in rows}, at)
    slugs = {row.slug for row in rows}
    query = select(Publication.slug, Publication.article).where(Publication.slug.in_(slugs))
    owners: dict[str, set[str]] = {}
    for slug, article in session.execute(query.distinct()):
        owners.setdefault(slug, set()).add(article)
    kept = set(session.scalars(select(Body.digest).where(Body.digest.in_(digests))))
    return Known({(row.article, row.locale): row for row in newest}, owners, kept)


def clashes(row: Publication, known: Known, group: Sequence[Publication] = ()) -> Iterator[Finding]:
    """Yield what an article cannot become: one with another's slug, a test, a real one.

    ``group`` has what goes out with it.
    """
    beside = {one.article for one in group if one.slug == row.slug}
    if (beside | known.owners.get(row.slug, set())) - {row.article}:
        message = f"the slug {row.slug!r} belongs to another article; choose a new one"
        yield Finding("/slug", message)
    mine = (one for one in (*known.newest.values(), *group) if one.article == row.article)
    if any(one.is_test != row.is_test for one in mine):
        message = f"an article has the topic {TEST!r} from the first to the last, or never"
        yield Finding("/topics", message)


def same(live: Publication, new: Publication) -> bool:
    """Return whether nothing is new: neither the words nor what is said to be wrong in them."""
    return is_live(live, new) and new.correction in (None, live.correction)


def is_live(live: Publication, new: Publication) -> bool:
    """Return whether exactly these words are live, as they would be."""
    names = ("status", "revision", "slug", "topics", "conditions", "display_until")
    return all(getattr(live, name) == getattr(new, name) for name in names)


def nothing_to_correct(row: Publication, live: Publication | None) -> Iterator[Finding]:
    """Yield that there is nothing that a correction could speak of."""
    if row.correction and live is None:
        yield Finding("/correction", "goes with what readers have seen; this was never published")
