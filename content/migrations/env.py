"""Alembic's entry point: runs the steps on the connection that ``Database.migrate`` hands over."""

from alembic import context

from content.db import Model
from content.models import access, editorial, heads, log, redactions, search, work

MODELS = (
    access,
    editorial,
    heads,
    log,
    redactions,
    search,
    work,
)  # imported so that their tables are known

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Model.metadata,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
