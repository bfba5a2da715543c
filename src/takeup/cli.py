"""The commands. Exit codes: 0 done, 1 the input cannot be used, 2 the call is wrong,
3 done, but some rows were rejected and `--strict` was asked for, 130 interrupted."""

from __future__ import annotations

import itertools
import json
import os
import shlex
import sys
import tempfile
import webbrowser
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from takeup.record.errors import InputError, TakeupError
from takeup.record.excel_csv import excel_csv
from takeup.server.running.commands import add_commands, recorded_tables

if TYPE_CHECKING:
    from takeup.api import Result
    from takeup.sources.draft import Draft
    from takeup.sources.questions import Question
    from takeup.sources.raw_table import RawTable

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    help="Measure the adoption of AI at work from a table of decisions.",
)
add_commands(app)
_screen = Console(stderr=True, highlight=False, markup=False)
_out = Console(highlight=False, markup=False)
_STANDARD_OUTPUT = Path("-")

INPUT, STRICT, INTERRUPTED = 1, 3, 130


class Disclosure(StrEnum):
    """Whom the JSON is for."""

    analyst = "analyst"
    share = "share"


class Scenario(StrEnum):
    """What can be simulated: programmes, and negative controls N1 to N6."""

    bank = "bank"
    hospital = "hospital"
    planning = "planning"
    recorded = "recorded"
    n1 = "N1"
    n2 = "N2"
    n3 = "N3"
    n4 = "N4"
    n5 = "N5"
    n6 = "N6"


Table = Annotated[
    str,
    typer.Argument(
        help="CSV, .xlsx, Parquet file, glob or folder, Delta folder, duckdb://file.db/table, postgres://…/database/table, log:"
    ),
]
MapFile = Annotated[Path | None, typer.Option("--map", help="mapping file (takeup map writes one)")]


def _show_version(asked: bool) -> None:
    if asked:
        from importlib.metadata import version

        _out.print(f"takeup {version('takeup')}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="the version")
    ] = False,
) -> None:
    """Measure the adoption of AI at work from a table of decisions."""


@app.command()
def diagnose(
    decisions: Table,
    eligible: Annotated[
        str | None, typer.Option(help="the system of record's list of eligible cases")
    ] = None,
    outcomes: Annotated[
        str | None, typer.Option(help="outcomes and truth, by decision_id or case_id")
    ] = None,
    use_case: Annotated[Path | None, typer.Option(help="use-case file (TOML)")] = None,
    population: Annotated[Path | None, typer.Option(help="population file (TOML)")] = None,
    map_: MapFile = None,
    survey: Annotated[str | None, typer.Option(help="survey answers, a row per respondent")] = None,
    interviews: Annotated[str | None, typer.Option(help="coded interviews")] = None,
    panel: Annotated[
        str | None, typer.Option(help="a panel's blinded judgement of the advice")
    ] = None,
    interventions: Annotated[
        Path | None, typer.Option(help="what was done for whom, and when (TOML)")
    ] = None,
    conditions: Annotated[
        Path | None, typer.Option(help="records and claims of the eight conditions (TOML)")
    ] = None,
    settings: Annotated[Path | None, typer.Option(help="settings file (TOML)")] = None,
    since: Annotated[datetime | None, typer.Option(help="first day, inclusive")] = None,
    until: Annotated[datetime | None, typer.Option(help="last day, exclusive")] = None,
    disclosure: Annotated[
        Disclosure, typer.Option(help="whom the JSON is for")
    ] = Disclosure.analyst,
    out: Annotated[Path, typer.Option(help="the report")] = Path("report.html"),
    json: Annotated[
        Path | None,
        typer.Option("--json", help="write everything as JSON; - to the standard output"),
    ] = None,
    pdf: Annotated[
        Path | None, typer.Option(help="print the report too (extra takeup[pdf])")
    ] = None,
    compare: Annotated[
        Path | None, typer.Option(help="an earlier --json file: say what changed since")
    ] = None,
    title: Annotated[str | None, typer.Option(help="title of the report")] = None,
    strict: Annotated[
        bool, typer.Option("--strict", help="exit with 3 where rows were rejected")
    ] = False,
) -> None:
    """Diagnose a table of decisions and write the report."""
    from takeup.api import diagnose as run
    from takeup.diagnosis.change import read_earlier
    from takeup.report.pdf import need_printer, write_pdf

    # Before an hour is spent on the table: a wrong file, or no printer, is said at once.
    if pdf is not None:
        need_printer()
    earlier = None if compare is None else read_earlier(compare)
    with _steps() as step:
        step("opening")
        table, eligible_list, outcome_list = _tables(decisions, eligible, outcomes)
        result = run(
            table,
            eligible=eligible_list,
            outcomes=outcome_list,
            mapping=map_,
            use_case=use_case,
            population=population,
            survey=survey,
            interviews=interviews,
            panel=panel,
            interventions=interventions,
            conditions=conditions,
            settings=settings,
            since=since,
            until=until,
            step=step,
        )
        step("writing the report")
        html = result.to_html(title, earlier)
        _write(out, html)
        document = None if json is None else result.to_json(disclosure.value, earlier)
        piped = json == _STANDARD_OUTPUT
        if document is not None and json is not None and not piped:
            _write(json, document)
        if pdf is not None:
            step("printing")
            write_pdf(html, pdf)
        rejects = _write_rejects(result, out)
    _tell(_screen if piped else _out, result, out, rejects)
    if document is not None and piped:
        typer.echo(document)
    if strict and result.table.reconciliation.rows_rejected:
        raise typer.Exit(STRICT)


