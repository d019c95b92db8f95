"""Alembic runs the steps of ``versions/`` on a connection that is handed to it."""

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection

from content.migrations import FOLDER


def run(connection: Connection, to: str) -> None:
    """Bring the schema behind a connection to a version, in its transaction."""
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.attributes["connection"] = connection
    command.upgrade(config, to)
