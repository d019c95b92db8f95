"""Charts: small files of their own, in which the moments that are written below can be read."""

import pytest
from consoles import visit
from flask import Flask
from lxml import etree

from api import db
from content import samples
from content.db import Database
from content.models.samples import Sample

pytestmark = pytest.mark.one_engine


@pytest.mark.parametrize("hours", [1, 6, 24, 168])
def test_few_moments_are_written_below(app: Flask, library: Database, hours: int) -> None:
    facts = dict.fromkeys(("sequence", "workers", "waiting", "scheduled", "slow"), 1)
    with library.write() as session:
        for minute in range(0, hours * 60, hours):
            sums = dict.fromkeys(("answers", "hits", "misses"), 10_000 - minute)
            at = db.now().replace(second=0, microsecond=0) - minute * samples.EVERY
            session.add(Sample(at=at, **facts, **sums))
        session.commit()
    reader = visit(app, library, "publisher")
    drawing = reader.get(f"/console/system/answers.svg?hours={hours}").data
    below = etree.fromstring(drawing).xpath("//*[@class='axis x']//*[local-name()='text']/text()")
    assert 3 <= len(below) <= 5, below
