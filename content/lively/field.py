"""The partners of the month: who takes what, who answers, and who has fallen silent.

Their servers are at ``.example``, which leads nowhere: what they have answered is written down
here, and what is sent to them from now on is not delivered.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import select

from content import articles, changes, credentials, editions, exposures, key_requests, partners
from content.conformance import CHECKS, reports
from content.contexts import Context
from content.editions import Edition
from content.editorial import audit
from content.errors import Refusal
from content.exposures import Given, Refused
from content.lively.newsroom import Newsroom, slug
from content.lively.script import Means, Script
from content.models.heads import Head
from content.models.log import Publication
from content.recalls import EDITOR, PARTNER, confirming, opening, watching
from content.webhooks import deliveries, endpoints, events
from content.webhooks.deliveries import Outcome, Told

MINUTE = timedelta(minutes=1)
WELL, SLOW, BROKEN, SILENT = "well", "slow", "broken", "silent"  # how a partner does


@dataclass(frozen=True)
class Site:
    """A partner as it is to be: how it does, where its readers are, requests on a usual day."""

    name: str
    does: str
    place: str
    requests: int
    locale: str = "en"

    @property
    def host(self) -> str:
        """Where its pages are."""
        return _host(self.name)

    @property
    def takes(self) -> list[tuple[float, float]]:
        """When it takes what is live: days before the end, and hours after that."""
        often: dict[str, list[float]] = {
            WELL: [20, 13, 7.5, 3, 0.2],
            SLOW: [19, 13],
            BROKEN: [18, 9],
            SILENT: [14],
        }
        return [(days, len(self.name) / 10) for days in often[self.does]]


SITES = (
    Site("Good Morning Health", WELL, "US", 4_200),
    Site("Clinic Notes", WELL, "US-CA", 2_900),
    Site("Salud Diaria", WELL, "ES", 1_800, "es"),
    Site("The Waiting Room", WELL, "GB", 900),
    Site("Campus Wellbeing", WELL, "US-AL", 640),
    Site("Pocket Health", WELL, "US", 5_100),
    Site("Sleep Letter", SLOW, "IE", 320),
    Site("Mind Weekly", SLOW, "US-TX", 1_100),
    Site("Calm Reader", SLOW, "AU", 210),
    Site("Town Pharmacy", BROKEN, "US-OH", 480),
    Site("Old Portal", SILENT, "CA", 150),
    Site("Weekend Leaflet", SILENT, "US", 60),
)
ASKING = ("Garden Club Monthly", "Ward Seven Bulletin", "Late Shift Radio")
RECALLED, RECALLED_NOW = "a hasty claim", "old advice"
LOOKED_AT = ("walking", "breathing", "evening routines")


@dataclass(frozen=True)
class Field:
    """The partners, each with its site."""

    means: Means
    room: Newsroom
    ids: dict[str, str]  # by name

    def join(self, site: Site, now: datetime) -> None:
        """Let somebody become a partner, with a key, and with a webhook unless it is silent."""
        session, means = self.means.session, self.means
        facts = {**_facts(site.name), "locale": site.locale, "jurisdiction": site.place}
        made = partners.add(session, facts, means.plans, now=now)
        partners.accept_terms(session, made, partners.terms_version(session), now=now)
        credentials.add(session, made, pepper=means.pepper, now=now, name="server")
        if site.does != SILENT:
            about = {"url": f"https://{site.host}/caveat", "name": "pages"}
            hook, _ = endpoints.add(session, made, about, key=means.pepper, loopback=False, now=now)
            endpoints.verified(hook)
        self.ids[site.name] = made.id
        by = self.room.who("admin")
        audit.note(session, "partner.add", ("partner", made.id), by=by, now=now)

    def take(self, site: Site, now: datetime) -> None:
        """Let a partner take the texts that it shows, as they are now; each has its own choice."""
        session, rows = self.means.session, list[Given]()
        context = Context(site.locale, site.place, "adults", "publisher")
        for number, name in enumerate(self._slugs()):
            if (number + len(site.name)) % 3:
                try:
                    made = editions.issue(session, name, context, self.means.keyring)
                except Refusal:
                    continue
                rows.append(_given(self.ids[site.name], made, now))
        exposures.record(session, rows)

    def _slugs(self) -> list[str]:
        live = select(Publication).join(Head, Head.seq == Publication.seq)
        rows = self.means.session.scalars(live.where(Head.locale == "en").order_by(Head.slug))
        return [row.slug for row in rows if not row.is_test]

    def recall(self, subject: str, hours: int, now: datetime) -> None:
        """Withdraw a text, and ask who has it to confirm that it is gone."""
        ended = self.room.end(subject, "withdrawn", now)
        by = self.room.who("publisher")
        opening.open_recall(self.means.session, ended, hours=hours, everyone=False, by=by, now=now)

    def confirm(self, subject: str, site: Site, by: str, now: datetime) -> None:
        """Let a partner confirm, if it is asked: by word, or by its own fetch."""
        session, partner = self.means.session, self.ids[site.name]
        article = articles.identify(session, slug(subject))
        found = opening.find_open(session, article)
        if not found or partner not in {one.partner for one in opening.asked(session, found.id)}:
            return
        if by == PARTNER and len(site.name) % 2:
            held = [row for row in exposures.of_article(session, article) if row.partner == partner]
            seen = {row.locale for row in held}
            exposures.record_endings(
                session, [Refused(partner, article, locale, 410, now, now) for locale in seen]
            )
        else:
            note = "They said so by telephone (synthetic)." if by == EDITOR else None
            confirming.confirm(session, found, partner, by=by, note=note, now=now)

    def look(self, now: datetime) -> None:
        """Do what the worker does about recalls."""
        watching.look(self.means.session, now=now)
        self.means.session.flush()

    def answer(self, site: Site, now: datetime) -> None:
        """Write down what a partner's webhook has answered since it was looked at last."""
        session = self.means.session
        owner = partners.find(session, self.ids[site.name])
        [hook] = endpoints.of(session, owner)
        if hook.state != endpoints.ACTIVE:
            return
        wanted, head = endpoints.wanted(hook, owner), changes.head(session)
        found, upto = events.following(session, hook.cursor, head, wanted)
        told = [(one.end, one.type, one.at) for one in found]
        told += [(one.event, one.type, one.at) for one in deliveries.due(session, hook.id, now)]
        for number, type, at in told:
            heard = max(at, hook.created_at) + MINUTE
            for status in _statuses(site, self.means, number, heard):
                outcome = Outcome(number, type, status, None, 40 + 7 * number % 190)
                deliveries.record(session, hook, Told(upto, upto, [outcome]), now=heard)
        session.flush()

    def ask(self, name: str, now: datetime) -> None:
        """Let somebody ask for a key."""
        session, purpose = self.means.session, "To show articles to our readers (synthetic)."
        about = (_facts(name), purpose, partners.terms_version(session))
        key_requests.create(session, *about, pepper=self.means.pepper, now=now)

    def check(self, site: Site, subject: str, failed: str | None, now: datetime) -> None:
        """Keep what a look at a page of a partner has found."""
        session, name = self.means.session, slug(subject)
        said = [
            {"id": id, "what": what, "outcome": "failed" if id == failed else "passed"}
            for id, what in CHECKS.items()
        ]
        report = {
            "url": f"https://{site.host}/{name}",
            "outcome": "fails" if failed else "conforms",
            "checks": said,
            "findings": [],
            "article": {"id": articles.identify(session, name), "slug": name},
            "context": {"locale": site.locale, "jurisdiction": site.place},
            "edition": {"revision": 1},
        }
        reports.save(session, partners.find(session, self.ids[site.name]), report, now)


