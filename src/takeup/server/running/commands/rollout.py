"""`takeup rollout`: who sees advice."""

from __future__ import annotations

from datetime import UTC, datetime
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

rollout_app = typer.Typer(no_args_is_help=True, help="Who sees advice: steps, stops, the draw.")
_UseCase = Annotated[str, typer.Argument(help="the use case")]
_Why = Annotated[str, typer.Option("--reason", help="why; it stands in the audit log")]


@rollout_app.command("show")
@needs_server
def show(name: _UseCase, as_json: AsJson = False) -> None:
    """What holds now, cohort by cohort."""
    started()
    from takeup.server.acting.rollout.services import obeyed, rules_of
    from takeup.server.recording.record_api.services import need_use_case

    need_use_case(name)
    rules = rules_of(name)
    if as_json:
        say_json(rules.to_json())
        return
    if rules.stopped:
        out.print("stopped: no advice is shown to anybody")
    for cohort, stage in rules.cohorts.items():
        share = f", {stage.share:.0%} of {stage.unit}s" if stage.share < 1 else ""
        out.print(f"{cohort or 'everybody else'}: {stage.mode}{share}")
    for kind in rules.withheld:
        out.print(f"no advice on {', '.join(f'{k}={v}' for k, v in kind.items())}")
    for held, found in obeyed(name):
        out.print(
            f"stop {held.pk} since {held.made_at:%Y-%m-%d %H:%M} UTC: {found.cases.cases:,} cases decided, "
            f"{found.shown.cases:,} with advice; heard by {', '.join(found.heard) or 'nobody yet'}"
            + (f"; not yet by {', '.join(found.deaf)}" if found.deaf else "")
        )


@rollout_app.command("step")
@needs_server
def step(
    name: _UseCase,
    mode: Annotated[str, typer.Argument(help="off, shadow or assist")],
    cohort: Annotated[str, typer.Option(help="of the organization; none: everybody else")] = "",
    share: Annotated[float, typer.Option(help="percent that has advice in assist")] = 100.0,
    unit: Annotated[str, typer.Option(help="what is drawn: person, team or case")] = "person",
    day: Annotated[str, typer.Option("--from", help="a day, 2026-11-30; none: now")] = "",
    reason: _Why = "",
) -> None:
    """A cohort changes mode: assist shows advice, shadow keeps it from people, off has none."""
    started()
    from takeup.server.acting.rollout.services import take_step
    from takeup.server.foundation.organization.services import use_case_names

    if mode not in ("off", "shadow", "assist"):
        raise InputError(f"mode is off, shadow or assist, not {mode!r}")
    if unit not in ("person", "team", "case"):
        raise InputError(f"unit is person, team or case, not {unit!r}")
    try:
        from_at = datetime.fromisoformat(day).replace(tzinfo=UTC) if day else None
    except ValueError:
        raise InputError(f"--from: {day!r} is no day; write 2026-11-30") from None
    new = name not in use_case_names()
    taken = take_step(
        name, mode, by=actor(), cohort=cohort, share=share / 100, unit=unit,  # type: ignore[arg-type]
        from_at=from_at, reason=reason,
    )  # fmt: skip
    out.print(
        f"{name}: {cohort or 'everybody else'} {mode} from {taken.from_at:%Y-%m-%d %H:%M} UTC"
        + (" (a new use case: nothing was recorded or declared under this name)" if new else ""),
        soft_wrap=True,
    )


@rollout_app.command("stop")
@needs_server
def stop(
    name: _UseCase,
    reason: _Why,
    kind: Annotated[
        str, typer.Option(help="one kind of case: segment=local (takeup rollout kinds)")
    ] = "",
) -> None:
    """No advice, at once: on every case, or one kind of case."""
    started()
    from takeup.record.use_case import kind_of
    from takeup.server.acting.rollout import services

    try:
        found = kind_of(kind) if kind else None
    except ValueError as error:
        raise InputError(str(error)) from None
    made = services.stop(name, by=actor(), reason=reason, kind=found)
    hit = "" if made.cases is None else f", about {made.cases:,} cases of it in the last 28 days"
    out.print(
        f"{name}: advice stopped on {f'cases of {kind}' if kind else 'every case'}{hit} "
        f"(takeup rollout show tells who has heard; lift it: takeup rollout lift {made.pk})"
    )


@rollout_app.command("kinds")
@needs_server
def kinds(name: _UseCase) -> None:
    """Kinds of case that a stop can name, with their cases in the last 28 days."""
    started()
    from takeup.server.acting.rollout.kinds import Recorded
    from takeup.server.recording.record_api.services import need_use_case

    need_use_case(name)
    for one in Recorded(name).kinds():
        out.print(f"{one.cases:>9,}  {one.key or 'every case'}")


@rollout_app.command("lift")
@needs_server
def lift(number: Annotated[int, typer.Argument(help="the stop's number")], reason: _Why) -> None:
    """Advice again as the steps say."""
    started()
    from takeup.server.acting.rollout import services

    services.lift(number, by=actor(), reason=reason)
    out.print("lifted")


@rollout_app.command("draw")
@needs_server
def draw(
    name: _UseCase,
    blind: Annotated[float, typer.Option(help="percent of cases that stay without advice")],
    ask_first: Annotated[
        bool, typer.Option(help="in shadow, reveal advice after the person's own answer")
    ] = False,
    reason: _Why = "",
) -> None:
    """The blind slice: a share of cases without advice for good."""
    started()
    from takeup.server.acting.rollout.services import set_draw

    set_draw(name, by=actor(), blind=blind / 100, ask_first=ask_first, reason=reason)
    out.print(f"{name}: {blind:g} % of cases stay blind")


@rollout_app.command("gate")
@needs_server
def gate(
    name: _UseCase,
    file: Annotated[Path, typer.Argument(help="TOML: starts, margin, pairs, days, … (docs)")],
    decider: Annotated[str, typer.Option(help="address of the one person who decides")],
    cohort: Annotated[str, typer.Option(help="of the organization; none: everybody else")] = "",
    reason: _Why = "",
) -> None:
    """Declare a cohort's gate; again, and it is the next revision, which says why."""
    started()
    from takeup.record.toml_file import read_toml
    from takeup.server.acting.rollout.gates import declare_gate
    from takeup.server.foundation.organization.services import handle_of_address

    if not file.exists():
        raise InputError(f"{file}: there is no such file")
    handle = handle_of_address(decider)
    if not handle:
        raise InputError(f"nobody active has the address {decider}")
    made = declare_gate(name, cohort, read_toml(file), decider=handle, by=actor(), reason=reason)
    out.print(f"{name}: gate of {cohort or 'everybody else'}, revision {made.revision}")
