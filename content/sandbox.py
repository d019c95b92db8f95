"""The sandbox: test articles that partners develop against, in ``content/library/test``.

Its rules, texts and facts add to those of a library and are checked together with them; they speak
of the reserved topic ``test`` only. ``steps.yaml`` says how each article comes to be, and the acts
that do it for any article do it here. Nothing here commits.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal

from msgspec import Meta
from sqlalchemy.orm import Session

from content import articles, markdown
from content.disclaimers import Disclaimer, Fallback
from content.documents import Manuscript
from content.editorial import endings, publishing
from content.errors import Invalid, NotFound
from content.jurisdictions import Place
from content.located import Located, read_text
from content.models.log import DisclaimerVersion, JurisdictionFact
from content.parts import Line, Name, Part, changed, convert, dump
from content.policy import checks, files
from content.policy.files import Item

FOLDER = Path(__file__).parent / "library" / "test"
TONGUE = "en"  # of the test articles
Stem = Annotated[str, Meta(pattern=r"\A[a-z0-9-]+(\.[0-9]+)?\Z")]


class End(Part):
    """How a test article ended."""

    status: Literal["withdrawn", "suspended", "replaced", "gone"]
    notice: Line
    reason: Line
    replacement: Name | None = None


class Step(Part):
    """What is done for one test article: its revisions in their order, and perhaps its end."""

    revisions: Annotated[list[Stem], Meta(min_length=1)]  # names of files in ``articles``
    end: End | None = None


@dataclass(frozen=True)
class Plan:
    """A test article as it is to be."""

    revisions: list[Manuscript]
    end: End | None

    @property
    def slug(self) -> str:
        """The slug of the article."""
        return self.revisions[0].slug


def goes_with(library: list[Item]) -> bool:
    """Return whether a library serves the language of the test articles."""
    return TONGUE in _locales(library)


def read_policy(library: list[Item], folder: Path | None = None) -> list[Item]:
    """Return what the sandbox, or another folder, adds to a library's policy.

    Raise ``Invalid`` where they clash.
    """
    own = files.read_further(folder or FOLDER)
    own = [one for item in own for one in _spoken(item, own, _locales(library))]
    if findings := checks.check([*library, *own]):
        raise Invalid(findings)
    return own


def read_plans() -> list[Plan]:
    """Return the test articles, in the order in which they are published."""
    steps = convert(Located(read_text(FOLDER / "steps.yaml"), "steps.yaml").data, list[Step])
    return [Plan([_read(stem) for stem in step.revisions], step.end) for step in steps]


def carry_out(session: Session, plan: Plan, *, by: str, now: datetime) -> bool:
    """Publish a test article and bring it to its end; False where the log knows it already.

    It belongs into one transaction as a whole, so that none is left half done.
    """
    try:
        articles.identify(session, plan.slug)
    except NotFound:
        for manuscript in plan.revisions:
            publishing.publish_manuscript(session, manuscript, by=by, now=now)
        if plan.end:
            endings.end(session, plan.slug, **dump(plan.end), by=by, now=now)
        return True
    return False


def _read(stem: str) -> Manuscript:
    path = FOLDER / "articles" / f"{stem}.md"
    return markdown.parse(read_text(path), str(path))


def _locales(library: list[Item]) -> list[str]:
    return next(list(item.shape) for item in library if item.key == ("site", "locales"))


def _spoken(item: Item, own: list[Item], locales: list[str]) -> Iterator[Item]:
    """Yield an item with words in the served locales: English ones where the sandbox has no other.

    No real text is lent like that. These only say that a test is one, and name a test place.
    """
    if isinstance(item.shape, Place):
        yield _place(item, item.shape, locales)
    elif not isinstance(item.shape, Disclaimer):
        yield item
    elif item.key[2] in locales:
        yield item
        spoken = [one.key[2] for one in own if one.key[:2] == item.key[:2]]
        if item.key[2] == TONGUE:
            yield from (_lent(item, tag) for tag in locales if tag not in spoken)


def _place(item: Item, place: Place, locales: list[str]) -> Item:
    names = {tag: place.name.get(tag, place.name[TONGUE]) for tag in locales}
    named = changed(place, name=names)
    fact = JurisdictionFact(code=item.key[1], fact="place", data=dump(named))
    return replace(item, fact=fact, shape=named)


def _lent(item: Item, locale: str) -> Item:
    lent = Fallback(TONGUE)
    fact = DisclaimerVersion(id=item.key[1], locale=locale, data=dump(lent))
    return replace(item, fact=fact, shape=lent)
