"""A field of partners: real servers on loopback, healthy ones and ones with every fault.

All run in one process, each on a port of its own. What arrives is verified with the public library
of Standard Webhooks and noted; what is sent where nothing may be sent is noted, too.
"""

import asyncio
import json
import random
import threading
from collections import Counter
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Any

from standardwebhooks import Webhook

DRIP = 0.2  # seconds between two octets of a slow answer
Answered = tuple[int, dict[str, str], bytes]  # status, headers, body; no status: no answer
SOMETIMES = {"flaky": 0.1, "resets": 0.1, "busy": 0.02}  # how often
ANSWERS: dict[str, Answered] = {
    "flaky": (500, {}, b"no"),
    "broken": (500, {}, b"no"),
    "busy": (429, {"Retry-After": "1"}, b""),
    "gone": (410, {}, b""),
    **dict.fromkeys(("resets", "silent", "drips"), (0, {}, b"")),
}


@dataclass
class Place:
    """One server: how it behaves, and what it got."""

    fault: str
    port: int = 0
    secret: str = ""
    events: Counter[str] = field(default_factory=Counter)  # those that it took, by webhook-id
    order: list[dict[str, Any]] = field(default_factory=list)
    refused: int = 0
    hits: int = 0

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.port}/hook"


class Field:
    """Servers that run in a thread as long as the field is open."""

    def __init__(self, faults: dict[str, int]) -> None:
        self.places = [Place(fault) for fault, count in faults.items() for _ in range(count)]
        self.forbidden = Place("forbidden")  # nothing may ever come here
        self._dice = random.Random(1)  # noqa: S311 - reproducible, not secret
        self._loop = asyncio.new_event_loop()
        self._stop, self._ready = asyncio.Event(), threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> "Field":
        """Start all servers."""
        self._thread.start()
        assert self._ready.wait(10)
        return self

    def __exit__(self, *_: object) -> None:
        """Stop them."""
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(10)

    def of(self, *faults: str) -> list[Place]:
        """Return the servers that behave in one of these ways."""
        return [one for one in self.places if one.fault in faults]

    def taken(self) -> int:
        """Return how many events were taken."""
        return sum(one.events.total() for one in self.places)

    def _run(self) -> None:
        with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
            runner.run(self._serve())

    async def _serve(self) -> None:
        """Serve until stopped; whoever is still being served then is left alone."""
        async with AsyncExitStack() as servers:
            for one in (*self.places, self.forbidden):
                server = await asyncio.start_server(self._serving(one), "127.0.0.1", one.port)
                servers.callback(server.close)
                one.port = server.sockets[0].getsockname()[1]
            self._ready.set()
            await self._stop.wait()

    def _serving(self, place: Place) -> Any:
        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            try:
                while await self._one(place, reader, writer):
                    pass
            except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
                pass  # somebody hung up, or the field is closed
            finally:
                writer.close()

        return serve

    async def _one(
        self, place: Place, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> bool:
        head = await reader.readuntil(b"\r\n\r\n")
        lines = head.decode("latin-1").split("\r\n")[1:]
        headers = {k.lower(): v.strip() for k, _, v in (one.partition(":") for one in lines if one)}
        body = await reader.readexactly(int(headers.get("content-length", 0)))
        place.hits += 1
        status, more, said = await self._answer(place, headers, body, writer)
        if not status:
            return False
        more = {"Content-Length": str(len(said)), **more}
        top = "".join(f"{name}: {value}\r\n" for name, value in more.items())
        writer.write(f"HTTP/1.1 {status} X\r\n{top}\r\n".encode() + said)
        await writer.drain()
        return True

    async def _answer(
        self, place: Place, headers: dict[str, str], body: bytes, writer: asyncio.StreamWriter
    ) -> Answered:
        data = json.loads(body)
        Webhook(place.secret).verify(body.decode(), headers)
        if data["type"] == "webhook.verification":
            return 200, {}, json.dumps({"challenge": data["data"]["challenge"]}).encode()
        fault = await self._misbehave(place, writer)
        if fault is not None:
            place.refused += 1
            return fault
        place.events[headers["webhook-id"]] += 1
        place.order.append(data)
        return 204, {}, b""

    async def _misbehave(self, place: Place, writer: asyncio.StreamWriter) -> Answered | None:
        """Return how a server fails this time; None where it does not."""
        if self._dice.random() > SOMETIMES.get(place.fault, 1):
            return None
        if place.fault == "silent":
            await asyncio.sleep(60)
        if place.fault == "resets":
            writer.transport.abort()
        if place.fault == "drips":
            await _drip(writer)
        elsewhere = {"Location": f"http://127.0.0.1:{self.forbidden.port}/"}
        return {**ANSWERS, "redirects": (307, elsewhere, b"")}.get(place.fault)


async def _drip(writer: asyncio.StreamWriter) -> None:
    """Answer so slowly that nobody can wait for the end."""
    writer.write(b"HTTP/1.1 200 X\r\nContent-Length: 1000\r\n\r\n")
    for _ in range(1000):
        writer.write(b".")
        await writer.drain()
        await asyncio.sleep(DRIP)
