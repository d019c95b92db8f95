"""The impact of a change of policy is what brute force finds: every edition composed, twice."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from itertools import product
from typing import Any

import policies
import pytest
from factories import NOW, Databases, make_source, publish
from histories import VALUES
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from content import bodies, cases, changes, policy, rules, subjects
from content.contexts import AUDIENCES, CHANNELS, Context
from content.db import Database
from content.editorial import groups, impact, publishing, readers
from content.editorial.impact import Impact
from content.errors import Unresolvable
from content.models.heads import Head
from content.models.log import Publication
from content.policy import Policy
from content.policy.files import Item
from content.subjects import Subject

MORE: dict[str, Callable[[], list[Any]]] = {
    "labels": lambda: [policies.site("notice_labels", policies.labels("Other notes"))],
    "contact": lambda: [policies.site("contact_url", "https://test.example/other")],
    "terms": lambda: [policies.site("terms", ["Keep all notices."])],
    "fallbacks": lambda: [policies.site("fallbacks", {"ca": ["de"]})],
    "no-german": lambda: [
        policies.site("locales", ["en"]),
        policies.site("fallbacks", {"ca": ["en"]}),
    ],
    "hide-from-shops": lambda: [
        policies.rule("hide", when={"channel": ["retail"]}, withhold={"status": 403})
    ],
    "show-minors": lambda: [policies.no_rule("minors")],
    "first": lambda: [
        policies.rule("lift", **{"raise": {"disclaimer": "fda-note", "level": "lead"}})
    ],
}
ALL = {**VALUES, **MORE}


def items(*names: str) -> list[Item]:
    """Return the items of some changes."""
    facts = [fact for name in dict.fromkeys(names) for fact in ALL[name]()]
    last = {tuple(str(getattr(fact, key)) for key in (*fact.key,)): fact for fact in facts}
    return [Item(fact, None, policies.FILE, "") for fact in last.values()]


def brute_force(session: Session, some: list[Item]) -> dict[str, Any]:
    """Compose every edition before and after, and count."""
    plan = groups.begin(session, some)
    found: dict[str, Any] = {"changed": 0, "withheld": 0, "released": 0, "articles": set()}
    found |= {"alert": False, "editions": 0}
    for subject, context in editions(session, plan.old, plan.new):
        before, after = (shown(subject, one, context) for one in (plan.old, plan.new))
        if is_lost(subject.document.locale, plan.old, plan.new):
            after = None
        found["editions"] += context.jurisdiction in readers.places([plan.old])
        if before == after:
            continue
        found["changed"] += 1
        found["withheld"] += after is None
        found["released"] += before is None
        found["articles"].add((subject.publication.slug, subject.document.locale))
        if before and after:
            found["alert"] |= alerts(before) != alerts(after)
    return found


def editions(session: Session, *known: Policy) -> Iterator[tuple[Subject, Context]]:
    at = changes.head(session)
    for head in session.scalars(select(Head)).all():
        row = session.get_one(Publication, head.seq)
        subject = subjects.read(session, row, at, None)
        for code, audience, channel in product(readers.places(known), AUDIENCES, CHANNELS):
            yield subject, Context(head.locale, code, audience, channel)


def shown(subject: Subject, known: Policy, context: Context) -> dict[str, Any] | None:
    here = replace(context, jurisdiction=known.atlas.resolve(context.jurisdiction))
    if rules.withholding(known.rules, cases.case(subject, known, here)):
        return None
    return bodies.compose(subject, known, here)


def is_lost(locale: str, old: Policy, new: Policy) -> bool:
    return locale in old.site["locales"] and locale not in new.site["locales"]


def alerts(body: dict[str, Any]) -> list[Any]:
    return [one for one in body["disclaimers"] if one["display"]["level"] == "alert"]


def numbers(found: Impact) -> dict[str, Any]:
    names = ("changed", "withheld", "released", "editions")
    return {name: getattr(found, name) for name in names} | {"articles": set(found.articles)}


@pytest.fixture
def make_world(databases: Databases, small_template: str) -> Callable[[], Database]:
    def make() -> Database:
        database = Database(databases.new(small_template))
        cited = [make_source("sleep-2020")]
        publish(database, slug="sleeping", topics=["sleep"], sources=cited)
        two = [*cited, make_source("stress-2020")]
        publish(database, slug="also-sleeping", topics=["sleep"], title="Another title, not so")
        publish(
            database, slug="both", topics=["stress", "sleep"], title="Not known at all", sources=two
        )
        of = {"locale": "en", "revision": 1, "status": "unreviewed"}
        publish(database, slug="both", locale="de", topics=["stress", "sleep"], translation=of)
        return database

    return make


@pytest.mark.no_cover
def test_what_would_change_is_what_changes(
    make_world: Callable[[], Database], examples: int
) -> None:
    names = st.lists(st.sampled_from(list(ALL)), min_size=1, max_size=3)

    @settings(
        max_examples=max(examples // 2, 3),
        deadline=None,
        derandomize=True,
        suppress_health_check=[HealthCheck.too_slow],
    )
    @given(names, st.booleans(), names)
    @example(["al-law-soon", "gb-law"], True, ["al-law-late"])
    @example(["more"], False, ["mentioned"])
    @example(["lift"], False, ["al-law-soon"])
    @example(["tell-retracted", "retract-other"], False, ["retract"])
    @example(["more-crisis"], False, ["call", "gb-911"])
    @example(["more"], False, ["no-german"])
    def live(earlier: list[str], lapsed: bool, later: list[str]) -> None:
        database = make_world()
        with suppress(Unresolvable), database.write() as session:
            publishing.publish(session, items=items(*earlier), by="test", now=NOW)
            session.commit()
        if lapsed:
            policies.lapse(database, NOW + timedelta(days=60))
        with database.read() as session:
            check(session, items(*later))
        database.close()

    live()


def check(session: Session, some: list[Item]) -> None:
    try:
        found = impact.measure(session, some)
    except Unresolvable:
        return
    expected = brute_force(session, some)
    assert found.alert >= expected.pop("alert")
    assert numbers(found) == expected
    for sample in found.samples:
        assert (sample["before"] is None) == (sample["what"] == "released")
        assert (sample["after"] is None) == (sample["what"] == "withheld")
    assert bool(found.samples) == bool(found.changed)


def test_policy_is_read_at_one_number(make_world: Callable[[], Database]) -> None:
    database = make_world()
    with database.read() as session:
        found = impact.measure(session, items("more-gb"))
        assert policy.at(session, found.sequence).rules.get("more") is None
    database.close()
