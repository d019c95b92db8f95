"""Fifty drafts that nobody may see: in every field of each a word that is nowhere else.

Some are of articles that were never published, some of live ones, some are translations; some have
been submitted, so that their texts lie in the log's tables, and some approved and put in a release.
"""

import re
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import Any

from delivery import PEPPER, PUBLIC_URL
from factories import NOW, make_manuscript, make_section, publish
from newsroom import DESK
from sqlalchemy.orm import Session

from api import db
from content import articles, editors
from content.contexts import Context
from content.db import Database
from content.documents import Manuscript
from content.editorial import comments, drafts, previews, releases, workflow
from content.models.access import Editor
from content.models.editorial import Draft
from content.models.log import Revision

NEW, CHANGED, TRANSLATED = range(20), range(20, 40), range(40, 50)
FIELDS = (
    *("slug", "topic", "condition", "note", "title", "summary", "heading", "block", "item"),
    *("claim", "claimid", "source", "sourceid", "container", "url", "author", "tools"),
)
WORD = re.compile(r"zyxq[0-9]{2}[a-z]+", re.IGNORECASE)
ENDINGS = ("html", "md", "jsonld", "ninjs", "json")


def word(number: int, name: str) -> str:
    """Return the word that stands in one field of one draft, and nowhere else."""
    return f"zyxq{number:02d}{name}"


def known(number: int) -> str:
    """Return the slug of the live article that a draft is of."""
    return f"known-{number % 20 + 20}"


@dataclass
class Secrets:
    """What nobody may learn: words, ids and digests; and where it can be asked for."""

    words: set[str] = field(default_factory=set)
    ids: set[str] = field(default_factory=set)  # of articles, previews, frozen texts
    paths: dict[int, str] = field(default_factory=dict)  # of the drafts, for editors
    articles: dict[int, str] = field(default_factory=dict)
    seen: list[str] = field(default_factory=list)  # addresses of previews that are good
    ended: list[str] = field(default_factory=list)  # and of those that have ended

    def find(self, text: str) -> set[str]:
        """Return the secrets that stand in a text."""
        words = {one.lower() for one in WORD.findall(text)}
        return words | {id for id in self.ids if id in text}


def make(database: Database) -> Secrets:
    """Write the drafts, comments, previews and a release."""
    for number in CHANGED:
        publish(database, slug=known(number), title=f"A known title with the number {number}")
    found = Secrets()
    with database.write() as session:
        reviewer = editors.add(session, "A reviewer", role="reviewer", now=NOW)
        made = {number: _begin(session, number) for number in (*NEW, *CHANGED, *TRANSLATED)}
        for number, draft in made.items():
            _discuss(session, number, draft, found)
            _advance(session, number, draft, reviewer)
            _remember(session, number, draft, found)
            if number % 5 == 0:
                _preview(session, number, draft, found)
        _release(session, [draft for draft in made.values() if draft.state == "approved"], found)
        session.commit()
    return found


