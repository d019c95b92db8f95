"""All measures by their names, in the order in which they are made and shown."""

from types import ModuleType

from bench.measures import (
    beside,
    caches,
    cold,
    flood,
    growth,
    memory,
    outage,
    peers,
    profiled,
    reload,
    start,
    withdrawal,
)

# Each module has a type ``Found``, ``measure(trial) -> Found`` and ``rows(found) -> list[Row]``.
MEASURES: dict[str, ModuleType] = {
    "nginx": beside,
    "profile": profiled,
    "caches": caches,
    "cold": cold,
    "scale": growth,
    "flood": flood,
    "withdrawal": withdrawal,
    "memory": memory,
    "outage": outage,
    "reload": reload,
    "start": start,
    "peers": peers,
}
ASKED_FOR = ("scale", "peers")  # not made unless asked for: they need something of you
