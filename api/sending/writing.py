"""One writer: what is to be written down of many endpoints goes into few transactions.

Each act is in a savepoint, so one that fails keeps no other back. Acts are done in the order of
what they are about, and those that are about several endpoints apart from the others: all writers
lock rows in the same order.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from typing import Any, TypeVar

from sqlalchemy.orm import Session

from content.db import Database

T = TypeVar("T")
MOST = 200  # acts of one transaction


@dataclass(frozen=True)
class Asked:
    """Something to be done, and where its result is waited for."""

    about: str
    act: Callable[[Session], Any]
    done: "asyncio.Future[Any]"


class Writer:
    """Does what it is asked to, as much at a time as has been asked for meanwhile."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._asked: asyncio.Queue[Asked] = asyncio.Queue()

    async def do(self, about: str, act: Callable[[Session], T]) -> T:
        """Do something with a write session and return what comes of it, once it is committed."""
        done: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._asked.put_nowait(Asked(about, act, done))
        return await done

    async def run(self) -> None:
        """Write until cancelled."""
        while True:
            batch = [await self._asked.get()]
            while len(batch) < MOST and not self._asked.empty():
                batch.append(self._asked.get_nowait())
            batch.sort(key=attrgetter("about"))
            for _, some in groupby(batch, key=lambda one: bool(one.about)):
                await self._finish(list(some))

    async def _finish(self, batch: Sequence[Asked]) -> None:
        try:
            results = await asyncio.to_thread(self._write, batch)
        except Exception as error:
            results = [error] * len(batch)
        for one, result in zip(batch, results, strict=True):
            if one.done.done():
                continue
            if isinstance(result, Exception):
                one.done.set_exception(result)
            else:
                one.done.set_result(result)

    def _write(self, batch: Sequence[Asked]) -> list[Any]:
        with self._database.write() as session:
            results = [_do(session, one) for one in batch]
            session.commit()
        return results


def _do(session: Session, one: Asked) -> Any:
    try:
        with session.begin_nested():
            return one.act(session)
    except Exception as error:
        return error
