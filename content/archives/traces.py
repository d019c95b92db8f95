"""Traces: by which rules an edition owes what it owes, each as it stood in the log then."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from sqlalchemy.orm import Session

from content import cases, policy, rules, standings
from content.contexts import Context, of_body
from content.editions import Edition, Part
from content.excerpts import WHOLE
from content.models.log import DisclaimerVersion, Rule
from content.policy import Policy
from content.rules import Case, RuleData

Applied = Mapping[str, Mapping[str, Any]]  # by rule, what it did and by what it was met
Words = dict[tuple[str, str], int]  # number of the change, by disclaimer and locale


def trace(session: Session, edition: Edition, part: Part = WHOLE) -> dict[str, Any]:
    """Return what rules looked at, which applied, and what of the edition is due to which."""
    body = edition.body
    at, context = body["sequence"], of_body(body)
    then = policy.at(session, at)
    found = _case(session, body["article"]["id"], context, at, part)
    changes = {row.id: row.seq for row in policy.current(session, Rule, at)}
    rows = policy.current(session, DisclaimerVersion, at)
    words = {(row.id, row.locale): row.seq for row in rows}
    named = applied(then.rules, found)
    return {
        "digest": edition.digest,
        "sequence": at,
        "looked_at": _told(found),
        "owed": [_owed(then, entry, named, words) for entry in body["disclaimers"]],
        "rules": [
            {**rules.describe(id, then.rules[id]), "change": changes[id], **met(done)}
            for id, done in named.items()
        ],
        "withholding": _withholding(then.rules, changes),
    }


def numbers(trace: Mapping[str, Any]) -> set[int]:
    """Return the numbers of the changes that a trace names."""
    named = (*trace["owed"], *trace["rules"], *trace["withholding"])
    return {one["change"] for one in named}


def applied(known: Mapping[str, RuleData], case: Case) -> Applied:
    """Return the rules that require or raise something in a case, and by what each was met."""
    effects = {id: _effect(rule, case) for id, rule in known.items()}
    return {id: done for id, done in effects.items() if done}


def raising(known: Mapping[str, RuleData], named: Applied, disclaimer: str) -> list[str]:
    """Return which of the rules that apply have a disclaimer shown earlier."""
    done = (id for id, effect in named.items() if "raised" in effect)
    return [id for id in done if _raises(known[id], disclaimer)]


def met(done: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a rule did, and by which values each of its keys was met."""
    return {"did": sorted(done), "met_by": next(iter(done.values()))}


def _case(session: Session, article: str, context: Context, at: int, part: Part) -> Case:
    standing = standings.stand(session, article, context, at)
    subject = standings.subject(session, standing, part)
    return cases.case(subject, standing.policy, standing.context)


def _told(case: Case) -> dict[str, Any]:
    """Return what rules look at, as data."""
    found = {one.name: getattr(case, one.name) for one in fields(case)}
    return {name: sorted(v) if isinstance(v, frozenset) else v for name, v in found.items()}


def _effect(rule: RuleData, case: Case) -> dict[str, Any] | None:
    """Return by what a rule was met for each thing that it does; None where it does nothing."""
    done = {}
    if rule.require and rules.matches(rule.when, case, careful=True):
        done["required"] = _because(rule, case)
    if rule.raises and rules.matches(rule.when, case, careful=False):
        done["raised"] = _because(rule, case)
    return done or None


def _because(rule: RuleData, case: Case) -> dict[str, Any]:
    """Return for each key of a rule the values by which it was met.

    An empty list: whoever reads, or where, is not known, and such a reader is owed all.
    """
    found = {
        "audience": [case.audience],
        "channel": [case.channel],
        "jurisdiction": case.places,
    }
    when = rules.describe("", rule)["when"]
    seen = {key: found[key] if key in found else getattr(case, key) for key in when}
    return {key: sorted(set(values).intersection(seen[key])) for key, values in when.items()}


def _owed(
    policy_then: Policy,
    entry: Mapping[str, Any],
    named: Applied,
    words: Words,
) -> dict[str, Any]:
    """Return one disclaimer of an edition: its words in the log, its rules, how it is shown."""
    id, locale = entry["id"], entry["locale"]
    own = policy_then.displays(locale).get(id, (None, None))
    return {
        "id": id,
        "version": entry["version"],
        "locale": locale,
        "change": words[id, locale],
        "required_by": entry["required_by"],
        "raised_by": raising(policy_then.rules, named, id),
        "own_display": {"level": own[0], "anchor": own[1]},
        "display": entry["display"],
    }


def _raises(rule: RuleData, disclaimer: str) -> bool:
    return rule.raises is not None and rule.raises.disclaimer == disclaimer


def _withholding(known: Mapping[str, RuleData], changes: Mapping[str, int]) -> list[dict[str, Any]]:
    """Return the rules that would have withheld the article, and did not apply."""
    found = ((id, rule) for id, rule in known.items() if rule.withhold)
    return [{**rules.describe(id, rule), "change": changes[id]} for id, rule in found]
