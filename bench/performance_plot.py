"""The plot of the page: a few ratios as bars, what was set for them, readable by day and night."""

from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

import msgspec

from bench.measures import beside, caches
from bench.results import Results

WIDTH, LEFT, RIGHT = 760, 190, 60  # pixels; between the latter two lies the scale from 0 to 1
BAR, GAP, HEADING = 15, 14, 34
STYLE = """
text { font: 13px system-ui, sans-serif; fill: #1f2328; }
.heading { font-weight: 600; }
.small { font-size: 11px; fill: #59636e; }
.ground { fill: #ffffff; } .grid { stroke: #d1d9e0; }
.caveat { fill: #0969da; } .constant { fill: #afb8c1; }
.mark { stroke: #cf222e; stroke-width: 2.5; }
@media (prefers-color-scheme: dark) {
  text { fill: #f0f6fc; } .small { fill: #9198a1; }
  .ground { fill: #0d1117; } .grid { stroke: #3d444d; }
  .caveat { fill: #4493f8; } .constant { fill: #656c76; }
  .mark { stroke: #f85149; }
}
"""


@dataclass(frozen=True)
class Group:
    """Bars of one kind of request: class, ratio and words of each; and the bar that was set."""

    name: str
    bars: tuple[tuple[str, float, str], ...]
    mark: float


@dataclass(frozen=True)
class Panel:
    """Groups under one heading, which says what 1 is."""

    heading: str
    groups: tuple[Group, ...]


def svg(known: Results) -> str:
    """Return the plot of what is known."""
    panels = list(_panels(known))
    root = Element("svg", xmlns="http://www.w3.org/2000/svg", role="img")
    root.set("aria-label", "; ".join(panel.heading for panel in panels))
    SubElement(root, "style").text = STYLE
    ground = SubElement(root, "rect", {"class": "ground", "width": str(WIDTH)})
    top = _legend(root)
    for panel in panels:
        top = _draw(root, panel, top)
    height = str(round(top))
    ground.set("height", height)
    root.set("viewBox", f"0 0 {WIDTH} {height}")
    root.set("width", str(WIDTH))
    return ElementTree.tostring(root, encoding="unicode") + "\n"


def _panels(known: Results) -> Iterator[Panel]:
    if measured := known.measures.get("nginx"):
        found = msgspec.convert(measured.found, beside.Found)
        yield Panel(
            "Requests per second; nginx with the same bytes as files = 1",
            tuple(_beside(name, one) for name, one in found.cases.items()),
        )
    if measured := known.measures.get("caches"):
        behind = msgspec.convert(measured.found, caches.Found)
        yield Panel(
            "Requests per second behind a cache; the same cache with a constant object = 1",
            tuple(_behind(name, one) for name, one in behind.items()),
        )


def _beside(name: str, found: beside.Beside) -> Group:
    named = {"article": "article", "key": "article, with a key", "304": "304", "list": "list of 20"}
    bars = (
        ("caveat", found.ratio, f"{found.ratio:.2f}"),
        ("constant", found.ceiling, f"{found.ceiling:.2f}"),
    )
    return Group(named[name], bars, beside.BARS[name])


def _behind(name: str, found: caches.Behind) -> Group:
    ratio = found.caveat.rate / found.constant.rate
    return Group(f"article, {name}", (("caveat", ratio, f"{ratio:.2f}"),), caches.LEAST)


def _legend(root: Element) -> float:
    x = float(LEFT)
    for kind, words in (
        ("caveat", "Caveat"),
        ("constant", "a callable that does nothing"),
        ("mark", "the bar"),
    ):
        if kind == "mark":
            _line(root, x + 5, 12, x + 5, 26, kind)
        else:
            _rect(root, x, 13, 12, kind)
        _write(root, x + 18, 24, words)
        x += 18 + 8 * len(words) + 14
    return 34


def _draw(root: Element, panel: Panel, top: float) -> float:
    """Draw a panel and return where it ends."""
    _write(root, 12, top + 20, panel.heading, "heading")
    top += HEADING
    bottom = top + sum(len(group.bars) * BAR + GAP for group in panel.groups)
    for tenth in range(0, 11, 2):
        x = _x(tenth / 10)
        _line(root, x, top, x, bottom, "grid")
        _write(root, x - 8, bottom + 14, f"{tenth / 10:.1f}", "small")
    for group in panel.groups:
        top = _draw_group(root, group, top)
    return bottom + 24


def _draw_group(root: Element, group: Group, top: float) -> float:
    height = len(group.bars) * BAR
    _write(root, 12, top + GAP / 2 + height / 2 + 4, group.name)
    for number, (kind, ratio, words) in enumerate(group.bars):
        y = top + GAP / 2 + number * BAR
        _rect(root, LEFT, y, _x(min(ratio, 1.05)) - LEFT, kind, BAR - 2)
        _write(root, _x(min(ratio, 1.05)) + 5, y + BAR - 4, words, "small")
    mark = _x(group.mark)
    _line(root, mark, top + GAP / 2 - 3, mark, top + GAP / 2 + height + 1, "mark")
    return top + height + GAP


def _x(ratio: float) -> float:
    return LEFT + ratio * (WIDTH - LEFT - RIGHT)


def _write(root: Element, x: float, y: float, words: str, kind: str = "") -> None:
    SubElement(root, "text", {"x": f"{x:.0f}", "y": f"{y:.0f}", "class": kind}).text = words


def _rect(root: Element, x: float, y: float, width: float, kind: str, height: float = 12) -> None:
    place = {"x": f"{x:.1f}", "y": f"{y:.1f}", "width": f"{width:.1f}", "height": f"{height:.0f}"}
    SubElement(root, "rect", {**place, "class": kind})


def _line(root: Element, x: float, y: float, to_x: float, to_y: float, kind: str) -> None:
    ends = {"x1": f"{x:.1f}", "y1": f"{y:.1f}", "x2": f"{to_x:.1f}", "y2": f"{to_y:.1f}"}
    SubElement(root, "line", {**ends, "class": kind})
