"""Serving: ``caveat serve``, and how any of our servers is run."""

import multiprocessing
import os
import signal
import socket
from contextlib import nullcontext
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import click
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels
from granian.net import SocketSpec  # type: ignore[attr-defined] # it has no __all__
from granian.server import Server

import api
import content
import schemas
from api import background, secrets
from api.db import opened
from api.lapses import record_lapses
from api.serving import ENDS, load
from api.settings import PREFIX, Settings
from content.errors import CaveatError

STOP = 10  # seconds that a process may take to finish what it answers
HEADERS, HEADERS_WITHIN = 64 * 1024, 10_000  # bytes of a request, milliseconds until all are there
TO_STDERR = {"class": "logging.StreamHandler", "formatter": "generic", "stream": "ext://sys.stderr"}
LOG = {"handlers": {"console": TO_STDERR, "access": TO_STDERR}}  # of granian
THREADS = 4  # of each process; fewer than the database's pool has connections


@click.command()
@click.option("--reload", is_flag=True, help="Begin anew when the code changes: for development.")
def serve(*, reload: bool) -> None:
    """Serve the API on CAVEAT_HOST and CAVEAT_PORT."""
    if reload and not find_spec("watchfiles"):
        raise CaveatError("--reload needs watchfiles: pip install 'caveat[dev]'")
    settings = Settings.from_environment()
    with opened(settings) as database:
        secrets.keyring(settings)  # what a worker would die of is told here
        secrets.pepper(settings)
        record_lapses(database)
    check_port(settings)
    run(settings, reload=reload)


def run(settings: Settings, *, reload: bool = False) -> None:
    """Serve until stopped; workers read the same settings from the environment."""
    os.environ |= {PREFIX + name.upper(): value for name, value in vars(settings).items()}
    with background.beside(settings) if settings.flag("background_work") else nullcontext():
        server(settings, reload=reload).serve(target_loader=load, wrap_loader=False)


class SharedSocket(Server):  # type: ignore[misc, valid-type] # granian picks it at import
    """A server whose processes take requests from one socket.

    Granian gives each a socket of its own, and what waits in one is lost when its process ends.
    The first processes are forks and have all that this one has imported; those that come later
    begin anew, so that a reload runs what is installed then.
    """

    def startup(self, *arguments: Any) -> None:
        """Begin; who is told to end while it begins hears it when it can (see :func:`load`)."""
        multiprocessing.set_start_method("fork", force=True)
        signal.pthread_sigmask(signal.SIG_BLOCK, ENDS)
        super().startup(*arguments)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, ENDS)
        multiprocessing.set_start_method("spawn", force=True)

    def _init_shared_socket(self) -> None:
        self._ssp = None
        self._shd = SocketSpec(self.bind_addr, self.bind_port, self.backlog).build()
        self._sfd = self._shd.get_fd()
        self._sso = socket.socket(fileno=self._sfd)
        self._sso.set_inheritable(True)


def server(settings: Settings, *, reload: bool = False, threads: int = THREADS) -> Any:
    """Return the server of an installation; ``threads`` of each process answer requests."""
    return SharedSocket(
        "api.serving:load",
        address=settings.host,
        port=settings.number("port"),
        interface=Interfaces.WSGI,
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(header_read_timeout=HEADERS_WITHIN, max_buffer_size=HEADERS),
        workers=settings.processes,
        workers_kill_timeout=STOP,
        blocking_threads=threads,
        backpressure=threads * 16,
        log_access=False,
        log_level=LogLevels.warning,
        log_dictconfig=LOG,
        websockets=False,
        reload=reload,
        reload_paths=[Path(package.__file__ or "").parent for package in (api, schemas, content)],
    )


def check_port(settings: Settings) -> None:
    """Raise ``CaveatError`` where nobody can listen there."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.number("port")))
        except OSError as error:
            where = f"{settings.host}:{settings.port}"
            raise CaveatError(
                f"cannot listen on {where}: {error.strerror}; choose another port"
            ) from None


COMMANDS = (serve,)
