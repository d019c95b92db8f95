"""The newsroom of the month: people of every role, and texts in every state."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from string import Template
from typing import Any

from content import editors, lapses, markdown
from content.corrections import Correction
from content.documents import Manuscript
from content.editorial import articles as desk
from content.editorial import audit, comments, drafts, endings, releases, workflow
from content.lively.script import Means, Script
from content.models.access import Editor
from content.models.editorial import Draft
from content.parts import convert

ARTICLE = Path(__file__).parent / "article.md"
MARK = "synthetic"  # the topic of all that is made up; its rule is in ``library``
CLOSING = "Nothing in this text is about health. It fills a demonstration, and that is all."
WRONG = "A number in this synthetic text was wrong."
BETTER = "Nothing in this text is about health. It fills a demonstration, and it was changed once."
PEOPLE = {  # by role
    "author": ["Ada Writer", "Ben Scribe"],
    "reviewer": ["Rosa Reader"],
    "publisher": ["Paul Press"],
    "admin": ["Nora Keeper"],
}
LIVE = {  # subject: topics, and how many days ago it was begun
    "walking": (["sleep"], 29),
    "daylight": (["sleep"], 28),
    "evening routines": (["sleep", "stress"], 27),
    "breathing": (["stress"], 26),
    "talking with friends": (["depression"], 25),
    "keeping a diary": (["depression", "stress"], 24),
    "herbal teas": (["kratom"], 23),
    "labels on jars": (["kratom"], 22),
    "questions for a doctor": (["kratom", "depression"], 21),
    "checking and counting": (["ocd"], 20),
    "a day at work": (["stress"], 19),
    "rules of a place": (["synthetic-withheld"], 18),
    "old advice": (["sleep"], 27),
    "a wrong number": (["stress"], 22),
    "a hasty claim": (["kratom"], 24),
    "a muddled list": (["depression"], 16),
    "two texts in one": (["stress"], 15),
}
DRAFTED = {  # subject: topics, and how far it has come
    "winter mornings": (["sleep"], workflow.DRAFT),
    "screens": (["sleep"], workflow.DRAFT),
    "music": (["stress"], workflow.DRAFT),
    "gardening": (["depression"], workflow.IN_REVIEW),
    "cold water": (["stress"], workflow.IN_REVIEW),
    "powders": (["kratom"], workflow.IN_REVIEW),
    "naps": (["sleep"], workflow.APPROVED),
    "cooking": (["depression"], workflow.APPROVED),
    "spring": (["sleep"], workflow.SCHEDULED),
    "long trains": (["stress"], workflow.SCHEDULED),
}


@dataclass(frozen=True)
class Newsroom:
    """People at work: each act is done as its person does it, and noted in the audit."""

    means: Means
    people: Mapping[str, Sequence[Editor]]

    def who(self, role: str, number: int = 0) -> str:
        """Return the id of somebody."""
        found = self.people[role]
        return found[number % len(found)].id

    def draft(self, subject: str, locale: str = "en") -> Draft:
        """Return the draft of a text as it is now."""
        article = drafts.find_article(self.means.session, slug(subject)) or ""
        return drafts.find(self.means.session, article, locale)

    def begin(self, subject: str, topics: Iterable[str], due: int, now: datetime) -> None:
        """Begin a text, to be reviewed again so many days after now."""
        text, by = written(subject, topics, now, due), self._author(subject)
        made = drafts.create(self.means.session, text, by=by, now=now)
        self.note("article.create", made, by, now)

    def change(self, subject: str, now: datetime) -> None:
        """Write a live text anew, as a draft."""
        by, old = self._author(subject), self.draft(subject)
        topics = [one for one in old.manuscript["topics"] if one != MARK]
        text = written(subject, topics, now, 180, change="Better words.", closing=BETTER)
        saved = drafts.save(self.means.session, old, text, by=by, now=now)
        self.note("draft.save", saved, by, now)

    def submit(self, subject: str, now: datetime, locale: str = "en") -> None:
        """Hand a text to reviewers."""
        by, found = self._author(subject), self.draft(subject, locale)
        moved = workflow.submit(self.means.session, found, by=by, now=now)
        self.note("draft.submit", moved, by, now)

    def send_back(self, subject: str, now: datetime) -> None:
        """Ask the author for other words, and say which."""
        by, found = self.who("reviewer"), self.draft(subject)
        words = "This says the same thing twice (synthetic comment). Please shorten it."
        comments.add(self.means.session, found, words, by=by, now=now, pointer="/document/summary")
        moved = workflow.request_changes(self.means.session, found, by=by, now=now)
        self.note("draft.request-changes", moved, by, now)

    def approve(self, subject: str, now: datetime, locale: str = "en") -> None:
        """Approve a text, as another person than its author."""
        [by], found = self.people["reviewer"], self.draft(subject, locale)
        moved = workflow.approve(self.means.session, found, {}, by=by, now=now)
        self.note("draft.approve", moved, by.id, now)

    def publish(self, subject: str, now: datetime, locale: str = "en") -> None:
        """Make an approved text live."""
        by, found = self.who("publisher"), self.draft(subject, locale)
        numbers = workflow.publish(self.means.session, found, by=by, now=now)
        self.note("article.publish", found, by, now, change=numbers[0] if numbers else None)

    def translate(self, subject: str, now: datetime) -> None:
        """Begin the Spanish text of a live one."""
        by, found = self._author(subject), self.draft(subject)
        made = desk.translate(self.means.session, found, "es", by=by, now=now)
        self.note("draft.translate", made, by, now, source=found.locale)

    def correct(self, subject: str, now: datetime) -> None:
        """Publish an approved text as a correction of the live one."""
        by, found = self.who("publisher"), self.draft(subject)
        until = (now + timedelta(days=30)).date().isoformat()
        said = {"type": "correction", "text": WRONG, "on": now.date().isoformat()}
        correction = convert({**said, "lead_until": until}, Correction)
        numbers = workflow.correct(self.means.session, found, correction, by=by, now=now)
        self.note("article.correct", found, by, now, change=numbers[0] if numbers else None)

    def end(self, subject: str, status: str, now: datetime, other: str | None = None) -> range:
        """Take a text down; return the numbers of its group."""
        by, found = self.who("publisher"), self.draft(subject)
        words = {"notice": "This synthetic text was taken down.", "reason": "A demonstration."}
        other = slug(other) if other else None
        done = endings.end(
            self.means.session, found.slug, status, **words, replacement=other, by=by, now=now
        )
        act = "article.suspend" if status == "suspended" else "article.withdraw"
        self.note(act, found, by, now, words["reason"], change=done[0])
        return done

    def schedule(self, subject: str, days: int, now: datetime) -> None:
        """Have an approved text published so many days after the end of the month."""
        by, found = self.who("publisher"), self.draft(subject)
        at = (self.means.now + timedelta(days=days)).replace(minute=0, second=0, microsecond=0)
        made = releases.schedule_draft(self.means.session, found, at, by=by, now=now)
        detail = {"release": made.id, "publish_at": at.isoformat()}
        self.note("draft.schedule", found, by, now, **detail)

    def note(
        self,
        act: str,
        draft: Draft,
        by: str,
        now: datetime,
        reason: str | None = None,
        **detail: Any,
    ) -> None:
        """Note an act in the audit, as the desk does."""
        facts = {"slug": draft.slug, "version": draft.version, **detail}
        about = ("article", draft.article)
        audit.note(
            self.means.session,
            act,
            about,
            by=by,
            now=now,
            locale=draft.locale,
            reason=reason,
            detail=facts,
        )

    def _author(self, subject: str) -> str:
        return self.who("author", len(subject))


def slug(subject: str) -> str:
    """Return the slug of a subject's text."""
    return f"synthetic-{subject.replace(' ', '-')}"


