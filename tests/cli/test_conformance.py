"""``caveat conformance``: 0 all conform, 1 not all do, 2 none could be checked."""

import gzip
import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import delivery
import programs
import publishers
import pytest
from delivery import OCD, SLEEP
from example_sites import Plain
from factories import NOW
from partner_sites import Site, around, serving
from publishers import Publisher

from content import conformance, credentials, partners

pytestmark = pytest.mark.one_engine
PLACE = "jurisdiction=US"


@pytest.fixture(scope="module")
def publisher(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Publisher]:
    """An installation at the address that its editions name."""
    with publishers.installed(tmp_path_factory.mktemp("publisher") / "data") as line:
        yield line


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    """A partner's server."""
    with serving() as found:
        yield found


@pytest.fixture
def settings(publisher: Publisher) -> dict[str, str]:
    """What a shell would export on the machine of the installation."""
    own = publisher.app.extensions["caveat"].settings
    return {"CAVEAT_DATA": own.data, "CAVEAT_PUBLIC_URL": publisher.url}


def run(publisher: Publisher, *arguments: str | Path, **env: str) -> Any:
    """Run the command without a browser, as a partner would: all it knows is an address."""
    words = ("conformance", "--api", publisher.url, "--browser", "never", *arguments)
    return programs.run_apart(*words, env=env)


