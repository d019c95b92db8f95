"""The explanation on the page: what bounds a warm answer, and where its time goes."""

from collections.abc import Iterator

import msgspec

from bench import tables
from bench.measures import beside, profiled
from bench.measures.beside import BARS, Beside, Side
from bench.results import Results

SOME = 0.05  # of the time: a difference that is worth a word
IDLE = 0.9  # of its cores: who uses less was not asked fast enough
SHORT = {"article": "article", "key": "article, with a key", "304": "304", "list": "list of 20"}


def sections(known: Results) -> Iterator[str]:
    """Return the explanation, as far as it was measured."""
    if measured := known.measures.get("nginx"):
        yield "## What bounds a warm answer"
        yield from _ceiling(msgspec.convert(measured.found, beside.Found))
        more = _more(msgspec.convert(measured.found, beside.Found))
    else:
        more = ""
    if measured := known.measures.get("profile"):
        yield "## Where its time goes"
        yield from _profile(msgspec.convert(measured.found, profiled.Found), more)


def _ceiling(found: beside.Found) -> Iterator[str]:
    yield (
        "An application in Python can be no faster than one that does nothing. So a callable that "
        "gives the same status, headers and bytes out of memory was put into the same server "
        "(granian), with the same options, and asked in turn with the other two:"
    )
    columns = (
        "requests/s, µs of the processor for each, p99 ms",
        "nginx",
        "that callable",
        "Caveat",
    )
    rows = [
        (SHORT[name], *map(_side, (one.nginx, one.constant, one.caveat)))
        for name, one in found.cases.items()
    ]
    yield tables.table(columns, rows)
    yield _verdict(found.cases)
    yield _of_wrk(found.cases)
    yield _threads(found)


def _side(side: Side) -> str:
    return f"{side.rate:,.0f}, {side.cpu:.0f}, {side.p99:.2f}"


def _verdict(cases: dict[str, Beside]) -> str:
    ceilings = {name: one.ceiling for name, one in cases.items()}
    lowest, highest = min(ceilings.values()), max(ceilings.values())
    out = [SHORT[name] for name, ceiling in ceilings.items() if ceiling < BARS[name]]
    said = (
        f"The callable that does nothing reaches {lowest:.2f} to {highest:.2f} of nginx, and "
        f"Caveat {_least(cases):.2f} to {_most(cases):.2f} of that callable. Runs of one server "
        f"differed by up to {max(one.spread for one in cases.values()):.2f} times."
    )
    if out:
        said += (
            f" Where that is below the bar ({', '.join(out)}), no Python callable in this server "
            "can meet it, whatever it does; a cache in front does (above)."
        )
    return said


def _least(cases: dict[str, Beside]) -> float:
    return min(one.of_constant for one in cases.values())


def _most(cases: dict[str, Beside]) -> float:
    return max(one.of_constant for one in cases.values())


def _of_wrk(cases: dict[str, Beside]) -> str:
    """Say by how much more nginx could have done."""
    used = [one.nginx.rate * one.nginx.cpu / 1e6 for one in cases.values()]
    costs = [one.caveat.cpu / one.nginx.cpu for one in cases.values()]
    said = (
        f"By the processor's time alone a request costs Caveat {min(costs):.1f} to "
        f"{max(costs):.1f} times what it costs nginx."
    )
    if min(used) < IDLE:
        said += (
            f" nginx was busy for {min(used):.0%} to {max(used):.0%} of a core: wrk could not ask "
            "faster, so the ratios of requests/s are kinder to us than these."
        )
    return said.replace("%", " %")


def _threads(found: beside.Found) -> str:
    four, one = found.cases["article"].constant, found.one_thread
    said = (
        f"With one thread in place of four, the callable does {one.rate:,.0f} requests/s with "
        f"{one.cpu:.0f} µs each (four: {four.rate:,.0f}, {four.cpu:.0f} µs)."
    )
    if one.cpu < four.cpu * (1 - SOME):
        said += (
            " Threads hand Python's lock to each other, and that costs. Four are kept all the "
            "same: one slow miss must not hold up the hits behind it."
        )
    return said


def _more(found: beside.Found) -> str:
    """Say what Caveat takes in the server beyond the callable that does nothing."""
    costs = {name: one.caveat.cpu - one.constant.cpu for name, one in found.cases.items()}
    said = ", ".join(f"{SHORT[name]} {cost:.0f} µs" for name, cost in costs.items())
    return f"In the server Caveat takes this much more than the callable that does nothing: {said}."


def _profile(found: profiled.Found, more: str) -> Iterator[str]:
    yield "In one thread, without a server and a network, a request takes so much of the processor:"
    rows = [(name, f"{cost:.1f} µs") for name, cost in found.inside.items()]
    yield tables.table(("what is called", "CPU"), rows)
    if more:
        yield more
    if found.missing:
        yield f"By thread and library it was not looked at: {found.missing}."
        return
    yield (
        "Under load, perf sees a process of `caveat serve` spend its time on an article so: "
        f"{_shares(found.libraries)}; {_shares(found.threads)}."
    )


def _shares(shares: dict[str, float]) -> str:
    return ", ".join(f"{name} {share:.0f} %" for name, share in shares.items() if share >= 0.5)
