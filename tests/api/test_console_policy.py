"""Policy at the console: found, read, changed by a form, looked at and published by two people."""

import re
from html import unescape

import pytest
from consoles import HERE, Visitor, visit
from flask import Flask
from flask.testing import FlaskClient
from hostile import HOSTILE
from markupsafe import escape
from newsroom import Newsroom
from releasing import published, stands

from content.db import Database

pytestmark = pytest.mark.one_engine
CHANGE = "/console/policy/change/"
AGE = f"{CHANGE}disclaimer?id=age-limit&locale=en"
FIELD = re.compile(
    r'<(?:input|textarea)[^>]*? name="([^"]+)"[^>]*?(?: value="([^"]*)"[^>]*)?>'
    r"(?:\n([^<]*)</textarea>)?"
)
CHOICE = re.compile(r'<select[^>]*? name="([^"]+)"[^>]*>(.*?)</select>', re.DOTALL)
CHOSEN = re.compile(r'value="([^"]*)" selected')
NAMES = ("id", "locale", "code", "fact")
WORDS = "Other words, as full."
WHY = {"title": "Other words", "reason": "They were not clear."}


@pytest.fixture
def publisher(app: Flask, library: Database) -> Visitor:
    """A publisher who is signed in."""
    return visit(app, library, "publisher")


def fields(page: str) -> dict[str, str]:
    """Return the fields of the form of a page as a browser would send them."""
    form = page[page.index('<main id="main"') :]
    found = {name: unescape(value or text or "") for name, value, text in FIELD.findall(form)}
    for name, inner in CHOICE.findall(form):
        chosen = CHOSEN.search(inner)
        found[name] = chosen[1] if chosen else re.findall(r'value="([^"]*)"', inner)[0]
    return {name: value for name, value in found.items() if name not in ("form_token", "id")}


def written(who: Visitor, address: str, **changed: str) -> dict[str, str]:
    """Return the fields of a form that was opened, some written over."""
    page = who.get(address)
    assert page.status_code == 200, page.text
    return {**fields(page.text), **WHY, **changed}


def send(who: Visitor, address: str, typed: dict[str, str]) -> str:
    """Send a form from which a release is made; return the address of that."""
    done = who.send(address, **typed)
    assert done.status_code == 303, done.text
    return done.headers["Location"]


def version(page: str) -> str:
    found = re.search(r'name="version" value="(\d+)"', page)
    assert found, page
    return found[1]


def test_the_registry_is_searched_and_says_where_things_are_used(publisher: Visitor) -> None:
    found = publisher.get("/console/policy?q=PUBLISHER&group=about").text
    assert ">syndication-integrity</a>" in found
    assert ">crisis-support</a>" not in found
    assert "Nothing is like that." in publisher.get("/console/policy?q=no-such-words").text
    rules = publisher.get("/console/policy?kind=rule&q=minors").text
    assert "withholds, 403" in rules
    page = publisher.get("/console/policy/disclaimer/legal-status-by-region").text
    assert "kratom-and-ocd-evidence" in page
    assert "sleep-habits-and-insomnia" not in page
    assert 'lang="es"' in page
    required = page[page.index("Rules that require it") : page.index("Rules that raise it")]
    requiring = re.findall(r'href="(/console/policy/rule/[a-z0-9-]+)"', required)[0]
    rule = publisher.get(requiring).text
    assert "When topics" in rule
    assert "kratom-and-depression-evidence" in rule
    assert publisher.get("/console/policy/rule/no-such-rule").status_code == 404


def test_a_form_that_nobody_has_changed_changes_nothing(
    publisher: Visitor, client: FlaskClient, library: Database
) -> None:
    room = Newsroom(client, library)
    for item in (
        *room.ask("author", "GET", "/policy/rule").get_json()["items"][::9],
        *room.ask("author", "GET", "/policy/disclaimer?locale=en").get_json()["items"][::9],
        room.ask("author", "GET", "/policy/mention").get_json()["items"][0],
        stands(room, "jurisdiction", code="US", fact="help"),
        stands(room, "jurisdiction", code="US-AL", fact="law/kratom"),
        stands(room, "site", id="locales"),
    ):
        names = [f"{name}={item[name]}" for name in NAMES if name in item]
        address = f"{CHANGE}{item['type']}?{'&'.join(names)}"
        release = send(publisher, address, written(publisher, address))
        assert "It is as what stands now." in publisher.get(release).text, item


