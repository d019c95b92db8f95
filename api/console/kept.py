"""What somebody has typed is kept: a form that was refused can be sent again.

Whatever the reason (signed out meanwhile, somebody else was faster, no database), the page that
says so has all fields of the form in it, to be read, changed and sent. Through a sign-in they come
along under names of their own. Forms have no files; a body is at most as long as any other.
"""

from flask import request
from werkzeug.exceptions import RequestEntityTooLarge

from api import visits

Fields = list[tuple[str, str]]
PREFIX = "kept-"  # of the names under which fields come along


def sent() -> Fields:
    """Return the fields of the form that was sent from a page of ours, but for its token."""
    if request.method in ("GET", "HEAD") or not visits.is_from_here():
        return []
    try:
        found = [*request.form.items(multi=True)]
    except RequestEntityTooLarge:
        return []
    return [(name, value) for name, value in found if name != visits.FIELD]


def carried() -> Fields:
    """Return the fields of another form that came along in this one."""
    found = request.form.items(multi=True)
    return [(name[len(PREFIX) :], value) for name, value in found if name.startswith(PREFIX)]
