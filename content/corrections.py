"""Corrections: what a publisher says was unclear or wrong, and which texts owe saying it.

A correction goes with a publication, of new words or of the same, and stands in the log with it.
From then on every text of the article in that language owes it: also those after it, and those
before it, which may be asked for by their revision. A translation owes what the text that it
translates owes, and so on; so nothing that was said of a text is lost when another takes its place.
The words of the notice are a disclaimer's, like all others: one that says :data:`SLOT`.
"""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Annotated, Literal, get_args

from msgspec import Meta

from content.parts import Day, Part, convert
from content.spans import clean

Type = Literal["clarification", "correction", "retraction"]
State = Literal["retracted", "corrected-since", "corrected", "clarified"]
Fact = Literal["corrected", "corrected-recently", "corrected-since", "retracted"]
TYPES, STATES, FACTS = get_args(Type), get_args(State), get_args(Fact)  # states: gravest first
LEAD = timedelta(days=30)  # for so long a notice leads; that of a retraction always does
LEAD_UNTIL = "lead_until"  # what may lapse of a correction
SLOT = "correctionText"  # of the disclaimer that has to be owed


class Correction(Part):
    """What was unclear or wrong, as readers are told it, and the last day on which that leads."""

    type: Type
    text: Annotated[str, Meta(min_length=1, max_length=300)]  # plain
    on: Day
    lead_until: Day | None  # None: for ever


@dataclass(frozen=True)
class Said:
    """A correction that a text owes."""

    correction: Correction
    locale: str | None  # in which it is said, where that is not the text's own
    is_recent: bool  # it still leads
    is_since: bool  # the text is older, so that it may still be wrong

    @property
    def state(self) -> State:
        """How the text stands by this correction alone."""
        if self.correction.type == "retraction":
            return "retracted"
        if self.correction.type == "clarification":
            return "clarified"
        return "corrected-since" if self.is_since else "corrected"

    @property
    def dated(self) -> str:
        """The public words after their day, and their language where it is another."""
        foreign = f", {self.locale}" if self.locale else ""
        return f"[{self.correction.on}{foreign}] {self.correction.text}"


@dataclass(frozen=True)
class Corrections:
    """All that a text owes, newest first."""

    said: tuple[Said, ...] = ()

    def __bool__(self) -> bool:
        """Whether there is any."""
        return bool(self.said)

    @property
    def at_last(self) -> "Corrections":
        """The same when none of them is recent any more."""
        return Corrections(tuple(replace(one, is_recent=False) for one in self.said))

    @property
    def states(self) -> frozenset[State]:
        """The one state by which the words of the notice are chosen: the gravest."""
        return frozenset(sorted({one.state for one in self.said}, key=STATES.index)[:1])

    @property
    def facts(self) -> frozenset[Fact]:
        """What rules look for."""
        found: dict[Fact, bool] = {
            "corrected": bool(self.said),
            "corrected-recently": any(one.is_recent for one in self.said),
            "corrected-since": any(one.state == "corrected-since" for one in self.said),
            "retracted": any(one.state == "retracted" for one in self.said),
        }
        return frozenset(name for name, holds in found.items() if holds)

    @property
    def slots(self) -> dict[str, str]:
        """The newest day of the gravest state, and every text."""
        days = [one.correction.on for one in self.said if one.state in self.states]
        text = " ".join(one.dated for one in self.said)
        return {"correctedOn": days[0], SLOT: text} if days else {}


NONE = Corrections()


def make(type: str, text: str, now: datetime) -> Correction:
    """Return a correction of today; raise ``Invalid`` with pointers into it."""
    today = now.astimezone(UTC).date()
    until = None if type == "retraction" else (today + LEAD).isoformat()
    data = {"type": type, "text": clean(text), "on": today.isoformat(), LEAD_UNTIL: until}
    made: Correction = convert(data, Correction)
    return made
