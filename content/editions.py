"""The one door of delivery: :func:`issue` gives an edition, or refuses.

An edition is a revision with every disclaimer that it owes in one context, digested and signed.
There is no other way to get an article's text out of Caveat, and nothing about the caller reaches
this module but the context.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import Any

from sqlalchemy import ColumnElement, select, true
from sqlalchemy.orm import Session

from content import (
    articles,
    bodies,
    canonical,
    changes,
    helplines,
    policy,
    rules,
    signing,
    subjects,
)
from content.bodies import CannotResolve, Subject
from content.contexts import NOWHERE, WORLD, Context
from content.errors import Gone, NotFound, Refusal, Unresolvable, Withheld
from content.models.log import Change, JurisdictionFact, Publication
from content.policy import Policy
from content.signing import Keyring
from content.subjects import instant

__all__ = ["WHOLE", "Edition", "Part", "check", "instant", "issue", "resolve"]


@dataclass(frozen=True)
class Part:
    """What of an article is asked for: one pinned revision, and some fields only."""

    revision: int | None = None
    fields: frozenset[str] | None = None


WHOLE = Part()


@dataclass(frozen=True)
class Edition:
    """A signed edition: the canonical bytes that are served, and when they became true."""

    octets: bytes
    modified: datetime

    def __post_init__(self) -> None:
        """Refuse to exist without disclaimers, or with fewer than the notices name."""
        named = {id for notice in self.body["notices"] for id in notice["items"]}
        if not named or named != {d["id"] for d in self.body["disclaimers"]}:
            raise ValueError("an edition cannot be built without the disclaimers that it owes")

    @cached_property
    def body(self) -> dict[str, Any]:
        """The edition as data."""
        found: dict[str, Any] = canonical.decode(self.octets)
        return found

    @property
    def digest(self) -> str:
        """The SHA-256 of the canonical bytes without ``integrity``."""
        return str(self.body["integrity"]["digest"])


@dataclass(frozen=True)
class _Standing:
    """What is to be served of an article at one number: its publication, for whom, under what."""

    publication: Publication
    context: Context
    policy: Policy
    at: int


def issue(
    session: Session,
    slug: str,
    asked: Context,
    keyring: Keyring,
    *,
    at: int | None = None,
    part: Part = WHOLE,
) -> Edition:
    """Return the edition of an article in a context, as it stood at a number of the log.

    Raise ``NotFound``; ``Gone`` for what is not live, then or today; ``Withheld`` where a rule says
    so, then or today; ``Unresolvable`` when anything that is owed cannot be put into words.
    """
    today = changes.head(session)
    number = today if at is None else changes.end_of_group(session, at)
    article = articles.identify(session, slug)
    now = _stand(session, article, asked, today)
    subject = _refuse(session, now)
    then = now if number == today else _go_back(session, now, asked, number, part)
    if then is not now or part.revision is not None:
        subject = _subject(session, then, part)
    body = _compose(subject, then, part)
    return _seal(session, body, _since(session, then, part, body), keyring)


def resolve(found: dict[str, Publication], policy: Policy, asked: Context) -> Context:
    """Return the context that is served: a locale that exists, the nearest place with data."""
    locale = articles.choose_locale(found, asked.locale, policy.site.get("default_locale", "en"))
    return replace(asked, locale=locale, jurisdiction=policy.atlas.resolve(asked.jurisdiction))


def check(session: Session, publication: Publication, at: int) -> None:
    """Raise ``Unresolvable`` unless a publication resolves everywhere, known place or not."""
    anywhere = Context(publication.locale)
    then = _Standing(publication, anywhere, policy.at(session, at), at)
    subject = _subject(session, then, WHOLE)
    for code in dict.fromkeys((WORLD, NOWHERE, *then.policy.atlas.places)):
        context = replace(anywhere, jurisdiction=code)
        try:
            _compose(subject, replace(then, context=context), WHOLE)
        except Withheld:
            continue


def _stand(session: Session, article: str, asked: Context, at: int) -> _Standing:
    then = policy.at(session, at)
    found = articles.publications(session, article, at)
    context = resolve(found, then, asked)
    return _Standing(found[context.locale], context, then, at)


def _refuse(session: Session, standing: _Standing) -> Subject:
    """Let today's refusals win: what is not live or is withheld now is not shown, nor its past."""
    _refuse_ended(standing)
    subject = _subject(session, standing, WHOLE)
    _withhold(subject, standing)
    return subject


def _go_back(session: Session, now: _Standing, asked: Context, at: int, part: Part) -> _Standing:
    """Return how it stood at an earlier number, unless that is refused today or was then.

    In the past another locale may be served, and other tags; today's refusals hold for them too.
    """
    then = _stand(session, now.publication.article, asked, at)
    _refuse_ended(then)
    locale = then.context.locale
    today = articles.publications(session, now.publication.article, now.at)[locale]
    here = replace(now, publication=today, context=replace(now.context, locale=locale))
    _refuse(session, here)
    _withhold(_subject(session, then, part), here)
    return then


