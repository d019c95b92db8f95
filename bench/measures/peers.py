"""Other servers with an article and a list of theirs: the same runs, in turn with Caveat.

A peer is asked as it stands: its bytes are others, and so is what it checks; both are shown.
"""

from functools import partial

import httpx
import msgspec

from bench import cases, installations, load
from bench.errors import BenchError
from bench.load import Targets
from bench.measures.beside import Side, side, tell_run
from bench.measures.trials import Peer, Row, Trial
from bench.servers import Server

KINDS = ("article", "304", "list")
PLAY = 64  # bytes: heads may count, or tell the time, as they like


class Compared(msgspec.Struct):
    """Medians of a peer and of Caveat, and the bytes of their bodies."""

    peer: Side
    caveat: Side
    peer_bytes: int
    caveat_bytes: int


Found = dict[str, dict[str, Compared | None]]  # by peer and kind; None: it does not do that


def measure(trial: Trial) -> Found:
    """Compare all peers that were named."""
    installation = installations.shipped(trial.folder / "data")
    with installation.serving(trial.workers) as caveat:
        return {peer.name: _compared(trial, peer, caveat) for peer in trial.peers}


def rows(_: Found) -> list[Row]:
    """Promise nothing: they stand in a table of their own."""
    return []


def _compared(trial: Trial, peer: Peer, caveat: Server) -> dict[str, Compared | None]:
    server = Server(peer.name, peer.url, 0)
    found: dict[str, Compared | None] = {}
    for kind in KINDS:
        theirs = _targets(server, peer.listed if kind == "list" else peer.article, kind)
        ours = _targets(caveat, cases.LIST_OF_20 if kind == "list" else cases.ARTICLE, kind)
        found[kind] = _run(trial, {server: theirs, caveat: ours}) if theirs and ours else None
    return found


def _run(trial: Trial, sides: dict[Server, Targets]) -> Compared:
    told = partial(tell_run, trial, "peers")
    (peer, caveat), runs = sides, load.compare(trial.options, trial.repeats, sides, told)
    sizes = [sum(map(len, targets.bodies)) for targets in sides.values()]
    return Compared(side(runs[peer]), side(runs[caveat]), *sizes)


def _targets(server: Server, path: str, kind: str) -> Targets | None:
    """Return what is asked for; None where a peer has no entity tags, or does not heed them."""
    headers = {"Accept-Encoding": "identity"}
    try:
        with httpx.Client(base_url=server.url, trust_env=False, timeout=30) as client:
            answer = client.get(path, headers=headers)
            if answer.status_code != 200:
                raise BenchError(f"{server.name} answered {answer.status_code} to {path}")
            if kind != "304":
                return Targets((path,), (answer.content,), play=PLAY)
            headers["If-None-Match"] = answer.headers.get("ETag", "")
            unchanged = client.get(path, headers=headers)
    except httpx.HTTPError as error:
        raise BenchError(f"{server.name} does not answer at {server.url}: {error}") from None
    if unchanged.status_code != 304:
        return None
    asked = {"If-None-Match": headers["If-None-Match"]}
    return Targets((path,), (b"",), asked, status=304, play=PLAY)
