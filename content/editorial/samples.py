"""Samples: what a few readers would see, before and after a change of policy."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from content import cases, notices, rules
from content.contexts import Context
from content.policy import Policy
from content.subjects import Subject

MOST = 5
ORDER = ("withheld", "released", "changed")  # the gravest first
Notices = dict[str, dict[str, Any]]


@dataclass(frozen=True)
class Chosen:
    """A reader of a text, and what would happen."""

    what: str
    subject: Subject
    context: Context


def put_into_words(chosen: Sequence[Chosen], old: Policy, new: Policy) -> list[dict[str, Any]]:
    """Return the first few, the gravest first, as data: what is owed no more, and what anew.

    ``before`` and ``after`` have only the disclaimers that differ; None where it is withheld.
    """
    first = sorted(chosen, key=lambda one: ORDER.index(one.what))[:MOST]
    return [_sample(one, old, new) for one in first]


def _sample(one: Chosen, old: Policy, new: Policy) -> dict[str, Any]:
    before, after = _owed(one, old), _owed(one, new)
    return {
        "slug": one.subject.publication.slug,
        "context": one.context.values(),
        "what": one.what,
        "before": _differing(before, after),
        "after": _differing(after, before),
    }


def _owed(one: Chosen, policy: Policy) -> Notices | None:
    """Return what is owed in words; None where the text is withheld."""
    here = replace(one.context, jurisdiction=policy.atlas.resolve(one.context.jurisdiction))
    if rules.withholding(policy.rules, cases.case(one.subject, policy, here)):
        return None
    found = notices.owed(one.subject, policy, here, partial=False)
    return {entry["id"]: _shown(entry) for entry in found["disclaimers"]}


def _shown(entry: dict[str, Any]) -> dict[str, Any]:
    display = {"level": entry["display"]["level"]}
    return {name: entry[name] for name in ("id", "short", "text")} | display


def _differing(these: Notices | None, those: Notices | None) -> list[dict[str, Any]] | None:
    if these is None:
        return None
    return [shown for id, shown in these.items() if shown != (those or {}).get(id)]
