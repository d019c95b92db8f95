"""The body of an edition: one dict, computed from a subject, a policy and a context.

Pure: the same three always give the same body, and no wall clock is read. ``FORMAT`` goes up
whenever this module would give other bytes for the same log; golden editions in the tests notice.
"""

from dataclasses import dataclass
from typing import Any

from content import disclaimers, documents, rules
from content.contexts import NOWHERE, WORLD, Context
from content.disclaimers import GROUPS, MissingSlot
from content.documents import Document
from content.jurisdictions import RESTRICTING, Contact, Known, actions, words
from content.models.log import Publication, Revision
from content.policy import Policy, forget
from content.rules import Case, Owed

FORMAT = 1
FIELDS = ("title", "summary", "sections", "claims", "sources")  # what ``fields`` may name
CARD = "not-medical-advice"  # on every card, besides all alerts
REMEMBERED = 512  # documents whose mentions a policy remembers


@dataclass(frozen=True)
class Subject:
    """An article in one locale as the log tells it at one number."""

    publication: Publication
    revision: Revision
    document: Document
    published_at: str  # RFC 3339
    supersedes: int | None
    tags: tuple[frozenset[str], frozenset[str]]  # topics and conditions that rules look at
    review_lapsed: bool
    pinned: bool


class CannotResolve(Exception):
    """Something that is owed cannot be put into words; the caller fails closed."""


def compose(
    subject: Subject, policy: Policy, context: Context, fields: frozenset[str] | None
) -> dict[str, Any]:
    """Return the whole body but ``sequence`` and ``integrity``.

    Raise :class:`CannotResolve` when anything that is owed has no words, no value or no place.
    """
    try:
        return _compose(subject, policy, context, fields)
    except MissingSlot as error:
        raise CannotResolve(f"the slot {{{error.args[0]}}} has no value") from None
    except KeyError as error:
        raise CannotResolve(f"{error.args[0]!r} is missing for {context.locale}") from None


def case(subject: Subject, policy: Policy, context: Context) -> Case:
    """Return what rules look at."""
    atlas, code = policy.atlas, context.jurisdiction
    topics = _topics(subject)
    law = atlas.law(code, topics)
    stale = atlas.any_law_lapsed(topics) if code == WORLD else bool(law and law.lapsed)
    review = {subject.document.review.status} | ({"lapsed"} if subject.review_lapsed else set())
    return Case(
        topics=subject.tags[0],
        conditions=subject.tags[1],
        claim_levels=_levels(subject.document),
        mentions=_mentions(subject, policy),
        places=tuple(atlas.chain(code)) or (code,),
        law=frozenset(law.fact.status if law else ["unknown"]),
        audience=context.audience,
        channel=context.channel,
        review=frozenset(review),
        facts=frozenset(["law-lapsed"] if stale else []),
    )


def _levels(document: Document) -> frozenset[str]:
    return frozenset(claim.evidence_level for claim in document.claims if claim.evidence_level)


def _topics(subject: Subject) -> list[str]:
    """Return the topics whose law matters: today's first, then those of a pinned text."""
    today = subject.publication.topics
    return [*today, *sorted(subject.tags[0].difference(today))]


def _mentions(subject: Subject, policy: Policy) -> frozenset[str]:
    key = (subject.revision.digest, subject.document.locale)
    if (known := policy.memory.get(key)) is not None:
        return known
    text = documents.reading_text(subject.document)
    found = policy.memory[key] = policy.mentioned(text, subject.document.locale)
    forget(policy.memory, REMEMBERED)
    return found


def _compose(
    subject: Subject, policy: Policy, context: Context, fields: frozenset[str] | None
) -> dict[str, Any]:
    found = case(subject, policy, context)
    owed = rules.owed(policy.rules, found, policy.displays(context.locale))
    spoken = [(o, *policy.texts[o.id, context.locale]) for o in owed]
    spoken.sort(key=lambda item: disclaimers.reading_order(item[2], item[0]))
    said = _Speaker(subject, policy, context, found, partial=fields is not None)
    entries = [said.entry(o, version, text) for o, version, text in spoken]
    return {
        **_identity(subject, policy, context),
        **_text(subject.document, fields),
        "disclaimers": entries,
        "notices": _notices(entries, policy, context.locale),
        "surfaces": _surfaces(entries),
        "review": _review(subject.document),
        "help": policy.atlas.help(context.jurisdiction, context.locale),
        "rights": _rights(policy, [term for _, _, text in spoken for term in text.terms]),
        "freshness": {
            "recheck_after": policy.site["recheck_after"],
            "max_offline": policy.site["max_offline"],
            "display_until": None,
        },
        "links": _links(subject, policy, context, fields),
    }


class _Speaker:
    """Puts owed disclaimers into words for one subject, policy and context."""

    def __init__(
        self, subject: Subject, policy: Policy, context: Context, case: Case, *, partial: bool
    ) -> None:
        self.locale = context.locale
        self.contacts = policy.atlas.contacts(context.jurisdiction)
        self.help_lapsed = policy.atlas.help_lapsed(context.jurisdiction)
        law = policy.atlas.law(context.jurisdiction, _topics(subject))
        self.states = _states(case, context, law, partial)
        self.slots = _slots(subject, policy, context, law, self.contacts)

    def entry(self, owed: Owed, version: int, disclaimer: disclaimers.Disclaimer) -> dict[str, Any]:
        short, text = disclaimers.texts(disclaimer, self.states)
        return {
            "id": owed.id,
            "version": version,
            "kind": disclaimer.kind,
            "group": disclaimer.group,
            "obligation": disclaimer.obligation,
            "locale": self.locale,
            "dir": direction(self.locale),
            "short": disclaimers.fill(short, self.slots),
            "text": disclaimers.fill(text, self.slots),
            "actions": self._actions(list(disclaimer.actions)),
            "display": {"level": owed.level, "anchor": owed.anchor},
            "required_by": sorted(owed.required_by),
        }

    def _actions(self, kinds: list[str]) -> list[dict[str, str]]:
        """Return the actions; help lines past their date stay, with the directory beside them."""
        wanted = [*kinds, "directory"] if "crisis" in kinds and self.help_lapsed else kinds
        found = (self.contacts[kind] for kind in dict.fromkeys(wanted) if kind in self.contacts)
        return [action for contact in found for action in actions(contact, self.locale)]


