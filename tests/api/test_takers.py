"""Who takes it, over HTTP: partners by name, what they hold, who may still show what is gone."""

from typing import Any

import pytest
from delivery import OCD, end
from flask.testing import FlaskClient
from keyholders import hold
from newsroom import Newsroom
from problems import assert_problem
from takers import live, look, take

from api import db
from api.worker import count_holdings
from content import partners
from content.db import Database
from content.models.webhooks import Endpoint
from content.recalls import confirming, opening
from content.webhooks import endpoints

pytestmark = pytest.mark.one_engine
INSIGHTS = "/v1/insights"


@pytest.fixture
def room(client: FlaskClient, library: Database) -> Newsroom:
    """Everybody who works here."""
    return Newsroom(client, library)


def test_partners_are_found_by_their_name_and_one_is_told_with_its_days(
    room: Newsroom, library: Database
) -> None:
    live(library, 1)
    good = hold(library, name="The Good Health Site")
    take(library, good, OCD)
    found = room.ask("author", "GET", f"{INSIGHTS}/partners?q=good+HEALTH").get_json()["partners"]
    assert [one["id"] for one in found] == [good.id]
    assert room.ask("author", "GET", f"{INSIGHTS}/partners?q=%25").get_json()["partners"] == []
    one = room.ask("author", "GET", f"{INSIGHTS}/partners/{good.id}").get_json()
    days = one.pop("days")
    assert {**found[0], "holds": one["holds"], "sequence": one["sequence"]} == one
    assert len(days) == 30
    assert (days[-1]["answers"], days[-1]["cost"], days[0]["answers"]) == (2, 20, 0)
    assert_problem(room.ask("author", "GET", f"{INSIGHTS}/partners/x"), 404, "not-found")


def test_what_partners_hold_is_kept_as_the_worker_has_counted_it(
    room: Newsroom, library: Database
) -> None:
    holder = hold(library)
    take(library, holder, OCD)
    assert count_holdings(library) == 1
    assert count_holdings(library) == 0, "it was counted a moment ago"
    end(library, OCD)

    def held(asked: str) -> dict[str, Any]:
        answer = room.ask("author", "GET", f"{INSIGHTS}/partners{asked}").get_json()
        found: dict[str, Any] = (answer.get("partners") or [answer])[0]["holds"]
        return found

    kept = held("?holds=kept")
    assert (kept["current"], kept["ended"]) == (1, 0)
    assert held(f"/{holder.id}?holds=kept") == kept
    silent = room.ask("author", "GET", f"{INSIGHTS}/partners?silent=true").get_json()
    assert (silent["partners"], silent["all"]["silent"]) == ([], 0)
    assert (held("")["current"], held("")["ended"]) == (0, 1)
    assert held(f"/{holder.id}")["counted_at"] > kept["counted_at"]


def test_who_may_still_show_what_was_withdrawn_is_listed(room: Newsroom, library: Database) -> None:
    live(library, 4)
    found = room.ask("author", "GET", f"{INSIGHTS}/recalls/unconfirmed").get_json()
    assert found["all"]["unconfirmed"] == len(found["partners"]) == 2
    waits = found["partners"][0]
    assert (waits["state"], waits["is_overdue"]) == ("told", False)
    with library.write() as session:
        recall = opening.find(session, waits["recall"])
        said = {"by": "editor", "note": "By phone.", "now": db.now()}
        confirming.confirm(session, recall, waits["partner"], **said)
        session.commit()
    left = room.ask("author", "GET", f"{INSIGHTS}/recalls/unconfirmed").get_json()["partners"]
    assert left == found["partners"][1:]
    drills = room.ask("author", "GET", f"{INSIGHTS}/recalls/unconfirmed?drills=true").get_json()
    assert drills["partners"] == []


def test_what_was_found_on_a_partners_pages_is_summed_by_the_newest_look(
    room: Newsroom, library: Database
) -> None:
    holder = hold(library)
    looks = (("a", False, 40), ("a", False, 4), ("a", True, 2), ("b", True, 3), ("b", False, 1))
    with library.write() as session:
        for path, conforms, ago in looks:
            look(session, partners.find(session, holder.id), path, conforms=conforms, ago=ago)
        session.commit()
    found = room.ask("author", "GET", f"{INSIGHTS}/partners/{holder.id}").get_json()["conformance"]
    assert (found["pages"], found["failing"]) == (2, 1)
    address = f"/v1/partners/{holder.id}/conformance"
    first = room.ask("admin", "GET", f"{address}?limit=3").get_json()
    rest = room.ask("admin", "GET", f"{address}?before={first['next']}").get_json()
    outcomes = [one["outcome"] for one in first["looks"] + rest["looks"]]
    assert (outcomes, rest["next"]) == (["fails", "conforms", "conforms", "fails", "fails"], None)
    assert first["looks"][0]["failed"] == [{"id": "C1", "what": "Notices", "outcome": "fails"}]


def test_an_admin_sees_a_partners_webhooks_and_replays_one(
    room: Newsroom, library: Database
) -> None:
    live(library, 1)
    with library.read() as session:
        [partner] = partners.after(session, "")
    address = f"/v1/partners/{partner.id}/webhooks"
    [hook] = room.ask("admin", "GET", address).get_json()["webhooks"]
    assert (hook["host"], "url" in hook, "secret" in hook) == ("www.partner.example", False, False)
    sent = room.ask("admin", "GET", f"{address}/{hook['id']}/deliveries").get_json()["deliveries"]
    assert {one["state"] for one in sent} == {"delivered", "waiting"}
    done = room.ask("admin", "POST", f"{address}/{hook['id']}/replay", json={"after": 0})
    assert done.get_json()["cursor"] == 0
    refused = room.ask("admin", "POST", f"{address}/{hook['id']}/enable")
    assert_problem(refused, 409, "conflict")
    with library.write() as session:
        endpoints.disable(session.get(Endpoint, hook["id"]), "It answered 410.")
        session.commit()
    again = room.ask("admin", "POST", f"{address}/{hook['id']}/enable").get_json()
    assert again["state"] == "pending"
    acts = room.ask("admin", "GET", "/v1/editorial/audit").get_json()["rows"]
    assert {"webhook.replay", "webhook.enable"} <= {one["act"] for one in acts}
    other = hold(library)
    assert_problem(
        room.ask("admin", "GET", f"/v1/partners/{other.id}/webhooks/{hook['id']}/deliveries"),
        404,
        "not-found",
    )