def _host(name: str) -> str:
    return f"{name.lower().replace(' ', '-')}.example"


def _facts(name: str) -> dict[str, Any]:
    """Return what is known of anybody here who takes content, or wants to."""
    who = {"name": f"{name} (synthetic)", "contact": f"desk@{_host(name)}"}
    return {**who, "audience": "adults", "channel": "publisher", "domains": [_host(name)]}


def play(script: Script, room: Newsroom) -> Field:
    """Write the partners' month into the script."""
    field = Field(script.means, room, {})
    for number, site in enumerate(SITES):
        script.add(28, number, partial(field.join, site))
        for days, hours in site.takes:
            script.add(days, hours, partial(field.take, site))
        if site.does != SILENT:
            for days in range(0, 28, 3):
                script.add(days, -1, partial(field.answer, site))
    _recalls(script, field)
    _looks(script, field)
    for number, name in enumerate(ASKING):
        script.add(number + 0.5, 0, partial(field.ask, name))
    return field


def _recalls(script: Script, field: Field) -> None:
    """Recall a text a week ago, which has ended, and one that partners are confirming now."""
    script.add(7, 0, partial(field.recall, RECALLED, 24))
    script.add(0, -14, partial(field.recall, RECALLED_NOW, 24))
    for number, site in enumerate(SITES):
        by = PARTNER if site.does in (WELL, SLOW) else EDITOR
        hours = 1 + 2 * number if by == PARTNER else 60
        script.add(7, hours, partial(field.confirm, RECALLED, site, by))
        if by == PARTNER and number % 4 != 3:
            script.add(0, number - 13.5, partial(field.confirm, RECALLED_NOW, site, by))
    for hours in range(6, 72, 6):
        script.add(7, hours, field.look)
    for before in (13, 8, 2, 0.5):
        script.add(0, -before, field.look)


def _looks(script: Script, field: Field) -> None:
    """Look at some pages: most show all that they owe, and two do not."""
    failed = {"Mind Weekly": "alert-visible", "Town Pharmacy": "short-visible"}
    for number, site in enumerate(one for one in SITES if one.does != SILENT):
        for subject in LOOKED_AT:
            look = partial(field.check, site, subject, failed.get(site.name))
            script.add(3, number / 2, look)


def _statuses(site: Site, means: Means, number: int, at: datetime) -> list[int]:
    """Return what a webhook answers, attempt by attempt."""
    if site.does == WELL or number % 3:
        is_broken = site.does == BROKEN and at > means.ago(9)
        return [500] if is_broken else [204]
    return [503] if site.does == BROKEN or at > means.ago(0, -20) else [503, 204]


def _given(partner: str, edition: Edition, now: datetime) -> Given:
    body = edition.body
    text = (body["article"]["id"], body["context"]["locale"], body["revision"]["number"])
    return Given(partner, *text, edition.digest, now, now)
