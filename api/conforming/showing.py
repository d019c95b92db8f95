"""Reports as people read them: lines for a terminal, a page to print."""

from collections.abc import Iterator
from typing import Any

from api.conforming.judging import CONFORMS, FAILS, UNCHECKED
from api.printing import render
from content.conformance import ERROR

Json = dict[str, Any]
SAID = {CONFORMS: "conforms", FAILS: "does not conform", UNCHECKED: "could not be checked"}


def lines(report: Json) -> Iterator[str]:
    """Yield a report as lines of text; every word of a stranger on one of them."""
    yield report["url"]
    if about := subject(report):
        yield f"  {about}"
    for note in report["notes"]:
        yield f"  note: {note}"
    for one in report["findings"]:
        about = f"{one['about']}: " if one["about"] else ""
        yield f"  {one['level']}  {one['check']}  {about}{_plain(one['found'])}"
        if one["difference"]:
            yield f"      {_marked(one['difference'])}"
        if one["at"]:
            yield f"      at {_plain(one['at'])}"
        yield f"      fix: {one['fix']}"
    yield f"  {verdict(report)}"


def subject(report: Json) -> str:
    """Return which edition a page was compared with, on one line."""
    if not report["article"]:
        return ""
    context, edition = report["context"], report["edition"]
    named = report["article"]["slug"]
    if not edition:
        return f"{named}, which has ended" if report["ended"] else named
    names = (context[one] for one in ("locale", "jurisdiction", "audience", "channel"))
    return f"{named}, revision {edition['revision']}, for {' '.join(names)}; by {report['read']}"


def verdict(report: Json) -> str:
    """Return the outcome in words."""
    if report["reason"]:
        return f"{SAID[report['outcome']]}: {_plain(report['reason'])}"
    errors = sum(one["level"] == ERROR for one in report["findings"])
    warnings = len(report["findings"]) - errors
    counts = ", ".join(filter(None, [_count(errors, "error"), _count(warnings, "warning")]))
    return f"{SAID[report['outcome']]}: {counts}" if counts else SAID[report["outcome"]]


def page(document: Json) -> str:
    """Return all reports as one HTML page that needs nothing else."""
    return render("conformance.html", document=document, subject=subject, verdict=verdict)


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}" if number else ""


def _marked(difference: list[Json]) -> str:
    """Return a difference as ``[-removed-]{+added+}``, what is equal shortened to a few words."""
    signs = {"removed": "[-{}-]", "added": "{{+{}+}}", "equal": "{}"}
    return " ".join(signs[run["op"]].format(_few(run)) for run in difference)


def _few(run: Json) -> str:
    words = _plain(run["text"]).split()
    long = run["op"] == "equal" and len(words) > 8
    return " ".join([*words[:4], "…", *words[-4:]] if long else words)


def _plain(text: str) -> str:
    """Return a text of a stranger as a terminal may have it: no control signs."""
    return "".join(sign if sign.isprintable() else " " for sign in text)
