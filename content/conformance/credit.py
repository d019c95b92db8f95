"""Credit, and what search engines are told: the rights that an edition states."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from content.conformance import passages
from content.conformance.pages import ERROR, Fault, Head
from content.conformance.sights import Sight, Wanted

NOINDEX = {"noindex", "none"}
Body = dict[str, Any]


def check_attribution(sight: Sight, edition: Body) -> Iterator[Fault]:
    """Yield what is wrong with the credit and the link to the original."""
    fix = "Show rights.attribution, with a link to links.canonical."
    yield from sight.lacking(
        Wanted("attribution", edition["rights"]["attribution"], "the credit", fix), folded=False
    )
    original = edition["links"]["canonical"]
    if not any(is_same(link.href, original) for link in sight.page.links if not link.hidden):
        yield Fault("attribution", ERROR, f"no visible link leads to the original, {original}", fix)


def check_indexing(sight: Sight, edition: Body, text: Body) -> Iterator[Fault]:
    """Yield what is wrong with what search engines are told, where the article's text stands."""
    head = sight.page.heads[_document(sight, text)]
    policy, original = edition["rights"]["indexing"], edition["links"]["canonical"]
    if policy == "free" or NOINDEX.intersection(head.robots):
        return
    if policy == "noindex":
        fix = 'Add <meta name="robots" content="noindex"> or the header X-Robots-Tag.'
        yield Fault("indexing", ERROR, "search engines may index the page, and must not", fix)
    elif not (head.canonical and is_same(head.canonical, original)):
        yield _canonical(head, original)


def is_same(address: str, original: str) -> bool:
    """Return whether two addresses are of one page, whatever the context."""
    one, other = urlsplit(address), urlsplit(original)
    return (one.netloc.lower(), one.path) == (other.netloc.lower(), other.path)


def _canonical(head: Head, original: str) -> Fault:
    says = f"is {head.canonical}" if head.canonical else "is missing"
    fix = f'Add <link rel="canonical" href="{original}">, or keep search engines out.'
    found = f"the canonical address {says}; it has to be that of the original"
    return Fault("indexing", ERROR, found, fix)


def _document(sight: Sight, text: Body) -> int:
    """Return in which document the text stands: the page, or a frame in it."""
    places = (sight.present.find(one) for one in passages.of(text))
    first = next(filter(None, places), None)
    return sight.page.runs[first.run].document if first else 0
