"""What a release would do is seen before, and takes two people where it is grave."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from newsroom import Newsroom
from problems import assert_problem
from releasing import act, published, put_together, stands

from api import worker
from content.db import Database

pytestmark = pytest.mark.one_engine
SLEEP = "sleep-habits-and-insomnia"
CONTEXTS = 70 * 7 * 8  # places, audiences and channels


def rule(id: str = "a-test", **effect: Any) -> dict[str, Any]:
    data = {"because": "A test.", "when": {"topics": ["sleep"]}, **effect}
    return {"type": "rule", "id": id, "data": data}


HIDE = rule(withhold={"status": 403})
AGE = rule(require=["age-limit"])


@pytest.fixture
def room(client: FlaskClient, library: Database) -> Newsroom:
    """Everybody at work."""
    return Newsroom(client, library)


def impact(room: Newsroom, path: str) -> dict[str, Any]:
    """Return what a release would do."""
    found = room.ask("author", "GET", f"{path}/impact")
    assert found.status_code == 200, found.get_json()
    told: dict[str, Any] = found.get_json()
    return told


def test_a_small_change_is_seen_and_takes_one_person(room: Newsroom) -> None:
    path = put_together(room, AGE)
    found = impact(room, path)
    assert (found["needs_second"], found["reasons"], found["withheld"]) == (False, [], 0)
    assert found["articles"] == {"count": 1, "first": [{"slug": SLEEP, "locale": "en"}]}
    assert (found["editions"], found["changed"]) == (4 * CONTEXTS, CONTEXTS)
    [sample] = found["samples"]
    assert sample["context"]["jurisdiction"] == "001"
    assert (sample["before"], [one["id"] for one in sample["after"]]) == ([], ["age-limit"])
    assert sample["after"][0]["text"]
    shown = room.client.get(f"/v1/articles/{SLEEP}").get_json()["disclaimers"]
    assert "age-limit" not in {one["id"] for one in shown}, "nothing is published yet"
    assert act(room, "publisher", path, "publish").status_code == 200
    assert_problem(room.ask("author", "GET", f"{path}/impact"), 409, "conflict")


def test_what_withholds_much_takes_a_second_person_who_has_looked(room: Newsroom) -> None:
    path = put_together(room, HIDE)
    found = impact(room, path)
    assert found["reasons"] == [
        f"it withholds {CONTEXTS} of {4 * CONTEXTS} editions, more than 1 %"
    ]
    assert [one["after"] for one in found["samples"]] == [None]
    assert room.ask("author", "GET", path).get_json()["needs_second"] is True
    assert_problem(act(room, "publisher", path, "publish"), 403, "forbidden")
    assert_problem(act(room, "publisher", path, "approve", count=CONTEXTS), 403, "forbidden")
    for count, words in ((None, "is needed"), (CONTEXTS - 1, "differs; read the impact again")):
        refused = act(room, "publisher2", path, "approve", count=count)
        [error] = assert_problem(refused, 422, "invalid")["errors"]
        assert (error["pointer"], words in error["detail"]) == ("/count", True)
        assert str(CONTEXTS) not in error["detail"], "whoever types it has to have looked"
    done = act(room, "publisher2", path, "approve", count=found["changed"])
    assert done.get_json()["state"] == "approved"
    assert room.client.get(f"/v1/articles/{SLEEP}").status_code == 200
    assert act(room, "publisher", path, "publish").status_code == 200
    assert room.client.get(f"/v1/articles/{SLEEP}").status_code == 403


def test_what_withholds_little_takes_one_person(room: Newsroom) -> None:
    little = rule(withhold={"status": 403})
    little["data"]["when"] |= {"jurisdiction": ["GB"], "audience": ["minors"]}
    path = put_together(room, little)
    found = impact(room, path)
    assert (found["withheld"], found["needs_second"]) == (8, False)
    assert act(room, "publisher", path, "publish").status_code == 200


def test_a_language_that_is_served_no_longer_withholds_its_texts(room: Newsroom) -> None:
    only = {"type": "site", "id": "locales", "data": ["en"]}
    path = put_together(room, only, {"type": "site", "id": "fallbacks", "data": None})
    found = impact(room, path)
    assert found["withheld"] == CONTEXTS * 6 // 7, "of the one Spanish text; minors got none"
    assert found["samples"][0]["after"] is None
    assert_problem(act(room, "publisher", path, "publish"), 403, "forbidden")


def test_new_places_do_not_make_little_of_what_is_withheld(room: Newsroom) -> None:
    country = stands(room, "jurisdiction", code="CA", fact="place")["data"]
    new = [
        {"type": "jurisdiction", "code": f"JP-{number:02}", "fact": "place", "data": country}
        for number in range(1, 48)
    ]
    path = put_together(room, rule(withhold={"status": 403}, when={"jurisdiction": ["GB"]}), *new)
    found = impact(room, path)
    assert (found["editions"], found["needs_second"]) == (4 * CONTEXTS, True)


def test_an_alert_takes_two_people(room: Newsroom) -> None:
    words = stands(room, "disclaimer", id="crisis-support", locale="en")
    words["data"]["text"] += " Please."
    helps = stands(room, "jurisdiction", code="US", fact="help")
    helps["data"]["crisis"]["phrase"]["en"] += " now"
    lift = rule(**{"raise": {"disclaimer": "emergency-help", "level": "alert"}})
    for item in (words, helps, lift):
        found = impact(room, put_together(room, item))
        assert (found["reasons"], found["alert"]) == (["it touches an alert"], True), item
    law = stands(room, "jurisdiction", code="US-AL", fact="law/kratom")
    law["data"]["text"]["en"] += " That is so."
    found = impact(room, put_together(room, law))
    assert (found["needs_second"], found["changed"] > 0) == (False, True)


def approved(room: Newsroom, *items: dict[str, Any]) -> str:
    """Put a release together and have it approved."""
    path = put_together(room, *items)
    done = act(room, "publisher2", path, "approve", count=impact(room, path)["changed"])
    assert done.status_code == 200, done.get_json()
    return path


def test_what_has_grown_since_it_was_approved_is_looked_at_again(room: Newsroom) -> None:
    path = approved(room, HIDE)
    room.live(slug="new-one")
    late = assert_problem(act(room, "publisher", path, "publish"), 409, "conflict")
    assert f"{2 * CONTEXTS} editions now, {CONTEXTS} when it was approved" in late["detail"]
    assert act(room, "publisher2", path, "approve", count=2 * CONTEXTS).status_code == 200
    assert act(room, "publisher", path, "publish").status_code == 200


def test_what_needs_a_second_person_by_now_is_refused(room: Newsroom) -> None:
    path = put_together(room, rule("later", withhold={"status": 403}, when={"topics": ["tea"]}))
    assert impact(room, path)["changed"] == 0
    room.live(slug="new-one", topics=["tea"])
    assert_problem(act(room, "publisher", path, "publish"), 403, "forbidden")


def wait(room: Newsroom, path: str, patch: pytest.MonkeyPatch) -> None:
    """Have a release published in an hour; for the worker two hours pass."""
    now = datetime.now(UTC)
    due = (now + timedelta(hours=1)).isoformat()
    done = act(room, "publisher", path, "schedule", publish_at=due)
    assert done.get_json()["state"] == "scheduled"
    patch.setattr("api.worker.now", lambda: now + timedelta(hours=2))


def test_what_has_grown_when_it_is_due_has_failed(
    room: Newsroom, library: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = approved(room, HIDE)
    wait(room, path, monkeypatch)
    room.live(slug="new-one")
    assert worker.publish_due(library) == 0
    found = room.ask("author", "GET", path).get_json()
    assert (found["state"], "approve it again" in found["failure"]) == ("failed", True)
    assert_problem(act(room, "publisher", path, "approve", count=2 * CONTEXTS), 403, "forbidden")
    again = act(room, "publisher2", path, "approve", count=2 * CONTEXTS).get_json()
    assert (again["state"], again["failure"]) == ("approved", None)
    assert act(room, "publisher", path, "publish").status_code == 200


def test_what_somebody_has_changed_when_it_is_due_has_failed(
    room: Newsroom, library: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = put_together(room, AGE)
    wait(room, path, monkeypatch)
    published(room, AGE)
    assert worker.publish_due(library) == 0
    found = room.ask("author", "GET", path).get_json()
    assert (found["state"], "changed meanwhile" in found["failure"]) == ("failed", True)


def test_what_could_not_be_published_has_no_impact_but_says_why(room: Newsroom) -> None:
    path = put_together(room, AGE)
    published(room, rule("other", require=["age-limit"]))
    assert impact(room, path)["changed"] == CONTEXTS, "another rule requires it, too"
    published(room, {**AGE, "data": {**AGE["data"], "because": "Of others."}})
    problem = assert_problem(room.ask("author", "GET", f"{path}/impact"), 409, "conflict")
    assert "rule a-test has been changed meanwhile" in problem["detail"]
