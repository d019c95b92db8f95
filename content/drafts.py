"""Drafts that wait for their first publication: found by slug, which no row of the log has yet."""

from sqlalchemy import Text, select, type_coerce
from sqlalchemy.orm import Session

from content.models.drafts import Draft
from content.models.log import Publication


def find_drafted(session: Session, slug: str) -> str | None:
    """Return the id of the oldest article that was never published and is drafted with a slug."""
    # Drafts are kept as canonical JSON, in which nothing but the slug reads like this. Few drafts
    # are left when those of published articles are passed over, which comes first.
    new = Draft.article.not_in(select(Publication.article))
    named = type_coerce(Draft.manuscript, Text).contains(f'"slug":"{slug}"')
    found = select(Draft.article).where(new, named).order_by(Draft.article).limit(1)
    return session.scalar(found)