def test_words_are_changed_by_a_form_seen_and_published(
    publisher: Visitor, client: FlaskClient, library: Database
) -> None:
    release = send(publisher, AGE, written(publisher, AGE, **{"s:/text": WORDS}))
    page = publisher.get(release).text
    assert f"<ins><bdi>{WORDS}</bdi></ins>" in page
    assert "Nothing is published yet" in page
    impact = publisher.get(f"{release}/impact").text
    assert "kratom-and-ocd-evidence" in impact
    assert WORDS in impact
    room, names = Newsroom(client, library), {"id": "age-limit", "locale": "en"}
    assert stands(room, "disclaimer", **names)["data"]["text"] != WORDS
    done = publisher.send(f"{release}/publish", version=version(page))
    assert (done.status_code, done.headers["Location"]) == (303, release)
    assert "It is published." in publisher.get(release).text
    assert stands(room, "disclaimer", **names)["data"]["text"] == WORDS
    assert WORDS in publisher.get("/console/policy/disclaimer/age-limit").text
    said = room.ask("author", "GET", "/policy/disclaimer/versions?id=age-limit&limit=1").get_json()
    [newest] = said["versions"]
    assert (newest["item"]["data"]["text"], newest["version"]) == (WORDS, 2)
    older = f"/policy/disclaimer/versions?id=age-limit&locale=en&before={said['next']}"
    assert room.ask("author", "GET", older).get_json()["next"] is None
    used = room.ask("author", "GET", "/policy/disclaimer/articles?id=age-limit&limit=1").get_json()
    more = f"/policy/disclaimer/articles?id=age-limit&cursor={used['next']}"
    assert used["articles"][0] not in room.ask("author", "GET", more).get_json()["articles"]
    assert publisher.get(f"{release}/impact").status_code == 409
    assert "Other words" in publisher.get("/console/releases?state=published").text


def test_somebody_who_was_faster_is_shown_beside_what_was_typed(
    publisher: Visitor, client: FlaskClient, library: Database
) -> None:
    typed = written(publisher, AGE, **{"s:/text": "By the second."})
    room = Newsroom(client, library)
    first = stands(room, "disclaimer", id="age-limit", locale="en")
    first["data"]["text"] = "By the first."
    published(room, first)
    late = publisher.send(AGE, **typed)
    assert late.status_code == 409
    assert "has been changed meanwhile" in late.text
    assert "By the first." in late.text
    again = fields(late.text)
    assert (again["s:/text"], again["reason"]) == ("By the second.", WHY["reason"])
    assert again["seen"] > typed["seen"]
    release = publisher.get(send(publisher, AGE, again)).text
    assert "<del><bdi>By the first.</bdi></del>" in release


def test_what_would_not_hold_comes_back_with_all_that_was_typed(publisher: Visitor) -> None:
    for changed, words in (
        ({"s:/short": "x" * 300}, "/items/0/data/short"),
        ({"s:/text": "Seen by {reviewerName}. " + HOSTILE}, "{reviewerName}"),
        ({"n:/order": "many"}, "/items/0/data/order"),
    ):
        address = AGE.replace("age-limit", "not-medical-advice")
        refused = publisher.send(address, **written(publisher, address, **changed))
        assert refused.status_code == 422, words
        assert words in refused.text
        assert changed.items() <= fields(refused.text).items()
        assert "<script>alert" not in refused.text
    assert publisher.send(AGE, **{**written(publisher, AGE), "title": ""}).status_code == 422
    clashing, digits = {"s:/a": "x", "s:/a/b": "y"}, {"s:/when/²": "x"}
    for odd in ({"s:/when": "x"}, {"l:": "x"}, {"s:/raise/0": "x"}, clashing, digits):
        address = f"{CHANGE}rule?id=odd"
        assert publisher.send(address, seen="0", **WHY, **odd).status_code == 422, odd


def test_a_new_rule_that_withholds_takes_another_person_who_has_typed_the_number(
    app: Flask, publisher: Visitor, library: Database
) -> None:
    address, other = f"{CHANGE}rule?id=hide-sleep", visit(app, library, "publisher")
    withheld = {"s:/because": "A test.", "l:/when/topics": "sleep\n", "n:/withhold/status": "403"}
    release = send(publisher, address, written(publisher, address, **withheld))
    page = publisher.get(release).text
    assert "Needs two people" in page
    assert "Publish it now" not in page
    assert 'name="count"' not in publisher.get(f"{release}/impact").text
    impact = other.get(f"{release}/impact").text
    [count] = re.findall(r'id="changed">(\d+)<', impact)
    wrong = other.send(f"{release}/approve", version=version(impact), count="1")
    assert (wrong.status_code, "/count" in wrong.text) == (422, True)
    done = other.send(f"{release}/approve", version=version(impact), count=count)
    assert done.status_code == 303, done.text
    stale = publisher.send(f"{release}/publish", version=version(page))
    assert stale.status_code == 412
    when = {"version": version(publisher.get(release).text), "publish_at": "2027-11-29T08:30"}
    assert publisher.send(f"{release}/schedule", **when).status_code == 303
    page = publisher.get(release).text
    assert "29 Nov 2027, 08:30 UTC" in page
    assert publisher.send(f"{release}/unschedule", version=version(page)).status_code == 303
    page = publisher.get(release).text
    assert publisher.send(f"{release}/publish", version=version(page)).status_code == 303
    matrix = publisher.get("/console/matrix?topic=sleep").text
    assert 'aria-label="W: Withheld, the world"' in matrix
    assert 'aria-label="S:' not in matrix
    ended = {**written(publisher, address), "ends": "true"}
    page = publisher.get(send(publisher, address, ended)).text
    assert ">Ends</span>" in page