def _states(case: Case, context: Context, law: Known | None, partial: bool) -> frozenset[str]:
    nowhere = context.jurisdiction == NOWHERE or law is None or "unknown" in law.fact.status
    permitting = law is not None and law.lapsed and RESTRICTING.isdisjoint(law.fact.status)
    return frozenset(
        state
        for state, holds in {
            "unreviewed": "unreviewed" in case.review,
            "reviewed": "reviewed" in case.review,
            "review-lapsed": "lapsed" in case.review,
            "part": partial,
            "banned": "banned" in case.law,
            "worldwide": context.jurisdiction == WORLD,
            "unknown": nowhere and context.jurisdiction != WORLD,
            "law-lapsed": "law-lapsed" in case.facts,
            "law-generic": permitting,
        }.items()
        if holds
    )


def _slots(
    subject: Subject,
    policy: Policy,
    context: Context,
    law: Known | None,
    contacts: dict[str, Contact],
) -> dict[str, str]:
    review, locale = subject.document.review, context.locale
    fda = policy.atlas.authority("fda")
    values = {
        "emergencyNumber": words(contacts["emergency"].phrase, locale),
        "crisisLine.callText": words(contacts["crisis"].phrase, locale),
        "poisonLine": words(contacts["poison"].phrase, locale),
        "jurisdictionName": policy.atlas.name(context.jurisdiction, locale),
        "statusText": words(law.fact.text, locale) if law else None,
        "asOf": law.fact.as_of if law else None,
        "fdaAsOf": fda.fact.as_of if fda else None,
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
        "canonicalUrl": _address(subject, policy) + ".html",
    }
    return {name: value for name, value in values.items() if value is not None}


def _identity(subject: Subject, policy: Policy, context: Context) -> dict[str, Any]:
    publication, code = subject.publication, context.jurisdiction
    served = f"{context.locale}:{code}:{context.audience}:{context.channel}"
    return {
        "$schema": f"{policy.site['public_url']}/v1/schemas/edition-1.0.json",
        "format": FORMAT,
        "id": f"urn:caveat:{publication.article}:{subject.revision.number}:{served}",
        "article": {
            "id": publication.article,
            "slug": publication.slug,
            "topics": publication.topics,
            "conditions": publication.conditions,
        },
        "status": "published",
        "context": {
            "locale": context.locale,
            "jurisdiction": {"code": code, "name": policy.atlas.name(code, context.locale)},
            "audience": context.audience,
            "channel": context.channel,
        },
        "revision": {
            "number": subject.revision.number,
            "published_at": subject.published_at,
            "change_note": subject.revision.change_note,
            "supersedes": subject.supersedes,
        },
    }


def _text(document: Document, fields: frozenset[str] | None) -> dict[str, Any]:
    data = documents.dump(document)
    if fields is None:
        return {name: data[name] for name in FIELDS}
    return {name: data[name] for name in FIELDS if name in fields} | {"fields": sorted(fields)}


def _notices(entries: list[dict[str, Any]], policy: Policy, locale: str) -> list[dict[str, Any]]:
    labels = policy.site["notice_labels"][locale]
    items = {group: [e["id"] for e in entries if e["group"] == group] for group in GROUPS}
    return [{"group": g, "label": labels[g], "items": ids} for g, ids in items.items() if ids]


def _surfaces(entries: list[dict[str, Any]]) -> dict[str, Any]:
    alerts = [e["id"] for e in entries if e["display"]["level"] == "alert"]
    card = [*alerts, *(e["id"] for e in entries if e["id"] == CARD and CARD not in alerts)]
    return {"card": card, "notification": not alerts}


def _review(document: Document) -> dict[str, Any]:
    review: dict[str, Any] = documents.dump(document.review)
    return review


def _rights(policy: Policy, terms: list[str]) -> dict[str, Any]:
    names = ("licence", "attribution", "modification_allowed", "indexing")
    facts = {name: policy.site[name] for name in names}
    return facts | {"terms": list(dict.fromkeys([*policy.site["terms"], *terms]))}


def _address(subject: Subject, policy: Policy) -> str:
    return f"{policy.site['public_url']}/v1/articles/{subject.publication.slug}"


def _links(
    subject: Subject, policy: Policy, context: Context, fields: frozenset[str] | None
) -> dict[str, str]:
    base, address = policy.site["public_url"], _address(subject, policy)
    pin = f"&revision={subject.revision.number}" if subject.pinned else ""
    part = f"&fields={','.join(sorted(fields))}" if fields is not None else ""
    return {
        "self": f"{address}?{context.query()}{pin}{part}",
        "canonical": f"{address}.html",
        "html": f"{address}.html?{context.query()}{pin}",
        "revisions": f"{address}/revisions",
        "keys": f"{base}/.well-known/jwks.json",
    }


def direction(locale: str) -> str:
    """Return the writing direction of a locale for the HTML ``dir`` attribute."""
    return (
        "rtl" if locale.partition("-")[0] in ("ar", "dv", "fa", "he", "ps", "ur", "yi") else "ltr"
    )
