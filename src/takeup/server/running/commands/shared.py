"""What the server's commands have in common."""

from __future__ import annotations

import errno
import functools
from collections.abc import Callable
from importlib.util import find_spec
from typing import TYPE_CHECKING, Annotated, Any, TypeVar, cast

import typer
from rich.console import Console

from takeup.record.errors import InputError
from takeup.record.json_line import json_line

if TYPE_CHECKING:
    from takeup.log.delta import DecisionLog
    from takeup.server.deployment.settings import ServerSettings

out = Console(highlight=False, markup=False)
err = Console(highlight=False, markup=False, stderr=True)
AsJson = Annotated[bool, typer.Option("--json", help="for machines")]
NOT_PROVEN = 4
_Command = TypeVar("_Command", bound=Callable[..., Any])


def needs_server(command: _Command) -> _Command:
    """Says what to install where the server's packages are not there, and in a sentence that the database, or a
    full disk, stopped the command."""

    @functools.wraps(command)
    def run(*args: Any, **kwargs: Any) -> Any:
        if find_spec("django") is None or find_spec("deltalake") is None:
            raise InputError("this command needs the server: pip install 'takeup[server]'")
        from django.db import OperationalError

        try:
            return command(*args, **kwargs)
        except OperationalError as error:
            raise InputError(
                f"the database stopped this command: {str(error).strip()}. See what it needs (takeup doctor), then "
                "give the command again"
            ) from None
        except OSError as error:
            if error.errno not in (errno.ENOSPC, errno.EDQUOT):
                raise
            where = f" ({error.filename})" if error.filename else ""
            raise InputError(
                f"the disk is full{where}: make room and give the command again"
            ) from None

    return cast(_Command, run)


def started() -> tuple[ServerSettings, DecisionLog]:
    """This deployment's settings and log; Django is ready from here on, so its parts are imported
    after. Raises InputError where the home is of an earlier version: whoever looks at it, or backs it up
    with the next one, has not asked for what cannot be taken back."""
    from takeup.server.deployment.connect import log_of
    from takeup.server.running.start import start

    settings = start()
    return settings, log_of(settings)


def say_json(value: Any) -> None:
    """One JSON document."""
    out.print(json_line(value), soft_wrap=True)


def actor() -> str:
    """Who runs a command, for the audit log: the operating system's account."""
    import getpass

    try:
        return f"command:{getpass.getuser()}"[:200]
    except (KeyError, OSError):
        return "command"
