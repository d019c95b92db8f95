"""The one door of delivery: :func:`issue` gives an edition, or refuses.

An edition is a revision with every disclaimer that it owes in one context, digested and signed.
There is no other way to get an article's text out of Caveat, and nothing about the caller reaches
this module but the context.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import Any

from sqlalchemy.orm import Session

from content import (
    articles,
    bodies,
    canonical,
    cases,
    changes,
    excerpts,
    heads,
    helplines,
    notices,
    sequences,
    signing,
    subjects,
)
from content import standings as stands
from content.bodies import CannotResolve
from content.contexts import Context
from content.errors import Ended, Unresolvable
from content.excerpts import WHOLE, Part
from content.heads import Found
from content.models.heads import Head
from content.models.log import Publication
from content.policy import Policy, forget
from content.signing import Keyring
from content.standings import Standing
from content.subjects import Subject, Text, instant

__all__ = ["WHOLE", "Edition", "Part", "check", "instant", "issue", "reproduce", "text"]


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

    Raise ``NotFound``; ``Gone`` for what is not live, then or today; ``Withheld`` where a rule says
    so, then or today; ``Unresolvable`` when anything that is owed cannot be put into words.
    """
    subject, then = _find(session, slug, asked, at, part)
    return _seal(session, subject, then, part, keyring)


def text(session: Session, slug: str, asked: Context, *, at: int | None = None) -> dict[str, Any]:
    """Return the text of an edition alone: excerpts of it may leave beside a signed one only.

    Raise what :func:`issue` raises, but for ``Unresolvable``: the signed one owes the notices.
    """
    subject, _ = _find(session, slug, asked, at, WHOLE)
    return excerpts.text(subject.document, WHOLE)


def reproduce(
    session: Session,
    slug: str,
    asked: Context,
    keyring: Keyring,
    *,
    at: int,
    part: Part = WHOLE,
) -> Edition:
    """Return an edition as it was given at a number, whatever is refused today: for an auditor.

    Raise what :func:`issue` raises, but only for what was refused then.
    """
    article = articles.identify(session, slug)
    auditor = replace(asked, test=True)
    then = stands.stand(session, article, auditor, changes.end_of_group(session, at))
    subject = stands.refuse(session, then)
    if part.revision is not None:
        subject = stands.subject(session, then, part)
    return _seal(session, subject, then, part, keyring)


def check(
    session: Session,
    publication: Publication,
    at: int,
    policy: Policy,
    group: Sequence[Publication] = (),
    first: Text | None = None,
) -> tuple[Subject, list[str]]:
    """Return what a publication would show that is not in the log yet, nor others of its group.

    The text is given where it is the ``first`` in its locale (see :func:`content.subjects.draft`).
    With it comes where its notices would crowd out the text (see :func:`content.notices.crowd`).

    Raise ``Unresolvable`` unless all that it would owe resolves in every place, and ``Ended`` where
    its text, or the one that it translates, was redacted.
    """
    anywhere = Standing(publication, Context(publication.locale), policy, at)
    try:
        subject = subjects.draft(session, publication, at, group, first)
        crowded = check_subject(subject, policy)
    except CannotResolve as error:
        message = f"A disclaimer cannot be resolved: {error}."
        raise Unresolvable(message, help=stands.help(anywhere)) from None
    except subjects.Redacted:
        message = "This text, or the one that it translates, was redacted; it cannot be published."
        raise Ended(message) from None
    return subject, crowded


def check_subject(subject: Subject, policy: Policy) -> list[str]:
    """Return where a subject's notices crowd out its text; raise ``CannotResolve``.

    Texts of one kind are alike in this, so it is remembered for each kind.
    """
    kind = cases.kind(subject, policy)
    if (known := policy.checked.get(kind)) is None:
        known = policy.checked[kind] = _crowded(subject, policy)
        forget(policy.checked, cases.REMEMBERED)
    return known


def check_live(session: Session, found: Found, policy: Policy) -> None:
    """Raise ``Unresolvable`` unless all live texts of some articles resolve under a policy.

    Documents with the same traits resolve alike, so one of each kind is composed.
    """
    at = changes.head(session)
    for (article, locale, revision), _ in heads.kinds(session, found).values():
        head = session.get_one(Head, (article, locale))
        row = session.get_one(Publication, head.seq)
        subject = subjects.read(session, row, at, revision or None)  # 0: what is live
        try:
            bodies.check(subject, policy, Context(locale))
        except CannotResolve as error:
            message = f"Nothing was changed: {head.slug} in {locale} would not resolve: {error}."
            raise Unresolvable(message, help=helplines.generic()) from None


def _crowded(subject: Subject, policy: Policy) -> list[str]:
    everywhere = bodies.everywhere(subject, policy, Context(subject.document.locale))
    told = ((place, notices.crowd(entries)) for place, entries in everywhere)
    return [f"{place}: {words}" for place, words in told if words]


def _find(
    session: Session, slug: str, asked: Context, at: int | None, part: Part
) -> tuple[Subject, Standing]:
    today = changes.head(session)
    number = today if at is None else changes.end_of_group(session, at)
    article = articles.identify(session, slug)
    now = stands.stand(session, article, asked, today)
    subject = stands.refuse(session, now)
    then = now if number == today else _go_back(session, now, asked, number, part)
    if then is not now or part.revision is not None:
        subject = stands.subject(session, then, part)
    return subject, then


def _go_back(session: Session, now: Standing, asked: Context, at: int, part: Part) -> Standing:
    """Return how it stood at an earlier number, unless that is refused today or was then.

    In the past another locale may be served, and other tags; today's refusals hold for them too.
    """
    then = stands.stand(session, now.publication.article, asked, at)
    stands.refuse_ended(then)
    here = stands.speaking(session, now, then.context.locale)
    stands.refuse(session, here)
    stands.withhold(stands.subject(session, then, part), here)
    return then


def _seal(
    session: Session, subject: Subject, then: Standing, part: Part, keyring: Keyring
) -> Edition:
    body = stands.compose(subject, then, part)
    sequence = sequences.since(session, then, part, body)
    content = {**body, "sequence": sequence}
    octets = canonical.encode(content)
    kid = signing.in_force(session, sequence)
    integrity = {
        "digest": canonical.digest(octets),
        "kid": kid,
        "jws": keyring.sign(kid, octets),
    }
    whole = canonical.encode({**content, "integrity": integrity})
    return Edition(whole, changes.time(session, sequence))