def _set_aside(path: Path) -> None:
    """What somebody may have filled in or written by hand is never written over."""
    if not path.exists():
        return
    names = (f"{path.name}.before{f'-{n}' if n else ''}" for n in itertools.count())
    earlier = next(p for name in names if not (p := path.with_name(name)).exists())
    path.replace(earlier)
    _out.print(f"the {path.name} that was there is kept as {earlier.name}", soft_wrap=True)


@app.command("map")
def map_command(
    decisions: Table,
    out: Annotated[Path, typer.Option(help="where to write the mapping")] = Path("mapping.toml"),
    ask: Annotated[
        bool, typer.Option("--ask", help="ask question by question what the table leaves open")
    ] = False,
    sheet: Annotated[str | None, typer.Option(help="sheet of a workbook")] = None,
) -> None:
    """Propose a column mapping and write it as a commented TOML file."""
    from takeup.log import Engine
    from takeup.record.mapping import FileOptions
    from takeup.sources.draft import first_draft, without_look_alikes
    from takeup.sources.look_alikes import persons_confidence
    from takeup.sources.mapping_text import mapping_text
    from takeup.sources.open_table import open_table
    from takeup.sources.opened import open_decisions

    with tempfile.TemporaryDirectory(prefix="takeup-") as folder:
        given = recorded_tables()["decisions"] if decisions == "log:" else decisions
        raw = open_table(given, Engine(), Path(folder), FileOptions(sheet=sheet))
        draft = first_draft(raw)
        if sheet:
            file = draft.mapping.file.model_copy(update={"sheet": sheet})
            draft = replace(draft, mapping=draft.mapping.model_copy(update={"file": file}))
        if ask:
            draft = _asked(raw, draft)
        warnings: list[str] = []
        if draft.ready:
            try:
                opened = open_decisions(raw, mapping=draft.mapping)
                draft = without_look_alikes(raw, draft, opened.table.tables.values())
                warnings = persons_confidence(draft.mapping)
            except TakeupError as error:
                draft = replace(draft, trouble=str(error))
    if draft.trouble:
        warnings = [f"not yet enough for a diagnosis: {draft.trouble}"]
    _set_aside(out)
    _write(out, mapping_text(draft, raw.name, warnings))
    for guess in draft.guesses if not ask else ():
        _out.print(f"guessed: {guess}", soft_wrap=True)
    for warning in warnings:
        _out.print(f"look twice: {warning}", soft_wrap=True)
    for column in draft.not_used():
        _out.print(f"not used: {column}", soft_wrap=True)
    for note in raw.notes:
        _out.print(f"read: {note}", soft_wrap=True)
    for unanswered, needs in draft.proposal.cannot_answer():
        _out.print(f"cannot be answered without {needs}: {unanswered}", soft_wrap=True)
    for question in draft.questions:
        _out.print(f"{question.says}: {question.sentence()}", soft_wrap=True)
    _out.print(f"written to {out}; check it, then:", soft_wrap=True)
    named = shlex.quote(decisions)
    again = f"takeup map {named} --out {shlex.quote(str(out))} --ask"
    _out.print(
        f"takeup diagnose {named} --map {shlex.quote(str(out))}" if draft.ready else again,
        soft_wrap=True,
    )


