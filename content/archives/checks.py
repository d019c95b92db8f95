"""Checking an archive: whether it is whole and genuine, by nothing but itself and public keys.

Every fault is told, not only the first. Without keys that were had elsewhere it only shows that all
fits together, and names the key by which: anybody can make an archive with a key of their own.
"""

import hashlib
import lzma
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import IO, Any
from zipfile import BadZipFile, ZipFile

from content import canonical, signing, verifying
from content.archives.writing import MANIFEST, SIGNATURE
from content.errors import CaveatError
from content.signing import BadKey, BadSignature
from content.verifying import Unreadable

MOST = 64 * 1024 * 1024  # octets of a manifest, or of any other member that is read as a whole
PART = 1024 * 1024  # octets that are read at a time
BROKEN = (  # what zipfile raises, ValueError for offsets and names that cannot be
    *(BadZipFile, zlib.error, lzma.LZMAError, EOFError, KeyError, ValueError),
    *(NotImplementedError, RuntimeError, OSError),
)
MALFORMED = (ValueError, TypeError, KeyError, AttributeError, IndexError)


@dataclass
class Report:
    """What a check has found: what is wrong, what is good to know, and how much was checked."""

    facts: dict[str, Any] = field(default_factory=dict)  # of the manifest
    counts: dict[str, int] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)


def check(file: IO[bytes], jwks: dict[str, Any] | None = None) -> Report:
    """Check an archive; raise :class:`~content.verifying.Unreadable` for what is none.

    ``jwks`` are the publisher's keys from elsewhere; without them those in the archive are used.
    """
    if jwks is not None:
        verifying.keys(jwks)
    try:
        with ZipFile(file) as archive:
            return _Check(archive, jwks).run()
    except BROKEN as error:
        raise Unreadable(f"This is not an archive of evidence: {error}") from None


