"""`takeup audit` and `takeup oversight`."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from takeup.record.errors import InputError
from takeup.record.json_line import json_line
from takeup.server.running.commands.shared import (
    NOT_PROVEN,
    AsJson,
    actor,
    needs_server,
    out,
    say_json,
    started,
)

audit_app = typer.Typer(no_args_is_help=True, help="Who changed or looked at what.")
oversight_app = typer.Typer(no_args_is_help=True, help="The sealed record for those who oversee.")


@audit_app.command("verify")
@needs_server
def verify(
    head: Annotated[
        str | None, typer.Option(help="a hash kept earlier: must be in the chain")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Prove that no entry was changed, removed or slipped in; exit code 4 where one was."""
    started()
    from takeup.server.foundation.audit.models import AuditEntry
    from takeup.server.foundation.audit.services import prove

    chain = prove()
    missing = head is not None and not AuditEntry.objects.filter(hash=head).exists()
    if as_json:
        say_json(
            {
                "entries": chain.entries, "head": chain.head, "broken": chain.broken,
                "head_missing": missing,
            }
        )  # fmt: skip
    elif chain.broken is not None:
        out.print(f"{chain.entries:,} entries; the chain is broken at entry {chain.broken}")
    else:
        out.print(f"{chain.entries:,} entries, the chain holds; head {chain.head}")
    if missing and not as_json:
        out.print("the hash you kept is not in this chain: entries were removed or replaced")
    if chain.broken is not None or missing:
        raise typer.Exit(NOT_PROVEN)


@oversight_app.command("key")
@needs_server
def make_key(
    out_file: Annotated[Path, typer.Option("--out", help="where the private key goes")],
) -> None:
    """Make the key pair of the oversight officer; the private half is written to a file and kept
    nowhere else."""
    started()
    from takeup.server.foundation.oversight.services import make_oversight_key

    if out_file.exists():
        raise InputError(f"{out_file} is there already; a key is never written over")
    out_file.touch(mode=0o600)
    out_file.write_text(make_oversight_key(actor()) + "\n", encoding="utf-8")
    out.print(
        f"written to {out_file}; give it to the oversight officer and take it off this machine"
    )


@oversight_app.command("check")
@needs_server
def check_sealed(
    key: Annotated[Path, typer.Option(help="file with the private key")],
) -> None:
    """Prove that a private key opens the sealed record, without showing it; exit code 4 where it does not."""
    started()
    from takeup.server.foundation.oversight.services import opening

    if not key.exists():
        raise InputError(f"{key}: there is no such file")
    found = opening(key.read_text(encoding="utf-8"))
    for number, batches, well in found:
        said = "opens" if well else "does not open (sealed to another key, or damaged)"
        out.print(f"key {number}: {batches:,} batches; this one {said}", soft_wrap=True)
    if not any(well for _, _, well in found):
        out.print("this key opens nothing that is kept here", soft_wrap=True)
        raise typer.Exit(NOT_PROVEN)


@oversight_app.command("open")
@needs_server
def open_sealed(
    key: Annotated[Path, typer.Option(help="file with the private key")],
    reason: Annotated[str, typer.Option(help="why: it goes into the audit log")],
    since: Annotated[datetime | None, typer.Option(help="first day, inclusive")] = None,
) -> None:
    """Print sealed decisions as JSON lines."""
    started()
    from takeup.server.foundation.oversight.services import opened

    if not key.exists():
        raise InputError(f"{key}: there is no such file")
    moment = since.replace(tzinfo=UTC) if since else None
    for row in opened(key.read_text(encoding="utf-8"), reason, actor(), moment):
        typer.echo(json_line(row))
