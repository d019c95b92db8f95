"""Settings: read once from the environment, each with a default and a sentence of help."""

import os
import re
from collections.abc import Mapping
from dataclasses import Field, dataclass, field, fields
from pathlib import Path
from typing import Any

from content import plans
from content.contexts import nearest
from content.errors import CaveatError, Invalid
from content.plans import Plan

PREFIX = "CAVEAT_"
TOKEN = PREFIX + "TOKEN"  # of the editor who acts; no setting, because a server holds nobody's
KEY = PREFIX + "KEY"  # of a partner whose pages are checked; no setting either
WEBHOOK_SECRET = PREFIX + "WEBHOOK_SECRET"  # of an endpoint that is tried; no setting either
PASSPHRASE = PREFIX + "PASSPHRASE"  # of the keys in a backup; no setting either
TRUE, FALSE = ("1", "true", "yes", "on"), ("0", "false", "no", "off", "")
MAX_PORT = 65535
BASE_URL = re.compile(r"""https?://[^\s/?#<>"\\]+(/[^\s/?#<>"\\]+)*""", re.ASCII)
PURGE_URL = re.compile(r"https?://[^\s/?#@<>\"\\]+/[^\s?#,<>\"\\]*", re.ASCII)
LONGEST_PURGE_URL = 200  # characters
HUB_URL = re.compile(r"""https://[^\s#<>"\\]{1,500}""", re.ASCII)
POSTGRESQL_URL = re.compile(r"postgresql(\+psycopg)?://\S+")
REDIS_URL = re.compile(r"(rediss?|unix)://\S+")
DIALECTS = ("varnish", "fastly", "cloudflare", "akamai")  # of surrogate keys


def _setting(default: str, help: str) -> Any:
    return field(default=default, metadata={"help": help})


class BadSetting(CaveatError):
    """An environment variable has a value that cannot be used; the message names it."""