class _Check:
    """One archive that is being checked."""

    def __init__(self, archive: ZipFile, jwks: dict[str, Any] | None) -> None:
        self.archive = archive
        self.report = Report()
        self.manifest = self._read(MANIFEST)
        self.own_keys: dict[str, Any] = {"keys": []}
        self.given_keys = jwks
        self.editions: dict[str, dict[str, Any]] = {}  # what each owes, by member
        self.facts: dict[int, dict[str, Any] | None] = {}  # what became true, by number

    def run(self) -> Report:
        """Check everything, and say what was found."""
        self._facts()
        self._members()
        steps = (self._keys, self._signature, self._checkpoint, self._changes)
        for step in (*steps, self._editions, self._rules, self._courses, self._audit):
            try:
                step()
            except (*BROKEN, *MALFORMED, CaveatError) as error:
                self._fault(step.__name__.strip("_"), f"cannot be checked: {error}")
        return self.report

    @property
    def keys(self) -> dict[str, Any]:
        """The keys that count: given ones, else those in the archive that are not revoked."""
        if self.given_keys is not None:
            return self.given_keys
        return {"keys": [key for key in self.own_keys["keys"] if not _is_revoked(key)]}

    def _facts(self) -> None:
        try:
            self.report.facts = dict(canonical.decode(self.manifest))
            self.listed = {one["name"]: one for one in self.report.facts["members"]}
            whole = all(type(one["size"]) is int for one in self.listed.values())
            whole = whole and {"sequence", "made_at"} <= self.report.facts.keys()
        except MALFORMED:
            whole = False
        if not whole:
            raise Unreadable(f"Its {MANIFEST} is not one of an archive of evidence.")

    def _members(self) -> None:
        """Compare what is there with what the manifest lists, by name, size and digest."""
        names = self.archive.namelist()
        for name in sorted(name for name, count in Counter(names).items() if count > 1):
            self._fault(name, "stands twice in the archive")
        known = {*self.listed, MANIFEST, SIGNATURE}
        for name in sorted(set(names) - known):
            self._fault(name, "is not in the manifest")
        for name, one in self.listed.items():
            if fault := self._altered(name, one):
                self._fault(name, fault)
        self.report.counts["members"] = len(self.listed)

    def _altered(self, name: str, listed: dict[str, Any]) -> str | None:
        try:
            digest, size = hashlib.sha256(), 0
            with self.archive.open(name) as member:
                while size <= listed["size"] and (octets := member.read(PART)):
                    digest.update(octets)
                    size += len(octets)
        except KeyError:
            return "is missing"
        except BROKEN as error:
            return f"cannot be read: {error}"
        same = (size, digest.hexdigest()) == (listed["size"], listed["sha256"])
        return None if same else "is not what the manifest says"

    def _keys(self) -> None:
        """Compare each key with its name, which is its thumbprint (RFC 7638)."""
        self.own_keys = self._json("keys.json")
        for key in self.own_keys["keys"]:
            if signing.thumbprint(key) != key["kid"]:
                self._fault("keys.json", f"the key {key['kid']} has another name than its own")

    def _signature(self) -> None:
        kid = str(self.report.facts["kid"])
        jws = self._read(SIGNATURE).decode()
        self._signed(MANIFEST, self.manifest, kid, jws)
        if self.given_keys is None:
            where = f"{self.report.facts['public_url']}/.well-known/jwks.json"
            self.report.remarks.append(
                f"signed by {kid}, as the archive itself says: compare it with {where}, or give "
                "--keys"
            )

    def _checkpoint(self) -> None:
        self.checkpoint = self._json("checkpoint.json")
        verifying.verify_checkpoint(self.checkpoint, self.keys)
        if self.checkpoint["sequence"] != self.report.facts["sequence"]:
            self._fault("checkpoint.json", "is of another number than the manifest says")

    def _changes(self) -> None:
        """Check that each change is under the checkpoint, with what became true by it."""
        count = 0
        for line in self._lines("changes.ndjson"):
            count += 1
            leaf, fact = line["leaf"], line["fact"]
            self.facts[leaf["seq"]] = fact
            digest = canonical.digest(canonical.encode(fact)) if fact else None
            if digest != leaf["fact"]:
                self._fault("changes.ndjson", f"change {leaf['seq']} has another fact")
            self._try("changes.ndjson", verifying.check_included, line, self.checkpoint)
        self.report.counts["changes"] = count

    def _editions(self) -> None:
        for name in self._named("editions/"):
            edition = self._json(name)
            self._try(name, verifying.verify, edition, self.keys)
            owed = {one["id"]: one["required_by"] for one in edition["disclaimers"]}
            self.editions[name] = {"digest": edition["integrity"]["digest"], "owed": owed}
        self.report.counts["editions"] = len(self.editions)

    def _rules(self) -> None:
        """Check that each trace is that of its edition, by rules that stand in the log."""
        for name in self._named("rules/"):
            trace = self._json(name)
            edition = self.editions.get(trace["edition"], {})
            owed = {one["id"]: one["required_by"] for one in trace["owed"]}
            if edition != {"digest": trace["digest"], "owed": owed}:
                self._fault(name, "does not say what its edition owes")
            for rule in trace["rules"]:
                if not self._stands(rule):
                    self._fault(name, f"the rule {rule['id']} is not so in the log")
        if len(list(self._named("rules/"))) != len(self.editions):
            self._fault("rules", "not every edition has its trace")

    def _stands(self, rule: dict[str, Any]) -> bool:
        """Return whether a rule is what the log says at the change that the trace names."""
        fact = self.facts.get(rule["change"]) or {}
        data = fact.get("data") or {}
        said = {key: values for key, values in data.get("when", {}).items() if values is not None}
        same = (fact.get("id"), said, data.get("require", [])) == (
            rule["id"],
            rule["when"],
            rule["require"],
        )
        return same and fact.get("table") == "rules"

    def _courses(self) -> None:
        """Check that each edition that was in force, or that the ledger names, is there."""
        spans = [span for one in self._json("editions.json")["courses"] for span in one["spans"]]
        given = self._json("fetches.json")["exposures"]
        named = [(one["edition"], one["digest"]) for one in spans if "edition" in one]
        named += [(one["edition"], one["last_digest"]) for one in given if one["edition"]]
        for name, digest in named:
            if self.editions.get(name, {}).get("digest") != digest:
                self._fault(name, "is not the edition that is named")
        lost = sum(one["edition"] is None for one in given)
        if lost:
            self.report.remarks.append(f"{lost} editions of the ledger could not be made again")

    def _audit(self) -> None:
        """Check each row by the seal that vouches for it, and that seals follow one another."""
        rows: dict[int, str] = {}
        count, before = {"row": 0, "seal": 0}, None
        end: dict[str, int] | None = None
        for line in self._lines("audit.ndjson"):
            if line["type"] == "row":
                rows[line["row"]["number"]] = canonical.digest(canonical.encode(line["row"]))
            elif line["type"] == "seal":
                self._seal(line["seal"], rows, before)
                before = line["seal"]
            else:
                end = line["counts"]
            count |= {line["type"]: count.get(line["type"], 0) + 1}
        if end != {"rows": count["row"], "seals": count["seal"]}:
            self._fault("audit.ndjson", "was cut off")
        if rows:
            self._fault("audit.ndjson", f"no seal vouches for the rows {sorted(rows)[:9]}")
        self.report.counts |= {"rows of the audit": count["row"], "seals": count["seal"]}

    def _seal(
        self, seal: dict[str, Any], rows: dict[int, str], before: dict[str, Any] | None
    ) -> None:
        """Check a seal, and take out the rows that it vouches for."""
        named = f"seal {seal['number']}"
        said = {k: v for k, v in seal.items() if k not in ("digest", "kid", "jws")}
        if canonical.digest(canonical.encode(said)) != seal["digest"]:
            self._fault("audit.ndjson", f"{named} is not what its digest says")
        gap = seal["number"] - before["number"] if before else 1
        if before and (gap < 1 or (gap == 1 and seal["previous"] != before["digest"])):
            self._fault("audit.ndjson", f"{named} does not follow on the one before")
        self._signed_once("audit.ndjson", named, seal)
        for number, digest in seal["digests"].items():
            found = rows.pop(int(number), digest)
            if found != digest:
                self._fault("audit.ndjson", f"row {number} is not what was sealed")

    def _signed_once(self, name: str, named: str, seal: dict[str, Any]) -> None:
        """Check a signature that may be by a key that was revoked since: then that is said."""
        revoked = {key["kid"]: key for key in self.own_keys["keys"] if _is_revoked(key)}
        if key := revoked.get(seal["kid"]):
            signing.verify(seal["digest"].encode(), seal["jws"], key)
            self.report.remarks.append(f"{named} was signed by {key['kid']}, which was revoked")
            return
        self._signed(f"{name}: {named}", seal["digest"].encode(), seal["kid"], seal["jws"])

    def _signed(self, name: str, octets: bytes, kid: str, jws: str) -> None:
        key = next((key for key in self.keys["keys"] if key.get("kid") == kid), None)
        if key is None:
            self._fault(name, f"signed by {kid}, which is none of the keys")
            return
        try:
            signing.verify(octets, jws, key)
        except (BadKey, BadSignature):
            self._fault(name, "its signature does not fit")

    def _try(self, name: str, verify: Any, *things: Any) -> None:
        try:
            verify(*things)
        except CaveatError as error:
            self._fault(name, str(error))

    def _fault(self, name: str, what: str) -> None:
        self.report.faults.append(f"{name}: {what}")

    def _named(self, folder: str) -> Iterator[str]:
        return (name for name in self.listed if name.startswith(folder))

    def _read(self, name: str) -> bytes:
        with self.archive.open(name) as member:
            octets = member.read(MOST + 1)
        if len(octets) > MOST:
            raise ValueError(f"{name} is larger than {MOST} bytes")
        return octets

    def _json(self, name: str) -> Any:
        return canonical.decode(self._read(name))

    def _lines(self, name: str) -> Iterator[Any]:
        with self.archive.open(name) as member:
            while line := member.readline(MOST):
                yield canonical.decode(line)


def _is_revoked(key: dict[str, Any]) -> bool:
    return bool(key.get("states") and key["states"][-1]["state"] == "revoked")
