"""A recall that is there to be read, for walks over all addresses: its article stays live."""

from datetime import timedelta

from factories import NOW
from sqlalchemy import select

from content.db import Database
from content.models.log import Publication
from content.models.recalls import Recall

ID = "a-recall"


def add(database: Database) -> None:
    """Put a recall into the database, as if one had been opened."""
    with database.write() as session:
        row = session.scalars(select(Publication).limit(1)).one()
        session.add(
            Recall(
                id=ID,
                article=row.article,
                slug=row.slug,
                sequence=row.seq,
                is_drill=False,
                notice="An error was found.",
                opened_at=NOW,
                opened_by="test",
                deadline=NOW + timedelta(days=1),
            )
        )
        session.commit()
