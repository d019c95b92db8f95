"""What can be in a release: approved drafts, articles that shall come back, changes of policy.

Items are data, so that people can read what they approve; here they are read as parts, and become
what :func:`content.editorial.publishing.publish` takes.
"""

from collections.abc import Iterator
from typing import Annotated, Any

from msgspec import Meta
from sqlalchemy.orm import Session

from content import parts
from content.editorial import articles, drafts, policy_items, publishing, restoring, workflow
from content.editorial.groups import Text
from content.editorial.policy_items import PolicyItem, Seen
from content.editorial.workflow import APPROVED, SCHEDULED
from content.errors import Finding, Illegal, Invalid, Outdated
from content.models.access import Editor
from content.models.editorial import Draft, Release
from content.models.log import Publication
from content.parts import Name, Part, Tag
from content.policy import files


class DraftItem(Part, tag="article", tag_field="type"):
    """The approved draft of an article in one locale."""

    article: Name
    locale: Tag


class RestoreItem(Part, tag="restore", tag_field="type"):
    """An article that was taken down and shall come back, in all its locales."""

    article: Name
    seen: Seen = None


class EarlierItem(Part, tag="earlier", tag_field="type"):
    """A live article in one locale as it was published by an earlier change of the log."""

    article: Name
    locale: Tag
    sequence: Annotated[int, Meta(ge=1, le=2**53 - 1)]
    seen: Seen = None


MOST = 1000  # items; of texts no more than publishing takes
Replacing = RestoreItem | EarlierItem  # ``seen`` is the number of what is replaced, as of policy
Item = DraftItem | RestoreItem | EarlierItem | PolicyItem
Items = Annotated[list[Item], Meta(min_length=1, max_length=MOST)]


def read(session: Session, items: list[Any]) -> list[Item]:
    """Return the items of a release as parts; raise ``Invalid`` for what cannot be in one."""
    found: list[Item] = parts.convert(items, Items, "/items")
    texts = [one for one in found if not isinstance(one, PolicyItem)]
    if len({(one.article, getattr(one, "locale", None)) for one in texts}) < len(texts):
        raise Invalid([Finding("/items", "names the same thing twice")])
    if len(texts) > publishing.MOST:
        raise Invalid([Finding("/items", f"has more than {publishing.MOST} articles")])
    for one in texts:
        if isinstance(one, DraftItem):
            drafts.find(session, one.article, one.locale)
        elif isinstance(one, EarlierItem):
            restoring.earlier(session, *_named(one))
        else:
            articles.expect(session, one.article, "restore")
        if isinstance(one, Replacing):
            _expect_seen(session, one)
    policy_items.read(session, _policy(found))
    return found


def kept(session: Session, items: list[Any]) -> list[Any]:
    """Return the items of a release as they are kept: each knows what it replaces."""
    return [parts.dump(_with_seen(session, one)) for one in read(session, items)]


def policy(session: Session, release: Release) -> list[files.Item]:
    """Return what a release would make true of policy, checked against what stands now."""
    found: list[Item] = parts.convert(release.items, Items, "/items")
    return policy_items.read(session, _policy(found))


def earlier(session: Session, release: Release) -> list[Text]:
    """Return the earlier texts that a release would make live again."""
    read: list[Item] = parts.convert(release.items, Items, "/items")
    found = []
    for one in (one for one in read if isinstance(one, EarlierItem)):
        row = restoring.earlier(session, *_named(one))
        _expect_seen(session, one)
        found.append(restoring.again(session, row, None))
    return found


def drafts_in(session: Session, release: Release) -> list[Draft]:
    """Return the drafts that a release would publish."""
    items = (one for one in release.items if one["type"] == "article")
    return [drafts.find(session, one["article"], one["locale"]) for one in items]


def texts(session: Session, release: Release) -> list[Text]:
    """Return the texts that a release would make live; raise ``Illegal`` for an unready draft.

    Who approved it, or else who put it together, answers for findings that were let pass before.
    """
    approver = session.get(Editor, release.approved_by or release.created_by)
    return [
        text
        for item in read(session, release.items)
        for text in _texts(session, release, item, approver)
    ]


def _with_seen(session: Session, item: Item) -> Item:
    if isinstance(item, PolicyItem):
        return policy_items.with_seen(session, item)
    if isinstance(item, Replacing):
        return parts.changed(item, seen=_newest(session, item).seq)
    return item  # a draft has its version


def _expect_seen(session: Session, item: Replacing) -> None:
    row = _newest(session, item)
    if item.seen not in (None, row.seq):
        message = f"{row.slug} in {row.locale} has been changed meanwhile, by change {row.seq}"
        raise Outdated(f"{message}; you have seen {item.seen}. Read it again.")


def _newest(session: Session, item: Replacing) -> Publication:
    """Return the newest publication of what would be replaced: of a locale, or of all of them."""
    rows = articles.live(session, item.article)
    if isinstance(item, EarlierItem):
        return rows[item.locale]
    return max(rows.values(), key=lambda row: row.seq)


def _texts(
    session: Session, release: Release, item: Item, approver: Editor | None
) -> Iterator[Text]:
    if isinstance(item, RestoreItem):
        yield from restoring.texts(session, item.article, approver)
    elif isinstance(item, EarlierItem):
        yield restoring.again(session, restoring.earlier(session, *_named(item)), approver)
    elif isinstance(item, DraftItem):
        yield _approved(session, release, item)


def _approved(session: Session, release: Release, item: DraftItem) -> Text:
    draft = drafts.find(session, item.article, item.locale)
    if draft.state not in (APPROVED, SCHEDULED) or draft.release not in (None, release.id):
        message = f"The draft {draft.slug} in {draft.locale} is {draft.state}, not approved."
        raise Illegal(message, workflow.legal(draft.state))
    return workflow.text(session, draft)


def _named(item: EarlierItem) -> tuple[str, str, int]:
    return item.article, item.locale, item.sequence


def _policy(items: list[Item]) -> list[tuple[int, PolicyItem]]:
    """Return the items of policy, each with its number in the release."""
    return [(number, one) for number, one in enumerate(items) if isinstance(one, PolicyItem)]
