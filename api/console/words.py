"""How pages say what the API says in names: states, kinds and moments."""

import re
from datetime import datetime

from flask import Flask
from markupsafe import Markup

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
OUTCOMES = {  # of a text in a place: the letter, and what is said
    "served": ("S", "Served"),
    "extra": ("N", "With extra notices"),
    "stale": ("F", "Tells a stale fact"),
    "withheld": ("W", "Withheld"),
}
FACTS = {  # kinds of facts of places
    "law": "Law",
    "authority": "Position of an authority",
    "help": "Help line",
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

ADDRESS = re.compile(r"https://[^\s<>\"'`{}|\\^]{1,500}[^\s<>\"'`{}|\\^.,;:!?)]")
LINK = Markup('<a href="{0}" rel="noopener noreferrer external">{0}</a>')


def init_app(app: Flask) -> None:
    """Give templates the words."""
    app.jinja_env.globals.update(
        STATES=STATES,
        STANDINGS=STANDINGS,
        DUE=DUE,
        TASKS=TASKS,
        OUTCOMES=OUTCOMES,
        FACTS=FACTS,
    )
    app.jinja_env.filters["utc"] = utc
    app.jinja_env.filters["linked"] = linked


def utc(moment: datetime | str) -> str:
    """Return a moment in UTC, as people write it: ``23 Nov 2026, 12:05 UTC``."""
    found = datetime.fromisoformat(moment) if isinstance(moment, str) else moment
    return f"{found.day} {found:%b %Y, %H:%M} UTC"


def linked(text: str) -> Markup:
    """Return a text with its https addresses as links, and all else as text."""
    found, end = Markup(), 0
    for match in ADDRESS.finditer(text):
        found += text[end : match.start()]
        found += LINK.format(match[0])
        end = match.end()
    return found + text[end:]
