"""The log, its projection, drafts, and credentials; guards that keep the log append-only."""

import sqlalchemy as sa
from alembic import op

from content.db import Instant, Json

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

NAME = sa.String(length=200)
NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

# Tables in which a row, once written, stays as it is; with their primary keys.
APPEND_ONLY = {
    "changes": ("seq",),
    "articles": ("id",),
    "revisions": ("article", "locale", "number"),
    "publications": ("seq",),
    "disclaimer_versions": ("seq",),
    "rules": ("seq",),
    "mentions": ("seq",),
    "jurisdiction_facts": ("seq",),
    "site_facts": ("seq",),
    "lapses": ("seq",),
    "signing_keys": ("seq",),
}


def upgrade() -> None:
    """Make all tables, the counter at zero, and the guards."""
    _tables()
    op.execute("INSERT INTO counter (id, value) VALUES (1, 0)")
    guard = _guard_sqlite if op.get_bind().dialect.name == "sqlite" else _guard_postgresql
    for statement in guard():
        op.execute(statement)


def _guard_sqlite() -> list[str]:
    """Refuse UPDATE, DELETE and (also where recursive_triggers is off) REPLACE."""
    statements = []
    for table, key in (APPEND_ONLY | {"bodies": ("digest",)}).items():
        statements += [
            _sqlite(table, "update", "UPDATE"),
            _sqlite(table, "replace", "INSERT", when=_found(table, key)),
        ]
    statements += [_sqlite(table, "delete", "DELETE") for table in APPEND_ONLY]
    back = "NEW.value < OLD.value OR NEW.id <> OLD.id"
    return [
        *statements,
        _sqlite("bodies", "delete", "DELETE", when=_not_redacted("OLD.digest")),
        _sqlite("counter", "back", "UPDATE", when=back),
        _sqlite("counter", "replace", "INSERT"),
        _sqlite("counter", "delete", "DELETE"),
    ]


def _found(table: str, key: tuple[str, ...]) -> str:
    """Return whether a new row would replace another: by its key, its rowid or a unique index."""
    ways = [" AND ".join(f"{column} = NEW.{column}" for column in key), "rowid = NEW.rowid"]
    if table == "changes":
        ways.append("at = NEW.at")
    same = " OR ".join(ways)
    return f"EXISTS (SELECT 1 FROM {table} WHERE {same})"  # noqa: S608 - names from this file


def _sqlite(table: str, name: str, action: str, when: str | None = None) -> str:
    condition = f"WHEN {when} " if when else ""
    return (
        f"CREATE TRIGGER {table}_no_{name} BEFORE {action} ON {table} {condition}"
        f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
    )


def _guard_postgresql() -> list[str]:
    """Refuse UPDATE, DELETE and TRUNCATE."""
    refuse = "RAISE EXCEPTION '% is append-only', TG_TABLE_NAME"
    function = "CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN {body} END$$"
    body = f"IF {_not_redacted('OLD.digest')} THEN {refuse}; END IF; RETURN OLD;"
    back = f"IF NEW.value < OLD.value OR NEW.id <> OLD.id THEN {refuse}; END IF; RETURN NEW;"
    statements = [
        function.format(name="caveat_append_only", body=f"{refuse};"),
        function.format(name="caveat_redaction_only", body=body),
        function.format(name="caveat_forward_only", body=back),
    ]
    for table in APPEND_ONLY:
        statements.append(_postgresql(table, "UPDATE OR DELETE", "caveat_append_only"))
    statements += [
        _postgresql("bodies", "UPDATE", "caveat_append_only"),
        _postgresql("bodies", "DELETE", "caveat_redaction_only"),
        _postgresql("counter", "INSERT OR DELETE", "caveat_append_only"),
        _postgresql("counter", "UPDATE", "caveat_forward_only"),
    ]
    for table in (*APPEND_ONLY, "bodies", "counter"):
        statements.append(_postgresql(table, "TRUNCATE", "caveat_append_only", each="STATEMENT"))
    return statements


def _postgresql(table: str, action: str, function: str, each: str = "ROW") -> str:
    name = f"{table}_no_{action.split(maxsplit=1)[0].lower()}"
    return (
        f"CREATE TRIGGER {name} BEFORE {action} ON {table} "
        f"FOR EACH {each} EXECUTE FUNCTION {function}()"
    )


def _not_redacted(digest: str) -> str:
    """A body may go only after the log says so."""
    return (
        "NOT EXISTS (SELECT 1 FROM changes "  # noqa: S608 - names from this file
        f"WHERE kind = 'body.redacted' AND subject_type = 'body' AND subject = {digest})"
    )


