"""The command line: ``caveat``. Errors are one line each, exit code 2, never a traceback.

A command's module is imported when the command is asked for, so that each one starts quickly.
"""

import gc
import logging
import sys
from importlib import import_module
from typing import NoReturn

import click
from sqlalchemy.exc import SQLAlchemyError

from api import settings
from content import engines
from content.errors import CaveatError

MODULES = {
    "access": ["editors", "tokens"],
    "audit": ["audit"],
    "backups": ["backup", "restore"],
    "changes": ["changes"],
    "check": ["check", "verify"],
    "checkpoints": ["checkpoints"],
    "claims": ["lint"],
    "conformance": ["conformance"],
    "content": ["publish", "withdraw"],
    "demo": ["demo"],
    "doctor": ["doctor"],
    "evidence": ["evidence"],
    "exports": ["export"],
    "imports": ["import"],
    "installation": ["heads", "init", "keys", "openapi", "schemas", "settings"],
    "intake": ["ingest"],
    "partners": ["partners"],
    "recalls": ["recalls"],
    "redactions": ["redact"],
    "serving": ["serve"],
    "webhooks": ["webhooks"],
    "work": ["work"],
}


class _Commands(click.Group):
    """A group that knows where its commands are before it has them."""

    _places = {name: module for module, names in MODULES.items() for name in names}

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands."""
        return sorted(self._places)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command, or None where there is none of that name."""
        if cmd_name not in self._places:
            return None
        gc.disable()  # modules stay; to look whether they do takes a tenth of a start
        try:
            module = import_module(f"api.cli.{self._places[cmd_name]}")
        finally:
            gc.enable()
        commands: tuple[click.Command, ...] = module.COMMANDS
        return next(one for one in commands if one.name == cmd_name)


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="caveat")
def caveat() -> None:
    """Caveat: health articles that never leave without the disclaimers that they owe."""
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(message)s")
    for library in ("alembic", "httpx"):
        logging.getLogger(library).setLevel(logging.WARNING)
    for warning in settings.unknown():
        click.echo(f"caveat: {warning}", err=True)


def main() -> None:
    """Run the command line; what Caveat refuses on purpose is told plainly."""
    try:
        caveat.main(standalone_mode=False)
    except click.exceptions.Exit as error:
        sys.exit(error.exit_code)
    except click.ClickException as error:
        error.show()
        sys.exit(2)
    except (click.Abort, KeyboardInterrupt):
        click.echo("interrupted; run it again to go on", err=True)
        sys.exit(130)
    except CaveatError as error:
        _refuse(str(error))
    except SQLAlchemyError as error:
        _refuse(f"the database cannot be used: {engines.cause(error)}")
    except UnicodeEncodeError as error:  # an argument with octets that are no UTF-8
        _refuse(f"{error.object[:100]!r} is not text")
    except OSError as error:
        _refuse(f"{error.filename or 'the system'}: {error.strerror or error}")


def _refuse(message: str) -> NoReturn:
    for line in message.splitlines():
        click.echo(f"caveat: {line}", err=True)
    sys.exit(2)
