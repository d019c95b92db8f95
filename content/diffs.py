"""Diffs: what changed between two revisions of an article, as their editions show it.

Blocks are compared by their plain text, then the words within a block. A diff has the text of both,
so it owes what both owe.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from itertools import zip_longest
from typing import Any

from content.disclaimers import GROUPS

WORDS = re.compile(r"\S+\s*|\s+")  # with the spaces after them, so that nothing is lost
ALIKE = 0.5  # from this share of equal words on, a block is the same one, changed
KEPT = ("article", "context", "surfaces", "help", "rights")  # of the newer edition
Body = dict[str, Any]


def between(old: Body, new: Body) -> Body:
    """Return what has changed from one whole edition to another one of the same article.

    A run of words has an ``op``: ``equal``, ``removed`` or ``added``. A block has one, too, and may
    also be ``changed``: its words differ, or only the marks in them.
    """
    return {
        **{name: new[name] for name in KEPT},
        "from": old["revision"],
        "to": new["revision"],
        "sequence": max(old["sequence"], new["sequence"]),
        **texts(old, new),
        "disclaimers": [*new["disclaimers"], *_more(old, new)],
        "notices": _groups(old, new),
    }


def texts(old: Body, new: Body) -> Body:
    """Return what has changed in title, summary and sections, by runs of words."""
    sections = {one["kind"]: one for one in old["sections"]}
    return {
        "title": words(old["title"], new["title"]),
        "summary": words(old["summary"], new["summary"]),
        "sections": [_section(sections[one["kind"]], one) for one in new["sections"]],
    }


def listed(old: Mapping[str, str], new: Mapping[str, str]) -> list[Body]:
    """Return what has changed of texts that have ids: the newer ones, then those that are gone."""
    ids = dict.fromkeys([*new, *old])
    return [{"id": id, **_one(old.get(id), new.get(id))} for id in ids]


def words(old: str, new: str) -> list[dict[str, str]]:
    """Return the runs of words by which one text becomes another."""
    before, after = WORDS.findall(old), WORDS.findall(new)
    runs: list[dict[str, str]] = []
    for tag, i, j, k, n in SequenceMatcher(None, before, after).get_opcodes():
        if tag == "equal":
            runs.append(_run("equal", before[i:j]))
            continue
        runs += [_run("removed", before[i:j])] if j > i else []
        runs += [_run("added", after[k:n])] if n > k else []
    return runs


def _one(old: str | None, new: str | None) -> Body:
    if old == new:
        op = "equal"
    else:
        op = "added" if old is None else "removed" if new is None else "changed"
    return {"op": op, "words": words(old or "", new or "")}


def _run(op: str, pieces: Sequence[str]) -> dict[str, str]:
    return {"op": op, "text": "".join(pieces)}


def _section(old: Body, new: Body) -> Body:
    return {
        "kind": new["kind"],
        "title": words(old["title"], new["title"]),
        "blocks": list(_blocks(old["blocks"], new["blocks"])),
    }


def _blocks(old: list[Body], new: list[Body]) -> Iterator[Body]:
    before, after = ([block["text"] for block in blocks] for blocks in (old, new))
    matcher = SequenceMatcher(None, before, after)
    for tag, i, j, k, n in matcher.get_opcodes():
        if tag == "equal":
            yield from (_equal(one, other) for one, other in zip(old[i:j], new[k:n], strict=True))
        else:
            yield from _replaced(old[i:j], new[k:n])


def _equal(old: Body, new: Body) -> Body:
    """Return a block whose words are the same; marks in it may still have changed."""
    op = "equal" if old == new else "changed"
    return {"op": op, "type": new["type"], "words": words(old["text"], new["text"])}


def _replaced(old: list[Body], new: list[Body]) -> Iterator[Body]:
    """Yield blocks that stand for others: paired in order where they are alike."""
    for one, other in zip_longest(old, new):
        if one and other and _are_alike(one, other):
            yield {
                "op": "changed",
                "type": other["type"],
                "words": words(one["text"], other["text"]),
            }
            continue
        for op, block in (("removed", one), ("added", other)):
            if block:
                yield {"op": op, "type": block["type"], "words": [_run(op, [block["text"]])]}


def _are_alike(old: Body, new: Body) -> bool:
    matcher = SequenceMatcher(None, old["text"].split(), new["text"].split())
    return old["type"] == new["type"] and matcher.ratio() >= ALIKE


def _more(old: Body, new: Body) -> list[Body]:
    """Return what only the older edition owes, or in other words: it has another version."""
    known = {(entry["id"], entry["text"]) for entry in new["disclaimers"]}
    return [one for one in old["disclaimers"] if (one["id"], one["text"]) not in known]


def _groups(old: Body, new: Body) -> list[Body]:
    """Return the groups of notices of the newer edition, with what only the older one owes."""
    groups = {one["group"]: {**one, "items": [*one["items"]]} for one in new["notices"]}
    labels = {one["group"]: one["label"] for one in old["notices"]}
    for entry in _more(old, new):
        name = entry["group"]
        groups.setdefault(name, {"group": name, "label": labels[name], "items": []})
        if entry["id"] not in groups[name]["items"]:
            groups[name]["items"].append(entry["id"])
    return [groups[name] for name in GROUPS if name in groups]
