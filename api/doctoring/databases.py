"""The database: its clock and its settings, as far as they could break what is promised."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy import select, text
from sqlalchemy.exc import SQLAlchemyError

from api.doctoring import Finding, Look, ago, warn, well, wrong
from content.engines import cause
from content.models.log import Change
from content.replica import Replica, Unfit, known

SKEW = timedelta(seconds=2)  # between two clocks that somebody sets
BROKEN_SKEW = timedelta(seconds=30)
NEARLY_ALL = 0.8  # of the connections
FAR_BEHIND = 100  # numbers; a standby of a newsroom that works is some milliseconds behind
OFF = "off"
# What must not be off, and why.
NEEDED = {
    "fsync": "a power cut may damage the database",
    "full_page_writes": "a power cut may damage the database",
    "synchronous_commit": "a power cut may lose what partners have seen",
    "autovacuum": "tables grow and become slow",
}


def clock(look: Look) -> Iterator[Finding]:
    """Compare this machine's clock with the database's, and with what was written."""
    fix = "set the clocks of all machines by NTP; see docs/runbooks.md, the clock is wrong"
    newest = look.session.scalar(select(Change.at).order_by(Change.seq.desc()).limit(1))
    if newest and newest - look.at > SKEW:
        told = f"the newest change is {ago(newest - look.at)} in the future"
        yield wrong("clock", told, fix)
        return
    skew = abs(look.at - _clock(look))
    if skew <= SKEW:
        yield well("clock", "goes with the database's; NTP cannot be asked from here")
    elif skew <= BROKEN_SKEW:
        yield warn("clock", f"is {skew.seconds} s off the database's", fix)
    else:
        yield wrong("clock", f"is {ago(skew)} off the database's", fix)


def settings(look: Look) -> Iterator[Finding]:
    """Look at what PostgreSQL is set to."""
    if look.is_sqlite:
        return
    shown = {name: _show(look, name) for name in (*NEEDED, "server_encoding", "server_version")}
    for name, danger in NEEDED.items():
        if shown[name] == OFF:
            yield wrong("postgresql", f"{name} is off: {danger}", f"ALTER SYSTEM RESET {name}")
    if shown["server_encoding"] != "UTF8":
        told = f"the database's encoding is {shown['server_encoding']}"
        yield wrong("postgresql", told, "make one with ENCODING 'UTF8', and move there")
    yield well("postgresql", f"PostgreSQL {shown['server_version'].split()[0]}")


def connections(look: Look) -> Iterator[Finding]:
    """Compare how many connections there may be with how many are wanted and used."""
    if look.is_sqlite:
        return
    most = int(_show(look, "max_connections")) - int(_show(look, "superuser_reserved_connections"))
    used = look.session.scalar(text("SELECT count(*) FROM pg_stat_activity")) or 0
    wanted = wanted_connections(look)
    told = f"{wanted} are wanted here, {used} are used, {most} may be"
    if wanted > most or used > NEARLY_ALL * most:
        yield warn("connections", told, "raise max_connections, or put PgBouncer between")
    else:
        yield well("connections", told)


def replica(look: Look) -> Iterator[Finding]:
    """Look whether the replica is a standby of this database, and how far it is."""
    if look.is_sqlite:
        return
    if not look.settings.replica_url:
        yield well("replica", "none: all reads ask the database")
        return
    standby = Replica(look.settings.replica_url, look.database)
    try:
        there, here = standby.check(), known(look.session)
    except (Unfit, SQLAlchemyError) as error:
        told = f"{cause(error)}: all reads ask the database"
        yield wrong("replica", told, "see docs/operating.md, A replica")
    else:
        yield _behind(max(here.head - there.head, 0), max(here.acts - there.acts, 0))
    finally:
        standby.close()


def _behind(changes: int, acts: int) -> Finding:
    told = f"a standby, {changes} changes and {acts} acts of the audit behind"
    if changes > FAR_BEHIND or acts > FAR_BEHIND:
        return warn("replica", told, "see docs/operating.md, A replica")
    return well("replica", told)


def wanted_connections(look: Look) -> int:
    """Return how many this machine's processes keep: a pool for each, and one for a worker."""
    pool = getattr(look.database.engine.pool, "size", lambda: 1)()
    return int(pool) * (look.settings.processes + 1)


def _clock(look: Look) -> datetime:
    """Return the database's time; an embedded one has ours."""
    if look.is_sqlite:
        return look.at
    found: datetime = look.session.execute(text("SELECT clock_timestamp()")).scalar_one()
    return found


def _show(look: Look, name: str) -> str:
    return str(look.session.execute(text(f"SHOW {name}")).scalar_one())


CHECKS = (clock, settings, connections, replica)
