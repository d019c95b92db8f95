"""One cell of the matrix, explained: what a text owes in one context, by which rules, and why.

The words are those of the edition in that context; the dates are those of the facts that a reader
is told there.
"""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from content import cases, changes, notices, rules, subjects
from content.archives import traces
from content.contexts import NOWHERE, WORLD, Context
from content.errors import NotFound
from content.insights import matrix
from content.insights.matrix import WITHHELD, Cell, Text
from content.jurisdictions import Known
from content.models.heads import Head
from content.models.log import Publication
from content.policy import Policy
from content.rules import Case
from content.subjects import Redacted, Subject

Dated = tuple[str, str, Known]  # the code of a place, the name of a fact of it, and the fact


def explain(session: Session, policy: Policy, article: str, context: Context) -> dict[str, Any]:
    """Return what becomes of a live text in a context whose place is known; raise ``NotFound``."""
    text = matrix.text(session, article, context.locale)
    subject = _subject(session, text)
    case = cases.case(subject, policy, context)
    cell = _cell(policy, text, context)
    return {
        **{name: getattr(text, name) for name in ("article", "slug", "locale")},
        "context": context.values(),
        "outcome": cell.outcome,
        "withheld": rules.refusal(policy.rules, cell.rule),
        "notices": [] if cell.rule else _notices(subject, policy, context, case, cell),
        "stale": [_dated(*one) for one in _stale(policy, text, context.jurisdiction, cell)],
    }


def _subject(session: Session, text: Text) -> Subject:
    query = select(Publication).join(Head, Head.seq == Publication.seq)
    query = query.where(Head.article == text.article, Head.locale == text.locale)
    try:
        return subjects.read(session, session.scalars(query).one(), changes.head(session), None)
    except Redacted:
        raise NotFound("The text was deleted by law.") from None


def _cell(policy: Policy, text: Text, context: Context) -> Cell:
    [row] = matrix.read(policy, [text], context.audience, context.channel)
    here = (cell for cell, codes in row.cells.items() if context.jurisdiction in codes)
    if (found := next(here, None)) is None:
        raise NotFound(f"There is nothing about the place {context.jurisdiction!r} in the matrix.")
    return found


def _notices(
    subject: Subject, policy: Policy, context: Context, case: Case, cell: Cell
) -> list[dict[str, Any]]:
    entries = notices.owed(subject, policy, context, partial=False)["disclaimers"]
    named = traces.applied(policy.rules, case)
    return [
        {
            **{name: entry[name] for name in ("id", "version", "group", "short", "text")},
            **entry["display"],
            "is_extra": entry["id"] in cell.extra,
            "is_raised": entry["id"] in cell.raised,
            "required_by": [_why(policy, id) for id in entry["required_by"]],
            "raised_by": [
                _why(policy, id) for id in traces.raising(policy.rules, named, entry["id"])
            ],
        }
        for entry in entries
    ]


def _why(policy: Policy, id: str) -> dict[str, str]:
    return {"rule": id, "because": policy.rules[id].because}


def _stale(policy: Policy, text: Text, code: str, cell: Cell) -> Iterator[Dated]:
    if cell.outcome == WITHHELD:
        return
    chain = [*policy.atlas.chain(code), NOWHERE]
    if "law" in cell.stale:
        yield from _laws(policy, text, code, chain)
    if "help" in cell.stale:
        place = next(one for one in chain if (one, "help") in policy.atlas.facts)
        yield place, "help", policy.atlas.facts[place, "help"]
    if "authority" in cell.stale:
        facts = policy.atlas.facts.items()
        known = ((place, fact, one) for (place, fact), one in facts if one.lapsed)
        yield from (one for one in known if one[1].startswith("authority/"))


def _laws(policy: Policy, text: Text, code: str, chain: list[str]) -> Iterator[Dated]:
    """Yield the law that a reader of a place is told of; worldwide all that are past their date."""
    wanted = [f"law/{topic}" for topic in text.topics]
    facts = policy.atlas.facts
    if code == WORLD:
        found = ((*key, one) for key, one in sorted(facts.items(), key=lambda pair: pair[0]))
        yield from (one for one in found if one[1] in wanted and one[2].lapsed)
        return
    near = ((place, fact) for fact in wanted for place in chain)
    yield next((*key, facts[key]) for key in near if key in facts)


def _dated(code: str, name: str, known: Known) -> dict[str, str]:
    dates = {field: getattr(known.fact, field) for field in ("as_of", "recheck_by", "source")}
    return {"code": code, "fact": name, **dates}
