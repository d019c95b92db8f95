"""The command line: ``caveat``. Errors are one line each, exit code 2, never a traceback."""

import logging
import sys
from typing import NoReturn

import click
from sqlalchemy.exc import SQLAlchemyError

from api import settings
from api.cli import (
    access,
    check,
    claims,
    content,
    installation,
    intake,
    redactions,
    serving,
    work,
)
from content.errors import CaveatError


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="caveat")
def caveat() -> None:
    """Caveat: health articles that never leave without the disclaimers that they owe."""
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(message)s")
    for library in ("alembic", "httpx"):
        logging.getLogger(library).setLevel(logging.WARNING)
    for warning in settings.unknown():
        click.echo(f"caveat: {warning}", err=True)


for command in (
    *installation.COMMANDS,
    *content.COMMANDS,
    *serving.COMMANDS,
    *check.COMMANDS,
    *claims.COMMANDS,
    *intake.COMMANDS,
    *access.COMMANDS,
    *redactions.COMMANDS,
    *work.COMMANDS,
):
    caveat.add_command(command)


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
        cause = str(getattr(error, "orig", None) or error).strip()
        _refuse(f"the database cannot be used: {cause.splitlines()[0]}")
    except UnicodeEncodeError as error:  # an argument with octets that are no UTF-8
        _refuse(f"{error.object[:100]!r} is not text")
    except OSError as error:
        _refuse(f"{error.filename or 'the system'}: {error.strerror or error}")


def _refuse(message: str) -> NoReturn:
    for line in message.splitlines():
        click.echo(f"caveat: {line}", err=True)
    sys.exit(2)
