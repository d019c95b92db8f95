"""Surrogate keys of this request's answer."""

from content import surrogates


def tags() -> frozenset[str]:
    """Return its tags."""
    return frozenset([surrogates.ALL, surrogates.LOG])
