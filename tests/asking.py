"""A process that asks as a partner's requests would, and prints how many are let in.

Started by ``tests/api/test_shared_limits.py``. Arguments: the URL of Redis, requests a minute, how
many to try, the moment at which all of it happens.
"""

import sys

from api.leases import Shared
from api.limits import Limits
from content.credentials import ACCOUNT
from content.plans import UNITS, Plan


def main(url: str, minute: str, tries: str, moment: str) -> None:
    """Ask."""
    limits = Limits(Shared(url), lambda: None, lambda: float(moment))
    plan = Plan("standard", int(minute), 10_000_000)
    let_in = 0
    for _ in range(int(tries)):
        taken = limits.take("a partner", ACCOUNT, plan)
        limits.settle(taken, UNITS)
        let_in += not taken.broken
    sys.stdout.write(str(let_in))


if __name__ == "__main__":
    main(*sys.argv[1:])
