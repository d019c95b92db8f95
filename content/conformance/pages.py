"""A page as plain data, whoever has read it, and what can be wrong with it."""

from dataclasses import asdict, dataclass
from typing import Any

ERROR, WARNING = "error", "warning"


@dataclass(frozen=True)
class Run:
    """Text in one element. White space begins the text where a block begins.

    ``hidden`` says why no reader can see it, whatever they open; what is ``folded`` opens in place,
    as a closed ``<details>`` does. ``top`` is CSS pixels from the top of the page, where known.
    """

    text: str
    at: str  # such as "main > ul.notices > li"
    hidden: str | None = None
    folded: bool = False
    top: int | None = None
    document: int = 0  # which of the page's heads it stands under


@dataclass(frozen=True)
class Link:
    """A link that readers can follow; ``hidden`` as in a run."""

    href: str  # absolute
    text: str
    at: str
    hidden: str | None = None


@dataclass(frozen=True)
class Head:
    """What a document says of itself to search engines."""

    url: str
    robots: tuple[str, ...] = ()  # words of ``<meta name="robots">`` and ``X-Robots-Tag``
    canonical: str | None = None  # absolute


@dataclass(frozen=True)
class Page:
    """A page in the order in which it is read; the first head is its own, others are of frames."""

    status: int  # of HTTP
    runs: tuple[Run, ...]
    links: tuple[Link, ...]
    heads: tuple[Head, ...]
    has_fragment: bool = False  # whether there are elements that only an article of ours has


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong: which check says so, what was found, where, and what mends it."""

    check: str
    level: str
    found: str
    fix: str
    about: str | None = None  # the disclaimer
    at: str | None = None
    difference: tuple[dict[str, str], ...] = ()  # runs as in a diff, where a text is nearly there

    def as_data(self) -> dict[str, Any]:
        """Return it as it stands in a report."""
        return {**asdict(self), "difference": list(self.difference)}
