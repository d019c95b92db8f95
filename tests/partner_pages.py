"""A partner's page in a real browser, with our API behind it: what the API answers can be bent."""

import html
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from bodies import make_full_body
from flask.testing import FlaskClient
from playwright.sync_api import Locator, Page, Route

from content import canonical
from content.db import Database
from content.signing import Keyring

API = "https://content.example"
PARTNER = "https://partner.example/"
STRICT = (
    f"default-src 'none'; script-src {API}; connect-src {API}; "
    "require-trusted-types-for 'script'; trusted-types 'none'"
)
SCRIPT = f'<script src="{API}/embed/v1.js" crossorigin="anonymous" defer></script>'
PASSED = ("Accept", "Authorization", "If-None-Match", "Origin")  # headers that reach the API
DROPPED = ("content-length", "transfer-encoding", "connection")

Answer = tuple[int, bytes] | None  # status and body; None: no answer at all
Bend = Callable[[int, bytes], Answer]


@dataclass
class World:
    """The shipped library behind the API, and the keys that sign it."""

    database: Database
    client: FlaskClient
    keyring: Keyring

    def read(self, address: str) -> str:
        """Return the text of an answer that must be 200."""
        response = self.client.get(address)
        assert response.status_code == 200, response.text
        return response.text

    def fragment(self, slug: str, **asked: Any) -> str:
        """Return the HTML fragment that a partner's server would put into its page."""
        query = {"fragment": 1} | asked
        response = self.client.get(f"/v1/articles/{slug}.html", query_string=query)
        assert response.status_code == 200, response.text
        return response.text

    def sign(self, **changed: Any) -> bytes:
        """Return a made-up edition with every kind of block, signed as ours are."""
        body = make_full_body(**changed)
        body["freshness"] = {"recheck_after": "P1D", "max_offline": "P7D", "display_until": None}
        body |= {"help": [], "integrity": None}
        kid = self.client.get("/.well-known/jwks.json").json["keys"][-1]["kid"]
        del body["integrity"]
        octets = canonical.encode(body)
        jws = self.keyring.sign(kid, octets)
        integrity = {"digest": canonical.digest(octets), "kid": kid, "jws": jws}
        return canonical.encode(body | {"integrity": integrity})


@dataclass
class Host:
    """A page of a partner; it hears what goes wrong, and what is asked for."""

    page: Page
    world: World
    bent: dict[str, Bend] = field(default_factory=dict)  # by a part of the address
    asked: list[str] = field(default_factory=list)
    heard: list[str] = field(default_factory=list)
    served: dict[str, tuple[str, dict[str, str]]] = field(default_factory=dict)  # the partner's

    def __post_init__(self) -> None:
        self.page.on("console", lambda message: self.heard.append(message.text))
        self.page.on("pageerror", lambda error: self.heard.append(str(error)))
        self.page.route(f"{API}/**", self._answer)
        self.page.route(re.compile(r"https?://partner\.example/"), self._serve)

    def open(
        self,
        inside: str,
        *,
        head: str = SCRIPT,
        policy: str = "",
        address: str = PARTNER,
        lang: str = "en",
    ) -> None:
        """Open a page with this in its body."""
        body = (
            f'<!doctype html><html lang="{lang}"><head><title>Partner</title>{head}</head>'
            f"<body><main><h1>Partner</h1>{inside}</main></body></html>"
        )
        headers = {"Content-Type": "text/html; charset=utf-8"}
        headers |= {"Content-Security-Policy": policy} if policy else {}
        self.served[address] = body, headers
        self.page.goto(address)

    def show(self, slug: str, fragment: str = "", **attributes: Any) -> Locator:
        """Open a page with an element, and wait until it has made up its mind."""
        how = {k: attributes.pop(k) for k in ("head", "policy", "address") if k in attributes}
        self.open(element(slug, fragment, **attributes), **how)
        return self.settled()

    def settled(self) -> Locator:
        """Return the element once it has made up its mind."""
        self.page.locator("caveat-article[status]:not([status=checking])").first.wait_for(
            state="attached"
        )
        return self.page.locator("caveat-article").first

    def text(self) -> str:
        """Return everything that is in the element, seen or folded."""
        script = "one => one.textContent + one.shadowRoot.textContent"
        found: str = self.page.locator("caveat-article").first.evaluate(script)
        return found

    def _serve(self, route: Route) -> None:
        body, headers = self.served.get(route.request.url, ("", {}))
        route.fulfill(body=body, headers=headers)

    def _answer(self, route: Route) -> None:
        address = route.request.url.removeprefix(API)
        self.asked.append(address)
        sent = route.request.headers
        headers = {name: sent[name.lower()] for name in PASSED if name.lower() in sent}
        response = self.world.client.get(address, headers=headers)
        answer: Answer = (response.status_code, response.data)
        for part, bend in self.bent.items():
            answer = bend(*answer) if part in address and answer else answer
        if answer is None:
            route.abort()
            return
        kept = {n: v for n, v in response.headers.items() if n.lower() not in DROPPED}
        route.fulfill(status=answer[0], headers=kept, body=answer[1])


def element(slug: str, fragment: str = "", **attributes: Any) -> str:
    """Return the markup of an element."""
    named = {"slug": slug, **attributes}
    told = "".join(f' {k.replace("_", "-")}="{html.escape(str(v))}"' for k, v in named.items())
    return f"<caveat-article{told}>{fragment}</caveat-article>"
