"""Again: the edition that a partner was given, found by nothing but the digest in the ledger.

A partner may have asked for a section, some fields or an old revision, for readers elsewhere, or it
had another audience or channel then. What is likelier is tried first, and nothing is tried twice.
"""

from collections.abc import Iterator
from dataclasses import replace
from functools import cached_property
from itertools import chain, combinations, product
from typing import NamedTuple

from content import changes, documents, editions, policy
from content.archives.asking import Asked
from content.contexts import AUDIENCES, CHANNELS, Context
from content.editions import Edition, Part
from content.errors import NotFound, Refusal
from content.excerpts import FIELDS, WHOLE
from content.models.access import Partner
from content.models.usage import Exposure
from content.signing import Keyring


class Try(NamedTuple):
    """What a partner may have asked for, and when."""

    context: Context
    part: Part
    at: int


class Again:
    """What was tried so far, by the digests that came out."""

    def __init__(self, asked: Asked, keyring: Keyring) -> None:
        self._asked, self._keyring = asked, keyring
        self._known: dict[str, Try] = {}
        self._tried: set[Try] = set()

    def make(self, row: Exposure) -> tuple[Edition, Part] | None:
        """Return the edition of a row of the ledger, and which part it is; None where none fits."""
        for one in self._tries(row):
            if row.digest in self._known:
                break
            self._try(one)
        found = self._known.get(row.digest)
        edition = self._issue(found) if found else None
        return (edition, found.part) if edition and found else None

    def _try(self, one: Try) -> None:
        if one not in self._tried:
            self._tried.add(one)
            if edition := self._issue(one):
                self._known.setdefault(edition.digest, one)

    def _issue(self, one: Try) -> Edition | None:
        asked = self._asked
        try:
            return editions.reproduce(
                asked.session, asked.slug, one.context, self._keyring, at=one.at, part=one.part
            )
        except (NotFound, Refusal):
            return None

    def _tries(self, row: Exposure) -> Iterator[Try]:
        """Yield what may have been asked for, likely things first."""
        asked = self._asked
        before = changes.number_before(asked.session, row.last_at)
        at = changes.last_end(asked.session, min(before, asked.checkpoint.sequence))
        own = asked.context(row.locale, asked.session.get_one(Partner, row.partner))
        places = policy.at(asked.session, at).atlas.places if at else {}
        there = [replace(own, jurisdiction=place) for place in places]
        others = [replace(own, audience=a, channel=c) for a, c in product(AUDIENCES, CHANNELS)]
        pins = [Part(revision=pin) for pin in (None, row.revision)]
        parts = [
            replace(pin, fields=one.fields, section=one.section)
            for pin in pins
            for one in self._parts
        ]
        yield from (Try(own, part, at) for part in (*pins, *parts))
        yield from (Try(one, part, at) for one in (*there, *others) for part in pins)
        yield from (Try(one, part, at) for one in there for part in self._parts)

    @cached_property
    def _parts(self) -> list[Part]:
        """The parts of a text that can be asked for."""
        some = chain.from_iterable(combinations(FIELDS, n) for n in range(len(FIELDS) + 1))
        by_fields = [replace(WHOLE, fields=frozenset(names)) for names in some]
        return by_fields + [replace(WHOLE, section=kind) for kind in documents.SECTION_KINDS]
