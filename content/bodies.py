"""The body of an edition: one dict, computed from a subject, a policy and a context.

Pure: the same three always give the same body, and no wall clock is read. ``FORMAT`` goes up
whenever this module would give other bytes for the same log; golden editions in the tests notice.
What is owed is put into words in :mod:`content.notices`.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import product
from typing import Any

from content import contexts, corrections, disclaimers, documents, excerpts, notices
from content.contexts import AUDIENCES, CHANNELS, NOWHERE, WORLD, Context
from content.disclaimers import MissingSlot
from content.excerpts import WHOLE, Part
from content.notices import Unsaid
from content.policy import Policy
from content.subjects import Subject

FORMAT = 2
SHAPE, SECTION_SHAPE = "edition-1.1", "section-1.0"  # the JSON Schemas that a body names


class CannotResolve(Exception):
    """Something that is owed cannot be put into words; the caller fails closed."""


def compose(
    subject: Subject, policy: Policy, context: Context, part: Part = WHOLE
) -> dict[str, Any]:
    """Return the whole body but ``sequence`` and ``integrity``.

    Raise :class:`CannotResolve` when anything that is owed has no words, no value or no place.
    """
    owed = _owed(subject, policy, context, partial=not part.is_whole)
    return {
        **_identity(subject, policy, context, part),
        **excerpts.text(subject.document, part),
        **owed,
        "review": _review(subject),
        "freshness": {
            "recheck_after": policy.site["recheck_after"],
            "max_offline": policy.site["max_offline"],
            "display_until": subject.publication.display_until,
        },
        "links": _links(subject, policy, context, part),
    }


def check(subject: Subject, policy: Policy, context: Context) -> None:
    """Raise :class:`CannotResolve` unless all that is owed resolves in every known place."""
    for _ in everywhere(subject, policy, context):
        pass


def everywhere(
    subject: Subject, policy: Policy, context: Context
) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Yield each known place with the disclaimers that are owed there, in words.

    Raise :class:`CannotResolve` where one has none, also with a part of the text, and in the end
    where somebody would not be told what was corrected.
    """
    for code in _places(policy):
        here = replace(context, jurisdiction=code)
        _owed(subject, policy, here, partial=True)
        yield code, _owed(subject, policy, here, partial=False)["disclaimers"]
    if subject.corrections:
        _check_told(subject, policy, context)


def check_here(subject: Subject, policy: Policy, context: Context) -> None:
    """Raise :class:`CannotResolve` unless all that is owed in one context resolves."""
    for partial in (False, True):
        _owed(subject, policy, context, partial=partial)


def _places(policy: Policy) -> Iterable[str]:
    return dict.fromkeys((WORLD, NOWHERE, *policy.atlas.places))


def _check_told(subject: Subject, policy: Policy, context: Context) -> None:
    """Raise :class:`CannotResolve` unless everybody is told what was corrected, now and at last.

    All else is owed to a careful reader at least, so it is enough to look at what that one owes.
    """
    for reader, code in product(_readers(policy, context), _places(policy)):
        for one in (subject.corrections, subject.corrections.at_last):
            then = replace(subject, corrections=one)
            check_here(then, policy, replace(reader, jurisdiction=code))


def _readers(policy: Policy, context: Context) -> Iterator[Context]:
    """Yield who has to be told what was corrected: everybody, where rules tell readers apart."""
    yield context
    words = policy.texts.items()
    telling = {id for (id, _), one in words if disclaimers.says_corrections(one.said)}
    whens = [rule.when for rule in policy.rules.values() if telling.intersection(rule.require)]
    if any(when.audience or when.channel for when in whens):
        for audience, channel in product(AUDIENCES, CHANNELS):
            yield replace(context, audience=audience, channel=channel)


def _owed(subject: Subject, policy: Policy, context: Context, *, partial: bool) -> dict[str, Any]:
    try:
        found = notices.owed(subject, policy, context, partial=partial)
    except Unsaid:
        raise CannotResolve(f"no disclaimer that is owed says {{{corrections.SLOT}}}") from None
    except MissingSlot as error:
        raise CannotResolve(f"the slot {{{error.args[0]}}} has no value") from None
    except KeyError as error:
        raise CannotResolve(f"{error.args[0]!r} is missing for {context.locale}") from None
    if not found["disclaimers"]:
        raise CannotResolve("no rule requires a disclaimer")
    return found


def _identity(subject: Subject, policy: Policy, context: Context, part: Part) -> dict[str, Any]:
    publication, code = subject.publication, context.jurisdiction
    tongue = policy.tongue(publication)
    shape = SHAPE if part.section is None else SECTION_SHAPE
    served = f"{context.locale}:{code}:{context.audience}:{context.channel}"
    return {
        "$schema": f"{policy.site['public_url']}/v1/schemas/{shape}.json",
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
            "jurisdiction": {"code": code, "name": policy.atlas.name(code, tongue)},
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


def _review(subject: Subject) -> dict[str, Any]:
    """Return who has checked the text, of what it is a translation, and which findings stood."""
    translation = subject.document.translation
    return {
        **documents.dump(subject.document.review),
        "translation": documents.dump(translation) if translation else None,
        "overrides": list(subject.overrides),
    }


def _links(subject: Subject, policy: Policy, context: Context, part: Part) -> dict[str, str]:
    base, address = policy.site["public_url"], policy.address(subject.publication.slug)
    test = contexts.included(test=subject.publication.is_test)
    pin = f"&revision={subject.revision.number}" if subject.pinned else ""
    fields = f"&fields={','.join(sorted(part.fields))}" if part.fields is not None else ""
    section = f"/sections/{part.section}" if part.section is not None else ""
    return {
        "self": f"{address}{section}?{context.query()}{pin}{fields}",
        "canonical": policy.page(subject.publication),
        "html": f"{address}.html?{context.query()}{pin}",
        "revisions": f"{address}/revisions{test}",
        "keys": f"{base}/.well-known/jwks.json",
    }
