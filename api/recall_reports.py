"""Reports of recalls as files: CSV for spreadsheets, and a page to print."""

import csv
import io
from typing import Any

from flask import Response, render_template

from api import responses
from api.front import STYLE

CSV = "text/csv"
OF_RECALL = ("id", "drill", "sequence", "notice", "opened_at", "deadline", "closed_at")
OF_COUNTS = ("asked", "told", "reminded", "overdue", "escalated", "confirmed")
OF_PARTNER = ("id", "name", "contact", "state", "told_at", "confirmed_at", "confirmed_by", "note")
FORMULA = ("=", "+", "-", "@", "\t", "\r")  # how a cell begins that a spreadsheet would run


def page(report: dict[str, Any]) -> Response:
    """Return a report as a page to print."""
    text = render_template("recall.html", recall=report, style=STYLE)
    response = responses.of_octets(text.encode(), "text/html")
    response.headers["Content-Security-Policy"] = responses.page_policy(STYLE)
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def public_csv(report: dict[str, Any]) -> Response:
    """Return a public report as one row."""
    row = {name: report[name] for name in OF_RECALL} | {"slug": report["article"]["slug"]}
    row |= {name: report["partners"][name] for name in OF_COUNTS}
    last = "seconds_to_last_confirmation"
    return _csv([row | {last: report["partners"][last]}], (*row, last))


def internal_csv(report: dict[str, Any]) -> Response:
    """Return a report as one row for each partner and each revision that it was given."""
    rows = [_row(one, given) for one in report["exposed"] for given in one["given"] or [{}]]
    return _csv(rows, tuple(_row(dict.fromkeys((*OF_PARTNER, "last_asked_on", "webhooks")), {})))


def _row(one: dict[str, Any], given: dict[str, Any]) -> dict[str, Any]:
    webhooks = one["webhooks"] or []
    return {
        **{name: one[name] for name in (*OF_PARTNER, "last_asked_on")},
        "webhooks": len(webhooks),
        "webhooks_told": sum(webhook["told"] == "delivered" for webhook in webhooks),
        **{name: given.get(name) for name in ("locale", "revision", "digest", "last_at")},
    }


def _csv(rows: list[dict[str, Any]], names: tuple[str, ...]) -> Response:
    found = io.StringIO()
    writer = csv.DictWriter(found, names)
    writer.writeheader()
    writer.writerows({name: _cell(value) for name, value in row.items()} for row in rows)
    return responses.of_octets(found.getvalue().encode(), CSV)


def _cell(value: Any) -> Any:
    """Return a value that no spreadsheet takes for a formula (OWASP: CSV injection)."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(FORMULA) else text
