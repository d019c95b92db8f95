"""What our API says of an article: its edition, verified; earlier ones; or that it has ended."""

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import httpx

from api.conforming.fetching import Fetched, Unread, fetch
from api.conforming.naming import Named
from content import canonical, verifying

SOME = 5  # earlier revisions with which a page is compared
ENDED = ("remove", "remove-here")  # values of ``your_copy``
Json = dict[str, Any]


@dataclass
class Publisher:
    """The API at a base address, asked with a key where one is given."""

    using: httpx.AsyncClient
    api: str
    key: str | None = None
    kept: dict[str, Any] = field(default_factory=dict)  # the keys that sign, once they were read

    async def edition(self, named: Named) -> tuple[int, Json]:
        """Return status and body: an edition (200), a refusal that has ended it, or 404.

        Raise :class:`Unread` for everything else: then nothing can be checked.
        """
        answer = await self._get(f"/v1/articles/{named.slug}", named)
        body = _json(answer)
        if answer.status in (200, 404) or body.get("your_copy") in ENDED:
            return answer.status, body
        said = body.get("detail") or body.get("title") or ""
        hint = "; put a key into CAVEAT_KEY" if answer.status == httpx.codes.UNAUTHORIZED else ""
        raise Unread(f"{answer.url} answers {answer.status}: {said}{hint}")

    async def verify(self, edition: Json) -> None:
        """Check a signature; raise what :func:`content.verifying.verify` raises."""
        if not self.kept:
            self.kept = _json(await fetch(self.using, f"{self.api}/.well-known/jwks.json"))
        verifying.verify(edition, self.kept)

    async def older(self, edition: Json, named: Named) -> list[Json]:
        """Return the editions of the newest revisions before this one, newest first."""
        address = f"/v1/articles/{named.slug}/revisions"
        only = Named(named.slug, {"locale": edition["context"]["locale"]}, named.key)
        if "include" in named.query:
            only.query["include"] = named.query["include"]
        told = _json(await self._get(address, only)).get("revisions", [])
        live = edition["revision"]["number"]
        numbers = sorted((one["number"] for one in told if one["number"] < live), reverse=True)
        pinned = [
            Named(named.slug, {**named.query, "revision": str(number)}, named.key)
            for number in numbers[:SOME]
        ]
        answers = [await self._get(f"/v1/articles/{one.slug}", one) for one in pinned]
        return [_json(one) for one in answers if one.status == httpx.codes.OK]

    async def _get(self, path: str, named: Named) -> Fetched:
        key, query = named.key or self.key, dict(named.query)
        headers = {"Accept": "application/json"}
        if key:
            headers["Authorization"] = f"Bearer {key}"
            query.pop("audience", None)  # which the key fixes
            query.pop("channel", None)
        asked = f"?{urlencode(query)}" if query else ""
        return await fetch(self.using, f"{self.api}{path}{asked}", headers)


def _json(answer: Fetched) -> Json:
    try:
        body = canonical.decode(answer.octets)
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise Unread(f"{answer.url} answers {answer.status}, and not with JSON")
    return body