def test_a_cell_leads_to_its_reasons_and_a_place_to_its_facts(publisher: Visitor) -> None:
    matrix = publisher.get("/console/matrix?topic=kratom&locale=en").text
    cells = re.findall(r'href="([^"]+)" aria-label="([A-Z]): ([^"]+), Alabama">\2</a>', matrix)
    assert {said for _, _, said in cells} == {"Tells a stale fact"}
    address = unescape(cells[0][0])
    why = publisher.get(address).text
    assert "law/kratom" in why
    assert ">legal-status-by-region</a>" in why
    assert "Not owed everywhere" in publisher.get(address.replace("US-AL", "US")).text
    minors = publisher.get(address.replace("general", "minors")).text
    assert "Why it is withheld" in minors
    assert publisher.get(address.replace("US-AL", "QQ")).status_code == 404
    assert publisher.get(address.replace("US-AL", "nowhere")).status_code == 400
    place = publisher.get("/console/jurisdictions/US-AL").text
    assert "Law: kratom" in place
    assert 'href="/console/policy/change/jurisdiction?code=US-AL&amp;fact=law/kratom"' in place
    assert publisher.get("/console/jurisdictions/QQ").status_code == 404


def test_facts_are_sorted_by_age_and_the_old_ones_are_marked(
    app: Flask, publisher: Visitor, client: FlaskClient, library: Database
) -> None:
    room = Newsroom(client, library)
    law = stands(room, "jurisdiction", code="GB", fact="law/kratom")
    law["data"] |= {"as_of": "2001-01-02", "recheck_by": "2001-02-03"}
    law["data"]["source"] = f'See https://law.example/a?b=1&c="><script>. {HOSTILE}'
    published(room, law)
    page = publisher.get("/console/jurisdictions?sort=as_of").text
    world, states = page.split("The United States <span")
    assert re.search(r'<tbody>\s*<tr>\s*<th scope="row"><a href="[^"]+">GB<', world)
    assert 'aria-sort="ascending">Checked' in page
    assert '<time datetime="2001-02-03" class="late">' in world
    assert '<a href="https://law.example/a?b=1&amp;c=" rel=' in world
    assert "<script>alert" not in page
    assert ">US-AL<" in states
    assert ">US-AL<" not in world
    author = visit(app, library, "author")
    assert "Propose a change" not in author.get("/console/jurisdictions/GB").text
    assert author.client.get(AGE, headers=HERE).status_code == 403
    answer = room.ask("author", "GET", "/v1/insights/facts?kind=law&sort=recheck_by").get_json()
    first = answer["facts"][0]
    assert (first["code"], first["overdue"], first["lapsed"]) == ("GB", True, False)
    assert first["age"] > 25 * 365


def test_hostile_text_is_shown_as_text_wherever_policy_stands(
    publisher: Visitor, client: FlaskClient, library: Database
) -> None:
    room = Newsroom(client, library)
    data = {"because": HOSTILE, "when": {"topics": ["sleep"]}, "require": ["age-limit"]}
    words = stands(room, "disclaimer", id="age-limit", locale="en")
    words["data"] |= {"short": HOSTILE[:100], "text": HOSTILE}
    items = [{"type": "rule", "id": "a-rule", "data": data}, words]
    body = {"title": HOSTILE, "reason": HOSTILE, "items": items}
    made = room.ask("publisher", "POST", "/releases", json=body)
    release = made.headers["Location"].replace("/v1/editorial", "/console")
    before = [publisher.get(f"{release}{part}").text for part in ("", "/impact")]
    page = publisher.get(release).text
    assert publisher.send(f"{release}/publish", version=version(page)).status_code == 303
    sleep = room.ask("author", "GET", "/v1/insights/matrix?topic=sleep").get_json()["texts"][0]
    addresses = (
        *("/console/policy", "/console/policy?kind=rule", "/console/policy/rule/a-rule", release),
        *("/console/policy/disclaimer/age-limit", "/console/releases", AGE),
        f"{CHANGE}rule?id=a-rule",
        f"/console/matrix/{sleep['article']}/en?jurisdiction=GB",
    )
    for text in (*before, *(publisher.get(address).text for address in addresses)):
        assert str(escape(HOSTILE[:100])) in text
        assert "<script>alert" not in text
        assert "onerror=alert(1)>" not in text
