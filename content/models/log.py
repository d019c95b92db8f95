"""The log: append-only tables that hold everything a reader can ever see.

Each row of a *fact* table became true at its ``seq``, the number of its entry in ``changes``. The
state at N is, for each key, the newest row with ``seq <= N``; ``data`` of NULL says "no longer".
Triggers refuse UPDATE, DELETE and TRUNCATE (see ``content/migrations``).
"""

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, LargeBinary, String, Text, text
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from content.contexts import TEST
from content.db import Json, Model

NAME = String(200)


class Counter(Model):
    """One row: the last number given out. Taken last, so numbers are dense in commit order."""

    __tablename__ = "counter"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    value: Mapped[int]


class Change(Model):
    """One numbered entry of the log; ``group_end`` is the last number of its group."""

    __tablename__ = "changes"
    __table_args__ = (
        Index("ix_changes_subject", "subject_type", "subject", "seq"),
        Index("ix_changes_type", "subject_type", "seq"),
        Index("ix_changes_scope", "scope", "subject_type", "seq"),
        Index("ix_changes_at", "at", unique=True),
    )

    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    group_end: Mapped[int]
    at: Mapped[datetime]  # strictly increasing
    actor: Mapped[str] = mapped_column(NAME)
    kind: Mapped[str] = mapped_column(NAME)
    subject_type: Mapped[str] = mapped_column(NAME)
    subject: Mapped[str] = mapped_column(NAME)
    impact: Mapped[str] = mapped_column(NAME)  # text, safety, notice or metadata
    # Whose editions may have changed: ``listed`` in this group, or ``all`` articles'.
    scope: Mapped[str] = mapped_column(NAME)
    notice: Mapped[str | None] = mapped_column(Text)  # public
    reason: Mapped[str | None] = mapped_column(Text)  # private


class Body(Model):
    """The canonical bytes of a document, by digest; the one table where ``redact`` may delete."""

    __tablename__ = "bodies"

    digest: Mapped[str] = mapped_column(NAME, primary_key=True)
    octets: Mapped[bytes] = mapped_column(LargeBinary)


class Article(Model):
    """A stable identity (UUIDv7) and nothing else."""

    __tablename__ = "articles"

    id: Mapped[str] = mapped_column(NAME, primary_key=True)


class Revision(Model):
    """An immutable numbered document. To exist is not yet to be published, so it has no ``seq``."""

    __tablename__ = "revisions"

    article: Mapped[str] = mapped_column(ForeignKey("articles.id"), primary_key=True)
    locale: Mapped[str] = mapped_column(NAME, primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    digest: Mapped[str] = mapped_column(NAME)  # of its body; no foreign key, a body may be redacted
    change_note: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]
    created_by: Mapped[str] = mapped_column(NAME)


class Fact:
    """What all fact tables share: the number, and the key under which a newer row replaces it."""

    subject_type: ClassVar[str]
    key: ClassVar[tuple[str, ...]]

    @declared_attr
    @classmethod
    def seq(cls) -> Mapped[int]:
        """The number from which on the row is true."""
        return mapped_column(ForeignKey("changes.seq"), primary_key=True, autoincrement=False)


class Publication(Fact, Model):
    """From ``seq`` on this revision is live, or the article is not (``status`` says how)."""

    __tablename__ = "publications"
    __table_args__ = (
        ForeignKeyConstraint(
            ["article", "locale", "revision"],
            ["revisions.article", "revisions.locale", "revisions.number"],
        ),
        Index("ix_publications_key", "article", "locale", "seq"),
        Index("ix_publications_slug", "slug", "seq"),
        Index("ix_publications_status", "status", "seq"),
        Index(
            "ix_publications_correction",
            *("article", "locale", "seq"),
            sqlite_where=text("correction IS NOT NULL"),
            postgresql_where=text("correction IS NOT NULL"),
        ),
    )
    subject_type = "article"
    key = ("article", "locale")

    article: Mapped[str] = mapped_column(ForeignKey("articles.id"))
    locale: Mapped[str] = mapped_column(NAME)
    status: Mapped[str] = mapped_column(NAME)  # live, withdrawn, suspended, replaced or gone
    revision: Mapped[int]
    slug: Mapped[str] = mapped_column(NAME)
    topics: Mapped[list[str]] = mapped_column(Json)
    conditions: Mapped[list[str]] = mapped_column(Json)
    notice: Mapped[str | None] = mapped_column(Text)  # public
    replacement: Mapped[str | None] = mapped_column(NAME)  # a slug
    display_until: Mapped[str | None] = mapped_column(NAME)  # an ISO date, the last day
    overrides: Mapped[list[dict[str, str]] | None] = mapped_column(Json)  # of the claims lint
    correction: Mapped[dict[str, Any] | None] = mapped_column(Json)  # what was wrong before it

    @property
    def is_test(self) -> bool:
        """Whether this is a test article for developers, which is given only on request."""
        return TEST in self.topics


