"""Partners: who takes content, in which context, and what their keys open.

A partner's keys fix audience and channel and fill in locale and jurisdiction. They open articles
with one of the entitled topics, or all; pages with a site key stand on the partner's domains.
"""

import re
from collections.abc import Collection
from datetime import datetime
from typing import Annotated, Any

from msgspec import UNSET, Meta, UnsetType
from sqlalchemy import select
from sqlalchemy.orm import Session

from content import changes, contexts, parts, policy
from content.articles import new_id
from content.errors import Conflict, Finding, Invalid, NotFound
from content.models.access import Partner
from content.models.log import SiteFact
from content.parts import Domain, Email, Name, Part, Title

Topics = Annotated[list[Name], Meta(min_length=1, max_length=100)]
Domains = Annotated[list[Domain], Meta(max_length=50)]
CONTEXT = ("locale", "jurisdiction", "audience", "channel")
PERSONAL = ("name", "contact")  # what the audit, which is for ever, does not keep
# Site facts that partners agree to, as the page of the terms shows them.
TERMS = ("licence", "attribution", "modification_allowed", "terms", "recheck_after", "max_offline")
ACTIVE, SUSPENDED = "active", "suspended"
ORIGIN = re.compile(r"https?://([a-z0-9.-]+)(:[0-9]{1,5})?", re.ASCII | re.IGNORECASE)


class Facts(Part, omit_defaults=True):
    """What is to be known of a partner; what is not there stays as it is."""

    name: Title | UnsetType = UNSET
    contact: Email | UnsetType | None = UNSET
    audience: str | UnsetType = UNSET
    channel: str | UnsetType = UNSET
    locale: str | UnsetType | None = UNSET
    jurisdiction: str | UnsetType | None = UNSET
    topics: Topics | UnsetType | None = UNSET
    domains: Domains | UnsetType = UNSET
    plan: str | UnsetType = UNSET


def add(
    session: Session, facts: dict[str, Any], plans: Collection[str], *, now: datetime
) -> Partner:
    """Register who takes content; a ``name`` is needed, and the first plan is that of new ones.

    Raise ``Invalid`` with everything that is wrong.
    """
    if "name" not in facts:
        raise Invalid([Finding("/name", "is needed")])
    partner = Partner(
        id=new_id(now),
        contact=None,
        audience="general",
        channel="unknown",
        locale=None,
        jurisdiction=None,
        topics=None,
        domains=[],
        plan=next(iter(plans)),
        created_at=now,
    )
    change(partner, facts, plans)
    session.add(partner)
    session.flush()
    return partner


def change(partner: Partner, facts: dict[str, Any], plans: Collection[str]) -> None:
    """Change what is known of a partner; raise ``Invalid`` with everything that is wrong."""
    findings = check(facts)
    if facts.get("plan", partner.plan) not in (partner.plan, *plans):
        findings.append(Finding("/plan", f"is none of {', '.join(plans)}"))
    if findings:
        raise Invalid(findings)
    for name, value in facts.items():
        setattr(partner, name, _normal(name, value))


def check(facts: dict[str, Any]) -> list[Finding]:
    """Return all that is wrong with some facts."""
    findings = []
    for name, value in facts.items():
        try:
            parts.convert({name: value}, Facts)
        except Invalid as error:
            findings += error.findings
    said = {name: value for name in CONTEXT if isinstance(value := facts.get(name), str)}
    try:
        contexts.parse(**dict.fromkeys(CONTEXT) | said)
    except Invalid as error:
        findings += [Finding(f"/{one.pointer}", one.message) for one in error.findings]
    return findings


def told(facts: dict[str, Any]) -> dict[str, Any]:
    """Return which facts were given, and those that are nobody's own, for the audit."""
    plain = {name: value for name, value in facts.items() if name not in PERSONAL}
    return {"given": sorted(facts), **({"facts": plain} if plain else {})}


def find(session: Session, id: str) -> Partner:
    """Return a partner; raise ``NotFound`` for an unknown id."""
    partner = session.get(Partner, id)
    if partner is None:
        raise NotFound(f"There is no partner {id!r}; caveat partners list names them.")
    return partner


def after(
    session: Session,
    id: str,
    limit: int | None = None,
    *,
    words: str = "",
    among: Collection[str] | None = None,
) -> list[Partner]:
    """Return partners behind an id in the order in which they came, which is that of their ids.

    Only those with these words in their name, in any case of letters, and ``among`` these ids.
    """
    query = select(Partner).where(Partner.id > id).order_by(Partner.id).limit(limit)
    query = query.where(Partner.name.icontains(words, autoescape=True)) if words else query
    return list(session.scalars(query if among is None else query.where(Partner.id.in_(among))))


def suspend(partner: Partner, now: datetime) -> None:
    """Let a partner's keys open nothing for a while; again is a ``Conflict``."""
    if partner.suspended_at:
        raise Conflict(f"{partner.name} is suspended already.")
    partner.suspended_at = now


def resume(partner: Partner) -> None:
    """Let a partner's keys open again what they did; raise ``Conflict`` where they do."""
    if not partner.suspended_at:
        raise Conflict(f"{partner.name} is not suspended.")
    partner.suspended_at = None


def accept_terms(session: Session, partner: Partner, version: int, *, now: datetime) -> None:
    """Note that a partner accepts the terms; raise ``Invalid`` for others than those in force."""
    if wrong := check_terms(session, version):
        raise Invalid(wrong)
    partner.terms, partner.terms_at = version, now


def check_terms(session: Session, version: int) -> list[Finding]:
    """Return what is wrong with accepting a version of the terms: only that in force counts."""
    current = terms_version(session)
    if version == current:
        return []
    return [Finding("/terms", f"must be version {current}, which is in force; read it")]


def terms_version(session: Session) -> int:
    """Return the version of the terms: the number in the log as of which they say what they say."""
    rows = policy.current(session, SiteFact, changes.head(session))
    return max((row.seq for row in rows if row.id in TERMS), default=0)


def state(partner: Partner) -> str:
    """Return whether a partner's keys open anything."""
    return SUSPENDED if partner.suspended_at else ACTIVE


def may_stand_at(partner: Partner, origin: str) -> bool:
    """Return whether a page of this origin (RFC 6454) may have a site key; without domains, any.

    ``*.`` stands for any name before; schemes and ports do not count. An opaque origin, ``null``,
    is on no domain.
    """
    if not partner.domains:
        return True
    found = ORIGIN.fullmatch(origin)
    host = found[1].lower() if found else ""
    return any(
        host == one or (one.startswith("*.") and host.endswith(one[1:])) for one in partner.domains
    )


def _normal(name: str, value: Any) -> Any:
    if name == "jurisdiction" and value:
        return value.upper()
    return sorted(set(value)) if isinstance(value, list) else value
