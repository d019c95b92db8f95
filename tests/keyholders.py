"""Partners in tests: with an account key or a site key, as an admin would make them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from delivery import PEPPER, bearer
from factories import NOW

from content import credentials, partners
from content.credentials import ACCOUNT
from content.db import Database
from content.models.access import Partner


@dataclass(frozen=True)
class Holder:
    """A partner by its id, with one of its keys and that key's id."""

    id: str
    key: str
    key_id: str

    @property
    def headers(self) -> dict[str, str]:
        """The headers that send the key."""
        return bearer(self.key)

    def at(self, origin: str) -> dict[str, str]:
        """Return the headers that a page of this origin sends."""
        return {**self.headers, "Origin": origin}


def hold(
    database: Database,
    kind: str = ACCOUNT,
    *,
    of: Holder | None = None,
    expires_at: datetime | None = None,
    now: datetime = NOW,
    **facts: Any,
) -> Holder:
    """Make a key, of a partner that is there or of a new one with these facts."""
    about = {"name": "A partner", "audience": "adults", "channel": "publisher", **facts}
    with database.write() as session:
        partner = (
            partners.find(session, of.id)
            if of
            else partners.add(session, about, ["standard"], now=now)
        )
        made, key = credentials.add(
            session, partner, pepper=PEPPER, now=now, kind=kind, expires_at=expires_at
        )
        session.commit()
    return Holder(partner.id, key, made.id)


def set_facts(database: Database, holder: Holder, **facts: Any) -> None:
    """Change what is known of a partner; ``suspended_at`` as it would be suspended."""
    with database.write() as session:
        partner: Partner = partners.find(session, holder.id)
        for name, value in facts.items():
            setattr(partner, name, value)
        session.commit()