def written(
    subject: str,
    topics: Iterable[str],
    now: datetime,
    due: int,
    *,
    change: str = "First publication.",
    closing: str = CLOSING,
) -> Manuscript:
    """Return a synthetic text, to be reviewed again so many days after now."""
    facts = {"topics": f"[{', '.join((MARK, *topics))}]", "change": change, "closing": closing}
    days = {"searched": f"{now:%F}", "due": f"{now + timedelta(days=due):%F}"}
    named = {"slug": slug(subject), "title": f"Synthetic: {subject}, a made-up text"}
    text = Template(ARTICLE.read_text(encoding="utf-8")).substitute(facts | days | named)
    return markdown.parse(text, str(ARTICLE))


def play(script: Script) -> Newsroom:
    """Write the newsroom's month into the script."""
    room = Newsroom(script.means, dict(_hired(script.means)))
    for number, (subject, (topics, days)) in enumerate(LIVE.items()):
        due = 20 if number % 6 == 0 else 180  # some reviews are overdue by now
        script.add(days, number % 5, partial(room.begin, subject, topics, due))
        _go_live(script, room, subject, days)
    _change(script, room)
    _end(script, room)
    _work(script, room)
    for days in (30, 25, 20, 15, 10, 5, 1):
        script.add(days, 1, lambda now: lapses.record(script.means.session, by="work", now=now))
    return room


def _hired(means: Means) -> Iterator[tuple[str, list[Editor]]]:
    at = means.ago(30, 1)
    for role, names in PEOPLE.items():
        made = [
            editors.add(means.session, f"{name} (synthetic)", role=role, now=at) for name in names
        ]
        yield role, made


def _go_live(script: Script, room: Newsroom, subject: str, days: float, lang: str = "en") -> None:
    steps = ((9, room.submit), (26, room.approve), (27, room.publish))
    for hours, act in steps:
        script.add(days, hours, partial(act, subject, locale=lang))


def _change(script: Script, room: Newsroom) -> None:
    """Write some live texts anew, translate some, and correct one."""
    for subject, days in (("walking", 12), ("herbal teas", 9), ("daylight", 4)):
        script.add(days, 0, partial(room.change, subject))
        _go_live(script, room, subject, days)
    for subject in ("walking", "breathing", "a day at work"):
        script.add(14, 0, partial(room.translate, subject))
        _go_live(script, room, subject, 14, "es")
    script.add(8, 0, partial(room.change, "a wrong number"))
    script.add(8, 2, partial(room.submit, "a wrong number"))
    script.add(8, 5, partial(room.approve, "a wrong number"))
    script.add(8, 6, partial(room.correct, "a wrong number"))


def _end(script: Script, room: Newsroom) -> None:
    """Suspend one text and replace one; the field tells what becomes of those that it holds."""
    script.add(6, 3, partial(room.end, "a muddled list", "suspended"))
    other = {"other": "breathing"}
    script.add(5, 2, lambda now: room.end("two texts in one", "replaced", now, **other))


def _work(script: Script, room: Newsroom) -> None:
    """Leave texts on the desk in every state."""
    for number, (subject, (topics, state)) in enumerate(DRAFTED.items()):
        days, far = 4 - number / 4, workflow.STATES.index(state)
        script.add(days, 0, partial(room.begin, subject, topics, 180))
        for hours, act in ((3, room.submit), (8, room.approve))[:far]:
            script.add(days, hours, partial(act, subject))
        if state == workflow.SCHEDULED:
            script.add(days, 10, partial(room.schedule, subject, number - 6))
    script.add(3, 1, partial(room.submit, "screens"))
    script.add(2, 4, partial(room.send_back, "screens"))