def text(number: int, **more: Any) -> Manuscript:
    """Return the text of a draft."""
    say = partial(word, number)
    marked = [{"type": "claim", "id": say("claimid")}]
    sentence = f"Sleep may help with {say('block')} in adults."
    paragraph = {
        "type": "paragraph",
        "spans": [{"text": sentence, "marks": marked}],
        "text": sentence,
    }
    line = f"One thing is {say('item')}."
    item = {"spans": [{"text": line, "marks": []}], "text": line}
    listed = {"type": "list", "ordered": False, "items": [item], "text": line}
    overview = make_section("overview", title=f"About {say('heading')}", blocks=[paragraph, listed])
    plain = make_manuscript(slug=say("slug"))
    data = partial(make_section)
    claim = {
        "id": say("claimid"),
        "statement": f"It may be that {say('claim')} helps.",
        "evidence_level": "E3",
        "sources": [say("sourceid")],
    }
    source = {
        "id": say("sourceid"),
        "title": f"A study of {say('source')}",
        "authors": "Doe J",
        "container": f"Journal of {say('container')}",
        "year": 2020,
        "doi": None,
        "url": f"https://example.org/{say('url')}",
    }
    kinds = [section.kind for section in plain.document.sections]
    review = {
        "status": "unreviewed",
        "reviewed_on": None,
        "searched_on": "2026-11-22",
        "next_review_due": "2027-05-22",
        "provenance": {
            "author": f"The desk of {say('author')}",
            "ai_statement": f"Made with {say('tools')}.",
            "reviewer_name": None,
            "reviewer_credential": None,
        },
    }
    return make_manuscript(
        slug=say("slug"),
        topics=["sleep", say("topic")],
        conditions=["insomnia", say("condition")],
        change_note=f"Because of {say('note')}.",
        title=f"A title with {say('title')} in it",
        summary=f"A summary with {say('summary')} in it.",
        sections=[overview, *(data(kind) for kind in kinds[1:])],
        claims=[claim],
        sources=[source],
        review=review,
        **more,
    )


def _begin(session: Session, number: int) -> Draft:
    if number in NEW:
        return drafts.create(session, text(number), by="An author", now=NOW)
    article = articles.identify(session, known(number))
    more: dict[str, Any] = {}
    if number in TRANSLATED:
        translation = {"locale": "en", "revision": 1, "status": "unreviewed"}
        more = {"locale": "es", "translation": translation}
    written = text(number, **more)
    draft = drafts.open_draft(session, article, written, by="An author", now=NOW)
    return drafts.save(session, draft, written, by="An author", now=NOW)


def _advance(session: Session, number: int, draft: Draft, reviewer: Editor) -> None:
    if number % 5 >= 3:
        workflow.submit(session, draft, by="An author", now=NOW)
    if number % 5 == 4:
        workflow.approve(session, draft, {}, by=reviewer, now=NOW)


def _discuss(session: Session, number: int, draft: Draft, found: Secrets) -> None:
    said = word(number, "comment")
    comments.add(session, draft, f"Is {said} right?", by="A reviewer", now=NOW)
    found.words.add(said)


def _remember(session: Session, number: int, draft: Draft, found: Secrets) -> None:
    found.words |= {word(number, name) for name in FIELDS}
    found.paths[number] = f"{DESK}/articles/{draft.article}/drafts/{draft.locale}"
    found.articles[number] = draft.article
    if number in NEW:
        found.ids.add(draft.article)
    if draft.revision is not None:
        key = (draft.article, draft.locale, draft.revision)
        found.ids.add(session.get_one(Revision, key).digest.removeprefix("sha256:"))


def _preview(session: Session, number: int, draft: Draft, found: Secrets) -> None:
    said = word(number, "preview")
    asked = Context("", jurisdiction="US-AL")
    for now, kept in ((NOW, found.ended), (db.now(), found.seen)):
        one = previews.add(session, draft, asked, by="An author", now=now, note=f"For {said}.")
        session.flush()
        found.ids.add(one.id)
        expires = int(one.expires_at.timestamp())
        kept += [
            f"{PUBLIC_URL}{DESK}/previews/{one.id}.{ending}?expires={expires}"
            f"&signature={previews.sign(one.id, ending, expires, PEPPER)}"
            for ending in ENDINGS
        ]
    found.words.add(said)


def _release(session: Session, approved: list[Draft], found: Secrets) -> None:
    items = [{"type": "article", "article": one.article, "locale": one.locale} for one in approved]
    title, reason = word(99, "release"), word(99, "reason")
    release = releases.create(session, title, reason, items, by="A publisher", now=NOW)
    soon = db.now() + timedelta(days=1)
    releases.schedule(session, release, soon, by="A publisher", now=NOW)
    found.words |= {title, reason}
    found.ids.add(release.id)