def _tables() -> None:
    op.create_table(
        "articles", sa.Column("id", NAME, nullable=False), sa.PrimaryKeyConstraint("id")
    )
    op.create_table(
        "bodies",
        sa.Column("digest", NAME, nullable=False),
        sa.Column("octets", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("digest"),
    )
    op.create_table(
        "changes",
        sa.Column("seq", NUMBER, autoincrement=False, nullable=False),
        sa.Column("group_end", NUMBER, nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("actor", NAME, nullable=False),
        sa.Column("kind", NAME, nullable=False),
        sa.Column("subject_type", NAME, nullable=False),
        sa.Column("subject", NAME, nullable=False),
        sa.Column("impact", NAME, nullable=False),
        sa.Column("notice", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("seq"),
    )
    op.create_index("ix_changes_at", "changes", ["at"], unique=True)
    op.create_index(
        "ix_changes_subject", "changes", ["subject_type", "subject", "seq"], unique=False
    )
    op.create_index("ix_changes_type", "changes", ["subject_type", "seq"], unique=False)
    op.create_table(
        "counter",
        sa.Column("id", NUMBER, autoincrement=False, nullable=False),
        sa.Column("value", NUMBER, nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "editors",
        sa.Column("id", NAME, nullable=False),
        sa.Column("name", NAME, nullable=False),
        sa.Column("role", NAME, nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "heads",
        sa.Column("article", NAME, nullable=False),
        sa.Column("locale", NAME, nullable=False),
        sa.Column("seq", NUMBER, nullable=False),
        sa.Column("slug", NAME, nullable=False),
        sa.Column("review_due", NAME, nullable=False),
        sa.PrimaryKeyConstraint("article", "locale"),
    )
    op.create_index("ix_heads_seq", "heads", ["seq"], unique=False)
    op.create_index("ix_heads_review_due", "heads", ["review_due"], unique=False)
    op.create_table(
        "partners",
        sa.Column("id", NAME, nullable=False),
        sa.Column("name", NAME, nullable=False),
        sa.Column("audience", NAME, nullable=False),
        sa.Column("channel", NAME, nullable=False),
        sa.Column("locale", NAME, nullable=True),
        sa.Column("jurisdiction", NAME, nullable=True),
        sa.Column("created_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "credentials",
        sa.Column("digest", NAME, nullable=False),
        sa.Column("partner", NAME, nullable=True),
        sa.Column("editor", NAME, nullable=True),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("revoked_at", Instant(), nullable=True),
        sa.CheckConstraint("(partner IS NULL) <> (editor IS NULL)", name="one_owner"),
        sa.ForeignKeyConstraint(
            ["editor"],
            ["editors.id"],
        ),
        sa.ForeignKeyConstraint(
            ["partner"],
            ["partners.id"],
        ),
        sa.PrimaryKeyConstraint("digest"),
    )
    op.create_table(
        "disclaimer_versions",
        sa.Column("id", NAME, nullable=False),
        sa.Column("locale", NAME, nullable=False),
        sa.Column("version", NUMBER, nullable=False),
        sa.Column("data", Json(), nullable=True),
        sa.Column("seq", NUMBER, autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(
            ["seq"],
            ["changes.seq"],
        ),
        sa.PrimaryKeyConstraint("seq"),
    )
    op.create_index(
        "ix_disclaimer_versions_key", "disclaimer_versions", ["id", "locale", "seq"], unique=False
    )
    op.create_table(
        "drafts",
        sa.Column("article", NAME, nullable=False),
        sa.Column("locale", NAME, nullable=False),
        sa.Column("version", NUMBER, nullable=False),
        sa.Column("manuscript", Json(), nullable=False),
        sa.Column("updated_at", Instant(), nullable=False),
        sa.Column("updated_by", NAME, nullable=False),
        sa.ForeignKeyConstraint(
            ["article"],
            ["articles.id"],
        ),
        sa.PrimaryKeyConstraint("article", "locale"),
    )
    op.create_table(
        "head_tags",
        sa.Column("article", NAME, nullable=False),
        sa.Column("locale", NAME, nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("tag", NAME, nullable=False),
        sa.Column("seq", NUMBER, nullable=False),
        sa.ForeignKeyConstraint(
            ["article", "locale"], ["heads.article", "heads.locale"], ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("article", "locale", "kind", "tag"),
    )
    op.create_index("ix_head_tags_tag", "head_tags", ["kind", "tag", "seq"], unique=False)
    op.create_table(
        "jurisdiction_facts",
        sa.Column("code", NAME, nullable=False),
        sa.Column("fact", NAME, nullable=False),
        sa.Column("data", Json(), nullable=True),
        sa.Column("seq", NUMBER, autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(
            ["seq"],
            ["changes.seq"],
        ),
        sa.PrimaryKeyConstraint("seq"),
    )
    op.create_index(
        "ix_jurisdiction_facts_key", "jurisdiction_facts", ["code", "fact", "seq"], unique=False
    )
    op.create_table(
        "lapses",
        sa.Column("table_name", NAME, nullable=False),
        sa.Column("row", NUMBER, nullable=False),
        sa.Column("seq", NUMBER, autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(
            ["seq"],
            ["changes.seq"],
        ),
        sa.PrimaryKeyConstraint("seq"),
    )
    op.create_index("ix_lapses_key", "lapses", ["table_name", "row"], unique=False)
    op.create_table(
        "mentions",
        sa.Column("id", NAME, nullable=False),
        sa.Column("data", Json(), nullable=True),
        sa.Column("seq", NUMBER, autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(
            ["seq"],
            ["changes.seq"],
        ),
        sa.PrimaryKeyConstraint("seq"),
    )
    op.create_index("ix_mentions_key", "mentions", ["id", "seq"], unique=False)
    op.create_table(
        "revisions",
        sa.Column("article", NAME, nullable=False),
        sa.Column("locale", NAME, nullable=False),
        sa.Column("number", NUMBER, nullable=False),
        sa.Column("digest", NAME, nullable=False),
        sa.Column("change_note", sa.Text(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("created_by", NAME, nullable=False),
        sa.ForeignKeyConstraint(
            ["article"],
            ["articles.id"],
        ),
        sa.PrimaryKeyConstraint("article", "locale", "number"),
    )
    op.create_table(
        "rules",
        sa.Column("id", NAME, nullable=False),
        sa.Column("data", Json(), nullable=True),
        sa.Column("seq", NUMBER, autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(
            ["seq"],
            ["changes.seq"],
        ),
        sa.PrimaryKeyConstraint("seq"),
    )
    op.create_index("ix_rules_key", "rules", ["id", "seq"], unique=False)
    op.create_table(
        "signing_keys",
        sa.Column("kid", NAME, nullable=False),
        sa.Column("state", NAME, nullable=False),
        sa.Column("public", Json(), nullable=False),
        sa.Column("seq", NUMBER, autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(
            ["seq"],
            ["changes.seq"],
        ),
        sa.PrimaryKeyConstraint("seq"),
    )
    op.create_index("ix_signing_keys_key", "signing_keys", ["kid", "seq"], unique=False)
    op.create_table(
        "site_facts",
        sa.Column("id", NAME, nullable=False),
        sa.Column("data", Json(), nullable=True),
        sa.Column("seq", NUMBER, autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(
            ["seq"],
            ["changes.seq"],
        ),
        sa.PrimaryKeyConstraint("seq"),
    )
    op.create_index("ix_site_facts_key", "site_facts", ["id", "seq"], unique=False)
    op.create_table(
        "publications",
        sa.Column("article", NAME, nullable=False),
        sa.Column("locale", NAME, nullable=False),
        sa.Column("status", NAME, nullable=False),
        sa.Column("revision", NUMBER, nullable=False),
        sa.Column("slug", NAME, nullable=False),
        sa.Column("topics", Json(), nullable=False),
        sa.Column("conditions", Json(), nullable=False),
        sa.Column("notice", sa.Text(), nullable=True),
        sa.Column("replacement", NAME, nullable=True),
        sa.Column("seq", NUMBER, autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(
            ["article", "locale", "revision"],
            ["revisions.article", "revisions.locale", "revisions.number"],
        ),
        sa.ForeignKeyConstraint(
            ["article"],
            ["articles.id"],
        ),
        sa.ForeignKeyConstraint(
            ["seq"],
            ["changes.seq"],
        ),
        sa.PrimaryKeyConstraint("seq"),
    )
    op.create_index(
        "ix_publications_key", "publications", ["article", "locale", "seq"], unique=False
    )
    op.create_index("ix_publications_slug", "publications", ["slug", "seq"], unique=False)
    op.create_index("ix_publications_status", "publications", ["status", "seq"], unique=False)
