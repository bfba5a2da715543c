"""`takeup secret`: the deployment's secret, where it is another than before."""

from __future__ import annotations

from typing import Annotated

import typer

from takeup.server.running.commands.shared import actor, needs_server, out

secret_app = typer.Typer(no_args_is_help=True, help="The deployment's secret: go on with another.")
_Yes = Annotated[bool, typer.Option("--yes", help="do not ask")]


@secret_app.command("accept")
@needs_server
def accept(yes: _Yes = False) -> None:
    """Go on with the secret in force. What it does not open stays as it is, for the day on which the other
    comes back."""
    from takeup.server.running.start import start

    start(any_secret=True)
    from takeup.server.foundation import sealed

    if words := sealed.shut_in_words(sealed.tried()):
        out.print(f"These stay shut: {words}", soft_wrap=True)
        if not yes and not typer.confirm("Go on with the secret in force?"):
            raise typer.Exit(1)
    sealed.accept_the_secret(actor())
    out.print("the secret in force is the deployment's from now on")


@secret_app.command("forget")
@needs_server
def forget(yes: _Yes = False) -> None:
    """Take away what the secret in force does not open; even the other secret opens it no more then."""
    from takeup.server.running.start import start

    start(any_secret=True)
    from takeup.server.foundation import sealed

    words = sealed.shut_in_words(sealed.tried())
    if not words:
        out.print("everything that is sealed opens; there is nothing to forget")
        return
    out.print(f"These would be gone for good: {words}", soft_wrap=True)
    if not yes and not typer.confirm("Take them away? This cannot be taken back"):
        raise typer.Exit(1)
    for name, count in sealed.forget_what_is_shut(actor()).items():
        out.print(f"{name}: {count:,} forgotten")