def _asked(raw: RawTable, draft: Draft) -> Draft:
    """The draft after every open question has been answered in the terminal, or passed over."""
    from takeup.sources.draft import with_answer

    for guess in draft.guesses:
        typer.echo(f"guessed: {guess}")
    seen: set[str] = set()
    while waiting := [q for q in draft.questions if q.text not in seen]:
        question = waiting[0]
        seen.add(question.text)
        typer.echo(f"\n{question.text}")
        for number, answer in enumerate(question.answers, 1):
            typer.echo(f"  {number}  {answer.meaning}")
        typer.echo("  0  leave it open")
        hint = f", or {question.free[0]} (like {question.free[1]})" if question.free else ""
        while True:
            given = str(typer.prompt(f"a number{hint}", default=str(question.default))).strip()
            lines = _lines_of(question, given)
            if lines is None:
                typer.echo(f"write a number from 0 to {len(question.answers)}{hint}")
                continue
            try:
                draft = with_answer(raw, draft, lines)
            except TakeupError as error:
                typer.echo(str(error))
                continue
            break
    return draft


def _lines_of(question: Question, given: str) -> str | None:
    """The lines that an answer stands for; none where it is left open, None where it is no answer."""
    if given == "0":
        return ""
    if given.isdecimal() and given.isascii() and int(given) <= len(question.answers):
        return question.answers[int(given) - 1].lines
    if question.free and given and not given.isdigit():
        return question.free[2].format(text=given.replace('"', ""))
    return None


@app.command()
def check(
    decisions: Table,
    map_: MapFile = None,
    outcomes: Annotated[str | None, typer.Option(help="outcomes file")] = None,
    eligible: Annotated[str | None, typer.Option(help="eligible file")] = None,
    use_case: Annotated[Path | None, typer.Option(help="use-case file (TOML)")] = None,
) -> None:
    """Validate a table and report every problem with column, row, count and example."""
    from takeup.sources.opened import open_decisions

    opened = open_decisions(
        decisions, mapping=map_, outcomes=outcomes, eligible=eligible, use_case=use_case
    )
    r = opened.table.reconciliation
    for problem in opened.table.problems:
        _out.print(problem.sentence(), soft_wrap=True)
    for warning in opened.look_alikes():
        _out.print(f"look twice: {warning}", soft_wrap=True)
    for column in opened.unused_columns():
        _out.print(f"not used: {column}")
    for note in (*opened.guesses, *opened.table.assumptions, *opened.table.notes):
        _out.print(f"assumed: {note}", soft_wrap=True)
    _out.print(
        f"{r.rows_read:,} rows read = {r.rows_used:,} used + {r.rows_folded:,} folded + "
        f"{r.rows_filtered:,} filtered + {r.rows_superseded:,} superseded + "
        f"{r.rows_duplicate:,} duplicates + {r.rows_rejected:,} rejected",
        soft_wrap=True,
    )
    if r.rows_rejected:
        raise typer.Exit(STRICT)


