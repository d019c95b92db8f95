"""Alembic migrations: forward only, and never batch mode on the log (it would drop the guards)."""
