"""What the records say: the audit with its seals, the changes with their proofs, the keys."""

from bisect import bisect_left
from collections.abc import Collection, Iterator, Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select

from content import canonical, changes, signing
from content.archives.asking import Asked, others, time
from content.editorial import audit, seals
from content.models.access import Credential
from content.models.audit import AuditRow, AuditSeal
from content.models.editorial import Release
from content.models.log import Change, Publication, SigningKey
from content.models.webhooks import Endpoint
from content.transparency import leaves
from content.transparency.checkpoints import Tree

PART = 500  # rows that are read at a time
SEALS_PART = 20  # seals, each of which may have a thousand digests
IMPORT = "articles.import"  # an act about many articles, which its detail names


def audit_lines(asked: Asked) -> Iterator[bytes]:
    """Yield rows about the article, what published it, and the partner; then seals; then an end."""
    numbers: list[int] = []
    strangers = others(asked)
    sealed = select(func.max(AuditSeal.last)).scalar_subquery()  # what came later is not told
    mine = (_is_about(asked), AuditRow.number <= sealed, *asked.during(AuditRow.at))
    query = select(AuditRow).where(*mine)
    ordered = query.order_by(AuditRow.number)
    for row in asked.session.scalars(ordered, execution_options={"yield_per": PART}):
        if _is_wanted(asked, row, strangers):
            numbers.append(row.number)
            yield _line("row", row=audit.facts(row))
    count = 0
    for seal in _seals(asked, numbers):
        count += 1
        yield _line("seal", seal=seals.facts(seal))
    yield _line("end", counts={"rows": len(numbers), "seals": count})


def changes_lines(asked: Asked, numbers: Collection[int]) -> Iterator[bytes]:
    """Yield some changes as lines: the leaf, what became true, and the proof of the checkpoint."""
    tree, size, wanted = Tree(asked.session), asked.checkpoint.sequence, sorted(numbers)
    for start in range(0, len(wanted), PART):
        some = Change.seq.in_(wanted[start : start + PART])
        found = asked.session.scalars(select(Change).where(some).order_by(Change.seq)).all()
        facts = leaves.facts(asked.session, found)
        for one in found:
            fact = facts.get(one.seq)
            proof = {"leaf": leaves.describe(one, fact), "hashes": tree.includes(one.seq, size)}
            yield canonical.encode({**proof, "fact": fact}) + b"\n"


def keys(asked: Asked) -> tuple[dict[str, Any], set[int]]:
    """Return all signing keys with what became of each, and the numbers of those changes."""
    rows = asked.session.scalars(select(SigningKey).order_by(SigningKey.seq)).all()
    known = [row for row in rows if row.seq <= asked.checkpoint.sequence]
    found: dict[str, dict[str, Any]] = {}
    for row in known:
        at = time(changes.time(asked.session, row.seq))
        states = found.setdefault(row.kid, {**row.public, "states": []})["states"]
        states.append({"state": row.state, "change": row.seq, "at": at})
    return {"keys": list(found.values())}, {row.seq for row in known}


def key_in_force(asked: Asked) -> str:
    """Return the key that signs what is made now."""
    return signing.in_force(asked.session, changes.head(asked.session))


def _is_about(asked: Asked) -> ColumnElement[bool]:
    """Return the condition that a row of the audit may be about what is asked."""
    session, type, subject = asked.session, AuditRow.subject_type, AuditRow.subject
    mine = (Publication.article == asked.article,)
    slugs = session.scalars(select(Publication.slug).where(*mine).distinct()).all()
    ends = select(Change.group_end).where(Change.subject == asked.article)
    releases = select(Release.id).where(Release.group_end.in_(ends))
    about = [
        and_(type == "article", subject.in_([asked.article, *slugs])),
        and_(type == "release", subject.in_(releases)),
        and_(type == "recall", subject.in_([one.id for one in asked.recalls])),
        AuditRow.act == IMPORT,
    ]
    if asked.partner:
        keys = select(Credential.id).where(Credential.partner == asked.partner.id)
        hooks = select(Endpoint.id).where(Endpoint.partner == asked.partner.id)
        about.append(and_(type == "partner", subject == asked.partner.id))
        about.append(and_(type == "partner-key", subject.in_(keys)))
        about.append(and_(type == "webhook", subject.in_(hooks)))
    return or_(*about)


def _is_wanted(asked: Asked, row: AuditRow, strangers: Collection[str]) -> bool:
    """Return whether a row is about this article, and about no other partner."""
    detail = row.detail or {}
    if row.act == IMPORT and asked.article not in canonical.encode(detail).decode():
        return False
    return row.actor not in strangers and detail.get("partner") not in strangers


def _seals(asked: Asked, numbers: Sequence[int]) -> Iterator[AuditSeal]:
    """Yield the seals that vouch for any of some rows."""
    after = 0
    while numbers:
        further = (AuditSeal.number > after, AuditSeal.last >= numbers[0])
        query = select(AuditSeal).where(*further, AuditSeal.first <= numbers[-1])
        ordered = query.order_by(AuditSeal.number).limit(SEALS_PART)
        found = asked.session.scalars(ordered).all()
        if not found:
            return
        yield from (one for one in found if _vouches(one, numbers))
        after = found[-1].number


def _vouches(seal: AuditSeal, numbers: Sequence[int]) -> bool:
    place = bisect_left(numbers, seal.first)
    return place < len(numbers) and numbers[place] <= seal.last


def _line(type: str, **facts: Any) -> bytes:
    return canonical.encode({"type": type, **facts}) + b"\n"
