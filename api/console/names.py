"""Who is who: the people of the newsroom by their ids, looked up once for each page."""

from flask import g

from api.db import session
from content import editors


def person(id: str | None) -> str:
    """Return the name of an editor; a program, such as ``import``, stands for itself."""
    if "people" not in g:
        g.people = editors.names(session())
    return str(g.people.get(id, id or ""))
