"""`takeup serve`, `doctor`, `snapshot`, `backup`, `restore`: a deployment as a whole."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import (
    BarColumn,
    Progress,
    SpinnerColumn,
    TaskProgressColumn,
    TextColumn,
    TimeElapsedColumn,
)

from takeup.record.errors import InputError
from takeup.server.running.commands.shared import (
    NOT_PROVEN,
    AsJson,
    actor,
    err,
    needs_server,
    out,
    say_json,
    started,
)

_KeyFile = Annotated[
    Path | None,
    typer.Option(
        "--key-file",
        envvar="TAKEUP_BACKUP_KEY_FILE",
        help="seals the secret in the archive (-: standard input); or TAKEUP_BACKUP_PASSPHRASE",
    ),
]
_MARK = {"well": "✓", "look": "!", "mend": "✗"}


@needs_server
def serve(
    host: Annotated[str, typer.Option(help="address to answer on")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="port to answer on")] = 8000,
    sample: Annotated[
        bool, typer.Option("--sample", help="fill an empty deployment with a simulated bank")
    ] = False,
    upgrade: Annotated[
        bool,
        typer.Option(
            "--upgrade",
            help="bring a home of an earlier version to this one; else it is refused: back up first",
        ),
    ] = False,
) -> None:
    """Record decisions and show what they say: API, pages, drain and nightly work in one process."""
    shown = "127.0.0.1" if host in ("0.0.0.0", "::") else host
    os.environ.setdefault("TAKEUP_PUBLIC_URL", f"http://{shown}:{port}")
    from takeup.server.running.serve import serve as run

    console = Console(stderr=True)
    bar = (BarColumn(), TaskProgressColumn()) if sample else ()
    with Progress(
        SpinnerColumn(), *bar, TextColumn("{task.description}"), TimeElapsedColumn(), console=console, transient=True
    ) as progress:  # fmt: skip
        task = progress.add_task("starting", total=100 if sample else None)

        def step(name: str) -> None:
            from takeup.server.running.sample import BEGINS_AT

            # What is not named there is a small part of what is.
            further = BEGINS_AT.get(name, progress.tasks[0].completed + 0.8)
            progress.update(task, description=name, completed=min(further, 99))
            if not console.is_terminal and name in BEGINS_AT:
                console.print(f"{BEGINS_AT[name]:>3} % {name}", soft_wrap=True)

        def ready(lines: list[str]) -> None:
            progress.stop()
            for line in lines:
                out.print(line, soft_wrap=True)

        run(host, port, sample, upgrade, step, ready)


@needs_server
def doctor(as_json: AsJson = False) -> None:
    """Check this deployment and say what to mend; exit code 4 where something must be."""
    from takeup.server.running.doctor import examine

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
    from takeup.server.showing.overview.services import take_snapshots

    for name, what in take_snapshots(use_case).items():
        told = {
            "taken": "snapshot taken",
            "unchanged": "nothing new; the last figures are today’s too",
            "kept": "today’s snapshot is there already",
        }
        out.print(f"{name}: {told.get(what, what)}", soft_wrap=True)


@needs_server
def upgrade(
    check: Annotated[
        bool, typer.Option("--check", help="only say what would be done; exit code 4: it cannot be")
    ] = False,
) -> None:
    """Bring this home to the installed version: tables and log. `serve --upgrade` does so too; every other
    command, and `serve`, refuses a home of an earlier version."""
    from takeup.server.deployment.connect import connect, log_of
    from takeup.server.deployment.set_aside import need_nobody_at_work, used_database
    from takeup.server.deployment.settings import read_server_settings
    from takeup.server.running.start import start

    settings = read_server_settings()
    if check and not used_database(settings):
        out.print("there is nothing in the database yet: takeup serve makes what it needs")
        return
    if not check:
        try:
            need_nobody_at_work(settings)
        except InputError as error:
            out.print(f"in the way: {error}", soft_wrap=True)
            raise typer.Exit(NOT_PROVEN) from None
    connect()
    from takeup.server.recording.record_api.beside_no_drain import move_into_folders
    from takeup.server.running.operating.upgrade import outlook

    log = log_of(settings)
    found = outlook(settings, log)
    for step in found.steps:
        out.print(f"{'would change' if check else 'changes'}: {step}", soft_wrap=True)
    for obstacle in found.obstacles:
        out.print(f"in the way: {obstacle}", soft_wrap=True)
    if found.obstacles:
        raise typer.Exit(NOT_PROVEN)
    if not found.steps:
        out.print("this home is of the installed version")
    elif check:
        out.print(
            "stop the server and take a backup first, with the version before (takeup backup FILE): the way back is to "
            "restore it with that version",
            soft_wrap=True,
        )
    else:
        start(upgrade=True)
        move_into_folders(log)
        out.print("done")


@needs_server
def backup(
    file: Annotated[Path, typer.Argument(help="the archive to write (.tar)")],
    key_file: _KeyFile = None,
    without_secret: Annotated[
        bool, typer.Option("--without-secret", help="do not ask: the secret is kept elsewhere")
    ] = False,
) -> None:
    """Write database, log and (sealed with a passphrase or key file) the secret of one moment into an
    archive, while the server runs."""
    settings, log = started()
    from takeup.server.foundation import sealed
    from takeup.server.running.backup import need_a_new_name, write_backup

    need_a_new_name(file)
    passphrase = None if without_secret else _passphrase(key_file, new=True)
    there = ", ".join(f"{n:,} {name}" for name, n in sealed.counted(sealed.tried()).items())
    gone = (
        f"The archive is without the deployment's secret ({sealed.where_the_secret_is(settings)}): keep that "
        f"apart, or {there or 'what will be sealed'} will not open after a restore. --key-file puts it in, "
        "sealed."
    )
    if passphrase is None:
        err.print(gone, soft_wrap=True)
    written = write_backup(file, settings, log, actor(), passphrase)
    out.print(f"{file}: {written.files:,} files, {written.bytes / 1e6:,.1f} MB")
    if passphrase is None:
        err.print(f"{file}: {gone}", soft_wrap=True)
    else:
        out.print("with the secret, sealed: keep the passphrase or key file apart from the archive")
    for key in sorted(settings.home.glob("oversight-key*")):
        err.print(
            f"{key} is the oversight officer's and in no archive: without it what is sealed for them stays shut",
            soft_wrap=True,
        )
    for one in written.damaged:
        err.print(f"damaged, and so in the archive: {one}", soft_wrap=True)
    if written.damaged:
        err.print(
            "Keep the backups of before: `takeup log mend BACKUP.tar` puts the files back out of one",
            soft_wrap=True,
        )
        raise typer.Exit(NOT_PROVEN)


@needs_server
def restore(
    file: Annotated[Path, typer.Argument(help="an archive that `takeup backup` wrote")],
    key_file: _KeyFile = None,
    without_secret: Annotated[
        bool, typer.Option("--without-secret", help="go on though what is sealed stays shut")
    ] = False,
    replace: Annotated[
        bool, typer.Option("--replace", help="set aside what is in use; nothing of it is deleted")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="do not ask")] = False,
) -> None:
    """Bring an archive back into an empty deployment, and prove it."""
    from takeup.server.deployment.connect import log_of
    from takeup.server.deployment.set_aside import in_use, restoring
    from takeup.server.deployment.settings import read_server_settings
    from takeup.server.running.backup import carries_secret, read_backup
    from takeup.server.running.start import start

    settings = read_server_settings()
    passphrase = None
    if not without_secret:
        passphrase = _passphrase(key_file, ask=carries_secret(file))
    os.umask(0o077)
    with restoring(settings) as taken_back:
        if taken_back:
            err.print(
                "a restore that was cut off was taken back: all was as before it", soft_wrap=True
            )
        if replace and (used := in_use(settings)):
            err.print(
                f"In use, and replaced by what {file} holds: {' and '.join(used)}. It is set aside, not deleted.",
                soft_wrap=True,
            )
            if not yes and not _somebody_is_there():
                raise InputError("nobody is there to be asked: say --yes. Nothing was changed")
            if not yes and not typer.confirm("Set it aside and restore?", err=True):
                raise typer.Exit(1)
        aside = read_backup(file, settings, passphrase, without_secret, replace)
    if aside:
        out.print(
            f"what was in use is in {aside}: take it away when all is well, for erasures do not reach it",
            soft_wrap=True,
        )
    settings = start(any_secret=without_secret, upgrade=True)
    log = log_of(settings)
    from takeup.server.foundation import sealed

    if without_secret:
        sealed.accept_the_secret(actor())
    if words := sealed.shut_in_words(sealed.tried()):
        out.print(f"does not open without the old secret: {words}", soft_wrap=True)
    from takeup.server.foundation.audit.services import prove, record
    from takeup.server.recording.record_api.verify import verify

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


def _passphrase(key_file: Path | None, ask: bool = True, new: bool = False) -> bytes | None:
    """Of the key file or the environment, else asked for where somebody sits there (a `new` one twice); None
    where there is none."""
    from takeup.server.deployment.carried_secret import checked_passphrase, read_passphrase

    given = read_passphrase(key_file)
    if given is not None or not ask or not _somebody_is_there():
        return given
    typed = typer.prompt(
        "Passphrase that seals the secret in the archive (empty: without the secret)",
        default="", hide_input=True, show_default=False, confirmation_prompt=new,
    )  # fmt: skip
    return checked_passphrase(typed.encode()) if typed else None


def _somebody_is_there() -> bool:
    return sys.stdin.isatty()
