"""The gate before publication: misleading text does not pass by accident.

The packs of the claims lint stand in the log, so every process sees the same ones. An error of the
lint refuses the publication, unless a person with the right role lets that finding pass, by its id
and with a reason, which the edition shows in ``review``.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from sqlalchemy.orm import Session

from content import canonical, cases, claims, editors, parts, policy, rules
from content.claims import Lint, Pack, Remark
from content.contexts import Context
from content.corrections import Correction
from content.documents import Manuscript
from content.editorial import findings, identity
from content.editorial.identity import Known
from content.errors import Finding, Invalid
from content.models.access import Editor
from content.models.log import ClaimPack, Publication
from content.policy import Policy
from content.subjects import Subject

RETRACTED = "S01"  # a source that is cited was retracted
MAY_OVERRIDE = editors.roles_with(editors.REVIEW)


@dataclass(frozen=True)
class Overrides:
    """Findings that a person lets pass: their ids, each with a reason."""

    by: Editor | None = None
    reasons: Mapping[str, str] = field(default_factory=dict)


NONE = Overrides()


@dataclass(frozen=True)
class Against:
    """What every text of a group is checked against; ``beside`` goes out together with it."""

    lint: Lint
    known: Known
    beside: list[Publication]


def against(
    session: Session, at: int, rows: Sequence[Publication], digests: Collection[str]
) -> Against:
    """Return what a group is checked against at a number: its publications, and their texts."""
    return Against(lint(session, at), identity.known(session, rows, at, digests), [])


def lint(session: Session, at: int) -> Lint:
    """Return the claims lint with the packs that stand in the log at a number."""
    rows = policy.current(session, ClaimPack, at)
    return _lint(tuple(canonical.encode(row.data) for row in rows))


def left(overrides: Overrides, remarks: Iterable[Remark]) -> list[Finding]:
    """Return every error of the lint that nobody has let pass, and what is wrong with an override.

    That is one without a reason, of no finding, or by somebody who may not.
    """
    errors = {one.id: one for one in remarks if one.severity == "error"}
    standing = [one for one in errors.values() if one.id not in overrides.reasons]
    return [*_refused(overrides, errors), *findings.of_lint(standing)]


def shown(overrides: Overrides, remarks: Iterable[Remark]) -> list[dict[str, str]]:
    """Return the overrides as the edition shows them."""
    errors = {one.id: one for one in remarks if one.severity == "error"}
    return [_shown(errors[id], overrides, reason) for id, reason in overrides.reasons.items()]


def read(manuscript: Manuscript, subject: Subject, lint: Lint, now: Policy) -> list[Remark]:
    """Return what the lint says about a text, which owes what it owes under a policy."""
    everybody = cases.case(subject, now, Context(manuscript.document.locale))
    tongue = now.tongue(subject.publication)
    owed = rules.owed(now.rules, everybody, now.displays(tongue))
    known = frozenset(one.id for one in owed)
    found = claims.check(manuscript, lint, known, mentions=everybody.mentions)
    return [*found, *_on_sources(manuscript, now)]


def on_correction(
    manuscript: Manuscript, correction: Correction | None, lint: Lint
) -> list[Remark]:
    """Return what the packs say about what readers would be told of a correction.

    It makes no claim of its own and cites nothing, so no more is asked of it.
    """
    if correction is None:
        return []
    tags = (tuple(manuscript.topics), tuple(manuscript.conditions))
    about = claims.Subject(manuscript.document.locale, *tags)
    found = claims.check_text(correction.text, lint, about)
    return [parts.changed(one, section="correction", block=None) for one in found if one.pack]


def _on_sources(manuscript: Manuscript, now: Policy) -> Iterator[Remark]:
    """Yield the sources that were retracted: they support nothing, unless a text discusses that."""
    for number, source in enumerate(manuscript.document.sources):
        mark = now.marks.get(source.id)
        if mark is not None:
            yield Remark(
                id=f"{RETRACTED}-{canonical.digest(source.id.encode())[7:15]}",
                pattern=RETRACTED,
                pack=None,
                category="SRC",
                severity="error",
                message=f"the source {source.id!r} was retracted: {mark.notice}",
                rewrite="Cite another, or let it pass where the text says that it was retracted.",
                section="sources",
                block=number,
                sentence=source.title,
                sentence_start=0,
                start=0,
                end=len(source.title),
                matched=source.title,
            )


def refuse_overrides(overrides: Overrides) -> None:
    """Refuse what would be dropped without a word."""
    if overrides.reasons:
        message = "exactly this is live already; an override goes with a publication"
        raise Invalid([Finding("override", message)])


def _refused(overrides: Overrides, errors: Mapping[str, Remark]) -> list[Finding]:
    role = overrides.by.role if overrides.by else ""
    found = []
    if overrides.reasons and role not in MAY_OVERRIDE:
        found.append(Finding("override", f"needs one of the roles {', '.join(MAY_OVERRIDE)}"))
    for id, reason in overrides.reasons.items():
        if id not in errors:
            found.append(Finding("override", f"{id} is no error that the lint finds in this text"))
        elif len(reason.split()) < 2:
            found.append(Finding("override", f"{id} needs a reason that readers understand"))
    return found


def _shown(one: Remark, overrides: Overrides, reason: str) -> dict[str, str]:
    by = overrides.by
    return {
        "finding": one.id,
        "message": one.message,
        "by": by.name if by else "",
        "role": by.role if by else "",
        "reason": reason,
    }


@lru_cache(maxsize=4)
def _lint(packs: tuple[bytes, ...]) -> Lint:
    return Lint([parts.convert(canonical.decode(pack), Pack) for pack in packs])
