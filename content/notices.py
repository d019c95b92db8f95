"""Notices: what a subject owes in a context, put into words, in reading order.

Each owed disclaimer becomes an entry: its words chosen by state, its slots filled, its actions and
its display. A slot, text or place without a value raises ``KeyError``, and a correction that no
text says :class:`Unsaid`, so that the caller fails closed.
"""

from typing import Any

from content import cases, corrections, disclaimers, rules
from content.contexts import NOWHERE, WORLD, Context
from content.disclaimers import GROUPS, Disclaimer, Words
from content.jurisdictions import RESTRICTING, Contact, Known, actions, words
from content.policy import Policy
from content.rules import Case, Owed
from content.subjects import Subject

MAX_ALERTS, MAX_WORDS = 3, 220  # before the first section
CARD = "not-medical-advice"  # on every card, besides all alerts
RIGHT_TO_LEFT = ("ar", "dv", "fa", "he", "ps", "ur", "yi")


class Unsaid(Exception):
    """The text was corrected, and nothing that it owes would tell the reader."""


def owed(subject: Subject, policy: Policy, context: Context, *, partial: bool) -> dict[str, Any]:
    """Return all of a body that speaks of what is owed; ``partial`` when only a part is shown."""
    found, tongue = cases.case(subject, policy, context), policy.tongue(subject.publication)
    wanted = rules.owed(policy.rules, found, policy.displays(tongue))
    spoken = [(one, policy.texts[one.id, tongue]) for one in wanted]
    spoken.sort(key=lambda pair: disclaimers.reading_order(pair[1].said, pair[0]))
    said = _Speaker(subject, policy, context, found, partial=partial)
    entries = [said.entry(one, text) for one, text in spoken]
    if subject.corrections and corrections.SLOT not in said.filled:
        raise Unsaid
    return {
        "disclaimers": entries,
        "notices": _notices(entries, policy, tongue),
        "surfaces": _surfaces(entries),
        "help": policy.atlas.help(context.jurisdiction, tongue),
        "rights": _rights(subject, policy, [t for _, text in spoken for t in text.said.terms]),
    }


def retracted(subject: Subject, policy: Policy) -> str | None:
    """Return the sources of a text that were retracted, in words; None where there is none."""
    found = (
        f"{source.title} ({mark.url or source.url or f'https://doi.org/{source.doi}'}): "
        f"{mark.notice}"
        for source, mark in cases.marked(subject, policy)
        if mark.status == "retracted"
    )
    return " ".join(found) or None


def crowd(entries: list[dict[str, Any]]) -> str | None:
    """Return why what stands before the first section would be too much to be read, or None.

    What was corrected is not counted: to say it must not have to wait for room.
    """
    counted = [one for one in entries if one["kind"] != "correction"]
    alerts = [one for one in counted if one["display"]["level"] == "alert"]
    leads = [one for one in counted if one["display"]["level"] == "lead"]
    words = [*(one["text"] for one in alerts), *(one["short"] for one in leads)]
    count = sum(len(text.split()) for text in words)
    if len(alerts) > MAX_ALERTS:
        return f"{len(alerts)} alerts; {MAX_ALERTS} are allowed"
    return f"{count} words; {MAX_WORDS} are allowed" if count > MAX_WORDS else None


def direction(locale: str) -> str:
    """Return the writing direction of a locale for the HTML ``dir`` attribute."""
    return "rtl" if locale.partition("-")[0] in RIGHT_TO_LEFT else "ltr"


class _Speaker:
    """Puts owed disclaimers into words for one subject, policy and context."""

    def __init__(
        self, subject: Subject, policy: Policy, context: Context, case: Case, *, partial: bool
    ) -> None:
        self.subject, self.policy, self.context = subject, policy, context
        self.contacts = policy.atlas.contacts(context.jurisdiction)
        self.help_lapsed = policy.atlas.help_lapsed(context.jurisdiction)
        self.law = policy.atlas.law(context.jurisdiction, cases.topics(subject))
        self.states = _states(subject, case, context, self.law, partial=partial)
        self.slots: dict[str, dict[str, str]] = {}  # by locale: a fallback fills its own
        self.filled: set[str] = set()  # the slots of the full texts so far

    def entry(self, owed: Owed, words: Words) -> dict[str, Any]:
        said = words.said
        short, text = disclaimers.texts(said, self.states)
        slots = self._slots(words.locale)
        self.filled.update(disclaimers.SLOT.findall(text))
        return {
            "id": owed.id,
            "version": words.version,
            "kind": said.kind,
            "group": said.group,
            "obligation": said.obligation,
            "locale": words.locale,
            "dir": direction(words.locale),
            "short": disclaimers.fill(short, slots),
            "text": disclaimers.fill(text, slots),
            "actions": self._actions(said, words.locale),
            "display": {"level": owed.level, "anchor": owed.anchor},
            "required_by": sorted(owed.required_by),
        }

    def _actions(self, said: Disclaimer, locale: str) -> list[dict[str, str]]:
        """Return the actions; help lines past their date stay, with safer ones beside them."""
        more = ["emergency", "directory"] if "crisis" in said.actions and self.help_lapsed else []
        wanted = dict.fromkeys([*said.actions, *more])
        found = (self.contacts[kind] for kind in wanted if kind in self.contacts)
        return [action for contact in found for action in actions(contact, locale)]

    def _slots(self, locale: str) -> dict[str, str]:
        if locale not in self.slots:
            self.slots[locale] = {
                **_document_slots(self.subject, self.policy),
                **_place_slots(self.policy, self.context, self.law, self.contacts, locale),
            }
        return self.slots[locale]