class Effect(Fact, Model):
    """A change of the same group may have changed what editions of this article say."""

    __tablename__ = "effects"
    __table_args__ = (Index("ix_effects_key", "article", "locale", "seq"),)
    subject_type = "article"
    key = ("article", "locale")

    article: Mapped[str] = mapped_column(ForeignKey("articles.id"))
    locale: Mapped[str] = mapped_column(NAME)


class DisclaimerVersion(Fact, Model):
    """The words of a disclaimer in one locale, and how it is shown."""

    __tablename__ = "disclaimer_versions"
    __table_args__ = (Index("ix_disclaimer_versions_key", "id", "locale", "seq"),)
    subject_type = "disclaimer"
    key = ("id", "locale")

    id: Mapped[str] = mapped_column(NAME)
    locale: Mapped[str] = mapped_column(NAME)
    version: Mapped[int]
    data: Mapped[dict[str, Any] | None] = mapped_column(Json)


class Rule(Fact, Model):
    """When an article owes a disclaimer, shows it higher, or is withheld."""

    __tablename__ = "rules"
    __table_args__ = (Index("ix_rules_key", "id", "seq"),)
    subject_type = "rule"
    key = ("id",)

    id: Mapped[str] = mapped_column(NAME)
    data: Mapped[dict[str, Any] | None] = mapped_column(Json)


class Mention(Fact, Model):
    """The words, per locale, by which a text is found to mention something."""

    __tablename__ = "mentions"
    __table_args__ = (Index("ix_mentions_key", "id", "seq"),)
    subject_type = "mention"
    key = ("id",)

    id: Mapped[str] = mapped_column(NAME)
    data: Mapped[dict[str, Any] | None] = mapped_column(Json)


class JurisdictionFact(Fact, Model):
    """A dated fact about a place: ``place``, ``help``, ``law/<topic>`` or ``authority/<name>``."""

    __tablename__ = "jurisdiction_facts"
    __table_args__ = (Index("ix_jurisdiction_facts_key", "code", "fact", "seq"),)
    subject_type = "jurisdiction"
    key = ("code", "fact")

    code: Mapped[str] = mapped_column(NAME)
    fact: Mapped[str] = mapped_column(NAME)
    data: Mapped[dict[str, Any] | None] = mapped_column(Json)


class SiteFact(Fact, Model):
    """A fact about the publisher: name, contact, public base URL, served locales, rights."""

    __tablename__ = "site_facts"
    __table_args__ = (Index("ix_site_facts_key", "id", "seq"),)
    subject_type = "site"
    key = ("id",)

    id: Mapped[str] = mapped_column(NAME)
    data: Mapped[Any | None] = mapped_column(Json)


class ClaimPack(Fact, Model):
    """A pack of patterns by which the claims lint finds misleading text; no edition shows one."""

    __tablename__ = "claim_packs"
    __table_args__ = (Index("ix_claim_packs_key", "id", "seq"),)
    subject_type = "claim-pack"
    key = ("id",)

    id: Mapped[str] = mapped_column(NAME)
    data: Mapped[dict[str, Any] | None] = mapped_column(Json)


class SourceMark(Fact, Model):
    """What is known of a source that articles may cite: that it was retracted."""

    __tablename__ = "source_marks"
    __table_args__ = (Index("ix_source_marks_key", "id", "seq"),)
    subject_type = "source"
    key = ("id",)

    id: Mapped[str] = mapped_column(NAME)
    data: Mapped[dict[str, Any] | None] = mapped_column(Json)


class Lapse(Fact, Model):
    """A date that a row carries has passed: ``field`` of the row ``row`` of ``table_name``."""

    __tablename__ = "lapses"
    __table_args__ = (Index("ix_lapses_key", "table_name", "row"),)
    subject_type = "lapse"
    key = ("table_name", "row", "field")

    table_name: Mapped[str] = mapped_column(NAME)
    row: Mapped[int]
    field: Mapped[str] = mapped_column(NAME)  # recheck_by, review_due, …


class SigningKey(Fact, Model):
    """From ``seq`` on the key ``kid`` is in this state; public halves only."""

    __tablename__ = "signing_keys"
    __table_args__ = (Index("ix_signing_keys_key", "kid", "seq"),)
    subject_type = "signing-key"
    key = ("kid",)

    kid: Mapped[str] = mapped_column(NAME)
    state: Mapped[str] = mapped_column(NAME)  # active, retired or revoked
    public: Mapped[dict[str, Any]] = mapped_column(Json)  # a JWK


FACTS: tuple[type[Fact], ...] = (
    Publication,
    Effect,
    DisclaimerVersion,
    Rule,
    ClaimPack,
    Mention,
    JurisdictionFact,
    SiteFact,
    SourceMark,
    Lapse,
    SigningKey,
)
