"""The one door of delivery: :func:`issue` gives an edition, or refuses.

An edition is a revision with every disclaimer that it owes in one context, digested and signed.
There is no other way to get an article's text out of Caveat, and nothing about the caller reaches
this module but the context.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cached_property, lru_cache
from typing import Any

from sqlalchemy import ColumnElement, false, func, or_, select
from sqlalchemy.orm import Session

from content import (
    articles,
    bodies,
    canonical,
    changes,
    contexts,
    documents,
    policy,
    rules,
    signing,
)
from content.bodies import CannotResolve, Subject
from content.contexts import WORLD, Context
from content.errors import Gone, NotFound, Unresolvable, Withheld
from content.models.log import Body, Change, Lapse, Publication, Revision
from content.policy import Policy
from content.signing import Keyring

_decode = lru_cache(maxsize=256)(documents.decode)


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

    Raise ``NotFound``; ``Gone`` for what is not live today; ``Withheld`` where a rule says so
    today; ``Unresolvable`` when anything that is owed cannot be put into words.
    """
    today = changes.head(session)
    number = today if at is None else changes.end_of_group(session, at)
    article = articles.identify(session, slug)
    _refuse(session, article, asked, today)
    then = policy.at(session, number)
    found = articles.publications(session, article, number)
    context = resolve(found, then, asked)
    body = _body(session, found[context.locale], context, number, part)
    sequence = _since(session, article, context, number, part, body)
    return _seal(session, body, sequence, keyring)


def resolve(found: dict[str, Publication], policy: Policy, asked: Context) -> Context:
    """Return the context that is served: a locale that exists, the nearest place with data."""
    locale = articles.choose_locale(found, asked.locale, policy.site.get("default_locale", "en"))
    return replace(asked, locale=locale, jurisdiction=policy.atlas.resolve(asked.jurisdiction))


def check(session: Session, publication: Publication, at: int) -> None:
    """Raise ``Unresolvable`` unless a publication resolves in every place that has data."""
    then = policy.at(session, at)
    for code in then.atlas.places:
        context = Context(publication.locale, code)
        try:
            _body(session, publication, context, at, WHOLE)
        except Withheld:
            continue


def _refuse(session: Session, article: str, asked: Context, today: int) -> None:
    """Let today's refusals win: what is not live or is withheld now is not shown, nor its past."""
    now = policy.at(session, today)
    found = articles.publications(session, article, today)
    context = resolve(found, now, asked)
    publication = found[context.locale]
    if publication.status != "live":
        raise Gone(
            publication.status,
            notice=publication.notice,
            replacement=publication.replacement,
            help=now.atlas.help(context.jurisdiction, _spoken(now, context.locale)),
        )
    subject = _subject(session, publication, today, None)
    _withhold(subject, now, context)


def _withhold(subject: Subject, policy: Policy, context: Context) -> None:
    rule = rules.withholding(policy.rules, bodies.case(subject, policy, context))
    if rule and (withhold := policy.rules[rule].withhold):
        raise Withheld(
            rule,
            status=withhold.status,
            authority=withhold.authority,
            help=policy.atlas.help(context.jurisdiction, context.locale),
        )


def _spoken(policy: Policy, locale: str) -> str:
    return (
        locale if locale in policy.site.get("locales", []) else str(policy.site["default_locale"])
    )


def _body(
    session: Session, publication: Publication, context: Context, at: int, part: Part
) -> dict[str, Any]:
    then = policy.at(session, at)
    subject = _subject(session, publication, at, part.revision)
    _withhold(subject, then, context)
    try:
        return bodies.compose(subject, then, context, part.fields)
    except CannotResolve as error:
        help = then.atlas.help(context.jurisdiction, _spoken(then, context.locale))
        raise Unresolvable(f"A disclaimer cannot be resolved: {error}.", help=help) from None


