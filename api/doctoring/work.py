"""The work: what time has to do, what people have to do, and what partners are waiting for."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy import func, select

from api.doctoring import Finding, Look, ago, warn, well, wrong
from api.readiness import GRACE
from content import lapses, purges, usage, work
from content.editorial import releases, seals, tasks
from content.insights import calendar, partners
from content.models.audit import AuditRow
from content.recalls import watching
from content.transparency import checkpoints
from content.webhooks import deliveries, endpoints

LATE = timedelta(minutes=1)  # that webhooks may wait
UNPURGED = timedelta(seconds=10)  # that a cache in front may be behind
UNSEALED = timedelta(minutes=10)  # that the audit may be without a seal
WORKER = "start caveat work; see docs/runbooks.md, a worker died"
LOOK = "see /v1/editorial/tasks"
DATED = {  # what should have been looked at by now, by kind: what to do
    "law": "look the law up, and publish the fact again",
    "authority": "look it up, and publish the fact again",
    "review_due": "see /v1/insights/reviews",
    "display_until": "publish a revision with a later date",
}


def worker(look: Look) -> Iterator[Finding]:
    """Look whether a worker was lately heard of, and whether its work is done."""
    last, alive = work.last_beat(look.session), work.alive(look.session, look.at)
    if alive:
        yield well("worker", f"{alive} heard of within a minute")
    else:
        told = f"none was heard of for {ago(look.at - last)}" if last else "none was ever heard of"
        yield wrong("worker", told, WORKER)
    if due := lapses.overdue(look.session, look.at):
        yield wrong("dates", f"{len(due)} dates have passed unrecorded", WORKER)
    if late := releases.due(look.session, look.at - GRACE):
        yield wrong("releases", f"{len(late)} releases are overdue", WORKER)


def tasks_(look: Look) -> Iterator[Finding]:
    """Look at what people should have done."""
    if failed := releases.failed(look.session):
        told = f"{failed} releases were refused when they were due"
        yield warn("releases", told, "see /v1/editorial/releases?state=failed")
    if late := tasks.overdue(look.session, look.at):
        yield warn("tasks", f"{late} tasks are overdue", LOOK)


def dates(look: Look) -> Iterator[Finding]:
    """Look at help lines, laws and reviews whose day has passed."""
    due = calendar.overdue(look.session, look.at.date())
    if late := due["help"]:
        told = f"{late} places have help lines past their date"
        yield wrong("help lines", told, "dial them; see docs/runbooks.md, a wrong help line")
    else:
        yield well("help lines", "none is past its date")
    for kind, fix in DATED.items():
        if late := due[kind]:
            yield warn("dates", f"{late} dates of the kind {kind} have passed", fix)


def webhooks(look: Look) -> Iterator[Finding]:
    """Look at what partners' webhooks have yet to be told."""
    waiting, due = deliveries.backlog(look.session)
    if due and look.at - due > LATE:
        told = f"{waiting} events wait, the first for {ago(look.at - due)} longer than it should"
        yield wrong("webhooks", told, WORKER)
    else:
        yield well("webhooks", f"{waiting} events will be sent again")
    if disabled := endpoints.counts(look.session)[endpoints.DISABLED]:
        told = f"{disabled} webhooks are told nothing any more"
        yield warn("webhooks", told, "write to these partners: caveat partners list")


def caches(look: Look) -> Iterator[Finding]:
    """Look whether the caches in front were told what to drop."""
    fix = "see docs/runbooks.md, CaveatPurgeLate"
    for target, lag in purges.lags(look.session, look.settings.purged).items():
        if lag is None:
            yield wrong("caches", f"{target} was never told what to drop", fix)
        elif lag.since and look.at - lag.since > UNPURGED:
            yield wrong("caches", f"{target} is {lag.changes} changes behind", fix)
        else:
            yield well("caches", f"{target} was told what to drop")


def recalls(look: Look) -> Iterator[Finding]:
    """Look at recalls that somebody should have confirmed, and at partners that are silent."""
    waiting, overdue = watching.counts(look.session)
    if overdue:
        told = f"{overdue} partners have not confirmed in time"
        yield wrong("recalls", told, "write to them; caveat recalls report ID has their contacts")
    else:
        yield well("recalls", f"{waiting} partners have yet to confirm one")
    if silent := partners.counts(look.session, look.at)["silent"]:
        told = f"{silent} partners hold copies and ask for nothing any more"
        yield warn("partners", told, f"write to them; {LOOK}")


def checkpoint(look: Look) -> Iterator[Finding]:
    """Look when the root of the log was last signed."""
    newest = checkpoints.newest(look.session)
    fix = "start caveat work, or: caveat checkpoints make"
    if newest is None:
        yield wrong("checkpoint", "the log's root was never signed", fix)
    elif (age := look.at - newest.at) > 2 * checkpoints.EVERY:
        yield wrong("checkpoint", f"the log's root was last signed {ago(age)} ago", fix)
    else:
        yield well("checkpoint", f"the log's root was signed {ago(age)} ago")


def audit(look: Look) -> Iterator[Finding]:
    """Look whether the audit is sealed."""
    since = _unsealed(look)
    if since and look.at - since > UNSEALED:
        told = f"rows have been without a seal for {ago(look.at - since)}"
        yield wrong("audit", told, "start caveat work, or: caveat audit seal")
    else:
        yield well("audit", "is sealed, but for the last minutes at most")


def counters(look: Look) -> Iterator[Finding]:
    """Tell what was counted since the installation began, and should not be."""
    if open_ := usage.tallied(look.session, usage.FAILED_OPEN):
        told = f"limits failed open: no limit was held against {open_} requests so far"
        yield warn("limits", told, "if that grows: docs/runbooks.md, Redis is down")
    if lost := usage.tallied(look.session, usage.LOST):
        told = f"{lost} answers are in no ledger: a recall may miss somebody"
        yield warn("ledger", told, "if that grows: docs/runbooks.md, CaveatLedgerLoses")


def _unsealed(look: Look) -> datetime | None:
    """Return when the first row was written that no seal has."""
    last = seals.newest(look.session)
    behind = select(func.min(AuditRow.at)).where(AuditRow.number > (last.last if last else 0))
    return look.session.scalar(behind)


CHECKS = (worker, tasks_, dates, webhooks, caches, recalls, checkpoint, audit, counters)
