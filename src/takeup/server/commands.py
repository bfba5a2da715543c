"""The server's commands: `takeup serve`, `takeup log …`, `takeup key …`."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable
from importlib.util import find_spec
from typing import TYPE_CHECKING, Annotated, Any, TypeVar, cast

import typer
from rich.console import Console
from rich.table import Table

from takeup.record.errors import InputError

if TYPE_CHECKING:
    from takeup.log.delta import DecisionLog

log_app = typer.Typer(no_args_is_help=True, help="The decision log: how full, drain it, prove it.")
key_app = typer.Typer(no_args_is_help=True, help="Keys of the applications that send records.")
_out = Console(highlight=False, markup=False)
_AsJson = Annotated[bool, typer.Option("--json", help="for machines")]

_Command = TypeVar("_Command", bound=Callable[..., Any])

NOT_PROVEN = 4


def _needs_server(command: _Command) -> _Command:
    """Says what to install where the server's packages are not there."""

    @functools.wraps(command)
    def run(*args: Any, **kwargs: Any) -> Any:
        if find_spec("django") is None or find_spec("deltalake") is None:
            raise InputError("this command needs the server: pip install 'takeup[server]'")
        return command(*args, **kwargs)

    return cast(_Command, run)


def _log() -> DecisionLog:
    """The log of this deployment; Django is ready from here on, so its parts are imported after."""
    from takeup.server.start import log_of, start

    return log_of(start())


@_needs_server
def serve(
    host: Annotated[str, typer.Option(help="address to answer on")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="port to answer on")] = 8000,
) -> None:
    """Record decisions: the record API and the drain, in one process."""
    from takeup.server.serve import serve as run

    _out.print(f"takeup answers on http://{host}:{port} (stop with Ctrl-C)")
    run(host, port)


@log_app.command("status")
@_needs_server
def status(as_json: _AsJson = False) -> None:
    """What senders sent, what is kept, what waits, and how large the log is."""
    log = _log()
    from takeup.server.record_api.status import log_status

    found = log_status(log)
    if as_json:
        _out.print(json.dumps(found), soft_wrap=True)
        return
    senders = Table("Sender", "Sent", "Stored", "Unchanged", "Conflict", "Quarantined", "Last seen")
    for s in found["senders"]:
        senders.add_row(
            s["name"], *(f"{s[k]:,}" for k in ("sent", "stored", "unchanged", "conflict", "quarantined")),
            s["last_seen_at"] or "never",
        )  # fmt: skip
    _out.print(senders)
    tables = Table("Table", "Queryable", "In the log", "Waiting", "Files", "MB")
    for t in found["tables"]:
        tables.add_row(
            t["kind"], f"{t['queryable']:,}", f"{t['logged']:,}", f"{t['waiting']:,}",
            f"{t['files']:,}", f"{t['bytes'] / 1e6:.1f}",
        )  # fmt: skip
    _out.print(tables)


@log_app.command("drain")
@_needs_server
def drain() -> None:
    """Write what waits in the inbox into the log now."""
    log = _log()
    from takeup.server.jobs.drainer import drain_once

    done = drain_once(log)
    _out.print(f"{done.rows:,} rows in {done.batches} batches")


@log_app.command("compact")
@_needs_server
def compact() -> None:
    """Join small files of the log, write checkpoints, remove files unused for a week."""
    from takeup.record.incoming import RECORD_KINDS

    log = _log()
    from takeup.server.locks import held

    with held("drain") as mine:
        if not mine:
            raise InputError("a drain is running; try again in a moment")
        for kind in RECORD_KINDS:
            _out.print(f"{kind}: {log.compact(kind)} files joined")


@log_app.command("verify")
@_needs_server
def verify(as_json: _AsJson = False) -> None:
    """Prove that every acknowledged row is kept exactly once; exit code 4 where it is not."""
    log = _log()
    from takeup.server.record_api.verify import verify as run

    found = run(log)
    if as_json:
        _out.print(
            json.dumps(
                {
                    "inbox": found.inbox, "log": found.log, "waiting": found.waiting,
                    "problems": list(found.problems),
                }
            ),
            soft_wrap=True,
        )  # fmt: skip
    else:
        _out.print(
            f"{found.inbox:,} rows kept, {found.log:,} in the log, {found.waiting:,} waiting"
        )
        for problem in found.problems:
            _out.print(problem, soft_wrap=True)
        if not found.problems:
            _out.print("every row exactly once")
    if found.problems:
        raise typer.Exit(NOT_PROVEN)


@key_app.command("make")
@_needs_server
def make_key(
    sender: Annotated[str, typer.Argument(help="the application that will send")],
    use_case: Annotated[
        list[str] | None, typer.Option(help="only this use case (repeat for several)")
    ] = None,
) -> None:
    """Make a key for a sender and print it: it is shown only now."""
    from takeup.server.start import start

    start()
    from takeup.server.record_api.keys import make_key as make

    _out.print(make(sender, use_case or ()), soft_wrap=True)


@key_app.command("revoke")
@_needs_server
def revoke_key(
    prefix: Annotated[str, typer.Argument(help="the eight characters after tk_")],
) -> None:
    """Refuse a key from now on."""
    from takeup.server.start import start

    start()
    from takeup.server.record_api.keys import revoke_key as revoke

    if not revoke(prefix):
        raise InputError(f"there is no key in force that starts with tk_{prefix}")
    _out.print(f"tk_{prefix}… is refused from now on")


@_needs_server
def recorded_tables() -> dict[str, Any]:
    """Decisions, outcomes and eligible cases of the log, for `takeup diagnose log:`."""
    log = _log()
    from takeup.server.record_api.reading import recorded

    found: dict[str, Any] = {str(kind): rows for kind, rows in recorded(log).items()}
    if "decisions" not in found:
        raise InputError(
            "log: no decision has been recorded yet; send some to /api/v1/decisions "
            "(docs/how-to/record.md)"
        )
    return found
