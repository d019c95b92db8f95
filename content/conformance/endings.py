"""Pages of an article that must not be shown any more.

The text of such an article is given to nobody, so a page can be compared with it only where an
edition of it was saved. Without one it is known whether the page says what it has to say, and
whether elements are left that only our fragment has; not whether the text stands there in others.
"""

from collections.abc import Iterator
from typing import Any

from content.conformance import passages
from content.conformance.pages import ERROR, WARNING, Fault, Page
from content.conformance.sights import Sight, shortened
from content.conformance.texts import packed

GONE = (403, 404, 410, 451)  # statuses of a page that shows nothing
Body = dict[str, Any]


def check_ended(problem: Body, page: Page, saved: Body | None) -> list[Fault]:
    """Return what is wrong with a page, given our refusal (RFC 9457) and a saved edition."""
    sight = Sight(page)
    return [
        *(_still_there(sight, saved) if saved else ()),
        *(_fragment(page) if not saved else ()),
        *(_told(sight, problem) if page.status not in GONE else ()),
        *(_unknown(page) if not saved and page.status not in GONE else ()),
    ]


def _still_there(sight: Sight, saved: Body) -> Iterator[Fault]:
    """Yield what of the text is in the document; hidden or not, it was delivered."""
    summary = saved.get("summary", "")
    wanted = [*passages.of(saved), *([summary] if len(packed(summary)) >= passages.LEAST else [])]
    found = [text for text in wanted if text in sight.everything]
    if found:
        place = sight.everything.find(found[0])
        count = passages.share(len(found), len(wanted))
        told = f"the page still has {count} of the article: {shortened(found[0])}"
        fix = "Take the text and the title down, and purge caches."
        yield Fault("withdrawn", ERROR, told, fix, at=sight.at(place) if place else None)


def _fragment(page: Page) -> Iterator[Fault]:
    if page.has_fragment:
        found = "elements of the article are still on the page (class cv-sections, data-notice)"
        yield Fault("withdrawn", ERROR, found, "Take the article down, and purge caches.")


def _told(sight: Sight, problem: Body) -> Iterator[Fault]:
    notice, help = problem.get("notice"), problem.get("help") or []
    fix = "Answer 410, or show the notice and every line of help in the article's place."
    if notice and notice not in sight.seen:
        yield Fault("withdrawn", ERROR, f"the notice is not shown: {shortened(notice)}", fix)
    lost = [one["phrase"] for one in help if one["phrase"] not in sight.seen]
    if lost:
        yield Fault("withdrawn", ERROR, f"help is not shown: {shortened(lost[0])}", fix)


def _unknown(page: Page) -> Iterator[Fault]:
    found = (
        f"the page answers {page.status}, and its text cannot be compared: nobody is given it now"
    )
    fix = "Answer 410, or check with an edition that you saved: --edition FILE."
    yield Fault("withdrawn", WARNING, found, fix)
