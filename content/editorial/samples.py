"""Samples: what a few readers would see, before and after a change of policy."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from content import notices
from content.contexts import Context
from content.policy import Policy
from content.subjects import Subject

MOST = 5
ORDER = ("withheld", "released", "changed")  # the gravest first
Notices = dict[str, dict[str, Any]]


@dataclass(frozen=True)
class Chosen:
    """A reader of a text, what would happen, and what the text shows before and after."""

    what: str
    before: Subject
    after: Subject
    context: Context


def put_into_words(chosen: Sequence[Chosen], old: Policy, new: Policy) -> list[dict[str, Any]]:
    """Return the first few, the gravest first, as data: what is owed no more, and what anew.

    ``before`` and ``after`` have only the disclaimers that differ; None where it is withheld.
    """
    first = sorted(chosen, key=lambda one: ORDER.index(one.what))[:MOST]
    return [_sample(one, old, new) for one in first]


def _sample(one: Chosen, old: Policy, new: Policy) -> dict[str, Any]:
    before = None if one.what == "released" else _owed(one.before, one.context, old)
    after = None if one.what == "withheld" else _owed(one.after, one.context, new)
    return {
        "slug": one.before.publication.slug,
        "context": one.context.values(),
        "what": one.what,
        "before": _differing(before, after),
        "after": _differing(after, before),
    }


def _owed(subject: Subject, context: Context, policy: Policy) -> Notices:
    """Return what is owed in words."""
    here = replace(context, jurisdiction=policy.atlas.resolve(context.jurisdiction))
    found = notices.owed(subject, policy, here, partial=False)
    return {entry["id"]: _shown(entry) for entry in found["disclaimers"]}


def _shown(entry: dict[str, Any]) -> dict[str, Any]:
    display = {"level": entry["display"]["level"]}
    return {name: entry[name] for name in ("id", "short", "text")} | display


def _differing(these: Notices | None, those: Notices | None) -> list[dict[str, Any]] | None:
    if these is None:
        return None
    return [shown for id, shown in these.items() if shown != (those or {}).get(id)]
