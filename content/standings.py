"""Standings: how an article stood at one number, for one context, and whether it may be shown.

The publication, the policy and the served context are fixed here; what must not be shown is refused
here, with the help of the reader's place. :mod:`content.editions` makes editions of the rest.
"""

from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy.orm import Session

from content import articles, bodies, cases, helplines, policy, rules, subjects
from content.bodies import CannotResolve
from content.contexts import Context
from content.errors import Gone, NotFound, Refusal, Unresolvable, Withheld
from content.excerpts import WHOLE, Part
from content.models.log import Publication
from content.policy import Policy
from content.subjects import DISPLAY_UNTIL, Subject


@dataclass(frozen=True)
class Standing:
    """What is to be served of an article at one number: its publication, for whom, under what."""

    publication: Publication
    context: Context
    policy: Policy
    at: int
    is_expired: bool = False  # its last day of display has passed

    @property
    def about(self) -> tuple[str, str]:
        """Which article, in which locale."""
        return self.publication.article, self.context.locale


def stand(session: Session, article: str, asked: Context, at: int) -> Standing:
    """Return how an article stands for who asks.

    Raise ``NotFound`` before it was published, and for a test article unless such are asked for.
    """
    found = articles.publications(session, article, at)
    if not found:
        raise NotFound("The article was not published yet at that number.")
    then = policy.at(session, at)
    is_test = any(row.is_test for row in found.values())
    if is_test and not asked.test:
        slug = next(iter(found.values())).slug
        raise NotFound(f"{slug!r} is a test article; include=test finds it where tests are served.")
    expired = {locale for locale, row in found.items() if _is_expired(session, row, at)}
    context = replace(_resolve(found, then, asked, expired), test=is_test)
    locale = context.locale
    return Standing(found[locale], context, then, at, is_expired=locale in expired)


def speaking(session: Session, standing: Standing, locale: str) -> Standing:
    """Return how the same article stands in another of its locales."""
    row = articles.publications(session, standing.publication.article, standing.at)[locale]
    return replace(
        standing,
        publication=row,
        context=replace(standing.context, locale=locale),
        is_expired=_is_expired(session, row, standing.at),
    )


def _resolve(
    found: dict[str, Publication], policy: Policy, asked: Context, expired: set[str]
) -> Context:
    """Return the context that is served: a locale that exists, the nearest place with data."""
    shown = [tag for tag, row in found.items() if row.status == "live" and tag not in expired]
    wanted = policy.chain(asked.locale)
    locale = articles.choose_locale([shown, list(found)], wanted)
    return replace(asked, locale=locale, jurisdiction=policy.atlas.resolve(asked.jurisdiction))


def refuse(session: Session, standing: Standing) -> Subject:
    """Return the subject, or raise ``Gone`` or ``Withheld`` when it may not be shown as it is."""
    refuse_ended(standing)
    found = subject(session, standing, WHOLE)
    withhold(found, standing)
    return found


def refuse_ended(standing: Standing) -> None:
    """Raise ``Gone`` for what was taken down, or is past its last day of display."""
    publication = standing.publication
    reason = "expired" if standing.is_expired else publication.status
    if reason != "live":
        raise Gone(
            reason,
            notice=publication.notice,
            replacement=publication.replacement,
            help=help(standing),
            about=standing.about,
        )


def withhold(subject: Subject, standing: Standing) -> None:
    """Raise ``Withheld`` when a rule says so."""
    known = standing.policy.rules
    rule = rules.withholding(known, cases.case(subject, standing.policy, standing.context))
    if rule and (found := known[rule].withhold):
        raise Withheld(
            rule,
            status=found.status,
            authority=found.authority,
            help=help(standing),
            about=standing.about,
        )


def subject(session: Session, standing: Standing, part: Part) -> Subject:
    """Return what a standing shows; raise ``NotFound`` for no such revision, ``Gone`` redacted."""
    try:
        return subjects.read(session, standing.publication, standing.at, part.revision)
    except subjects.Redacted as error:
        raise Gone(
            "redacted",
            notice=error.notice,
            replacement=None,
            help=help(standing),
            about=standing.about,
        ) from None


def compose(subject: Subject, standing: Standing, part: Part) -> dict[str, Any]:
    """Return the body; raise ``Withheld`` or ``Unresolvable``."""
    withhold(subject, standing)
    try:
        return bodies.compose(subject, standing.policy, standing.context, part)
    except CannotResolve as error:
        message = f"A disclaimer cannot be resolved: {error}."
        raise Unresolvable(message, help=help(standing)) from None


def past(
    session: Session, article: str, asked: Context, at: int, part: Part
) -> dict[str, Any] | None:
    """Return the body at a number, to compare with another one; None where it was refused."""
    try:
        then = stand(session, article, asked, at)
        refuse_ended(then)
        return compose(subject(session, then, part), then, part)
    except (Refusal, NotFound):
        return None


def help(standing: Standing) -> list[dict[str, Any]]:
    """Return the help of a refusal; where the facts have none, what ships with Caveat."""
    context, site = standing.context, standing.policy.site
    spoken = context.locale in site.get("locales", [])
    locale = context.locale if spoken else site.get("default_locale", "en")
    try:
        found = standing.policy.atlas.help(context.jurisdiction, locale)
    except KeyError:  # a contact has no words in this locale
        found = []
    return found or helplines.generic()


def _is_expired(session: Session, row: Publication, at: int) -> bool:
    return bool(row.display_until) and subjects.has_lapsed(session, row, DISPLAY_UNTIL, at)
