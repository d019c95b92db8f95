"""Behind the shipped Varnish and nginx: as fast as these give any object, and hardly ever asked.

The same cache with the same file stands in front of Caveat, and of a constant callable that gives
the same answer; and, to see what the file costs, bare in front of the latter. Readers take gzip,
as browsers do.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from dataclasses import replace
from functools import partial

import httpx
import msgspec

from bench import cases, fronts, installations, load
from bench.cases import JURISDICTIONS
from bench.load import Targets
from bench.measures import ceiling
from bench.measures.beside import Side, answer_of, side, tell_run
from bench.measures.trials import Row, Trial, percent
from bench.servers import Server

LEAST, HITS = 0.9, 0.999
GZIP = {"Accept-Encoding": "gzip"}
PLAY = 64  # bytes: Age and Cache-Status count seconds, and what is sent in chunks says how long
SLUGS = ("kratom-and-ocd-evidence", "sleep-habits-and-insomnia", "test-live")
Begin = Callable[..., AbstractContextManager[Server]]


class Behind(msgspec.Struct):
    """What a cache does in front of Caveat, and of a constant object: shipped, and bare."""

    caveat: Side
    constant: Side
    bare: Side
    hits: float  # of 1
    addresses: int  # in turn, of which are the hits


Found = dict[str, Behind]


def measure(trial: Trial) -> Found:
    """Measure both caches."""
    installation = installations.shipped(trial.folder / "data")
    with installation.serving(trial.workers, surrogate_keys="varnish") as caveat:
        nginx = partial(fronts.nginx, workers=trial.workers)
        known: dict[str, Begin] = {"Varnish": fronts.varnish, "nginx": nginx}
        return {name: _measured(trial, name, begin, caveat) for name, begin in known.items()}


def rows(found: Found) -> list[Row]:
    """Judge how fast a cache is, and how often it asks."""
    return [row for name, one in found.items() for row in _judged(name, one)]


def _measured(trial: Trial, name: str, begin: Begin, caveat: Server) -> Behind:
    plain = Targets((cases.ARTICLE,), (), dict(GZIP), play=PLAY)
    answer = answer_of(caveat, replace(plain, headers={}))
    targets = replace(plain, bodies=(answer.body,))
    kinds = {"caveat": caveat.url, "constant": "", "bare": ""}
    with ExitStack() as stack:
        constant = stack.enter_context(ceiling.constant(trial.folder, answer, trial.workers))
        asked = {
            kind: replace(
                stack.enter_context(
                    begin(
                        trial.folder / f"{name}-{kind}", url or constant.url, is_bare=kind == "bare"
                    )
                ),
                name=f"{name} before {kind}",
            )
            for kind, url in kinds.items()
        }
        sides = dict.fromkeys(asked.values(), targets)
        runs = load.compare(trial.options, trial.repeats, sides, partial(tell_run, trial, "cached"))
        addresses = _addresses()
        return Behind(
            **{kind: side(runs[server]) for kind, server in asked.items()},
            hits=_hits(trial, asked["caveat"], addresses),
            addresses=len(addresses),
        )


def _addresses() -> tuple[str, ...]:
    return tuple(
        f"/v1/articles/{slug}?{'include=test&' if slug == 'test-live' else ''}jurisdiction={place}"
        for slug in SLUGS
        for place in JURISDICTIONS
    )


def _hits(trial: Trial, front: Server, addresses: tuple[str, ...]) -> float:
    """Return the share of hits once everything has been asked for."""
    targets = Targets(addresses, (), dict(GZIP))
    with httpx.Client(base_url=front.url, trust_env=False, timeout=30) as client:
        for address in addresses * 2:
            client.get(address, headers=GZIP).raise_for_status()
    options = replace(trial.options, seconds=trial.options.seconds * trial.repeats)
    return load.hit_rate(options, front, targets)


def _judged(name: str, found: Behind) -> list[Row]:
    ratio = found.caveat.rate / found.constant.rate
    rate = Row(
        f"a warm article behind the shipped {name}, beside a constant object there",
        f"≥ {LEAST}",
        f"**{ratio:.2f}** ({found.caveat.rate:,.0f} of {found.constant.rate:,.0f} requests/s; "
        f"bare {name}, which compresses nothing, {found.bare.rate:,.0f})",
        ratio >= LEAST,
    )
    hits = Row(
        f"hits of the shipped {name}, {found.addresses} addresses in turn",
        "≥ 99.9 %",
        f"**{percent(found.hits, 3)}**",
        found.hits >= HITS,
    )
    return [rate, hits]
