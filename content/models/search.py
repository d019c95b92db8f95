"""What lists are filtered by: facets of every publication, as it was when it went live.

They are derived from the log, written in the same transaction, and made anew by ``caveat heads``.
The index of words has no model: it is a virtual table on SQLite, a ``tsvector`` on PostgreSQL; see
:mod:`content.search`.
"""

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from content.db import Model
from content.models.log import NAME


class Facet(Model):
    """A publication is about a topic, claims something of a level, was reviewed …"""

    __tablename__ = "facets"

    kind: Mapped[str] = mapped_column(String(20), primary_key=True)  # one of ``search.KINDS``
    tag: Mapped[str] = mapped_column(NAME, primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)  # of the publication
