"""A desk with two editors: what they ask for and confirm, each in a transaction of its own."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pytest
from acts import EN, issue
from factories import NOW
from sqlalchemy import select

from content import redactions
from content.contexts import Context
from content.db import Database
from content.errors import Gone
from content.redactions import Place
from content.signing import Keyring

OF_ONE = {"translation": {"locale": "en", "revision": 1, "status": "unreviewed"}}


@dataclass
class Desk:
    """Two editors, and a database on which they act."""

    database: Database
    first: str
    second: str

    def request(self, slug: str = "one", **changed: Any) -> str:
        """Ask for the deletion of a text as the first editor; return the request's id."""
        asked = {"locale": "en", "revision": 1, "reason": "A court says so.", "now": NOW}
        with self.database.write() as session:
            made = redactions.request(session, slug, **{**asked, "by": self.first, **changed})
            session.commit()
        return made.id

    def confirm(self, request: str, *, now: datetime = NOW, by: str = "") -> range:
        """Confirm as the second editor; return the numbers of the group."""
        with self.database.write() as session:
            numbers = redactions.confirm(session, request, by=by or self.second, now=now)
            session.commit()
        return numbers

    def cancel(self, request: str) -> None:
        """Cancel as the first editor."""
        with self.database.write() as session:
            redactions.cancel(session, request, reason="A mistake.", by=self.first, now=NOW)
            session.commit()

    def redact(self, slug: str = "one", **asked: Any) -> range:
        """Take a text all the way out."""
        return self.confirm(self.request(slug, **asked))

    def state(self, request: str, now: datetime = NOW) -> str:
        """Return how a request stands."""
        with self.database.read() as session:
            return redactions.state(redactions.get(session, request), now)

    def places(self, request: str) -> list[Place]:
        """Return where the text of a request stands."""
        with self.database.read() as session:
            return redactions.places(session, redactions.get(session, request).digest)

    def rows(self, table: type[Any]) -> list[Any]:
        """Return all rows of a table."""
        with self.database.read() as session:
            return list(session.scalars(select(table)))

    def gone(self, keyring: Keyring, context: Context = EN, **asked: Any) -> Gone:
        """Return how an edition is refused, always with help."""
        with pytest.raises(Gone) as caught:
            issue(self.database, keyring, context, **asked)
        assert caught.value.help
        return caught.value