@dataclass(frozen=True)
class Settings:
    """All settings as given, as text; the properties give them their types."""

    data: str = _setting("caveat-data", "Folder of the embedded database and of the key files.")
    database_url: str = _setting(
        "",
        "sqlite:////path/file.db or postgresql://user@host/name; empty: SQLite in the data folder.",
    )
    replica_url: str = _setting(
        "",
        "postgresql://user@host/name of a standby that delivery may read from; "
        "empty: all reads ask the database.",
    )
    redis_url: str = _setting(
        "",
        "redis://host:port/0 for cache and limits that processes share; empty: each its own.",
    )
    public_url: str = _setting(
        "http://127.0.0.1:8000",
        "Base of all public addresses; part of every edition, so `caveat init` records it.",
    )
    open_delivery: str = _setting("false", "Whether articles are served to callers without a key.")
    sandbox: str = _setting(
        "true", "Whether there are test articles: imported, and given with `include=test`."
    )
    console: str = _setting(
        "true", "Whether editors may sign in at `/console` with a browser, over https."
    )
    label: str = _setting(
        "", "Words at the top of each page of the console, such as `Staging`; empty: none."
    )
    proxies: str = _setting(
        "0",
        "How many proxies in front add to X-Forwarded-For; by it attempts to sign in are counted.",
    )
    signing_keys: str = _setting(
        "", "Private JWK Set as JSON; empty: the file signing-keys.json in the data folder."
    )
    secret_key: str = _setting(
        "",
        "Secret that keys the digests of tokens and signs previews; "
        "empty: the file secret-key in the data folder.",
    )
    host: str = _setting("127.0.0.1", "Address that `caveat serve` listens on.")
    port: str = _setting("8000", "Port that `caveat serve` listens on.")
    workers: str = _setting(
        "", "Processes of `caveat serve`; empty: one for each core if there is a Redis, else one."
    )
    background_work: str = _setting(
        "false", "Whether `caveat serve` also does the work of `caveat work`, beside it."
    )
    plans: str = _setting(
        "standard=600,100000 trial=60,1000 large=6000,10000000",
        "Plans of partners: a name, requests a minute and a day; the first is that of new ones.",
    )
    websub_hub: str = _setting(
        "", "Address of a WebSub hub that feeds name, at which readers subscribe; empty: none."
    )
    webhooks_loopback: str = _setting(
        "false", "Whether webhooks may be sent to this machine, over http: for development only."
    )
    max_age: str = _setting("30", "Seconds that caches may keep an answer which nobody can purge.")
    surrogate_keys: str = _setting(
        "",
        "Dialect of the tags by which a cache in front purges: varnish, fastly, cloudflare or "
        "akamai; empty: none are sent.",
    )
    purge_urls: str = _setting(
        "",
        "Addresses of caches, separated by spaces, that `caveat work` tells what to purge, "
        "such as http://127.0.0.1:6081/.",
    )
    cache_entries: str = _setting("2000", "Editions that a process keeps when there is no Redis.")
    edge_megabytes: str = _setting("160", "Memory of each process for finished answers, in MiB.")

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> "Settings":
        """Read ``CAVEAT_*``; raise :class:`BadSetting` for a bad value."""
        found = os.environ if environment is None else environment
        known = {variable(one): one.name for one in fields(cls)}
        settings = cls(**{known[key]: value for key, value in found.items() if key in known})
        settings.check()
        return settings

    def check(self) -> None:
        """Raise :class:`BadSetting` when a value cannot be used."""
        for name in ("port", "max_age", "cache_entries", "edge_megabytes", "proxies"):
            self.number(name)
        for name in ("open_delivery", "sandbox", "console", "background_work", "webhooks_loopback"):
            self.flag(name)
        if self.workers:
            self.number("workers")
        try:
            plans.parse(self.plans)
        except Invalid as error:
            raise BadSetting(f"CAVEAT_PLANS: {error.findings[0].message}.") from None
        if not 0 < self.number("port") <= MAX_PORT:
            raise BadSetting(f"CAVEAT_PORT must be between 1 and {MAX_PORT}, not {self.port}.")
        if not (BASE_URL.fullmatch(self.public_url) and self.public_url.isascii()):
            raise BadSetting("CAVEAT_PUBLIC_URL must be an http(s) URL without a slash at its end.")
        if self.websub_hub and not HUB_URL.fullmatch(self.websub_hub):
            raise BadSetting("CAVEAT_WEBSUB_HUB must be an https URL.")
        self._check_services()
        self._check_caches()

    def _check_services(self) -> None:
        if self.redis_url and not REDIS_URL.fullmatch(self.redis_url):
            raise BadSetting("CAVEAT_REDIS_URL must look like redis://host:port/0.")
        if self.replica_url and not POSTGRESQL_URL.fullmatch(self.replica_url):
            raise BadSetting("CAVEAT_REPLICA_URL must look like postgresql://user@host/name.")
        if self.replica_url and not POSTGRESQL_URL.fullmatch(self.database):
            raise BadSetting("CAVEAT_REPLICA_URL needs a CAVEAT_DATABASE_URL of PostgreSQL.")

    def _check_caches(self) -> None:
        if self.surrogate_keys and self.surrogate_keys not in DIALECTS:
            known = ", ".join(DIALECTS)
            raise BadSetting(f"CAVEAT_SURROGATE_KEYS must be one of {known}, or empty.")
        for url in self.purged:
            if not (PURGE_URL.fullmatch(url) and len(url) <= LONGEST_PURGE_URL):
                raise BadSetting(
                    "CAVEAT_PURGE_URLS must be http(s) addresses with a path and no password, "
                    f"of at most {LONGEST_PURGE_URL} characters, not {url!r}."
                )

    def number(self, name: str) -> int:
        """Return a setting as a whole number of at least 0."""
        value = getattr(self, name)
        if not (value.isascii() and value.isdigit() and len(value) < 10):
            raise BadSetting(f"{PREFIX}{name.upper()} must be a whole number, not {value!r}.")
        return int(value)

    def flag(self, name: str) -> bool:
        """Return a setting as true or false."""
        value = getattr(self, name).lower()
        if value not in (*TRUE, *FALSE):
            raise BadSetting(f"{PREFIX}{name.upper()} must be true or false, not {value!r}.")
        return value in TRUE

    @property
    def processes(self) -> int:
        """How many processes a server has; without Redis each would grant whole plans by itself."""
        if self.workers:
            return max(self.number("workers"), 1)
        return (os.cpu_count() or 1) if self.redis_url else 1

    @property
    def known_plans(self) -> dict[str, Plan]:
        """The plans by their names."""
        return plans.parse(self.plans)

    @property
    def purged(self) -> tuple[str, ...]:
        """The addresses of caches that are told what to purge, each once."""
        return tuple(dict.fromkeys(self.purge_urls.split()))

    @property
    def folder(self) -> Path:
        """The data folder."""
        return Path(self.data).absolute()

    @property
    def database(self) -> str:
        """The database's URL."""
        return self.database_url or f"sqlite:///{self.folder / 'caveat.db'}"


def variable(setting: "Field[Any]") -> str:
    """Return the environment variable of a setting."""
    return PREFIX + setting.name.upper()


def unknown(environment: Mapping[str, str] | None = None) -> list[str]:
    """Return a warning for each ``CAVEAT_*`` variable that is no setting, with the nearest one."""
    known = (*(variable(one) for one in fields(Settings)), TOKEN, KEY, WEBHOOK_SECRET, PASSPHRASE)
    found = os.environ if environment is None else environment
    strangers = sorted(key for key in found if key.startswith(PREFIX) and key not in known)
    return [f"{key} is not a setting and is ignored.{nearest(key, known)}" for key in strangers]


def describe() -> list[tuple[str, str, str]]:
    """Return (variable, default, help) of every setting."""
    return [(variable(one), str(one.default), one.metadata["help"]) for one in fields(Settings)]
