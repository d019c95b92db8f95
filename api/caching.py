"""Finished editions, kept through Flask-Caching under explicit keys and checked against the log.

An entry says up to which number it is known good (``valid_to``). A read that is further on looks
only at the changes since: when none can have touched the article, the entry is good up to here.
A key names the log that the entry is from, so that installations may share one Redis.
``@cached`` is never used: its keys know neither headers nor methods.
"""

import hashlib
import logging
from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from flask import Flask, current_app, g
from flask_caching import Cache
from redis.exceptions import RedisError

from api import auth, memory, metering
from api.db import keyring, session
from api.embed_files import FRAME_SCRIPT
from api.settings import Settings
from content import articles, bodies, changes, contexts, editions, policy, signing, standings
from content.contexts import TEST, Context
from content.editions import WHOLE, Edition, Part
from content.errors import NotEntitled
from content.models.log import Publication
from content.policy import Policy
from content.usage import HIT, MISS, UNANSWERED
from schemas.renditions import html, jsonld, markdown, ninjs
from schemas.renditions.formats import FRAGMENTS, FRAME, HTML, JSON, JSON_LD, MARKDOWN, NINJS

LIFETIME = 24 * 60 * 60  # seconds; an entry is checked at each read, this only bounds the memory
RENDERERS: dict[str, Callable[[Edition], bytes]] = {
    JSON.name: lambda edition: edition.octets,
    HTML.name: html.render,
    MARKDOWN.name: markdown.render,
    JSON_LD.name: jsonld.render,
    NINJS.name: ninjs.render,
    FRAME.name: lambda edition: html.render_frame(edition, **FRAME_SCRIPT),
    **{
        form.name: partial(html.render_fragment, heading=level) for level, form in FRAGMENTS.items()
    },
}
log = logging.getLogger("caveat")


@dataclass(frozen=True)
class Kept:
    """A finished representation of an edition, and what its headers need."""

    octets: bytes
    etag: str
    modified: datetime
    article: str
    slug: str
    topics: list[str]
    locale: str
    context: Context  # as served
    links: dict[str, str]
    schema: str
    indexing: str
    revision: int
    digest: str  # of the edition, in every format
    sequence: int
    valid_to: int


def _shape() -> str:
    """Return what tells this version's entries from another's, which are misses, not errors."""
    facts = (bodies.FORMAT, FRAME_SCRIPT, [field.name for field in fields(Kept)])
    found = hashlib.sha256(repr(facts).encode())
    for path in sorted(Path(html.__file__).parent.rglob("*.*")):
        if path.suffix in (".py", ".html", ".css"):
            found.update(path.read_bytes())
    return found.hexdigest()[:8]


SHAPE = _shape()


def init_app(app: Flask, settings: Settings) -> None:
    """Set up the cache that the settings ask for."""
    cache = Cache(config=memory.config(settings))
    cache.init_app(app)
    app.extensions["caveat-cache"] = cache


def head() -> int:
    """Return the number that this request's snapshot stands at, asked for once."""
    if "head" not in g:
        g.head = changes.head(session())
    return int(g.head)


def policy_now() -> Policy:
    """Return the policy at this request's number, asked for once."""
    if "policy" not in g:
        g.policy = policy.at(session(), head())
    found: Policy = g.policy
    return found


def policy_at(at: int) -> Policy:
    """Return the policy at a number."""
    return policy_now() if at == head() else policy.at(session(), at)


def edition(slug: str, asked: Context, part: Part, form: str, at: int | None = None) -> Kept:
    """Return a finished edition in a format for an answer that shows it, or says it is the same.

    Raise what :func:`find` raises.
    """
    kept = find(slug, asked, part, form, at)
    metering.carry(kept.article, kept.locale, kept.revision, kept.digest)
    return kept


def find(slug: str, asked: Context, part: Part, form: str, at: int | None = None) -> Kept:
    """Return a finished edition in a format, from the cache where that is still true.

    An edition of the past is kept only when nothing came since that could have changed it. Raise
    what :func:`content.editions.issue` raises, which is never kept, and ``NotEntitled``.
    """
    with metering.noticing():
        kept = _edition(slug, asked, part, form, at)
    _check_entitled(kept, asked, at)
    return kept


def _edition(slug: str, asked: Context, part: Part, form: str, at: int | None) -> Kept:
    if at is not None and _is_past(slug, at):
        return _make(slug, asked, part, form, at)
    known = _normal(asked)
    key = _key(slug, known, part, form)
    fresh = _fresh(key)
    metering.mark(HIT if fresh else MISS)
    if fresh:
        return fresh
    made = _make(slug, known, part, form, None)
    _set(key, made)
    return made


def _fresh(key: str) -> Kept | None:
    """Return what is kept under a key, as far as it is still true."""
    kept = _get(key)
    fresh = _still_true(kept) if kept else None
    if kept and fresh and fresh.valid_to > kept.valid_to:
        _set(key, fresh)
    return fresh


