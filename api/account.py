"""A partner's own side over HTTP, ``/v1/me``: what its programs do with an account key.

What changes something says so in the audit with :func:`api.editorial.noted`, as the desk does.
"""

from sqlalchemy.orm import Session

from api import auth
from api.editorial import Taking
from content import partners
from content.models.access import Partner


class Account(Taking):
    """A blueprint of what partners do for themselves; guarded as ``ACCOUNT``."""


def holder(session: Session) -> Partner:
    """Return the partner who calls, to be read or changed; the guard has made sure of one."""
    caller = auth.caller()
    if caller is None or caller.partner is None:
        raise RuntimeError("a view of a partner without a guard")
    return partners.find(session, caller.partner.id)