def _states(
    subject: Subject, case: Case, context: Context, law: Known | None, *, partial: bool
) -> frozenset[str]:
    nowhere = context.jurisdiction == NOWHERE or law is None or "unknown" in law.fact.status
    permitting = law is not None and law.lapsed and RESTRICTING.isdisjoint(law.fact.status)
    states = {
        "unreviewed": "unreviewed" in case.review,
        "reviewed": "reviewed" in case.review and "unreviewed" not in case.review,
        "translation-unreviewed": "translation-unreviewed" in case.review,
        "review-lapsed": subject.review_lapsed,
        "part": partial,
        "banned": "banned" in case.law,
        "worldwide": context.jurisdiction == WORLD,
        "unknown": nowhere and context.jurisdiction != WORLD,
        "law-lapsed": "law-lapsed" in case.facts,
        "law-generic": permitting,
        "authority-lapsed": "authority-lapsed" in case.facts,
    }
    held = frozenset(state for state, holds in states.items() if holds)
    return held | subject.corrections.states


def _document_slots(subject: Subject, policy: Policy) -> dict[str, str]:
    review = subject.document.review
    values = {
        "searchedOn": review.searched_on,
        "reviewedOn": review.reviewed_on,
        "reviewDueOn": review.next_review_due,
        "author": review.provenance.author,
        "reviewerName": review.provenance.reviewer_name,
        "reviewerCredential": review.provenance.reviewer_credential,
        "aiStatement": review.provenance.ai_statement,
        "version": str(subject.revision.number),
        "publisher": policy.site["publisher"],
        "contactUrl": policy.site["contact_url"],
        "canonicalUrl": policy.page(subject.publication),
        **subject.corrections.slots,
        disclaimers.SOURCES: retracted(subject, policy),
    }
    return {name: value for name, value in values.items() if value is not None}


def _place_slots(
    policy: Policy,
    context: Context,
    law: Known | None,
    contacts: dict[str, Contact],
    locale: str,
) -> dict[str, str]:
    fda = policy.atlas.authority("fda")
    values = {
        "emergencyNumber": words(contacts["emergency"].phrase, locale),
        "crisisLine.callText": words(contacts["crisis"].phrase, locale),
        "poisonLine": words(contacts["poison"].phrase, locale),
        "jurisdictionName": policy.atlas.name(context.jurisdiction, locale),
        "statusText": words(law.fact.text, locale) if law else None,
        "asOf": law.fact.as_of if law else None,
        "fdaAsOf": fda.fact.as_of if fda else None,
    }
    return {name: value for name, value in values.items() if value is not None}


def _notices(entries: list[dict[str, Any]], policy: Policy, locale: str) -> list[dict[str, Any]]:
    labels = policy.site["notice_labels"][locale]
    items = {group: [e["id"] for e in entries if e["group"] == group] for group in GROUPS}
    return [{"group": g, "label": labels[g], "items": ids} for g, ids in items.items() if ids]


def _surfaces(entries: list[dict[str, Any]]) -> dict[str, Any]:
    alerts = [e["id"] for e in entries if e["display"]["level"] == "alert"]
    card = [*alerts, *(e["id"] for e in entries if e["id"] == CARD and CARD not in alerts)]
    return {"card": card, "notification": not alerts}


def _rights(subject: Subject, policy: Policy, terms: list[str]) -> dict[str, Any]:
    names = ("licence", "attribution", "modification_allowed", "indexing")
    facts = {name: policy.site[name] for name in names}
    if subject.publication.is_test:
        facts["indexing"] = "noindex"
    return facts | {"terms": list(dict.fromkeys([*policy.site["terms"], *terms]))}
