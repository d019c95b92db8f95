"""Partners in the console: the list, one of them whole, what admins do, who asks for a key."""

import re

import pytest
from consoles import Visitor, visit
from delivery import OCD, PEPPER, bearer
from factories import NOW
from flask import Flask
from hostile import HOSTILE
from keyholders import hold
from markupsafe import escape
from queries import counted
from takers import live, look, take

from content import key_requests, partners
from content.db import Database
from content.models.webhooks import Endpoint
from content.webhooks import endpoints

pytestmark = pytest.mark.one_engine
LIST = "/console/partners"


@pytest.fixture
def admin(app: Flask, library: Database) -> Visitor:
    """An admin who is signed in."""
    return visit(app, library, "admin")


def test_partners_are_found_and_paged(
    admin: Visitor, library: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "There is no partner yet." in admin.get(LIST).text
    names = [f"Site {letter}" for letter in "ABCDE"]
    for name in names:
        hold(library, name=name)
    monkeypatch.setattr("api.console.partners.SHOWN", 2)
    seen, address = list[str](), LIST
    while True:
        page = admin.get(address).text
        seen += re.findall(r"<bdi>(Site [A-E])</bdi>", page)
        if (following := re.search(r'rel="next" href="([^"]+)"', page)) is None:
            break
        address = following[1].replace("&amp;", "&")
    assert (sorted(seen), len(seen)) == (names, 5)
    assert "Site C" in admin.get(f"{LIST}?q=site+c&silent=").text
    assert "No partner is like that." in admin.get(f"{LIST}?silent=true").text


def test_who_may_read_sees_what_is_counted_and_an_admin_the_rest(
    app: Flask, admin: Visitor, library: Database
) -> None:
    holder = hold(library, name="A good site", contact="who@partner.example")
    take(library, holder, OCD)
    with library.write() as session:
        partner = partners.find(session, holder.id)
        look(session, partner, "page", conforms=False, ago=1)
        session.commit()
    address = f"{LIST}/{holder.id}"
    plain, whole = visit(app, library, "author").get(address).text, admin.get(address).text
    for page in (plain, whole):
        assert "A good site" in page
        assert re.search(r"Texts that it holds</th><td>1</td>", page)
    private = ("who@partner.example", "https://partner.example/page", "www.partner.example")
    assert [one in whole for one in private] == [True] * 3
    assert [one in plain for one in private] == [False] * 3
    assert "/suspend" not in plain
    assert holder.key not in whole
    assert "cvp_" not in whole
    assert "1 of 1 fail" in admin.get(LIST).text


def test_an_admin_suspends_lets_in_again_and_revokes_by_forms(
    app: Flask, admin: Visitor, library: Database
) -> None:
    holder = hold(library)
    address, asks = f"{LIST}/{holder.id}", app.test_client()
    assert admin.send(f"{address}/suspend").headers["Location"] == address
    assert "is suspended" in admin.get(address).text
    assert asks.get("/v1/me", headers=holder.headers).status_code == 403
    again = admin.send(f"{address}/suspend")
    assert (again.status_code, "suspended already" in again.text) == (409, True)
    admin.send(f"{address}/resume")
    assert asks.get("/v1/me", headers=holder.headers).status_code == 200
    admin.send(f"{address}/keys/{holder.key_id}/revoke")
    assert asks.get("/v1/me", headers=holder.headers).status_code == 401
    acts = {"partner.suspend", "partner.resume", "partner-key.revoke"}
    told = asks.get("/v1/editorial/audit", headers=bearer(admin.token)).get_json()
    assert acts <= {one["act"] for one in told["rows"]}


def test_a_webhook_is_replayed_and_told_again_by_forms(admin: Visitor, library: Database) -> None:
    live(library, 1)
    with library.read() as session:
        [partner] = partners.after(session, "")
        [hook] = endpoints.of(session, partner)
    address = f"{LIST}/{partner.id}/webhooks/{hook.id}"
    page = admin.get(address).text
    assert sorted(re.findall(r'class="state[^"]*">(Taken|Waits)<', page)) == ["Taken", "Waits"]
    assert "https://www.partner.example/" not in page
    assert admin.send(f"{address}/replay", after="0").headers["Location"] == address
    assert "what came after number 0" in admin.get(address).text
    refused = admin.send(f"{address}/replay", after="1e3")
    assert (refused.status_code, 'value="1e3"' in refused.text) == (422, True)
    with library.write() as session:
        endpoints.disable(session.get_one(Endpoint, hook.id), "it has answered 410")
        session.commit()
    assert "it has answered 410" in admin.get(address).text
    admin.send(f"{address}/enable")
    assert "Not verified" in admin.get(address).text


def test_who_asks_for_a_key_is_approved_or_declined(admin: Visitor, library: Database) -> None:
    address = "/console/key-requests"
    assert "Nobody waits for a key." in admin.get(f"{address}?state=waiting").text
    asked = {"name": HOSTILE[:60], "contact": "a@b.example", "audience": "adults"}
    with library.write() as session:
        version = partners.terms_version(session)
        about = ({**asked, "channel": "publisher"}, HOSTILE, version)
        made = [
            key_requests.create(session, *about, pepper=PEPPER, now=NOW)[0].id for _ in range(2)
        ]
        session.commit()
    page = admin.get(address).text
    assert (page.count(str(escape(HOSTILE))), "<script>alert" in page) == (2, False)
    approved = admin.send(f"{address}/{made[0]}/approve")
    shown = admin.get(approved.headers["Location"]).text
    assert str(escape(HOSTILE[:60])) in shown
    assert admin.send(f"{address}/{made[1]}/decline").status_code == 303
    assert admin.send(f"{address}/{made[1]}/approve").status_code == 409
    assert "Nobody waits for a key." in admin.get(f"{address}?state=waiting").text


def test_no_page_of_partners_costs_more_queries_where_there_is_more(
    app: Flask, admin: Visitor, library: Database
) -> None:
    live(library, 2)
    with library.read() as session:
        partner = partners.after(session, "")[0]
        hook = endpoints.of(session, partner)[0].id
    one = f"{LIST}/{partner.id}"
    addresses = (LIST, one, f"{one}/webhooks/{hook}", "/console/recalls", "/console/system")
    costs = [{address: queries(app, admin, address) for address in addresses}]
    live(library, 6)
    costs.append({address: queries(app, admin, address) for address in addresses})
    assert costs[0] == costs[1]
    assert max(costs[0].values()) <= 60


def queries(app: Flask, who: Visitor, address: str) -> int:
    """Return how many queries a page costs."""
    who.get(address)
    with counted(app) as found:
        assert who.get(address).status_code == 200
    return len(found)
