"""`takeup log`: how full the decision log is, drain it, keep it in shape, prove it, fill it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from takeup.record.errors import InputError
from takeup.server.running.commands.shared import (
    NOT_PROVEN,
    AsJson,
    actor,
    needs_server,
    out,
    say_json,
    started,
)

if TYPE_CHECKING:
    from takeup.log.delta import DecisionLog

log_app = typer.Typer(no_args_is_help=True, help="The decision log: how full, drain it, prove it.")


@log_app.command("status")
@needs_server
def status(as_json: AsJson = False) -> None:
    """What senders sent, what is kept, what waits, how large the log is, and which of its files are
    damaged; exit code 4 where one is."""
    _, log = started()
    from takeup.server.recording.record_api.status import log_status

    found = log_status(log, deep=True)
    if as_json:
        say_json(found)
    else:
        _print_status(found)
    if found["damaged"]:
        raise typer.Exit(NOT_PROVEN)


def _print_status(found: dict[str, Any]) -> None:
    columns = ("sent", "stored", "unchanged", "conflict", "quarantined")
    senders = Table("Sender", *(c.capitalize() for c in columns), "Last seen (UTC)")
    senders.columns[-1].no_wrap = True
    for column in senders.columns:
        # Senders are told apart by the end of their names as well.
        column.overflow = "fold"
    for s in found["senders"]:
        seen = (s["last_seen_at"] or "never")[:16].replace("T", " ")
        senders.add_row(s["name"], *(f"{s[k]:,}" for k in columns), seen)
    out.print(senders)
    tables = Table("Table", "Queryable", "In the log", "Waiting", "Files", "MB")
    for t in found["tables"]:
        tables.add_row(
            t["kind"], f"{t['queryable']:,}", f"{t['logged']:,}", f"{t['waiting']:,}",
            f"{t['files']:,}", f"{t['bytes'] / 1e6:.1f}",
        )  # fmt: skip
    out.print(tables)
    _say_damaged([one["words"] for one in found["damaged"]])


def _say_damaged(damaged: list[str]) -> None:
    from takeup.log.damage import MEND

    for sentence in damaged:
        out.print(f"damaged: {sentence}", soft_wrap=True)
    if damaged:
        out.print(f"Nothing is measured until then: {MEND}", soft_wrap=True)


def _damages(log: DecisionLog) -> list[str]:
    from takeup.record.incoming import RECORD_KINDS

    return [one.sentence() for kind in RECORD_KINDS for one in log.damages(kind)]


@log_app.command("drain")
@needs_server
def drain() -> None:
    """Write what waits in the inbox into the log now; exit code 4 where files of the log are damaged."""
    _, log = started()
    from takeup.server.recording.record_api.beside_no_drain import drain_now

    done = drain_now(log)
    out.print(f"{done.rows:,} rows in {done.batches} batches")
    if damaged := _damages(log):
        _say_damaged(damaged)
        raise typer.Exit(NOT_PROVEN)


@log_app.command("mend")
@needs_server
def mend(
    archive: Annotated[Path, typer.Argument(help="an archive that `takeup backup` wrote")],
) -> None:
    """Put damaged files of the log back out of a backup, each only as it was; exit code 4 where some are
    left."""
    settings, log = started()
    from takeup.server.running.mend import mend as run

    done = run(archive, log, actor())
    out.print(f"{done.put_back} files put back")
    for path in done.not_held:
        out.print(f"{archive} does not hold {path} as it was", soft_wrap=True)
    if done.left:
        _say_damaged([one.sentence() for one in done.left])
        out.print(
            "Try the backups before and after this one; where none holds them, restore the newest as a "
            f"whole (`takeup restore`): {settings.log} and database of one moment",
            soft_wrap=True,
        )
        raise typer.Exit(NOT_PROVEN)


@log_app.command("compact")
@needs_server
def compact() -> None:
    """Join small files of the log, write checkpoints, remove files unused for a week."""
    settings, log = started()
    from takeup.server.recording.record_api.beside_no_drain import compact_now

    for kind, joined in compact_now(log, settings).items():
        out.print(f"{kind}: {joined} files joined")


@log_app.command("retain")
@needs_server
def retain(
    clock_is_right: Annotated[
        bool, typer.Option(help="after a jump of the clock: it was looked at, and it is right")
    ] = False,
) -> None:
    """The nightly retention now: old rows lose their people and free text, old rows of the inbox
    what was received. Refused where the clock jumped."""
    settings, log = started()
    from takeup.server.recording.record_api.beside_no_drain import retain_now

    done = retain_now(log, settings, clock_is_right)
    out.print(
        f"{done.rewritten:,} rows of the log stand in partitions rewritten; {done.inbox:,} rows of "
        f"the inbox and {done.quarantine:,} of quarantine forgotten; {done.sealed} sealed batches "
        "removed",
        soft_wrap=True,
    )


@log_app.command("verify")
@needs_server
def verify(as_json: AsJson = False) -> None:
    """Prove that every acknowledged row is kept exactly once; exit code 4 where it is not."""
    _, log = started()
    from takeup.server.recording.record_api.verify import verify as run

    found = run(log)
    if as_json:
        say_json(
            {
                "inbox": found.inbox, "log": found.log, "waiting": found.waiting,
                "problems": list(found.problems),
            }
        )  # fmt: skip
    else:
        out.print(
            f"{found.inbox:,} rows received, {found.log:,} rows of the log (what comes of one decision step by step "
            f"is one row there), {found.waiting:,} waiting",
            soft_wrap=True,
        )
        for problem in found.problems:
            out.print(problem, soft_wrap=True)
        if not found.problems:
            out.print("every row exactly once")
    if found.problems:
        raise typer.Exit(NOT_PROVEN)


@log_app.command("import")
@needs_server
def import_table(
    decisions: Annotated[str, typer.Argument(help="the old table, as diagnose reads it")],
    map_: Annotated[Path | None, typer.Option("--map", help="mapping file")] = None,
    outcomes: Annotated[str | None, typer.Option(help="outcomes and truth")] = None,
    eligible: Annotated[str | None, typer.Option(help="the list of eligible cases")] = None,
    use_case: Annotated[Path | None, typer.Option(help="use-case file (TOML); kept too")] = None,
    sender: Annotated[str | None, typer.Option(help="under whose name (none: the file's)")] = None,
) -> None:
    """Bring an old table in as history; the same table again changes nothing."""
    started()
    from takeup.server.foundation.organization.services import declare_from_file
    from takeup.server.recording.record_api.import_history import import_history
    from takeup.sources.history import open_history

    history = open_history(
        decisions, mapping=map_, outcomes=outcomes, eligible=eligible, use_case=use_case
    )
    if use_case is not None:
        declare_from_file(use_case, actor())
    for guess in history.guesses:
        out.print(f"guessed: {guess}", soft_wrap=True)
    bars = (TextColumn("importing"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*bars, transient=True) as progress:
        task = progress.add_task("", total=sum(t.num_rows for t in history.tables.values()))
        found = import_history(
            history.tables,
            sender or f"import {Path(decisions).name}",
            lambda rows: progress.advance(task, rows),
        )
    for kind, counted in found.items():
        told = ", ".join(f"{n:,} {status}" for status, n in sorted(counted.items()))
        out.print(f"{kind}: {told or 'nothing'}")
    for problem in history.problems:
        out.print(problem.sentence(), soft_wrap=True)


@needs_server
def recorded_tables() -> dict[str, Any]:
    """Decisions, outcomes and eligible cases of the log, for `takeup diagnose log:`, where they lie."""
    _, log = started()
    from takeup.log import Engine
    from takeup.log.view import filled
    from takeup.server.recording.record_api.reading import Recorded

    found: dict[str, Any] = {
        str(kind): table
        for kind, rows in Recorded(log).tables(Engine()).items()
        if (table := filled(rows)) is not None
    }
    if "decisions" not in found:
        raise InputError(
            "log: no decision has been recorded yet; send some to /api/v1/decisions "
            "(docs/how-to/record.md)"
        )
    return found
