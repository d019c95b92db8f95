"""An installation that the doctor looks at, without a process or a log of its own for each look."""

from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from factories import NOW

from api import secrets
from api.doctoring import OK, PROBLEM, WARNING, Finding
from api.doctoring.examining import examine
from api.settings import Settings
from content import work
from content.db import Database
from content.signing import Keyring

SECRET = "s" * 32


@dataclass
class Patient:
    """The settings of an installation, and its database."""

    settings: Settings
    database: Database

    def look(self, check: str, *, at: datetime = NOW, **changed: str) -> list[Finding]:
        """Return what the doctor finds in one respect, with other settings."""
        found = examine(replace(self.settings, **changed), at)
        return [one for one in found if one.check == check]

    def ails(self, check: str, *words: str, at: datetime = NOW, **changed: str) -> str:
        """Check that one thing is found that says these words, and what to do; return its level."""
        found = [one for one in self.look(check, at=at, **changed) if one.level != OK]
        told = [one for one in found if all(word in one.message for word in words)]
        assert len(told) == 1, found
        assert told[0].fix
        assert told[0].level in (WARNING, PROBLEM)
        return told[0].level

    def is_well(self, check: str, *, at: datetime = NOW, **changed: str) -> bool:
        """Return whether all is well in one respect, and said to be."""
        return {one.level for one in self.look(check, at=at, **changed)} == {OK}


def make(database: Database, keyring: Keyring, folder: Path) -> Patient:
    """Return one whose keys lie in a folder of their own, and whose worker was just heard of."""
    data = folder / "data"
    data.mkdir(mode=0o700)
    settings = Settings(data=str(data), database_url=database.url, secret_key=SECRET)
    keyring.save(secrets.keyring_path(settings))
    with database.write() as session:
        work.beat(session, "here", now=NOW)
        session.commit()
    return Patient(settings, database)
