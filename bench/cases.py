"""What is measured: the cases, the bodies that Caveat gives, and the files that nginx gets."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import httpx

from bench.errors import BenchError
from bench.load import Targets
from bench.servers import NOTHING, Server

ARTICLE = "/v1/articles/test-live?include=test"  # of 9 KB
LIST = "/v1/articles"
LIST_OF_20 = f"{LIST}?limit=20"
PLAY = 24  # bytes: the numbers in RateLimit
JURISDICTIONS = ("001", "US", "US-AL", "US-CA", "US-TX", "AU", "CA", "DE", "FR", "GB", "IE", "TH")


@dataclass(frozen=True)
class Page:
    """An address of Caveat, the body found there, and the name of its copy."""

    path: str
    body: bytes
    file: str


@dataclass(frozen=True)
class Case:
    """One row of the table."""

    name: str
    pages: tuple[Page, ...]
    with_key: bool = False
    conditional: bool = False

    def targets(self, server: Server) -> Targets:
        """Return what a server is asked for: nginx by file names, and never with a key."""
        own = server.name == "caveat"
        paths = tuple(page.path if own else f"/{page.file}" for page in self.pages)
        headers = _key(server) if own and self.with_key else {}
        if self.conditional:
            headers["If-None-Match"] = _tag(server, paths[0])
        bodies = tuple(page.body for page in self.pages)
        status, play = 304 if self.conditional else 200, PLAY if self.with_key else 0
        return Targets(paths, bodies, headers, status, play)


def collect(caveat: Server) -> list[Case]:
    """Read every body that the cases need from Caveat, which warms its cache too."""
    with httpx.Client(base_url=caveat.url, trust_env=False, timeout=30) as client:
        addresses = _rotation(_get(client, LIST))
    article = page(caveat, ARTICLE, "article.json")
    rotation = tuple(
        page(caveat, path, f"rotation-{number}.json") for number, path in enumerate(addresses)
    )
    keyed = page(caveat, ARTICLE, "keyed.json", _key(caveat))
    return [
        Case("article, warm", (article,)),
        Case(f"articles, {len(rotation)} in turn", rotation),
        Case("article, If-None-Match: 304", (article,), conditional=True),
        Case("list of articles", (page(caveat, LIST, "list.json"),)),
        Case("article, partner key", (keyed,), with_key=True),
    ]


def of_twenty(caveat: Server) -> list[Case]:
    """Return the same for an article and for a list of 20, of a larger corpus."""
    article = page(caveat, ARTICLE, "article.json")
    keyed = page(caveat, ARTICLE, "keyed.json", _key(caveat))
    return [
        Case("article", (article,)),
        Case("article, partner key", (keyed,), with_key=True),
        Case("304", (article,), conditional=True),
        Case("list of 20", (page(caveat, LIST_OF_20, "list.json"),)),
    ]


def page(server: Server, path: str, file: str, headers: Mapping[str, str] = NOTHING) -> Page:
    """Read the body at an address."""
    with httpx.Client(base_url=server.url, trust_env=False, timeout=30) as client:
        return Page(path, _get(client, path, headers).content, file)


def write_files(cases: list[Case], folder: Path) -> Path:
    """Write every body as a file and return the folder."""
    folder.mkdir()
    for case in cases:
        for page in case.pages:
            (folder / page.file).write_bytes(page.body)
    return folder


def _rotation(listed: httpx.Response) -> list[str]:
    """Return the addresses of all listed articles in all of the jurisdictions."""
    data = listed.json()
    if data["links"]["next"]:
        raise BenchError("the demo has more articles than fit into one page of its list")
    slugs = [item["article"]["slug"] for item in data["items"]]
    return [f"{LIST}/{slug}?jurisdiction={place}" for place in JURISDICTIONS for slug in slugs]


def _get(client: httpx.Client, path: str, headers: Mapping[str, str] = NOTHING) -> httpx.Response:
    answer = client.get(path, headers={"Accept-Encoding": "identity", **headers})
    if answer.status_code != httpx.codes.OK:
        raise BenchError(f"{path} answered {answer.status_code}: {answer.text[:300]}")
    return answer


def _key(caveat: Server) -> dict[str, str]:
    return {"Authorization": f"Bearer {caveat.partner_key}"}


def _tag(server: Server, path: str) -> str:
    with httpx.Client(base_url=server.url, trust_env=False, timeout=10) as client:
        return str(_get(client, path).headers["ETag"])