@app.command()
def template(
    out: Annotated[Path, typer.Option(help="the workbook")] = Path("data-request.xlsx"),
) -> None:
    """Write the data request to send to a data team: columns, what each unlocks, an example."""
    from takeup.sources.data_request import write_request

    _out.print(f"written to {write_request(out)}")


@app.command()
def schema(
    out: Annotated[Path | None, typer.Option(help="a file; without it, it is printed")] = None,
) -> None:
    """Write the JSON Schema of `diagnose --json`, with all questions that are installed."""
    from takeup.report.schema import document_schema

    text = json.dumps(document_schema(), indent=1)
    if out is None:
        typer.echo(text)
        return
    out.write_text(f"{text}\n", encoding="utf-8")
    _out.print(f"written to {out}")


@app.command()
def sample(
    decisions: Table,
    map_: MapFile = None,
    use_case: Annotated[Path | None, typer.Option(help="use-case file (TOML)")] = None,
    of: Annotated[
        str | None, typer.Option(help="which use case, where the table holds several")
    ] = None,
    size: Annotated[int, typer.Option(min=60, help="cases to judge")] = 60,
    seed: Annotated[int, typer.Option(help="same seed, same cases")] = 1,
    out: Annotated[Path, typer.Option(help="the sheet, .xlsx or .csv")] = Path("to-judge.xlsx"),
) -> None:
    """Draw the cases worth judging and write a blinded sheet for a panel, and its key."""
    from takeup.api import sample as draw
    from takeup.sources.panel import key_path, write_sheet

    drawn = draw(decisions, mapping=map_, use_case=use_case, of=of, size=size, seed=seed)
    for path in (out, key_path(out)):
        _set_aside(path)
    sheet, key = write_sheet(drawn, out)
    _out.print(
        f"{len(drawn.sheet)} cases from {drawn.strata} kinds (advice × choice × segment): {sheet}"
    )
    _out.print(f"their chances of being drawn, not for the panel: {key}")
    _out.print(
        f"when filled in: takeup diagnose {decisions} --outcomes {sheet}"
        + (f" --map {map_}" if map_ else ""),
        soft_wrap=True,
    )


@app.command("simulate")
def simulate_command(
    scenario: Annotated[
        Scenario, typer.Argument(case_sensitive=False, help="which programme, or control N1 to N6")
    ],
    out: Annotated[Path, typer.Option(help="folder to write to")],
    people: Annotated[int | None, typer.Option(min=2, help="people (none: its own size)")] = None,
    weeks: Annotated[int, typer.Option(min=1, max=78, help="weeks in assist for all")] = 8,
    seed: Annotated[int, typer.Option(help="same seed, same programme")] = 1,
    history: Annotated[
        bool,
        typer.Option(
            "--history", help="with pilot, shadow, randomised rollout and new versions before"
        ),
    ] = False,
    relief: Annotated[
        float, typer.Option(min=0, max=1, help="how far matched actions have mended the reasons")
    ] = 0.0,
) -> None:
    """Simulate a programme with known truth: all its files, and truth.json."""
    from takeup.simulate import SCENARIOS, simulate, whole_history, write_programme

    plain = scenario.value in ("recorded", "N5")
    if plain and (history or relief):
        raise typer.BadParameter(f"{scenario.value} has no --history and no --relief")
    phases = whole_history(weeks) if history else None
    with _steps() as step:
        step(f"simulating {SCENARIOS[scenario.value]}")
        programme = simulate(scenario.value, people, weeks, seed, phases=phases, relief=relief)
        step("writing")
        paths = write_programme(programme, out)
    for name, path in paths.items():
        _out.print(f"{name}: {path}")


