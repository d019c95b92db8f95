"""What our API says of an article: its edition, verified; what that has replaced; or an end."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

import httpx

from api.conforming.fetching import Fetched, Unread, fetch
from api.conforming.naming import Named
from content import canonical, verifying

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
            answer = await fetch(self.using, f"{self.api}/.well-known/jwks.json")
            if answer.status != httpx.codes.OK:
                raise Unread(f"{answer.url} answers {answer.status}: no key can be had")
            self.kept = _json(answer)
        verifying.verify(edition, self.kept)

    async def before(self, edition: Json, named: Named) -> tuple[Json, datetime] | None:
        """Return the edition that this one has replaced, and when; None where there is none.

        Not only a text may have changed: a disclaimer, a rule or a fact about the place, too.
        """
        number = edition["sequence"] - 1
        past = Named(named.slug, {**named.query, "at": str(number)}, named.key)
        answer = await self._get(f"/v1/articles/{named.slug}", past)
        if number < 1 or answer.status != httpx.codes.OK:
            return None
        log = await fetch(self.using, f"{self.api}/v1/changes?after={number}&limit=1", self._sent())
        if log.status != httpx.codes.OK:
            raise Unread(f"{log.url} answers {log.status}: no changes can be had")
        (change,) = _json(log)["changes"]
        return _json(answer), datetime.fromisoformat(change["at"])

    async def _get(self, path: str, named: Named) -> Fetched:
        key, query = named.key or self.key, dict(named.query)
        if key:
            query.pop("audience", None)  # which the key fixes
            query.pop("channel", None)
        asked = f"?{urlencode(query)}" if query else ""
        return await fetch(self.using, f"{self.api}{path}{asked}", self._sent(named.key))

    def _sent(self, key: str | None = None) -> dict[str, str]:
        """Return the headers of a request, with the key of the page or our own."""
        known = key or self.key
        own = {"Authorization": f"Bearer {known}"} if known else {}
        return {"Accept": "application/json", **own}


def _json(answer: Fetched) -> Json:
    try:
        body = canonical.decode(answer.octets)
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise Unread(f"{answer.url} answers {answer.status}, and not with JSON")
    return body
