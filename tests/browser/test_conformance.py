"""``caveat conformance`` with Chromium: what scripts draw and what stylesheets hide is seen."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import programs
import publishers
import pytest
import services
from delivery import OCD
from factories import PUBLIC_URL
from partner_sites import Site, around, serving
from publishers import Publisher

pytestmark = [pytest.mark.one_engine, pytest.mark.no_cover]
PLACE = "jurisdiction=US"
NOTICE = 'data-notice="crisis-support"'
HIDING = {  # each by a stylesheet, of which the document itself says nothing
    "serious-harms": "font-size: 3px",
    "dependence-withdrawal": "position: absolute; left: -9999px",
    "product-quality": "color: #fff; background: #fff",
    "age-limit": "display: none",
    "first-line-care": "opacity: 0.2",
    "drug-interactions": "height: 0; overflow: hidden",
    "crisis-support": "visibility: hidden",
}
HIDING_TOO = {
    "serious-harms": "filter: opacity(0)",
    "dependence-withdrawal": "clip-path: circle(0)",
    "product-quality": "color: oklch(0.95 0 0); background: #fff",
    "age-limit": "mask-image: linear-gradient(transparent, transparent)",
    "first-line-care": "letter-spacing: -1em",
    "drug-interactions": "position: absolute; left: 9999px",
    "crisis-support": "transform: rotateX(180deg); backface-visibility: hidden",
}


@pytest.fixture(scope="module")
def publisher(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Publisher]:
    """An installation at the address that its editions name."""
    with publishers.installed(tmp_path_factory.mktemp("publisher") / "data") as line:
        yield line


@pytest.fixture
def site() -> Iterator[Site]:
    """A partner's server."""
    with serving() as found:
        yield found


def run(publisher: Publisher, *arguments: str | Path) -> tuple[int, list[dict[str, Any]]]:
    """Check pages in a process of its own, which may have an event loop."""
    services.chromium()
    words = ("--browser", "always", "--no-sandbox", "--json", "--api", publisher.url)
    done = programs.run("conformance", *words, *arguments)
    assert done.stdout, done.stderr
    return done.returncode, json.loads(done.stdout)["reports"]


def test_embeds_conform_as_they_are_drawn(publisher: Publisher, site: Site, here: Path) -> None:
    element = (here / "examples" / "plain" / "embed.html").read_text()
    address = f"{publisher.url}/embed/{OCD}?{PLACE}"
    frame = f"<!doctype html><title>Ours</title><iframe src='{address}' height=800></iframe>"
    fragment = publisher.text(f"{OCD}.html?{PLACE}&fragment=1&heading=2")
    urls = [
        site.put("/element", element.replace(PUBLIC_URL, publisher.url)),
        site.put("/frame", frame),
        site.put("/fragment", around(fragment, publisher.read()["links"]["canonical"])),
        f"{publisher.url}/v1/articles/{OCD}.html?{PLACE}",
    ]
    code, found = run(publisher, *urls)
    assert (code, [one["findings"] for one in found]) == (0, [[]] * 4)
    assert {one["read"] for one in found} == {"chromium"}


def test_what_a_stylesheet_hides_or_moves_is_found(publisher: Publisher, site: Site) -> None:
    page = publisher.text(f"{OCD}.html?{PLACE}")
    hidden, hidden_too = (_styled(page, rules) for rules in (HIDING, HIDING_TOO))
    below = "article { display: flex; flex-direction: column } .cv-alerts { order: 9 }"
    moved = page.replace("</head>", f"<style>{below}</style></head>")
    pages = {"/hidden": hidden, "/hidden-too": hidden_too, "/moved": moved}
    code, found = run(publisher, *(site.put(path, page) for path, page in pages.items()))
    assert code == 1
    *both, second = found
    for one in both:
        assert {fault["about"] for fault in one["findings"]} == set(HIDING)
        assert {fault["check"] for fault in one["findings"]} == {"hidden"}
    told = {(one["check"], one["about"]) for one in second["findings"]}
    assert ("alert-visible", "crisis-support") in told


def test_what_lies_upon_a_notice_or_is_kept_from_who_listens_hides_it(
    publisher: Publisher, site: Site
) -> None:
    """But for what is fixed to the window: a reader closes a dialog about cookies."""
    page = publisher.text(f"{OCD}.html?{PLACE}")
    cover = "inset: 0 0 auto; height: 9000px; background: #fff; pointer-events: none"
    bodies = {
        "/covered": page.replace("</body>", f'<p style="position: absolute; {cover}"></p></body>'),
        "/dialog": page.replace("</body>", f'<p style="position: fixed; {cover}"></p></body>'),
        "/unheard": page.replace(NOTICE, f'{NOTICE} aria-hidden="true"'),
        "/cut": _styled(page, {"crisis-support": "width: 60px; height: 200px; overflow: hidden"}),
    }
    _, found = run(publisher, *(site.put(path, text) for path, text in bodies.items()))
    covered, dialog, unheard, cut = ({one["check"] for one in it["findings"]} for it in found)
    assert "hidden" in covered
    assert (dialog, unheard, cut) == (set(), {"hidden"}, {"hidden"})


def _styled(page: str, rules: dict[str, str]) -> str:
    """Return a page with a rule for each of some notices."""
    told = (f"[data-notice={id}] {{ {rule} }}" for id, rule in rules.items())
    return page.replace("</head>", f"<style>{''.join(told)}</style></head>")
