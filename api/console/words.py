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
HOOKS = {"pending": "Not verified", "active": "Active", "disabled": "Switched off"}
KEYS = {"good": "Good", "ended": "Ended", "revoked": "Revoked"}
DELIVERIES = {"delivered": "Taken", "waiting": "Waits", "failed": "Given up"}
LOOKED = {"conforms": "Conforms", "fails": "Fails", "unchecked": "Not checked"}
REQUESTS = {"approved": "Approved", "taken": "Approved, key taken,", "declined": "Declined"}
PROGRESS = {  # of a partner in a recall
    "told": "Told",
    "reminded": "Reminded",
    "overdue": "Overdue",
    "escalated": "Long overdue",
    "confirmed": "Confirmed",
}
CONFIRMED = {  # by whom
    "partner": "by its word",
    "fetch": "by its own fetch",
    "editor": "noted by us",
}
WORDS = {
    "STATES": STATES,
    "STANDINGS": STANDINGS,
    "DUE": DUE,
    "TASKS": TASKS,
    "HOOKS": HOOKS,
    "KEYS": KEYS,
    "DELIVERIES": DELIVERIES,
    "OUTCOMES": OUTCOMES,
    "FACTS": FACTS,
    "LOOKED": LOOKED,
    "REQUESTS": REQUESTS,
    "PROGRESS": PROGRESS,
    "CONFIRMED": CONFIRMED,
}
SIZES = ("B", "KB", "MB", "GB", "TB")


def init_app(app: Flask) -> None:
    """Give templates the words."""
    app.jinja_env.globals.update(WORDS)
    app.jinja_env.filters.update(utc=utc, thousands=thousands, share=share, size=size, took=took)
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


def thousands(number: int) -> str:
    """Return a number as people read it: ``12,345``."""
    return f"{number:,}"


def share(part: int, whole: int) -> str:
    """Return how much of a whole it is, in per cent; of nothing there is none."""
    return f"{part * 100 // whole:,} %" if whole else "–"


def size(octets: int) -> str:
    """Return how much that is, in the unit in which it is short: ``4.2 MB``."""
    power = 0
    while octets >= 1000 ** (power + 1) and power < len(SIZES) - 1:
        power += 1
    return f"{octets / 1000**power:.{1 if power else 0}f} {SIZES[power]}"


def took(seconds: int) -> str:
    """Return how long something took, in the unit in which it is short: ``3 min``."""
    for unit, name in ((86400, "d"), (3600, "h"), (60, "min")):
        if seconds >= unit:
            return f"{seconds // unit} {name}"
    return f"{seconds} s"
