"""How pages say what the API says in names: states, kinds and moments."""

from datetime import datetime

from flask import Flask

STATES = {  # of drafts and releases
    "draft": "Draft",
    "in-review": "In review",
    "approved": "Approved",
    "scheduled": "Scheduled",
    "published": "As published",
    "open": "Open",
    "cancelled": "Cancelled",
    "failed": "Failed",
}
STANDINGS = {  # of texts, for their readers
    "live": "Live",
    "expired": "Past its last day",
    "redacted": "Deleted by law",
    "suspended": "Suspended",
    "withdrawn": "Withdrawn",
    "replaced": "Replaced",
    "gone": "Gone",
}
DUE = {  # kinds of entries of the calendar
    "review_due": "Review is due",
    "display_until": "Last day of display",
    "law": "Look the law up again",
    "help": "Try the help line again",
    "authority": "Look up what the authority says",
}
TASKS = {
    "translation-outdated": "Translation is outdated",
    "second-look": "Needs a second look",
    "source-retracted": "Cites a retracted source",
    "webhook-disabled": "Webhook is switched off",
    "recall-overdue": "Recall is not confirmed",
    "recall-escalated": "Recall was escalated",
    "partner-silent": "Partner is silent",
}


def init_app(app: Flask) -> None:
    """Give templates the words."""
    words = {"STATES": STATES, "STANDINGS": STANDINGS, "DUE": DUE, "TASKS": TASKS}
    app.jinja_env.globals.update(words)
    app.jinja_env.filters["utc"] = utc


def utc(moment: datetime | str) -> str:
    """Return a moment in UTC, as people write it: ``23 Nov 2026, 12:05 UTC``."""
    found = datetime.fromisoformat(moment) if isinstance(moment, str) else moment
    return f"{found.day} {found:%b %Y, %H:%M} UTC"
