"""The script: what happens in the month, in the order of its moments."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from operator import itemgetter
from typing import Any

from sqlalchemy.orm import Session

from content.plans import Plan
from content.signing import Keyring

MONTH = timedelta(days=30)
Scene = Callable[[datetime], Any]
Scenes = Iterable[tuple[datetime, Scene]]
Watched = Callable[[Scenes, int], Scenes]  # the same scenes, so many, while somebody looks on


@dataclass(frozen=True)
class Means:
    """What the month is played with: a transaction, the moment of its end, and what keeps secrets.

    ``pepper`` keys the digests of keys and seals the secrets of webhooks, ``keyring`` signs
    editions; ``plans`` are those that partners may have.
    """

    session: Session
    now: datetime
    pepper: bytes
    keyring: Keyring
    plans: Mapping[str, Plan]

    def ago(self, days: float, hours: float = 0) -> datetime:
        """Return the moment so many days before the end, and some hours later."""
        return self.now - timedelta(days=days) + timedelta(hours=hours)


@dataclass(frozen=True)
class Script:
    """Scenes with their moments; they are written down in any order."""

    means: Means
    scenes: list[tuple[datetime, Scene]] = field(default_factory=list)

    def add(self, days: float, hours: float, scene: Scene) -> None:
        """Let something happen so many days before the end, and some hours later."""
        self.scenes.append((self.means.ago(days, hours), scene))

    def run(self, watched: Watched) -> None:
        """Play all scenes; those of one moment in the order in which they were added."""
        for moment, scene in watched(sorted(self.scenes, key=itemgetter(0)), len(self.scenes)):
            scene(moment)
