"""`takeup key`: keys of the applications that send records."""

from __future__ import annotations

from typing import Annotated

import typer

from takeup.record.errors import InputError
from takeup.server.running.commands.shared import actor, needs_server, out, started

key_app = typer.Typer(no_args_is_help=True, help="Keys of the applications that send records.")


@key_app.command("make")
@needs_server
def make_key(
    sender: Annotated[str, typer.Argument(help="the application that will send")],
    use_case: Annotated[
        list[str] | None, typer.Option(help="only this use case (repeat for several)")
    ] = None,
    organization: Annotated[
        bool, typer.Option("--organization", help="for the organization's file, not for records")
    ] = False,
) -> None:
    """Make a key for a sender and print it: it is shown only now."""
    started()
    from takeup.server.recording.record_api.keys import make_key as make

    purpose = "organization" if organization else "records"
    out.print(make(sender, use_case or (), purpose, actor()), soft_wrap=True)


@key_app.command("revoke")
@needs_server
def revoke_key(
    prefix: Annotated[str, typer.Argument(help="the eight characters after tk_")],
) -> None:
    """Refuse a key from now on."""
    started()
    from takeup.server.recording.record_api.keys import revoke_key as revoke

    if not revoke(prefix, actor()):
        raise InputError(f"there is no key in force that starts with tk_{prefix}")
    out.print(f"tk_{prefix}… is refused from now on")
