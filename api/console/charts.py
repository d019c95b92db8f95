"""Charts: small time series, drawn by pygal on the server as files of their own (SVG).

What pygal puts into a file besides the drawing, its script and its styles, is left out; ours stands
in their place, is named in the file's own policy, and follows the colours of the page around it.
"""

import sys
from collections.abc import Sequence
from typing import Any

from flask import Response
from lxml import etree

from api import responses

SIZE = {"width": 480, "height": 150}
MARKS = 4  # moments that are written below
STYLE = """
:root { color-scheme: light dark; }
.background { fill: none; }
text { font: 11px system-ui, sans-serif; fill: light-dark(#5b6169, #a3a9b1); }
.axis.y text { text-anchor: end; }
.axis.x text { text-anchor: middle; }
.line, .guide { fill: none; stroke: light-dark(#e2e3e1, #33373d); }
.series path { fill: none; stroke: light-dark(#0b6157, #63cdbe); stroke-width: 1.75; }
"""


def drawn(labels: Sequence[str], values: Sequence[int | None]) -> Response:
    """Return a line through some values, with gaps where there are none, as an SVG."""
    tree = _chart(labels, values).render_tree()
    _clean(tree)
    response = responses.of_octets(etree.tostring(tree), "image/svg+xml")
    response.headers["Content-Security-Policy"] = responses.page_policy(STYLE)
    response.headers["Cache-Control"] = "no-store"
    return response


def _chart(labels: Sequence[str], values: Sequence[int | None]) -> Any:
    chart = _pygal().Line(
        **SIZE,
        **dict.fromkeys(("show_legend", "show_dots", "show_minor_x_labels", "fill"), False),
        margin=8,
        range=_range(values),
        min_scale=2,
        max_scale=4,
        value_formatter=lambda value: f"{value:,.0f}",
        truncate_label=-1,
        allow_interruptions=True,
        no_data_text="",
    )
    every = max(len(labels) // MARKS, 1)  # what is marked is known by its words alone
    chart.x_labels = ["" if number % every else label for number, label in enumerate(labels)]
    chart.x_labels_major = list(labels[::every])
    chart.add("", list(values))
    return chart


def _pygal() -> Any:
    """Import pygal when something is drawn first: few processes ever draw.

    The finder that it adds for plug-ins, of which we have none, is of a kind that Python 3.11 warns
    of at each import and newer ones pass over; it goes again.
    """
    import pygal  # noqa: PLC0415 - only who draws needs it, see above

    finder = pygal.PluginImportFixer
    sys.meta_path[:] = [one for one in sys.meta_path if not isinstance(one, finder)]
    return pygal


def _range(values: Sequence[int | None]) -> tuple[int, int]:
    """Return the least and the most that is drawn; what hardly changes is not drawn from 0."""
    known = [value for value in values if value is not None]
    low, high = min(known, default=0), max(known, default=0)
    return (low if low > 10 * (high - low + 1) else 0), max(high, low + 4)


def _clean(tree: Any) -> None:
    """Leave the drawing, with our style before it."""
    for one in [*tree.iter("defs", "title", "desc"), *tree.xpath("//g[@style]")]:
        one.getparent().remove(one)
    etree.strip_tags(tree, etree.Comment)
    style = etree.Element("style")
    style.text = STYLE
    tree.insert(0, style)
