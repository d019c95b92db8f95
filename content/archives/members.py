"""The members of an archive, in their order, and what its page and its manifest say of them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from content import changes, policy
from content.archives import history, records, takings, traces
from content.archives.again import Again
from content.archives.asking import Asked, time
from content.archives.history import Span
from content.archives.writing import Writer
from content.editions import WHOLE, Edition, Part
from content.models.usage import Exposure
from content.signing import Keyring
from content.transparency import checkpoints

TYPE, VERSION = "caveat-evidence", 1
UNKNOWN = (
    "Who read it without a key: open readers, and pages that embed it openly, are not recorded.",
    "What partners have given on, printed, or kept in caches and archives that are not ours.",
    "What of an edition a reader has really seen: a conformance report shows one page at one time.",
    "Each single fetch: the ledger has sums, with the first and the last time, and the digest of "
    "the edition that was given last; all that were in force in its context are here, too.",
    f"Deliveries of webhooks that are older than {takings.KEPT_DAYS} days: they are forgotten.",
    "Who an editor or a partner is behind an id, and whether somebody else used their token.",
    "Whether the clock of the publisher was right: times are its own. The order of changes does "
    "not depend on it, and who kept a checkpoint knows that what it covers was there by then.",
)
Pages = Callable[[dict[str, Any]], dict[str, bytes]]  # what is known -> pages by their names


@dataclass
class Kept:
    """What has been written so far, to be named later."""

    editions: dict[str, str] = field(default_factory=dict)  # members by digest
    courses: list[dict[str, Any]] = field(default_factory=list)
    cited: set[int] = field(default_factory=set)  # numbers of changes


def write(
    writer: Writer,
    asked: Asked,
    keyring: Keyring,
    *,
    by: str,
    now: datetime,
    version: str,
    pages: Pages,
) -> dict[str, Any]:
    """Write all members of an archive, and return its manifest but for the list of them.

    ``pages`` makes those that people read, of what is known; ``version`` is Caveat's.
    """
    given, kept = takings.given(asked), Kept()
    _add_courses(writer, asked, keyring, given, kept)
    _add_fetches(writer, asked, keyring, given, kept)
    writer.add("deliveries.ndjson", takings.deliveries_of(asked))
    recalls = takings.recalls(asked)
    writer.add_json("recalls.json", {"recalls": recalls})
    for name, report in takings.pages(asked):
        writer.add_json(f"conformance/{name}.json", report)
    writer.add("audit.ndjson", records.audit_lines(asked))
    keys, numbers = records.keys(asked)
    writer.add_json("keys.json", keys)
    cited = kept.cited | numbers | set(asked.numbers())
    writer.add("changes.ndjson", records.changes_lines(asked, cited))
    writer.add_json("checkpoint.json", checkpoints.facts(asked.checkpoint))
    facts = _facts(asked, by=by, now=now, version=version)
    counts = {"editions": len(kept.editions), "changes": len(cited), "recalls": len(recalls)}
    seen = {"counts": counts, "courses": kept.courses, "given": given, "recalls": recalls}
    for name, octets in pages({**facts, **seen, "keys": keys["keys"], "unknown": UNKNOWN}).items():
        writer.add(name, [octets])
    writer.finish(facts, keyring, facts["kid"])
    return facts


def _facts(asked: Asked, *, by: str, now: datetime, version: str) -> dict[str, Any]:
    site = policy.at(asked.session, asked.checkpoint.sequence).site
    partner = {"id": asked.partner.id, "name": asked.partner.name} if asked.partner else None
    return {
        "type": TYPE,
        "version": VERSION,
        "article": {"id": asked.article, "slug": asked.slug},
        "partner": partner,
        "from": time(asked.since),
        "to": time(asked.until),
        "publisher": site.get("publisher"),
        "public_url": site.get("public_url"),
        "sequence": asked.checkpoint.sequence,
        "made_at": time(now),
        "made_by": by,
        "caveat": version,
        "kid": records.key_in_force(asked),
    }


def _add_courses(
    writer: Writer, asked: Asked, keyring: Keyring, given: Sequence[Exposure], kept: Kept
) -> None:
    """Add what was in force when, for whom, each edition with its trace."""
    for context, partner in history.readers(asked, given):
        spans = [_span(writer, asked, one, kept) for one in history.walk(asked, context, keyring)]
        course = {"context": context.values(), "partner": partner, "spans": _joined(spans[::-1])}
        kept.courses.append(course)
    writer.add_json("editions.json", {"courses": kept.courses})


def _span(writer: Writer, asked: Asked, span: Span, kept: Kept) -> dict[str, Any]:
    """Add the edition of a span, if there is one, and say what the span was."""
    facts: dict[str, Any] = {
        "first": span.first,
        "last": span.last,
        "from": time(changes.time(asked.session, span.first)),
    }
    if span.edition is None:
        return {**facts, "refused": span.refused}
    member = _add_edition(writer, asked, span.edition, WHOLE, kept)
    revision = span.edition.body["revision"]["number"]
    return {**facts, "edition": member, "digest": span.edition.digest, "revision": revision}


def _add_edition(writer: Writer, asked: Asked, edition: Edition, part: Part, kept: Kept) -> str:
    """Add an edition and its trace, unless they are there, and return the member's name."""
    if known := kept.editions.get(edition.digest):
        return known
    name = f"{edition.body['sequence']:09d}-{edition.digest.removeprefix('sha256:')[:16]}.json"
    kept.editions[edition.digest] = f"editions/{name}"
    writer.add(f"editions/{name}", [edition.octets])
    trace = traces.trace(asked.session, edition, part)
    writer.add_json(f"rules/{name}", {"edition": f"editions/{name}", **trace})
    kept.cited |= traces.numbers(trace)
    return kept.editions[edition.digest]


def _joined(spans: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Join refusals for one reason that follow one another."""
    found: list[dict[str, Any]] = []
    for span in spans:
        before = found[-1] if found else {}
        if "refused" in span and span["refused"] == before.get("refused"):
            before["last"] = span["last"]
        else:
            found.append(span)
    return found


def _add_fetches(
    writer: Writer, asked: Asked, keyring: Keyring, given: Sequence[Exposure], kept: Kept
) -> None:
    """Add what the ledger has, and the editions that it names and that are not there yet."""
    rows, again = [], Again(asked, keyring)
    for row in given:
        member = kept.editions.get(row.digest)
        if member is None and (found := again.make(row)):
            member = _add_edition(writer, asked, *found, kept)
        rows.append({**takings.told(row), "edition": member})
    data = {"exposures": rows, "endings": takings.endings(asked), "usage": takings.usage(asked)}
    writer.add_json("fetches.json", data)
