"""`takeup serve`, `doctor`, `snapshot`, `backup`, `restore`: a deployment as a whole."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from takeup.server.commands.shared import (
    NOT_PROVEN,
    AsJson,
    actor,
    needs_server,
    out,
    say_json,
    started,
)

_MARK = {"well": "✓", "look": "!", "mend": "✗"}


@needs_server
def serve(
    host: Annotated[str, typer.Option(help="address to answer on")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="port to answer on")] = 8000,
    sample: Annotated[
        bool, typer.Option("--sample", help="fill an empty deployment with a simulated bank")
    ] = False,
) -> None:
    """Record decisions and show what they say: API, pages, drain and nightly work in one process."""
    shown = "127.0.0.1" if host in ("0.0.0.0", "::") else host
    os.environ.setdefault("TAKEUP_PUBLIC_URL", f"http://{shown}:{port}")
    from takeup.server.serve import serve as run

    with Progress(
        SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn(),
        console=Console(stderr=True), transient=True,
    ) as progress:  # fmt: skip
        task = progress.add_task("starting")

        def ready(lines: list[str]) -> None:
            progress.stop()
            for line in lines:
                out.print(line, soft_wrap=True)

        run(host, port, sample, lambda name: progress.update(task, description=name), ready)


@needs_server
def doctor(as_json: AsJson = False) -> None:
    """Check this deployment and say what to mend; exit code 4 where something must be."""
    from takeup.server.doctor import examine

    findings = examine()
    if as_json:
        say_json(
            [{"what": f.what, "state": f.state, "words": f.words, "do": f.do} for f in findings]
        )
    else:
        for f in findings:
            out.print(f"{_MARK[f.state]} {f.what}: {f.words}", soft_wrap=True)
            if f.do:
                out.print(f"    {f.do}", soft_wrap=True)
        mend = sum(f.state == "mend" for f in findings)
        look = sum(f.state == "look" for f in findings)
        out.print(f"{mend} to mend, {look} to look at")
    if any(f.state == "mend" for f in findings):
        raise typer.Exit(NOT_PROVEN)


@needs_server
def snapshot(
    use_case: Annotated[str | None, typer.Option(help="only this one")] = None,
) -> None:
    """Take today's snapshot of every use case now; one of today is never replaced."""
    started()
    from takeup.server.overview.services import take_snapshots

    for name, what in take_snapshots(use_case).items():
        told = {"taken": "snapshot taken", "kept": "today’s snapshot is there already"}
        out.print(f"{name}: {told.get(what, what)}", soft_wrap=True)


@needs_server
def backup(
    file: Annotated[Path, typer.Argument(help="the archive to write (.tar)")],
) -> None:
    """Write database and log of one moment into an archive, while the server runs."""
    settings, log = started()
    from takeup.server.backup import write_backup

    written = write_backup(file, settings, log, actor())
    out.print(f"{file}: {written.files:,} files, {written.bytes / 1e6:,.1f} MB")


@needs_server
def restore(
    file: Annotated[Path, typer.Argument(help="an archive that `takeup backup` wrote")],
) -> None:
    """Bring an archive back into an empty deployment, and prove it."""
    from takeup.server.backup import read_backup
    from takeup.server.settings import read_server_settings

    read_backup(file, read_server_settings())
    _, log = started()
    from takeup.server.audit.services import prove, record
    from takeup.server.record_api.verify import verify

    record("backup.restored", actor=actor(), file=file.name)
    found, chain = verify(log), prove()
    for problem in found.problems:
        out.print(problem, soft_wrap=True)
    if chain.broken:
        out.print(f"the audit chain is broken at entry {chain.broken}")
    if found.problems or chain.broken:
        raise typer.Exit(NOT_PROVEN)
    out.print(
        f"{found.inbox:,} rows kept, {found.log:,} in the log, every row exactly once; "
        f"{chain.entries:,} audit entries, the chain holds",
        soft_wrap=True,
    )
