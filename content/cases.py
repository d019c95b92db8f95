"""Cases: what rules look at, first in a document alone (its traits), then in one context.

A translation has the traits of its source, too, so it owes at least what its source owes.
"""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass

from content import documents
from content.contexts import WORLD, Context
from content.documents import Document
from content.evidence import Mark, Source
from content.jurisdictions import Known
from content.policy import Policy, forget
from content.rules import Case
from content.subjects import Subject

REMEMBERED = 512  # documents whose mentions a policy remembers


def traits(subject: Subject, policy: Policy) -> dict[str, frozenset[str]]:
    """Return what rules look at whoever reads, by the keys of :class:`content.rules.When`."""
    texts = [(subject.revision.digest, subject.document), *subject.source]
    return {
        "topics": subject.tags[0],
        "conditions": subject.tags[1],
        "claim_levels": frozenset(level for _, text in texts for level in _levels(text)),
        "mentions": frozenset(id for text in texts for id in _mentions(*text, policy)),
        "review": _review(subject),
        "sources": frozenset(mark.status for _, mark in marked(subject, policy)),
        "facts": subject.corrections.facts,
    }


def marked(subject: Subject, policy: Policy) -> list[tuple[Source, Mark]]:
    """Return the sources of a text, or of the one that it translates, of which something is known.

    What was retracted stays cited, and is no support any more.
    """
    texts = [subject.document, *(text for _, text in subject.source)]
    cited = {source.id: source for text in reversed(texts) for source in text.sources}
    return [(cited[id], policy.marks[id]) for id in sorted(cited) if id in policy.marks]


def slots(subject: Subject) -> frozenset[str]:
    """Return which of the facts that a text may lack are there, and how it was corrected.

    Words may need them, or be chosen by them.
    """
    review = subject.document.review
    facts = {
        "reviewed_on": review.reviewed_on,
        "reviewer_name": review.provenance.reviewer_name,
        "reviewer_credential": review.provenance.reviewer_credential,
    }
    return frozenset(name for name, value in facts.items() if value) | subject.corrections.states


def kind(subject: Subject, policy: Policy) -> tuple[Hashable, ...]:
    """Return what decides which words a text owes and whether they resolve, wherever it is read.

    Of what can stand in the words only its number and its address are not in it: all texts have
    both.
    """
    document = subject.document
    return (
        *(document.locale, document.review, subject.review_lapsed, subject.corrections),
        *(tuple(topics(subject)), frozenset(traits(subject, policy).items()), slots(subject)),
        tuple(marked(subject, policy)),
    )


@dataclass(frozen=True)
class Place:
    """What rules look at of a place, for a text about some topics."""

    places: tuple[str, ...]  # itself and all that contain it
    law: frozenset[str]
    facts: frozenset[str]  # which kinds of facts that a reader is told are past their date


def case(subject: Subject, policy: Policy, context: Context) -> Case:
    """Return what rules look at in one context."""
    here = place(topics(subject), policy, context.jurisdiction)
    return met(traits(subject, policy), here, context)


def place(topics: Sequence[str], policy: Policy, code: str) -> Place:
    """Return what rules look at of a place, for a text whose law is that about some topics."""
    atlas = policy.atlas
    law = atlas.law(code, topics)
    return Place(
        places=tuple(atlas.chain(code)) or (code,),
        law=frozenset(law.fact.status if law else ["unknown"]),
        facts=_facts(topics, policy, code, law),
    )


def met(traits: Mapping[str, frozenset[str]], here: Place, context: Context) -> Case:
    """Return what rules look at of a text with these traits, for a reader in a place."""
    return Case(
        **{**traits, "facts": traits["facts"] | here.facts},
        places=here.places,
        law=here.law,
        audience=context.audience,
        channel=context.channel,
    )


def topics(subject: Subject) -> list[str]:
    """Return the topics whose law matters: today's first, then those of a pinned or source text."""
    today = subject.publication.topics
    return [*today, *sorted(subject.tags[0].difference(today))]


def _facts(about: Sequence[str], policy: Policy, code: str, law: Known | None) -> frozenset[str]:
    """Return which kinds of facts that a reader is told have passed their date."""
    atlas = policy.atlas
    passed = {
        "law-lapsed": atlas.any_law_lapsed(about) if code == WORLD else bool(law and law.lapsed),
        "authority-lapsed": atlas.any_authority_lapsed(),
    }
    return frozenset(name for name, holds in passed.items() if holds)


def _review(subject: Subject) -> frozenset[str]:
    """Return how far the text is reviewed: a translation no further than itself and its source."""
    translation = subject.document.translation
    found = {subject.document.review.status, *(text.review.status for _, text in subject.source)}
    if translation is not None:
        found.add(translation.status)
    is_unreviewed = translation is not None and translation.status == "unreviewed"
    return frozenset(
        [
            *found,
            *(["translation-unreviewed"] if is_unreviewed else []),
            *(["lapsed"] if subject.review_lapsed or subject.source_lapsed else []),
        ]
    )


def _levels(document: Document) -> frozenset[str]:
    return frozenset(claim.evidence_level for claim in document.claims if claim.evidence_level)


def _mentions(digest: str, document: Document, policy: Policy) -> frozenset[str]:
    key = (digest, document.locale)
    if (known := policy.memory.get(key)) is not None:
        return known
    text = documents.reading_text(document)
    found = policy.memory[key] = policy.mentioned(text, document.locale)
    forget(policy.memory, REMEMBERED)
    return found
