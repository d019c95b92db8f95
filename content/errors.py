"""What can go wrong in the domain, as exceptions that carry data.

The web layer maps each class to one problem type and status in ``api/errors.py``; the command line
prints them without a traceback. Nothing here knows HTTP.
"""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong with an input: where (JSON Pointer or ``file:line``) and what.

    The gates before a publication name themselves, too: ``gate``, ``severity``, the ``id`` by which
    a finding of the lint can be let pass, the ``sentence`` that it is about, the ``remark`` alone,
    and how it would be better (``rewrite``).
    """

    pointer: str
    message: str
    gate: str = ""
    severity: str = "error"
    id: str = ""
    rewrite: str = ""
    sentence: str = ""
    remark: str = ""

    def __str__(self) -> str:
        """Say place and message on one line."""
        return f"{self.pointer}: {self.message}" if self.pointer else self.message


class CaveatError(Exception):
    """Base of every error that Caveat raises on purpose; ``str()`` is safe to show to a caller."""


class NotFound(CaveatError):
    """There is no such thing, or not at that number."""


class Moved(CaveatError):
    """The slug is an old one; ``slug`` is where the article lives now."""

    def __init__(self, slug: str) -> None:
        super().__init__(f"The article has moved to {slug}.")
        self.slug = slug


class Invalid(CaveatError):
    """The input was refused; ``findings`` name every place that was found wrong."""

    def __init__(self, findings: list[Finding]) -> None:
        super().__init__("\n".join(map(str, findings)))
        self.findings = findings


class Unfinished(Invalid):
    """A draft is asked for that cannot be shown as it is; ``findings`` say what it lacks."""


class Conflict(CaveatError):
    """Somebody else was faster, or a name is taken; nothing was written."""


class Outdated(Conflict):
    """What somebody has read or approved is so no longer; to repeat does not help."""


class Forbidden(CaveatError):
    """Somebody else has to do this: two people are needed, and this is the same one."""


class Stale(Conflict):
    """What a writer has seen has changed meanwhile; ``version`` is the one that is there now."""

    def __init__(self, message: str, version: int) -> None:
        super().__init__(message)
        self.version = version


class Illegal(Conflict):
    """This cannot be done in this state; ``legal`` are the acts that can."""

    def __init__(self, message: str, legal: list[str]) -> None:
        super().__init__(message)
        self.legal = legal


class Ended(Conflict):
    """The article was taken down on purpose, and nobody has said that it shall come back."""


class Refusal(CaveatError):
    """The article exists and may not be shown. It carries ``help`` so that the help is not lost.

    ``about`` is which article that is, and in which locale.
    """

    def __init__(
        self, message: str, *, help: list[dict[str, Any]], about: tuple[str, str] | None = None
    ) -> None:
        super().__init__(message)
        self.help = help
        self.about = about


class Gone(Refusal):
    """The article was withdrawn, suspended or redacted; ``notice`` is the public reason."""

    def __init__(
        self,
        reason: str,
        *,
        notice: str | None,
        replacement: str | None,
        help: list[dict[str, Any]],
        about: tuple[str, str] | None = None,
    ) -> None:
        super().__init__(notice or f"This article is {reason}.", help=help, about=about)
        self.reason = reason
        self.notice = notice
        self.replacement = replacement


class Over(Refusal):
    """A preview was good once: it was revoked, it has ended, or its draft is gone."""


class Withheld(Refusal):
    """A rule withholds the article in this context; ``status`` is 451 (law) or 403 (audience)."""

    def __init__(
        self,
        rule: str,
        *,
        status: int,
        authority: str | None,
        help: list[dict[str, Any]],
        about: tuple[str, str] | None = None,
    ) -> None:
        message = f"The rule {rule} withholds this article in this context."
        super().__init__(message, help=help, about=about)
        self.rule = rule
        self.status = status
        self.authority = authority


class NotEntitled(Withheld):
    """A partner's key opens articles with other topics than this one has."""

    def __init__(self, topics: list[str], *, help: list[dict[str, Any]]) -> None:
        super().__init__("entitlement", status=403, authority=None, help=help)
        self.topics = topics

    def __str__(self) -> str:
        """Name what the key opens."""
        return f"Your key opens articles on {', '.join(self.topics)}, and this is none of them."


class Unresolvable(Refusal):
    """What the article owes cannot be resolved, so the article is not shown at all."""
