"""Conformance: whether a partner's page shows an article as its edition asks.

    pages      a page as plain data: what is written there, in order, and what a reader sees of it
    texts      finding a text among such runs, whatever its spaces and quotes; what is nearly it
    passages   the words of an article by which its text and its revision are known
    checks     an edition and a page -> faults, each with the fix
    endings    a page of an article that must not be shown any more -> faults
    reports    what was found, kept for evidence

Nothing here fetches a page; see :mod:`api.conforming`.
"""

from content.conformance.checks import CHECKS, check
from content.conformance.endings import check_ended
from content.conformance.pages import ERROR, WARNING, Fault, Head, Link, Page, Run
from content.conformance.reports import of, save
from content.conformance.revisions import behind

# fmt: off
__all__ = [
    "CHECKS", "ERROR", "WARNING", "Fault", "Head", "Link", "Page", "Run", "behind", "check",
    "check_ended", "of", "save",
]
# fmt: on
