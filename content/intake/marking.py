"""Claims of a raw text: each sentence that makes one is marked, without evidence and source."""

from collections.abc import Iterator

from content import claims, sentences, spans
from content.documents import Claim
from content.spans import Claims, Span

MAX_CLAIMS = 500  # of one document
MAX_SPANS = 1000  # of one block
MAX_STATEMENT = 1000  # characters


class Marker:
    """Marks claims in one run of text after another, and keeps the list of them."""

    def __init__(self, locale: str) -> None:
        self.locale = locale
        self.ids: dict[str, str] = {}  # a sentence that comes again is the same claim
        self.unmarked = 0  # claims beyond what a document can hold

    @property
    def claims(self) -> list[Claim]:
        """The claims so far, each without evidence."""
        return [Claim(id, _statement(text), None, []) for text, id in self.ids.items()]

    def mark(self, run: list[Span]) -> list[Span]:
        """Return a run of text with its claims marked."""
        text = spans.plain(run)
        places = list(self._places(text))
        marked = spans.tidy(_marked(run, places))
        if len(marked) > MAX_SPANS:
            self.unmarked += len(places)
            return run
        for start, end, id in places:
            self.ids.setdefault(text[start:end], id)
        return marked

    def _places(self, text: str) -> Iterator[tuple[int, int, str]]:
        """Yield where each claim begins and ends, and its id."""
        fresh: dict[str, str] = {}
        for start, end in sentences.split(text, self.locale):
            said = text[start:end]
            if not claims.makes_claim(said, self.locale):
                continue
            known = self.ids.get(said) or fresh.get(said)
            if known is None and len(self.ids) + len(fresh) >= MAX_CLAIMS:
                self.unmarked += 1
                continue
            if known is None:
                known = fresh[said] = f"claim-{len(self.ids) + len(fresh) + 1}"
            yield start, end, known


def _marked(run: list[Span], places: list[tuple[int, int, str]]) -> Iterator[Span]:
    """Cut spans at the borders of claims; both are walked once."""
    waiting = iter([*places, (-1, -1, "")])
    here, (start, end, id) = 0, next(waiting)
    for span in run:
        text = span.text
        while text:
            inside = 0 <= start <= here
            border = end if inside else start
            cut = min(len(text), border - here) if border >= 0 else len(text)
            yield Span(text[:cut], [Claims(id), *span.marks] if inside else span.marks)
            text, here = text[cut:], here + cut
            if here == end:
                start, end, id = next(waiting)


def _statement(text: str) -> str:
    """Return a sentence as the statement of a claim, cut where it is too long for one."""
    said = spans.clean(text)
    return said if len(said) <= MAX_STATEMENT else said[: MAX_STATEMENT - 1].rstrip() + "\u2026"
