"""`takeup export`: what leaves the server for the model's makers."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from takeup.record.errors import InputError
from takeup.server.running.commands.shared import (
    AsJson,
    actor,
    needs_server,
    out,
    say_json,
    started,
)

export_app = typer.Typer(no_args_is_help=True, help="Reviewed decisions for retraining.")


@export_app.command("overrides")
@needs_server
def overrides(
    use_case: str,
    folder: Annotated[Path, typer.Option("--out", help="folder to write to")] = Path("exports"),
    form: Annotated[str, typer.Option("--format", help="parquet, csv or jsonl")] = "parquet",
    as_json: AsJson = False,
) -> None:
    """One row for each decision made with the advice in view: no person, one case in ten held out
    for good, and a manifest that the next model version cites."""
    _, log = started()
    from takeup.server.acting.feedback.export import export_overrides
    from takeup.server.recording.record_api.services import recorded

    if form not in ("parquet", "csv", "jsonl"):
        raise InputError(f"--format is parquet, csv or jsonl, not {form!r}")
    made = export_overrides(use_case, recorded(log), folder, form, by=actor())  # type: ignore[arg-type]
    if as_json:
        say_json(dict(made.told))
        return
    out.print(f"{made.told['rows']:,} decisions in {made.data}")
    out.print(f"{made.told['held_out']:,} held out for good; manifest {made.manifest}")
