"""What a draft would owe if it were published now, to one reader, and by which rules: why it is so.

It is made by what makes editions of delivery and the traces in archives of evidence, so an editor
reads the reasons of what readers are shown.
"""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from content import bodies, cases, changes, policy, rules
from content.archives import traces
from content.contexts import Context
from content.editorial import drafts, editions, examining
from content.errors import Unfinished
from content.models.editorial import Draft


def explain(session: Session, draft: Draft, asked: Context, *, now: datetime) -> dict[str, Any]:
    """Return what a draft would owe in a context, and why; its locale is the draft's.

    What a rule withholds there is explained like all else. Raise ``Unfinished`` for a draft that
    owes what cannot be put into words.
    """
    at = changes.head(session)
    known, text = policy.at(session, at), drafts.read(draft)
    try:
        number = editions.number(session, draft, text)
        about: dict[str, Any] = {"article": draft.article, "at": at, "now": now}
        subject = examining.subject_of(session, text, **about, number=number)
        context = editions.context_of(subject, known, asked)
        body = bodies.compose(subject, known, context)
    except examining.UNSHOWABLE as error:
        raise Unfinished([examining.unshowable(error)]) from None
    case = cases.case(subject, known, context)
    named = traces.applied(known.rules, case)
    displays = known.displays(known.tongue(subject.publication))
    return {
        "sequence": at,
        "context": body["context"],
        "withheld": rules.refusal(known.rules, rules.withholding(known.rules, case)),
        "disclaimers": [
            {
                **entry,
                "raised_by": traces.raising(known.rules, named, entry["id"]),
                "own_display": dict(zip(("level", "anchor"), displays[entry["id"]], strict=True)),
            }
            for entry in body["disclaimers"]
        ],
        "rules": [
            {**rules.describe(id, known.rules[id]), **traces.met(done)}
            for id, done in named.items()
        ],
    }