def _subject(session: Session, publication: Publication, at: int, pin: int | None) -> Subject:
    article, locale, number = publication.article, publication.locale, pin or publication.revision
    revision = session.get_one(Revision, (article, locale, publication.revision))
    rows = _lives(session, article, locale, number, at)
    if pin and pin != publication.revision:
        pinned = session.get(Revision, (article, locale, pin))
        if pinned is None or not rows:
            raise NotFound(f"Revision {pin} of this article was never published in {locale}.")
        revision = pinned
    tags = [publication, *(rows if pin else [])]
    return Subject(
        publication=publication,
        revision=revision,
        document=_document(session, revision),
        published_at=instant(_time(session, rows[0].seq)),
        supersedes=_before(session, article, locale, rows[0].seq),
        tags=(
            frozenset(topic for row in tags for topic in row.topics),
            frozenset(condition for row in tags for condition in row.conditions),
        ),
        review_lapsed=_lapsed(session, rows, at),
        pinned=pin is not None,
    )


def _lives(
    session: Session, article: str, locale: str, revision: int, at: int
) -> list[Publication]:
    """Return the live publications of one revision up to a number, oldest first."""
    query = select(Publication).where(
        Publication.article == article,
        Publication.locale == locale,
        Publication.revision == revision,
        Publication.status == "live",
        Publication.seq <= at,
    )
    return list(session.scalars(query.order_by(Publication.seq)))


def _before(session: Session, article: str, locale: str, seq: int) -> int | None:
    """Return the revision that was live before a number."""
    query = select(Publication.revision).where(
        Publication.article == article,
        Publication.locale == locale,
        Publication.status == "live",
        Publication.seq < seq,
    )
    return session.scalar(query.order_by(Publication.seq.desc()).limit(1))


def _document(session: Session, revision: Revision) -> documents.Document:
    octets = session.scalar(select(Body.octets).where(Body.digest == revision.digest))
    if octets is None:
        raise Gone("redacted", notice=None, replacement=None, help=[])
    return _decode(octets)


def _lapsed(session: Session, rows: list[Publication], at: int) -> bool:
    """Return whether the review date of the newest publication has passed."""
    mine = (Lapse.table_name == "publications", Lapse.row == rows[-1].seq, Lapse.seq <= at)
    return session.scalar(select(func.count()).select_from(Lapse).where(*mine)) != 0


def _time(session: Session, seq: int) -> datetime:
    return session.scalars(select(Change.at).where(Change.seq == seq)).one()


def _since(
    session: Session, article: str, context: Context, at: int, part: Part, body: dict[str, Any]
) -> int:
    """Return the smallest n such that the edition is identical at every number from n to ``at``.

    Walks back over the only changes that can have mattered, group by group, and compares bodies.
    """
    for end in _candidates(session, article, context, at, body):
        start = session.scalars(select(func.min(Change.seq)).where(Change.group_end == end)).one()
        if _past(session, article, context, start - 1, part) != body:
            return start
    raise NotFound("The article was not published yet at that number.")


def _candidates(
    session: Session, article: str, context: Context, at: int, body: dict[str, Any]
) -> Iterator[int]:
    """Yield the ends of the groups that may have changed this body, newest first.

    A disclaimer that the body does not have cannot matter until a rule changes, and then that
    change is a candidate too.
    """
    owed = [entry["id"] for entry in body["disclaimers"]]
    places = [*policy.at(session, at).atlas.chain(context.jurisdiction), contexts.NOWHERE]
    anywhere = context.jurisdiction == WORLD
    subject = Change.subject
    of: dict[str, ColumnElement[bool]] = {
        "article": subject == article,
        "disclaimer": subject.in_(owed),
        "jurisdiction": subject == subject if anywhere else subject.in_(places),
    }
    mine = [(Change.subject_type == name) & condition for name, condition in of.items()]
    shared = Change.subject_type.in_(("rule", "mention", "site"))
    query = select(Change.group_end).where(or_(false(), *mine, shared), Change.seq <= at)
    yield from session.scalars(query.distinct().order_by(Change.group_end.desc()))


def _past(
    session: Session, article: str, context: Context, at: int, part: Part
) -> dict[str, Any] | None:
    """Return the body at an earlier number, or None where there was no edition."""
    if at == 0:
        return None
    found = articles.publications(session, article, at)
    publication = found.get(context.locale)
    if publication is None or publication.status != "live":
        return None
    if resolve(found, policy.at(session, at), context) != context:
        return None
    try:
        return _body(session, publication, context, at, part)
    except (Withheld, Unresolvable, NotFound):
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
    return Edition(whole, _time(session, sequence))


def instant(moment: datetime) -> str:
    """Return a moment as RFC 3339 in UTC, to the second."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
