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
ACTS = {  # what was done, as the audit names it
    "article.create": "Started",
    "article.correct": "Corrected",
    "article.publish": "Published",
    "article.suspend": "Article suspended",
    "article.withdraw": "Article withdrawn",
    "draft.approve": "Approved",
    "draft.request-changes": "Changes requested",
    "draft.save": "Saved",
    "draft.schedule": "Scheduled",
    "draft.submit": "Submitted for review",
    "draft.translate": "Translation started",
    "draft.unschedule": "Time taken back",
}
STEPS = {  # of the workflow, as buttons say them
    "submit": "Submit for review",
    "request-changes": "Request changes",
    "approve": "Approve",
    "schedule": "Schedule",
    "unschedule": "Take the time back",
    "publish": "Publish now",
    "correct": "Correct",
}
CORRECTIONS = {
    "clarification": "Clarification: it was unclear",
    "correction": "Correction: it was wrong",
    "retraction": "Retraction: it does not hold any more",
}
LEVELS = {  # where a disclaimer stands
    "alert": "In full, before the text",
    "lead": "Before the text",
    "inline": "At a section",
    "foot": "After the text",
}
SECTIONS = {
    "overview": "Overview",
    "mechanisms": "Mechanisms",
    "support-systems": "Support systems",
    "conclusions": "Conclusions",
}
READERS = {  # audiences and channels
    "general": "Anybody",
    "adults": "Adults",
    "clinicians": "Clinicians",
    "minors": "Minors",
    "parents": "Parents",
    "patients": "Patients",
    "pregnancy": "Somebody pregnant",
    "unknown": "Anywhere",
    "affiliate": "A site that sells by links",
    "app": "An app",
    "health-service": "A health service",
    "internal": "Inside an organisation",
    "publisher": "A publisher's site",
    "retail": "A shop",
    "supplements": "A shop for supplements",
}
LOOKED_AT = {  # by rules
    "topics": "Its topics",
    "conditions": "Its conditions",
    "claim_levels": "The evidence of its claims",
    "mentions": "What it mentions",
    "jurisdiction": "Where it is read",
    "law": "The law there",
    "audience": "Who reads it",
    "channel": "Where it is shown",
    "review": "Its review",
    "sources": "Its sources",
    "facts": "Facts that have changed",
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
    "ACTS": ACTS,
    "STEPS": STEPS,
    "CORRECTIONS": CORRECTIONS,
    "LEVELS": LEVELS,
    "SECTIONS": SECTIONS,
    "READERS": READERS,
    "LOOKED_AT": LOOKED_AT,
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
