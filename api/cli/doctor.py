"""The doctor: ``caveat doctor`` looks at an installation, and says what to do."""

import json
import sys
from collections import Counter
from dataclasses import asdict

import click

from api.db import now
from api.doctoring import PROBLEM, WARNING, Finding
from api.doctoring.examining import examine
from api.settings import Settings


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print all findings as JSON.")
def doctor(as_json: bool) -> None:
    """Look at this installation, its settings and what it stands on; nothing is changed.

    Exit code 0: no problem, warnings perhaps; 1: a problem; 2: it cannot be looked at.
    """
    found = list(examine(Settings.from_environment(), now()))
    counts = Counter(one.level for one in found)
    if as_json:
        click.echo(json.dumps({"findings": [asdict(one) for one in found], "counts": counts}))
    else:
        for one in found:
            click.echo(_line(one))
        click.echo(f"{counts[PROBLEM]} problems, {counts[WARNING]} warnings")
    if counts[PROBLEM]:
        sys.exit(1)


def _line(one: Finding) -> str:
    fix = f" → {one.fix}" if one.fix else ""
    return f"{one.level:<8} {one.check}: {one.message}{fix}"


COMMANDS = (doctor,)
