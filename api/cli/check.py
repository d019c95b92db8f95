"""Checking: what others hold (``verify``), and what is live (``check``)."""

import json
import sys
from collections import Counter
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import click
import httpx

from api.cli.console import progress
from api.db import opened
from api.settings import Settings
from content import canonical, checking, verifying
from content.errors import CaveatError
from content.verifying import Altered

MAX_OCTETS = 8 * 1024 * 1024  # of an edition or a key set
TIMEOUT = 10  # seconds


@click.command()
@click.argument("source")
@click.option("--jwks", help="File or URL of the publisher's keys; for a URL: its own site's.")
@click.option("--since", help="An older checkpoint that you have kept: its log has to go on here.")
def verify(source: str, jwks: str | None, since: str | None) -> None:
    """Check an edition, or a checkpoint: SOURCE is a file, a URL, or - for standard input.

    Exit code 0: genuine; 1: altered, and what; 2: unreadable.
    """
    found, keys = read_json(source), read_json(_keys_of(source, jwks))
    try:
        if since or (isinstance(found, dict) and "root" in found):
            older = read_json(since) if since else None
            sequence = verifying.verify_checkpoint(found, keys, older)
        else:
            sequence = verifying.verify(found, keys)
    except Altered as error:
        click.echo(f"altered: {error}")
        sys.exit(1)
    click.echo(f"genuine as of {sequence}")


@click.command()
def check() -> None:
    """Walk all contexts with every kind of live text; exit code 1 when one does not resolve."""
    with opened(Settings.from_environment()) as database, database.read() as session:
        kinds = checking.kinds(session)
        walks = (checking.walk(session, key, count) for key, count in kinds)
        found = list(progress(walks, len(kinds), "Checking"))
    for one in found:
        state = one.problem or f"{one.contexts - one.withheld} resolve, {one.withheld} withheld"
        click.echo(f"{one.slug} in {one.locale}: {state}")
    if any(one.problem for one in found):
        sys.exit(1)
    texts = sum(one.documents for one in found)
    click.echo(f"all resolve: {texts} texts (pinned revisions count), {len(found)} kinds of them")


def _keys_of(source: str, jwks: str | None) -> str:
    if jwks:
        return jwks
    if not _is_url(source):
        raise click.UsageError("--jwks is needed: say whose keys to trust, a file or a URL")
    found = urlsplit(source)
    return f"{found.scheme}://{found.netloc}/.well-known/jwks.json"


def read_json(source: str) -> Any:
    """Return the JSON of a file, of a URL, or of ``-``; refuse what proves nothing."""
    octets = _octets(source)
    try:
        data = canonical.decode(octets)  # which bounds the depth for the stricter reading below
        json.loads(octets, object_pairs_hook=_refuse_twins)
    except (ValueError, RecursionError):
        raise CaveatError(f"{source} is not JSON") from None
    return data


def _refuse_twins(pairs: list[tuple[str, Any]]) -> None:
    """Refuse a name that stands twice: what one reader checks, another would not see."""
    names = Counter(name for name, _ in pairs)
    twins = sorted(name for name, count in names.items() if count > 1)
    if twins:
        raise CaveatError(f"The name {twins[0]!r} stands twice in one object; that proves nothing.")


def _octets(source: str) -> bytes:
    if source == "-":
        return _bounded(source, sys.stdin.buffer.read(MAX_OCTETS + 1))
    if _is_url(source):
        return _fetch(source)
    try:
        with Path(source).open("rb") as file:
            return _bounded(source, file.read(MAX_OCTETS + 1))
    except OSError as error:
        raise CaveatError(f"{source}: {error.strerror}") from None
    except ValueError:  # NUL in a file name
        raise CaveatError(f"{source!r} is not the name of a file") from None


def _fetch(url: str) -> bytes:
    octets = b""
    headers = {"Accept": "application/json"}
    try:
        with httpx.stream(
            "GET", url, timeout=TIMEOUT, headers=headers, follow_redirects=True
        ) as response:
            if response.status_code != httpx.codes.OK:
                raise CaveatError(f"{url} answered {response.status_code}")
            for chunk in response.iter_bytes():
                octets = _bounded(url, octets + chunk)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise CaveatError(f"{url} cannot be read: {error}") from None
    return octets


def _bounded(source: str, octets: bytes) -> bytes:
    if len(octets) > MAX_OCTETS:
        raise CaveatError(f"{source} is larger than {MAX_OCTETS} bytes")
    return octets


def _is_url(source: str) -> bool:
    return source.startswith(("http://", "https://"))


COMMANDS = (verify, check)
