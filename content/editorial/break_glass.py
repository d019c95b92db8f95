"""Break glass: a wrong help line is put right at once by one person, and looked at afterwards.

A number that nobody answers cannot wait for a second person. So whoever may publish replaces the
help of a place alone, checked as always; another one has to look at it within a day.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from content import changes, policy
from content.editorial import releases, tasks
from content.errors import Conflict, Finding, Invalid, NotFound
from content.models.editorial import Release, Task

SECOND_LOOK = timedelta(hours=24)


def replace_help(
    session: Session, code: str, data: dict[str, Any], reason: str, *, by: str, now: datetime
) -> tuple[Release, Task]:
    """Replace the help of a place now; return the release, and the task of the second look.

    Raise ``NotFound`` for an unknown place, ``Invalid`` with what is wrong with the help, and
    ``Conflict`` when exactly that stands already.
    """
    if code not in policy.at(session, changes.head(session)).atlas.places:
        raise NotFound(f"There is no place {code!r} of its own; replace the help that it gets.")
    item = {"type": "jurisdiction", "code": code, "fact": "help", "data": data}
    about = (f"Help of {code}, at once", reason, [item])
    try:
        made = releases.create(session, *about, by=by, now=now)
    except Invalid as error:
        raise Invalid([_unwrapped(one) for one in error.findings]) from None
    if releases.publish_alone(session, made, by=by, now=now) is None:
        raise Conflict(f"Exactly this stands already as the help of {code}.")
    text = f"{made.title}, as of change {made.group_end}: look whether it is right now."
    due = now + SECOND_LOOK
    subject = ("release", made.id, text)
    return made, tasks.add(session, tasks.SECOND_LOOK, *subject, by=by, now=now, due_at=due)


def _unwrapped(one: Finding) -> Finding:
    """Return a finding about the only item of a release as one about what was sent."""
    return replace(one, pointer=one.pointer.removeprefix("/items/0"))
