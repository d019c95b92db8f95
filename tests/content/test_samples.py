"""Samples: steps have the least and the most of their minutes, and what was added meanwhile."""

from datetime import timedelta

from factories import NOW

from content import samples
from content.db import Database
from content.models.samples import Sample

MINUTE = timedelta(minutes=1)


def test_each_step_has_what_its_minutes_had(database: Database) -> None:
    sums, stand = samples.SUMS, samples.WAITS
    with database.write() as session:
        for ago in (400, 239, 238, 237, 236, 7, 6, 5, 0):
            facts = dict.fromkeys(sums, 1000 - ago) | dict.fromkeys(stand, ago)
            session.add(Sample(at=NOW - ago * MINUTE, workers=1 + ago % 2, **facts))
        session.commit()
    with database.read() as session:
        steps = samples.series(session, 4, NOW + timedelta(seconds=20))
    known = {steps.index(one): one for one in steps if one.sequence is not None}
    assert [one.at for one in steps] == [NOW + MINUTE * (4 * n - 239) for n in range(60)]
    assert list(known) == [0, 58, 59]
    first, last_but_one, last = known.values()
    assert (first.sequence, first.changes, first.waiting, first.workers) == (764, 3, 239, 1)
    assert (last_but_one.changes, last_but_one.scheduled) == (231, 7)
    assert (last.sequence, last.hits, last.workers, last.waiting) == (1000, 5, 1, 0)
    assert steps[30] == samples.Step(steps[30].at)
