"""`takeup survey`: answers that were given elsewhere."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import date
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

survey_app = typer.Typer(no_args_is_help=True, help="The survey of reasons: bring in answers.")


@survey_app.command("import")
@needs_server
def import_answers(
    file: Annotated[
        Path, typer.Argument(help="an export of LimeSurvey, Qualtrics, Microsoft or Google Forms")
    ],
    use_case: Annotated[str, typer.Option(help="the use case it asked about")],
    asked_on: Annotated[
        str, typer.Option(help="the last day on which it was asked, as 2026-11-30")
    ],
    population: Annotated[
        str, typer.Option(help="who was asked, where the file does not say")
    ] = "",
    mapping: Annotated[
        Path | None, typer.Option("--map", help="TOML: which columns and answers are what")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Keep the answers of a file, without whatever tells who gave them."""
    started()
    from takeup.server.acting.survey.services import take_imports
    from takeup.sources.survey_exports import read_survey_export, read_survey_mapping

    if not file.exists():
        raise InputError(f"{file}: there is no such file")
    read = read_survey_export(file, read_survey_mapping(mapping) if mapping else None)
    by: dict[str, list[Mapping[str, int]]] = defaultdict(list)
    for named, one in read.answers:
        by[named or population].append(one)
    if "" in by:
        raise InputError(
            f"{file.name}: {len(by[''])} answers name no population; say --population, or name its column in "
            'the mapping (population = "the column")'
        )
    made = take_imports(use_case, by, _day(asked_on), by=actor())
    if as_json:
        say_json(
            {
                "populations": {r.population: len(by[r.population]) for r in made},
                "surveys": {r.population: r.pk for r in made},
                "problems": [one.sentence() for one in read.problems],
            }
        )
        return
    for problem in read.problems:
        out.print(problem.sentence(), soft_wrap=True, markup=False)
    for kept in made:
        out.print(
            f"{kept.population}: {len(by[kept.population])} answers, survey {kept.pk}",
            soft_wrap=True, markup=False,
        )  # fmt: skip


@survey_app.command("withdraw")
@needs_server
def withdraw_answers(
    number: Annotated[int, typer.Argument(help="the survey's number, as import said it")],
    why: Annotated[str, typer.Option(help="why its answers are taken back")] = "",
) -> None:
    """Take back a survey that was a mistake: one that was brought in, or one that is still open."""
    started()
    from takeup.server.acting.survey.services import withdraw

    withdraw(number, by=actor(), why=why)
    out.print(f"survey {number} is taken back; figures follow from the next night")


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InputError(f"--asked-on {text!r} is no day; write it as 2026-11-30") from None
