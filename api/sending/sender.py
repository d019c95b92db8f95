"""The sender: tells each endpoint what it wants to hear, in its own pace.

Endpoints are looked after one by one, each in a task of its own, so a slow one delays nobody. Of
several senders each holds leases; one that has died renews none, and another goes on where the
database says that it was. So every event is sent at least once.
"""

import asyncio
import json
import logging
import time
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from sqlalchemy import update
from sqlalchemy.orm import Session

from api.db import now
from api.sending import agenda, posting
from api.sending.addresses import PublicOnly
from api.sending.agenda import Work
from api.sending.posting import Answer, Pool
from api.sending.writing import Writer
from content import canonical, changes
from content.db import Database
from content.editorial import tasks
from content.models.access import Partner
from content.models.webhooks import Endpoint
from content.webhooks import deliveries, endpoints, events
from content.webhooks.deliveries import Outcome, Told
from content.webhooks.events import Event

log = logging.getLogger("caveat")
PAUSE = 0.25  # seconds between two looks for endpoints
LEASE = timedelta(seconds=10)
AT_ONCE = 400  # endpoints that one sender looks after
TURN = 20.0  # seconds after which one of them makes room, where others wait
RECORDED = 20  # events after which it is written down what became of them,
UNRECORDED = 1.0  # or seconds