def _refuse_ended(standing: _Standing) -> None:
    publication = standing.publication
    if publication.status != "live":
        raise Gone(
            publication.status,
            notice=publication.notice,
            replacement=publication.replacement,
            help=_help(standing),
        )


def _withhold(subject: Subject, standing: _Standing) -> None:
    known = standing.policy.rules
    rule = rules.withholding(known, bodies.case(subject, standing.policy, standing.context))
    if rule and (withhold := known[rule].withhold):
        raise Withheld(
            rule,
            status=withhold.status,
            authority=withhold.authority,
            help=_help(standing),
        )


def _help(standing: _Standing) -> list[dict[str, Any]]:
    """Return the help of a refusal; where the facts have none, what ships with Caveat."""
    context, site = standing.context, standing.policy.site
    spoken = context.locale in site.get("locales", [])
    locale = context.locale if spoken else site.get("default_locale", "en")
    try:
        found = standing.policy.atlas.help(context.jurisdiction, locale)
    except KeyError:  # a contact has no words in this locale
        found = []
    return found or helplines.generic()


def _body(session: Session, standing: _Standing, part: Part) -> dict[str, Any]:
    return _compose(_subject(session, standing, part), standing, part)


def _compose(subject: Subject, standing: _Standing, part: Part) -> dict[str, Any]:
    _withhold(subject, standing)
    try:
        body = bodies.compose(subject, standing.policy, standing.context, part.fields)
    except CannotResolve as error:
        message = f"A disclaimer cannot be resolved: {error}."
        raise Unresolvable(message, help=_help(standing)) from None
    if not body["disclaimers"]:
        raise Unresolvable("No rule requires a disclaimer.", help=_help(standing))
    return body


def _subject(session: Session, standing: _Standing, part: Part) -> Subject:
    try:
        return subjects.read(session, standing.publication, standing.at, part.revision)
    except subjects.Redacted:
        help = _help(standing)
        raise Gone("redacted", notice=None, replacement=None, help=help) from None


def _since(session: Session, then: _Standing, part: Part, body: dict[str, Any]) -> int:
    """Return the smallest n such that the edition is identical at every number from n on.

    Walks back over the only changes that can have mattered, group by group, and compares bodies.
    """
    end = then.at
    while seq := _last_candidate(session, then, end, body):
        end = _end_before(session, seq)
        if _past(session, then, end, part) != body:
            return end + 1
    raise NotFound("The article was not published yet at that number.")


def _last_candidate(session: Session, then: _Standing, at: int, body: dict[str, Any]) -> int | None:
    """Return the newest change up to a number that may have made this body what it is.

    The body is known to be the same from ``at`` on. A disclaimer that it does not have cannot
    matter until a rule changes, and then that change is a candidate too.
    """
    subject = Change.subject
    of: dict[str, ColumnElement[bool]] = {
        "article": subject == then.publication.article,
        "disclaimer": subject.in_([entry["id"] for entry in body["disclaimers"]]),
        "jurisdiction": _places(session, then.context, at),
        "rule": true(),
        "mention": true(),
        "site": true(),
    }
    newest = [
        select(Change.seq)
        .where(Change.subject_type == name, condition, Change.seq <= at)
        .order_by(Change.seq.desc())
        .limit(1)
        .scalar_subquery()
        for name, condition in of.items()
    ]
    return max((seq for seq in session.execute(select(*newest)).one() if seq), default=None)


def _places(session: Session, context: Context, at: int) -> ColumnElement[bool]:
    """Return which places' facts an edition may have at a number.

    Its own chain as it is *then* (what contains what can change), the generic ones, and those of
    authorities, which are quoted everywhere. Worldwide, the law of any place may matter.
    """
    if context.jurisdiction == WORLD:
        return true()
    chain = policy.at(session, at).atlas.chain(context.jurisdiction)
    authorities = select(JurisdictionFact.code).where(
        JurisdictionFact.fact.startswith("authority/")
    )
    return Change.subject.in_([*chain, NOWHERE]) | Change.subject.in_(authorities)


def _end_before(session: Session, seq: int) -> int:
    """Return the end of the group before the one that ``seq`` belongs to; 0 at the start."""
    earlier = (Change.seq < seq, Change.group_end < seq)
    query = select(Change.seq).where(*earlier).order_by(Change.seq.desc()).limit(1)
    return session.scalar(query) or 0


def _past(session: Session, then: _Standing, at: int, part: Part) -> dict[str, Any] | None:
    """Return the body in the same context at an earlier number, or None where there was none."""
    try:
        earlier = _stand(session, then.publication.article, then.context, at)
        same = earlier.context == then.context and earlier.publication.status == "live"
        return _body(session, earlier, part) if same else None
    except (Refusal, NotFound):
        return None


def _seal(session: Session, body: dict[str, Any], sequence: int, keyring: Keyring) -> Edition:
    content = {**body, "sequence": sequence}
    octets = canonical.encode(content)
    kid = signing.in_force(session, sequence)
    integrity = {
        "digest": canonical.digest(octets),
        "kid": kid,
        "jws": keyring.sign(kid, octets),
    }
    whole = canonical.encode({**content, "integrity": integrity})
    return Edition(whole, subjects.time(session, sequence))