@app.command()
def demo(
    out: Annotated[Path, typer.Option(help="folder to write to")] = Path("takeup-demo"),
    seed: int = 1,
) -> None:
    """Simulate a bank's first months, diagnose them, write and open the report."""
    from takeup.api import diagnose as run
    from takeup.simulate import simulate, whole_history, write_programme

    with _steps() as step:
        step("simulating a bank")
        programme = simulate("bank", seed=seed, phases=whole_history(8))
        paths = write_programme(programme, out)
        result = run(
            str(paths["decisions"]),
            eligible=str(paths["eligible"]),
            outcomes=str(paths["outcomes"]),
            use_case=paths["use_case"],
            population=paths["population"],
            survey=str(paths["survey"]),
            interviews=str(paths["interviews"]),
            panel=str(paths["panel"]),
            step=step,
        )
        report = out / "report.html"
        _write(report, result.to_html("a simulated bank"))
        _write(out / "report.json", result.to_json())
    _tell(_out, result, report, None)
    if os.environ.get("DISPLAY") or sys.platform in ("darwin", "win32"):
        webbrowser.open(report.resolve().as_uri())


_STEPS = 28
"""Steps of one use case, from reading to the report."""


@contextmanager
def _steps() -> Iterator[Callable[[str], None]]:
    """A progress bar over the steps of a diagnosis; each call names the next step."""
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=_screen, transient=True) as progress:
        task = progress.add_task("starting", total=_STEPS)

        def step(name: str) -> None:
            done = progress.tasks[0].completed + 1
            progress.update(task, description=name, completed=done, total=max(_STEPS, done + 1))

        yield step


def _tables(decisions: str, eligible: str | None, outcomes: str | None) -> tuple[Any, Any, Any]:
    """What was named; for `log:` the tables of this deployment's log, drained or not."""
    if decisions != "log:":
        return decisions, eligible, outcomes
    found = recorded_tables()
    return found["decisions"], eligible or found.get("eligible"), outcomes or found.get("outcomes")


def _write(path: Path, content: str | bytes) -> None:
    """Write the whole file or nothing of it."""
    half = path.with_name(f".{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        half.write_bytes(content.encode() if isinstance(content, str) else content)
        half.replace(path)
    except OSError as error:
        raise InputError(
            f"{path} cannot be written ({error.strerror}); choose another place"
        ) from None
    finally:
        if half.exists():
            half.unlink()


def _write_rejects(result: Result, out: Path) -> Path | None:
    rows = result.rejected_rows()
    if not rows:
        return None
    path = out.with_name(f"{out.stem}.rejects.csv")
    _write(path, excel_csv(("row", "reason"), rows))
    return path


def _tell(console: Console, result: Result, out: Path, rejects: Path | None) -> None:
    from takeup.report.terminal import summary_lines

    for line in summary_lines(result.shared, result.facts):
        console.print(line, soft_wrap=True)
    if rejects is not None:
        console.print(f"Rejected rows: {rejects}")
    console.print(f"Report: {out.resolve()}")


def main() -> None:
    """Run a command; every error of the input is one sentence and exit code 1."""
    try:
        code = app(standalone_mode=False)
    except TakeupError as error:
        _screen.print(str(error), soft_wrap=True)
        raise SystemExit(INPUT) from None
    except (KeyboardInterrupt, typer.Abort):
        _screen.print("interrupted; nothing was left half-written")
        raise SystemExit(INTERRUPTED) from None
    except Exception as error:
        if hasattr(error, "exit_code") and hasattr(error, "show"):
            error.show()
            raise SystemExit(error.exit_code) from None
        from takeup.sources.damaged_files import of_damage

        if told := of_damage(error):
            _screen.print(str(told), soft_wrap=True)
            raise SystemExit(INPUT) from None
        raise
    if isinstance(code, int) and code:
        raise SystemExit(code)


if __name__ == "__main__":
    main()