def text(slug: str, asked: Context, at: int) -> dict[str, Any]:
    """Return the text of a list's item; excerpts of it leave beside the item, a signed edition.

    So it is neither signed nor given its notices once more: that would be half of a list's work.
    """
    if _is_past(slug, at):
        return editions.text(session(), slug, asked, at=at)
    known = _normal(asked)
    if kept := _fresh(_key(slug, known, WHOLE, JSON.name)):
        return Edition(kept.octets, kept.modified).body
    return editions.text(session(), slug, known)


def issue(row: Publication, asked: Context, part: Part, at: int) -> Edition:
    """Return the edition of what was live at a number; from the cache when nothing came since."""
    if at == head() or not changes.touches(session(), row.article, at, head()):
        kept = edition(row.slug, asked, part, JSON.name)
        return Edition(kept.octets, kept.modified)
    made = _issue(row.slug, asked, part, at)
    _check_entitled(row, asked, at)
    metering.carry_body(made.body)
    return made


def served(article: str, asked: Context, at: int | None = None) -> Context:
    """Return the context in which a reader is served an article, or told of its end."""
    return standings.stand(session(), article, asked, at or head()).context


def serves(row: Publication, asked: Context, at: int) -> bool:
    """Return whether a reader would be served an article in this publication's language."""
    return served(row.article, asked, at).locale == row.locale


def _check_entitled(kept: Kept | Publication, asked: Context, at: int | None) -> None:
    """Raise ``NotEntitled`` where the caller's key does not open what was read.

    Today's topics count, also in the past. What the cache keeps is the same for everybody, so it
    is checked behind it.
    """
    if (entitled := auth.entitled()) is None:
        return
    topics = kept.topics
    if at not in (None, head()):
        topics = articles.publications(session(), kept.article, head())[kept.locale].topics
    if not auth.opens(topics):
        now = standings.stand(session(), kept.article, asked, head())
        raise NotEntitled(sorted(entitled - {TEST}), help=standings.help(now))


def etag(octets: bytes) -> str:
    """Return a strong entity tag of some bytes."""
    return hashlib.sha256(octets).hexdigest()[:32]


def _issue(slug: str, asked: Context, part: Part, at: int | None) -> Edition:
    keys = keyring(signing.in_force(session(), head()))
    return editions.issue(session(), slug, asked, keys, at=at, part=part)


def _is_past(slug: str, at: int) -> bool:
    if at == head():
        return False
    return changes.touches(session(), articles.identify(session(), slug), at, head())


def _make(slug: str, asked: Context, part: Part, form: str, at: int | None) -> Kept:
    made = _issue(slug, asked, part, at)
    octets = RENDERERS[form](made)
    body = made.body
    return Kept(
        octets=octets,
        etag=etag(octets),
        modified=made.modified,
        article=body["article"]["id"],
        slug=body["article"]["slug"],
        topics=body["article"]["topics"],
        locale=body["context"]["locale"],
        context=contexts.of_body(body),
        links=body["links"],
        schema=body["$schema"],
        indexing=body["rights"]["indexing"],
        revision=body["revision"]["number"],
        digest=body["integrity"]["digest"],
        sequence=body["sequence"],
        valid_to=head(),
    )


def _still_true(kept: Kept) -> Kept | None:
    if kept.sequence > head():
        return None  # another process has seen more than this snapshot shows
    if kept.valid_to >= head():
        return kept
    if changes.touches(session(), kept.article, kept.valid_to, head()):
        return None
    return replace(kept, valid_to=head())


def _normal(asked: Context) -> Context:
    """Return the context by which entries are made and kept: codes fold into known places."""
    now = policy_now()
    place = now.atlas.resolve(asked.jurisdiction)
    return replace(asked, locale=now.fold(asked.locale), jurisdiction=place)


def _key(slug: str, context: Context, part: Part, form: str) -> str:
    fields = ",".join(sorted(part.fields)) if part.fields is not None else "*"
    asked = (part.revision or "", fields, part.section or "")
    facts = (SHAPE, _log(), form, slug, context.query(), *asked)
    return "edition " + " ".join(map(str, facts))


def _log() -> str:
    """Return what no other log has."""
    known = current_app.extensions
    if "caveat-log" not in known and (first := changes.first(session())):
        known["caveat-log"] = f"{first[0].isoformat()} {first[1]}"
    return str(known.get("caveat-log", ""))


def _cache() -> Cache:
    found: Cache = current_app.extensions["caveat-cache"]
    return found


def _get(key: str) -> Kept | None:
    try:
        found = _cache().get(key)
    except RedisError as error:
        log.warning("the cache does not answer: %s", error)
        metering.mark(UNANSWERED)
        return None
    return Kept(**{**found, "context": Context(**found["context"])}) if found else None


def _set(key: str, kept: Kept) -> None:
    try:
        found = {**vars(kept), "context": vars(kept.context)}
        _cache().set(key, found, timeout=LIFETIME)
    except RedisError as error:
        log.warning("the cache does not answer: %s", error)
