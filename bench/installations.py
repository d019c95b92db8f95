"""Installations for a bench, and their servers: what is shipped and more, or a grown corpus."""

import io
import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from api import secrets
from api.cli.content import bring_in
from api.cli.installation import set_up
from api.db import now
from api.settings import PREFIX, Settings
from bench import corpus, grow, servers
from bench.servers import HOST, Server
from content import credentials, imports, partners
from content.db import Database

PLAN = "bench=100000000,100000000000"  # no bench meets its limits
PARTNER = {"name": "Bench", "audience": "adults", "channel": "publisher", "jurisdiction": "US"}
TOPICS = ["sleep"]
COPIES = 40


@dataclass(frozen=True)
class Installation:
    """A data folder with what is in it, and a partner's key, if it has one."""

    settings: Settings
    key: str = field(default="", repr=False)

    @contextmanager
    def serving(self, workers: int = 1, **more: str) -> Iterator[Server]:
        """Serve it on a port of its own, until the block ends; ``more`` are settings."""
        settings = replace(
            self.settings, port=str(servers.free_port()), workers=str(workers), **more
        )
        log, url = settings.folder / "serve.log", f"http://{HOST}:{settings.port}"
        command = [servers.command(), "serve"]
        with servers.running(command, log, settings=environment(settings)) as process:
            servers.wait(process, lambda: servers.answers(f"{url}/readyz"), log)
            yield Server("caveat", url, process.pid, self.key)

    @contextmanager
    def working(self, **more: str) -> Iterator[None]:
        """Have a worker, until the block ends."""
        settings = replace(self.settings, **more)
        command = [servers.command(), "work"]
        log = settings.folder / "work.log"
        with servers.running(command, log, settings=environment(settings)):
            yield


def environment(settings: Settings) -> dict[str, str]:
    """Return what a shell would export."""
    return {PREFIX + name.upper(): value for name, value in vars(settings).items()}


def shipped(folder: Path, database_url: str = "") -> Installation:
    """Make one with what is shipped, test articles, a partner and :data:`COPIES` of an article."""
    if database_url:
        return _made(folder, database_url)
    template, made = _template()
    shutil.copytree(template.name, folder)
    return replace(made, settings=replace(made.settings, data=str(folder)))


@cache
def _template() -> tuple[TemporaryDirectory[str], Installation]:
    """Make one that others are copies of; it is removed when this process ends."""
    folder = TemporaryDirectory(prefix="caveat-bench-template-")
    return folder, _made(Path(folder.name))


def _made(folder: Path, database_url: str = "") -> Installation:
    settings = Settings(
        data=str(folder), database_url=database_url, open_delivery="true", plans=PLAN
    )
    with redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
        set_up(settings)
        with closing(Database(settings.database)) as database:
            bring_in(database, imports.LIBRARY, with_sandbox=True)
            corpus.add(database, [(one, TOPICS) for one in corpus.alike(COPIES)])
            return Installation(settings, _partner(database, settings))


def grown(folder: Path, articles: int) -> Installation:
    """Make one with any number of articles (see :mod:`bench.grow`), for callers without a key."""
    settings = Settings(data=str(folder), open_delivery="true", secret_key="bench")  # noqa: S106 - it signs nothing that lasts
    with redirect_stderr(io.StringIO()):
        grow.grow(settings, articles)
    return Installation(settings)


def _partner(database: Database, settings: Settings) -> str:
    with database.write() as session:
        partner = partners.add(session, PARTNER, settings.known_plans, now=now())
        pepper = secrets.pepper(settings)
        _, key = credentials.add(session, partner, pepper=pepper, now=now())
        session.commit()
    return str(key)