def reports(done: subprocess.CompletedProcess[str]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(done.stdout)["reports"]
    return found


def whole(publisher: Publisher, slug: str = OCD) -> str:
    return publisher.text(f"{slug}.html?{PLACE}")


def ours(publisher: Publisher) -> str:
    return f"{publisher.url}/v1/articles/{OCD}.html"


def test_pages_that_show_all_of_it_conform(
    publisher: Publisher, site: Site, tmp_path: Path, here: Path
) -> None:
    fragment = publisher.text(f"{OCD}.html?{PLACE}&fragment=1&heading=2")
    frame = f'<iframe src="{publisher.url}/embed/{OCD}?{PLACE}"></iframe>'
    plain = Plain(publisher, tmp_path, here).view().source
    urls = [
        site.put("/ours", whole(publisher)),
        site.put("/fragment", around(fragment, ours(publisher))),
        site.put("/frame", f"<!doctype html><title>Ours</title><h1>A page</h1>{frame}"),
        site.put("/plain", plain),
    ]
    done = run(publisher, *urls, "--json")
    assert (done.returncode, [one["findings"] for one in reports(done)]) == (0, [[]] * 4)
    assert [one["url"] for one in reports(done)] == urls
    document, first = json.loads(done.stdout), reports(done)[0]
    assert (document["version"], document["conforms"]) == (1, True)
    assert first["article"]["slug"] == OCD
    assert first["context"]["jurisdiction"] == "US"
    assert first["edition"]["revision"] == 1
    states = {one["id"]: one["outcome"] for one in first["checks"]}
    assert states.pop("withdrawn") == "skipped"
    assert set(states.values()) == {"passed"}
    assert set(site.agents) == {"Caveat-Conformance/1"}


def test_every_block_and_another_direction_are_known(publisher: Publisher, site: Site) -> None:
    pages = [
        publisher.text(f"{slug}.html?include=test")
        for slug in ("test-every-block", "test-longest", "test-rtl")
    ]
    urls = [site.put(f"/page-{n}", page) for n, page in enumerate(pages)]
    assert [one["findings"] for one in reports(run(publisher, *urls, "--json"))] == [[]] * 3


def test_a_page_that_does_not_is_told_with_the_fix(
    publisher: Publisher, site: Site, tmp_path: Path
) -> None:
    page = whole(publisher).replace("Kratom has been linked", "Kratom <b>was</b> once linked")
    url = site.put("/broken", page.replace('data-notice="age-limit"', 'style="display:none"'))
    good = site.put("/good", whole(publisher))
    (tmp_path / "urls.txt").write_text(f"# ours\n\n{url}\n{good}\n")
    report = tmp_path / "report.html"
    done = run(publisher, "--file", tmp_path / "urls.txt", "--html", report)
    assert done.returncode == 1
    assert "[-has been-] {+was once+}" in done.stdout
    assert "hidden  age-limit" in done.stdout
    assert "2 pages: 1 conform, 1 do not" in done.stdout
    assert f"{url}: fails" in done.stderr
    html = report.read_text()
    assert "<ins>was once" in html
    assert "<script" not in html


def test_a_page_has_to_say_what_it_shows_or_the_command_does(
    publisher: Publisher, site: Site
) -> None:
    fragment = publisher.text(f"{SLEEP}.html?{PLACE}&fragment=1")
    silent = fragment.replace('type="application/json"', "").replace(publisher.url, "https://x.ex")
    url = site.put("/silent", f"{silent}<p><a href='{ours(publisher)}'>See</a>".replace(OCD, "x!"))
    done = run(publisher, url)
    assert done.returncode == 1
    assert "article-named" in done.stdout
    assert "links.self" in done.stdout
    named = run(publisher, url, "--article", SLEEP, "--jurisdiction", "US", "--json")
    assert {one["check"] for one in reports(named)[0]["findings"]} <= {
        *("modified", "attribution", "indexing"),
    }
    both = "".join(f"<caveat-article slug={slug}></caveat-article>" for slug in (OCD, SLEEP))
    (several,) = reports(run(publisher, site.put("/both", both), "--json"))
    assert several["findings"][0]["found"] == f"the page names several articles: {OCD}, {SLEEP}"
    unknown = site.put("/unknown", '<caveat-article slug="nothing-here"></caveat-article>')
    (found,) = reports(run(publisher, unknown, "--json"))
    assert [one["check"] for one in found["findings"]] == ["article-known"]
    assert {one["outcome"] for one in found["checks"][3:]} == {"skipped"}


def test_each_way_of_naming_is_understood(publisher: Publisher, site: Site) -> None:
    data = {"@graph": [{"@type": "WebPage", "mainEntityOfPage": f"{ours(publisher)}?{PLACE}"}]}
    signs = (
        f'<caveat-article slug="{OCD}" jurisdiction="US"></caveat-article>',
        f'<caveat-article src="{publisher.url}/v1/articles/{OCD}?{PLACE}"></caveat-article>',
        f'<link type="application/json" href="{publisher.url}/v1/articles/{OCD}?{PLACE}">',
        f'<script type="application/ld+json">{json.dumps(data)}</script>',
        f'<link rel="canonical" href="{ours(publisher)}?{PLACE}">',
        f'<blockquote cite="{ours(publisher)}?{PLACE}">Words</blockquote>',
    )  # fmt: skip
    urls = [site.put(f"/sign-{n}", f"{sign}<p>Text") for n, sign in enumerate(signs)]
    found = reports(run(publisher, *urls, "--json"))
    assert len(found) == len(urls)
    for report in found:
        assert report["article"]["slug"] == OCD
        assert report["context"]["jurisdiction"] == "US"


def test_what_cannot_be_read_is_said(publisher: Publisher, site: Site) -> None:
    bomb = gzip.compress(b"<p>" + b"a" * 6_000_000)
    urls = {
        "http://127.0.0.1:9/": "cannot be read",
        site.put("/large", bomb, Content_Encoding="gzip"): "larger than",
        site.put("/twice", b"", Content_Encoding="gzip, gzip"): "compressed more than once",
        site.put("/round", "", 302, Location="/round"): "more than 5 times",
        site.put("/file", "", 302, Location="file:///etc/passwd"): "cannot be read",
        site.put(
            "/crowded", "<p " + " ".join(f'a{n}="<"' for n in range(2000)) + ">"
        ): "more than 1000 attributes",
    }
    urls[site.put("/deep", "<div>" * 3000)] = "nested too deeply"
    done = run(publisher, *urls, "--json")
    assert done.returncode == 2
    for report, words in zip(reports(done), urls.values(), strict=True):
        assert report["outcome"] == "unchecked"
        assert words in report["reason"]
    site.put("/there", whole(publisher))
    moved = site.put("/moved", "", 301, Location="/there")
    text = site.put("/text", "Words", Content_Type="text/plain")
    done = run(publisher, moved, text, site.url + "/missing", "--json")
    good, plain, missing = reports(done)
    assert (done.returncode, good["outcome"], good["page"]["redirects"]) == (1, "conforms", [moved])
    assert [one["check"] for one in plain["findings"]] == ["page"]
    assert [one["check"] for one in missing["findings"]] == ["page"]


def test_an_api_that_cannot_be_asked_is_no_verdict(publisher: Publisher, site: Site) -> None:
    page = site.put("/good", whole(publisher))
    publisher.faults["/v1/articles/"] = publishers.busy
    done = run(publisher, page)
    publisher.faults.clear()
    assert done.returncode == 2
    assert "answers 503" in done.stdout
    publisher.faults[f"{OCD}?"] = _forged
    done = run(publisher, page)
    publisher.faults.clear()
    assert done.returncode == 1
    assert "signature" in done.stdout


def _forged(answer: publishers.Answer) -> publishers.Answer:
    status, headers, octets = answer
    return status, headers, octets.replace(b"liver", b"river")


def test_a_copy_of_an_older_edition_is_told_apart(publisher: Publisher, site: Site) -> None:
    old = publisher.text(f"test-corrected.html?include=test&at={_first(publisher)}")
    done = run(publisher, site.put("/old", old), "--json")
    (found,) = reports(done)[0]["findings"]
    assert (done.returncode, found["check"], found["level"]) == (0, "revision", "warning")
    assert "which was replaced since" in found["found"]
    publisher.faults["/v1/changes"] = publishers.busy
    done = run(publisher, f"{site.url}/old")
    publisher.faults.clear()
    assert (done.returncode, "answers 503" in done.stdout) == (2, True)
    worse = site.put("/worse", old.replace("data-notice=", "hidden data-notice="))
    (report,) = reports(run(publisher, worse, "--json"))
    assert {one["check"] for one in report["findings"]} >= {"revision", "hidden"}
    assert "that of revision 1; 2 is live since" in report["findings"][0]["found"]


def _first(publisher: Publisher) -> int:
    """Return the last number of the log at which the corrected article had its first revision."""
    edition = json.loads(publisher.text("test-corrected?include=test"))
    while edition["revision"]["number"] > 1:
        number = edition["sequence"] - 1
        edition = json.loads(publisher.text(f"test-corrected?include=test&at={number}"))
    return number


def test_a_key_fixes_the_context(publisher: Publisher, site: Site) -> None:
    pepper = publisher.app.extensions["caveat"].pepper
    facts = {"name": "A shop", "channel": "retail"}
    with publisher.database.write() as session:
        shop = partners.add(session, facts, ["standard"], now=NOW)
        _, key = credentials.add(session, shop, pepper=pepper, now=NOW)
        session.commit()
    page = site.put("/for-anybody", whole(publisher))
    (found,) = reports(run(publisher, page, "--json", CAVEAT_KEY=key))
    assert found["context"]["channel"] == "retail"
    assert found["findings"][0]["about"] == "no-endorsement"  # an alert in a shop
    done = run(publisher, page, CAVEAT_KEY=f"{key}x")
    assert done.returncode == 2
    assert "answers 401" in done.stdout


def test_what_was_withdrawn_may_not_be_there_any_more(
    publisher: Publisher, site: Site, tmp_path: Path
) -> None:
    edition = json.loads(publisher.text(f"{SLEEP}?{PLACE}"))
    saved = tmp_path / "saved.json"
    saved.write_text(json.dumps(edition))
    left = site.put("/left", whole(publisher, SLEEP))
    asked = ("--article", SLEEP, "--jurisdiction", "US")
    delivery.end(publisher.database, SLEEP)
    refused = publisher.app.test_client().get(f"/v1/articles/{SLEEP}?{PLACE}").get_json()
    help = "".join(f"<li>{line['phrase']}" for line in refused["help"])
    shown = site.put("/shown", f"<p>{refused['notice']}<ul>{help}</ul>")
    gone = site.put("/gone", "<p>It is gone.", 410)

    assert run(publisher, left).returncode == 1
    (found,) = reports(run(publisher, left, "--edition", saved, "--json"))
    assert "the page still has" in found["findings"][0]["found"]
    assert found["ended"]["your_copy"] == "remove"
    done = run(publisher, shown, gone, *asked, "--json")
    first, second = reports(done)
    assert (done.returncode, second["findings"]) == (0, [])
    assert [one["level"] for one in first["findings"]] == ["warning"]
    done = run(publisher, shown, gone, *asked, "--edition", saved, "--json")
    assert (done.returncode, [one["findings"] for one in reports(done)]) == (0, [[], []])
    saved.write_text(json.dumps(edition).replace("sleep", "sloop"))
    (forged,) = reports(run(publisher, shown, *asked, "--edition", saved, "--json"))
    assert [one["check"] for one in forged["findings"]] == ["signature"]
    assert "the saved edition is of sloop-habits-and-insomnia" in forged["notes"]


def test_reports_are_kept_for_a_partner(
    publisher: Publisher, site: Site, settings: dict[str, str]
) -> None:
    with publisher.database.write() as session:
        id = partners.add(session, {"name": "A clinic"}, ["standard"], now=NOW).id
        session.commit()
    url = site.put("/good", whole(publisher))
    words = ("conformance", "--browser", "never", url, "--save", "--partner")
    done = programs.run_apart(*words, id, "--json", env=settings)
    assert done.returncode == 0, done.stderr
    with publisher.database.read() as session:
        (kept,) = conformance.of(session, partner=id)
        assert (kept.conforms, kept.url, kept.revision) == (True, url, 1)
        assert kept.article == delivery.article_id(publisher.database, OCD)
        assert kept.report == reports(done)[0]
    unknown = programs.run_apart(*words, "nobody", env=settings)
    assert (unknown.returncode, unknown.stdout) == (2, "")
