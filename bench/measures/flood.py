"""A flood of addresses that nobody asks for twice: does it push out what is in use?

Two hundred hot addresses are read all along, first alone and then beside the flood: any of a
million contexts, queries and unknown slugs, as fast as the machine answers them. How many that
were is counted. Because Flask answers each, no machine of this size sees a million in a minute; so
the store is also given a million by itself, beside the same hot addresses.
"""

import itertools
import random
import threading
import time
from collections.abc import Iterator
from statistics import mean

import msgspec

from api.edge.answers import Answer, Facts
from api.edge.layer import MEGABYTE
from api.edge.store import Store
from api.meter import Given
from bench import installations
from bench.cases import JURISDICTIONS
from bench.installations import COPIES
from bench.measures.trials import Row, Trial, percent
from bench.readers import LOST, Noted, Readers, read_all, slugs
from bench.servers import Server

HOT = 200
SPACE = 1_000_000  # distinct addresses
ALONE, BESIDE = 10, 60  # seconds
READERS, FLOODERS = 2, 8
PAUSE = 0.002  # seconds between two requests of a reader of hot addresses
MOST = 0.02  # of the hit rate
LOCALES = ("en", "en-GB", "es", "es-MX", "de", "fr", "th", "pt-BR", "zh-Hant", "ar")
COUNTRIES = ("AU", "CA", "DE", "FR", "GB", "IE", "TH", "US")
SIZE = 10_000  # bytes of an answer


class Found(msgspec.Struct):
    """Hit rates of the hot addresses, of 1, alone and beside the flood, and what that was."""

    alone: float
    beside: float
    read: int  # of hot addresses beside the flood
    sent: int  # of the flood
    lost: int  # of all that was asked, not answered
    seconds: int
    store: float  # the hit rate of the store by itself
    space: int


def measure(trial: Trial) -> Found:
    """Read hot addresses alone, then beside the flood; then try the store by itself."""
    installation = installations.shipped(trial.folder / "data")
    seconds = trial.either(5, BESIDE)
    with installation.serving(trial.workers) as caveat:
        hot = _hot(caveat)
        alone = _read(caveat, hot, trial.either(2, ALONE))
        flood = Readers(caveat.url, Locked(_flood(hot)), FLOODERS)
        with flood.asking():
            beside = _read(caveat, hot, seconds)
    lost = [one for one in (*beside, *flood.noted) if one.status == LOST]
    space = trial.either(SPACE // 20, SPACE)
    return Found(
        alone=_rate(alone),
        beside=_rate(beside),
        read=len(beside),
        sent=len(flood.noted),
        lost=len(lost),
        seconds=seconds,
        store=store_rate(space),
        space=space,
    )


def rows(found: Found) -> list[Row]:
    """Judge by how much the hit rate falls."""
    beside = Row(
        f"hits of {HOT} hot addresses in {found.seconds} s beside {found.sent:,} random contexts, "
        f"queries and slugs out of {SPACE:,}, as many as the machine answers",
        "falls by ≤ 2 %",
        f"**{percent(found.beside)}** of {found.read:,}; alone {percent(found.alone)}; "
        f"not answered: {found.lost}",
        found.alone - found.beside <= MOST and not found.lost,
    )
    store = Row(
        f"the same of what one process keeps, beside {found.space:,} addresses, without HTTP",
        "falls by ≤ 2 %",
        f"**{percent(found.store)}**",
        1 - found.store <= MOST,
    )
    return [beside, store]


class Locked:
    """Gives out what an iterator has, to many threads."""

    def __init__(self, paths: Iterator[str]) -> None:
        self._paths, self._lock = paths, threading.Lock()

    def __call__(self) -> str:
        """Return the next one."""
        with self._lock:
            return next(self._paths)


def _hot(caveat: Server) -> list[str]:
    """Return hot addresses that are read and at hand."""
    known = slugs(caveat.url, COPIES)
    every = [f"/v1/articles/{slug}?jurisdiction={one}" for one in JURISDICTIONS for slug in known]
    hot = every[:HOT]
    for _ in range(2):
        read_all(caveat.url, hot)
    return hot


def _read(caveat: Server, hot: list[str], seconds: int) -> list[Noted]:
    readers = Readers(caveat.url, Locked(itertools.cycle(hot)), READERS, pause=PAUSE)
    with readers.asking():
        time.sleep(seconds)
    return readers.noted


def _rate(noted: list[Noted]) -> float:
    return mean(one.is_hit for one in noted)


def _flood(hot: list[str]) -> Iterator[str]:
    """Yield addresses by chance, of millions: hardly any comes twice."""
    dice = random.Random(HOT)  # noqa: S311 - the same every time
    articles = [address.partition("?")[0] for address in hot]
    while True:
        number = dice.randrange(SPACE)
        place = f"{dice.choice(COUNTRIES)}-{dice.randrange(1_000):03}"
        context = f"locale={dice.choice(LOCALES)}&jurisdiction={place}"
        yield dice.choice(
            (
                f"{dice.choice(articles)}?{context}",
                f"/v1/articles?q=word{number}&{context}",
                f"/v1/articles/no-article-{number}?{context}",
                f"{dice.choice(articles)}?{context}&nothing={number}",
            )
        )


def store_rate(space: int) -> float:
    """Return how many of 1 hot answers a store still has, beside so many that come once."""
    store, dice = Store(160 * MEGABYTE), random.Random(HOT)  # noqa: S311 - as above
    facts = Facts(0, frozenset(), Given("/v1/articles/{slug}"))
    store.move_on(0, frozenset())
    hot = [Answer("200 OK", [], b"x" * SIZE, facts) for _ in range(HOT)]
    for key, answer in enumerate(hot):
        store.put(-key - 1, answer)
        store.get(-key - 1)
    found = 0
    for number in range(space):
        store.put(number, Answer("200 OK", [], b"x" * SIZE, facts))
        found += store.get(-dice.randrange(HOT) - 1) is not None
    return found / space