@dataclass
class Sender:
    """One process that sends."""

    database: Database
    key: bytes
    name: str
    backend: PublicOnly
    lease: timedelta = LEASE
    settled: timedelta = deliveries.SETTLED
    tasks: dict[str, "asyncio.Task[None]"] = field(default_factory=dict)
    ends: bool = False
    writer: Writer = field(init=False)

    def __post_init__(self) -> None:
        """Have one writer for all endpoints."""
        self.writer = Writer(self.database)

    async def run(self, stopped: asyncio.Event) -> None:
        """Look after endpoints until stopped; what is under way is finished first."""
        async with posting.pool(self.backend) as pool:
            beside = [asyncio.create_task(one) for one in (self.writer.run(), self._renew())]
            while not stopped.is_set():
                try:
                    await self._look(pool)
                except Exception as error:  # whatever it is: nobody else sends for this process
                    log.error("webhooks could not be sent: %s: %s", type(error).__name__, error)
                await _wait(stopped, PAUSE)
            self.ends = True
            await asyncio.gather(*self.tasks.values(), return_exceptions=True)
            for one in beside:
                one.cancel()

    async def _look(self, pool: Pool) -> None:
        self.tasks = {id: task for id, task in self.tasks.items() if not task.done()}
        waiting = await asyncio.to_thread(self._waiting)
        found = [id for id in waiting if id not in self.tasks]
        if not found:  # as most of the time: nothing is written then
            return
        for id in await self.writer.do("", lambda session: self._claim(session, found)):
            self.tasks[id] = asyncio.create_task(self._look_after(pool, id))

    async def _look_after(self, pool: Pool, id: str) -> None:
        """Tell one endpoint what there is to be told, and let go of it.

        One with which something is wrong rests, as one that fails does. Where even that cannot be
        written down its lease runs out.
        """
        rest, ends, endings_first = None, time.monotonic() + TURN, True
        try:
            while not self._is_over(ends) and (
                work := await asyncio.to_thread(self._read, id, endings_first=endings_first)
            ):
                endings_first = not work.is_of_endings
                if not await self._tell(pool, work, ends):
                    break
        except Exception:
            log.exception("webhook %s could not be looked after", id)
            rest = deliveries.REST
        try:
            await self.writer.do(id, lambda session: self._let_go(session, id, rest))
        except Exception as error:
            log.error("webhook %s could not be let go of: %s", id, type(error).__name__)

    async def _tell(self, pool: Pool, work: Work, ends: float) -> bool:
        """Send what was read; return whether to read what comes next."""
        if work.state == endpoints.PENDING:
            return await self._verify(pool, work)
        rest: Work | None = work
        while rest is not None:
            outcomes = await self._send(pool, rest)
            rest = await self._record(rest, outcomes)
            if rest is not None and (self._is_over(ends) or not rest.events):
                return True
        return False

    def _is_over(self, ends: float) -> bool:
        """Return whether an endpoint is to be let go of: others may be waiting for its place."""
        return self.ends or (len(self.tasks) >= AT_ONCE and time.monotonic() > ends)

    async def _send(self, pool: Pool, work: Work) -> list[Outcome]:
        """Send events, until something is to be written down: enough of them, or a failure."""
        outcomes: list[Outcome] = []
        began = time.monotonic()
        for event in work.events[:RECORDED]:
            id = deliveries.message_id(work.endpoint, event.end)
            payload = event.payload()
            answer = await posting.post(pool, work.url, id, payload, work.secrets, now())
            outcomes.append(_outcome(event, answer))
            if not outcomes[-1].is_taken or time.monotonic() - began > UNRECORDED:
                break
        return outcomes

    async def _record(self, work: Work, outcomes: list[Outcome]) -> Work | None:
        return await self.writer.do(
            work.endpoint, lambda session: self._note(session, work, outcomes)
        )

    async def _verify(self, pool: Pool, work: Work) -> bool:
        """Ask an address whether it wants to be told: it has to say the challenge."""
        payload = {
            "type": events.VERIFICATION,
            "timestamp": canonical.time(now()),
            "data": {"challenge": work.challenge},
        }
        about = (pool, work.url, deliveries.message_id(work.endpoint, 0), payload)
        answer = await posting.post(*about, work.secrets, now())
        return await self.writer.do(
            work.endpoint, lambda session: self._note_verification(session, work, answer)
        )

    async def _renew(self) -> None:
        while True:
            await asyncio.sleep(self.lease.total_seconds() / 3)
            with suppress(Exception):  # it is told where endpoints are looked for
                if self.tasks:
                    await self.writer.do("", self._extend)

    def _waiting(self) -> list[str]:
        at, room = now(), AT_ONCE - len(self.tasks)
        with self.database.read() as session:
            upto = self._settled(session, at)
            return endpoints.waiting(session, upto=upto, now=at, limit=room)

    def _claim(self, session: Session, found: list[str]) -> list[str]:
        at = now()
        return endpoints.claim(session, found, self.name, now=at, until=at + self.lease)

    def _extend(self, session: Session) -> None:
        endpoints.extend(session, list(self.tasks), self.name, until=now() + self.lease)

    def _let_go(self, session: Session, id: str, rest: timedelta | None) -> None:
        mine = update(Endpoint).where(Endpoint.id == id, Endpoint.lease == self.name)
        paused = {"paused_until": now() + rest} if rest else {}
        session.execute(mine.values(lease=None, lease_until=None, **paused))

    def _read(self, id: str, *, endings_first: bool) -> Work | None:
        """Return what an endpoint is to be told next: endings, what waits, what follows."""
        at = now()
        with self.database.read() as session:
            one = session.get(Endpoint, id)
            if one is None or not self._may_tell(one, at):
                return None
            upto = self._settled(session, at)
            return agenda.read(
                session, one, key=self.key, upto=upto, at=at, endings_first=endings_first
            )

    def _note(self, session: Session, work: Work, outcomes: list[Outcome]) -> Work | None:
        """Write down what became of some events; return what is left, None: let the endpoint be.

        What was sent counts, also where the lease was lost meanwhile: a machine that is too slow
        for its leases would send the same again and again otherwise.
        """
        at, one = now(), session.get(Endpoint, work.endpoint, with_for_update=True)
        if one is None or one.url != work.url:  # what another address took counts for nothing
            return None
        rest = work.after(outcomes)
        cursors = {name: getattr(one, name) for name in ("cursor", "urgent_cursor")}
        if work.cursor and cursors[work.cursor] == work.began:  # else others moved it meanwhile
            cursors[work.cursor] = rest.began
        if cursors["urgent_cursor"] == work.urgent[0]:
            cursors["urgent_cursor"] = work.urgent[1]
        was = one.state
        deliveries.drop(session, one.id, work.unwanted, now=at)
        deliveries.record(session, one, Told(**cursors, outcomes=outcomes), now=at)
        if one.state == endpoints.DISABLED != was:
            _tell_editors(session, one, at)
        if not self._may_tell(one, at):
            return None
        ended = events.has_ending(session, one.urgent_cursor, self._settled(session, at))
        return replace(rest, events=[]) if ended else rest

    def _note_verification(self, session: Session, work: Work, answer: Answer) -> bool:
        one = session.get(Endpoint, work.endpoint, with_for_update=True)
        if one is None or one.challenge != work.challenge:
            return False
        if _says(answer, work.challenge):
            endpoints.verified(one)
        else:
            endpoints.not_verified(one, answer.error or "the challenge is not in it", now=now())
        return one.state == endpoints.ACTIVE and one.lease == self.name

    def _may_tell(self, one: Endpoint, at: datetime) -> bool:
        rests = one.paused_until is not None and one.paused_until > at
        return one.lease == self.name and one.state != endpoints.DISABLED and not rests

    def _settled(self, session: Session, at: datetime) -> int:
        """Return the end of the newest group that every cache of ours knows of."""
        return changes.last_end(session, changes.number_before(session, at - self.settled))


def _says(answer: Answer, challenge: str) -> bool:
    """Return whether an answer is the challenge, alone or as ``{"challenge": …}``."""
    if answer.error or answer.status not in deliveries.TAKEN:
        return False
    try:
        said = json.loads(answer.body)
    except ValueError:
        said = answer.body.decode("utf-8", "replace").strip()
    return challenge in (said, said.get("challenge") if isinstance(said, dict) else None)


def _tell_editors(session: Session, one: Endpoint, at: datetime) -> None:
    """Open a task: somebody has to ask a partner why it wants to hear nothing."""
    partner = session.get_one(Partner, one.partner)
    text = f"{partner.name} is told nothing any more at {one.url}: {one.reason}."
    tasks.add(session, tasks.WEBHOOK, "partner", partner.id, text, by="work", now=at)


def _outcome(event: Event, answer: Answer) -> Outcome:
    facts = (answer.status, answer.error, answer.milliseconds, answer.retry_after)
    return Outcome(event.end, event.type, *facts)


async def _wait(stopped: asyncio.Event, seconds: float) -> None:
    with suppress(TimeoutError):
        await asyncio.wait_for(stopped.wait(), seconds)
