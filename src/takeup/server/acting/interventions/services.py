"""What may be done with actions on populations, each as one verb: atomic, audited, by somebody."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from takeup.drawing.plain import plain
from takeup.questions.intervention_effect import InterventionEffect, RunEffect
from takeup.questions.intervention_effect.verdict import Verdict
from takeup.questions.knowledge.next_action import PastRun, Suggested, next_actions
from takeup.questions.model_issue import ModelIssues
from takeup.questions.shared.weekly_shares import share_called
from takeup.record.clock import now
from takeup.record.errors import InputError
from takeup.record.interventions import DELIVERED, Interventions, Run
from takeup.server.acting.interventions.declaring import (
    Declared,
    model_first,
    problems_of,
    undated_issues,
    warnings_for,
)
from takeup.server.acting.interventions.library import entry_of, library, revise, revisions
from takeup.server.acting.interventions.models import (
    VERDICTS,
    ActionRun,
    ActionStep,
    OpenModelIssue,
)
from takeup.server.foundation.audit import services as audit
from takeup.server.foundation.notices.services import tell
from takeup.stats.answer import CannotSay


def path_of(run: ActionRun) -> str:
    """The page of a run."""
    return f"/interventions/{run.pk}"


@transaction.atomic
def declare(declared: Declared, *, by: str, warnings_read: bool = False) -> ActionRun:
    """Keep what is declared; from then on nobody changes it. Raises InputError with everything that is wrong, and
    with what speaks against it unless that was read."""
    if problems := problems_of(declared, now().date()):
        raise InputError("; ".join(problems))
    warnings = warnings_for(
        declared.use_case, declared.population, declared.action, declared.reason
    )
    if warnings and not warnings_read:
        raise InputError(
            " ".join([*warnings, "Say that this was read, to declare it all the same."])
        )
    held, moves = library()[declared.action], declared.moves
    share = None if moves is None else share_called(moves.name)
    run = ActionRun.objects.create(
        use_case=declared.use_case, population=declared.population, action=declared.action,
        version=held.version, library=entry_of(held.action), reason=declared.reason, owner=declared.owner,
        declared_at=now(), declared_by=by, starts_on=declared.starts_on, shows_on=declared.shows_on,
        check_on=declared.checked_on(held.action), indicator=moves.name if moves else "",
        words=share.words if share else declared.words.strip(), direction=moves.direction if moves else "",
        smallest=moves.smallest if moves else None, comparison=sorted(set(declared.comparison)),
        warnings=warnings, finding=declared.finding,
    )  # fmt: skip
    ActionStep.objects.bulk_create(
        ActionStep(run=run, place=place, text=text.strip(), due=due)
        for place, (text, due) in enumerate(declared.steps, 1)
    )
    audit.record(
        "action.declared", actor=by, number=run.pk, use_case=run.use_case, population=run.population,
        intervention=run.action, version=run.version, starts_on=run.starts_on.isoformat(),
        check_on=run.check_on.isoformat(), indicator=run.indicator or run.words, direction=run.direction,
        smallest=run.smallest, comparison=run.comparison,
    )  # fmt: skip
    if run.owner != by:
        text = f"It starts on {run.starts_on:%-d %B %Y} and is checked on {run.check_on:%-d %B %Y}."
        tell([run.owner], f"action:{run.pk}:owner", f"Yours to do: {held.action.do}", text, path_of(run))  # fmt: skip
    return run


@transaction.atomic
def start(number: int, *, by: str) -> ActionRun:
    """It reaches people from today on. Raises InputError before its day, so late that its last step is due (what should
    show from then on is another declaration), or where a model issue came up meanwhile."""
    run, today = _run(number, "planned"), now().date()
    if today < run.starts_on:
        raise InputError(f"it was declared to start on {run.starts_on:%-d %B %Y}")
    if today > run.shows_on:
        raise InputError(
            "its last step is past due before it began: withdraw it, and declare it anew with days that hold"
        )
    if problems := model_first(run.use_case, run.population, run.library["about"]):
        raise InputError("; ".join(problems))
    run.state, run.started_on = "running", today
    run.save(update_fields=["state", "started_on"])
    _record("action.started", run, by)
    return run


@transaction.atomic
def step_done(number: int, place: int, *, by: str) -> ActionStep:
    """One step is done. Raises InputError where the action has not begun, or the step is done or not there."""
    run = _run(number, "running")
    step = run.steps.filter(place=place).first()
    if step is None or step.done_on is not None:
        raise InputError("that step is done already" if step else "there is no such step")
    step.done_on, step.done_by = now().date(), by
    step.save(update_fields=["done_on", "done_by"])
    _record("action.step_done", run, by, step=place)
    return step


@transaction.atomic
def withdraw(number: int, *, by: str, reason: str) -> None:
    """It goes no further. Where it had begun, its population still counts as treated: who stayed is no sample. Raises
    InputError without a reason, or where it was checked."""
    run = _run(number, "planned", "running")
    if not reason.strip():
        raise InputError("say why it is withdrawn")
    run.state, run.withdrawn_on, run.withdrawn_why = "withdrawn", now().date(), reason.strip()
    run.save(update_fields=["state", "withdrawn_on", "withdrawn_why"])
    _record("action.withdrawn", run, by, reason=reason.strip())


@transaction.atomic
def attest(number: int, verdict: str, words: str, *, by: str) -> ActionRun:
    """Somebody says what came of an indicator that takeup does not measure, from the day of the check on. What was not
    delivered tells nothing of the action, whatever is said. Raises InputError before, without words, or where it is
    measured."""
    run = _run(number, "running")
    if run.smallest is not None:
        raise InputError("takeup measures this one, on the day that was declared")
    if now().date() < run.check_on:
        raise InputError(f"it was declared to be checked on {run.check_on:%-d %B %Y}")
    if verdict not in VERDICTS[1:]:
        raise InputError("choose what came of it: moved, not moved, or cannot tell")
    if not words.strip():
        raise InputError("say what was seen, and where")
    run.attested = words.strip()
    run.save(update_fields=["attested"])
    done = delivered_share(run)
    why = "attested, not measured" if done >= DELIVERED else _not_delivered(done)
    said = verdict if done >= DELIVERED else "cannot_tell"
    return _checked(run, said, {"why": why, "said": verdict, "delivered": done}, by)


def take_results(use_case: str, found: InterventionEffect | CannotSay) -> None:
    """The verdicts of runs whose day has come, kept once and for good."""
    if isinstance(found, CannotSay):
        return
    told = {one.run: (one, action.weeks) for action in found.actions for one in action.runs}
    never = {one.run: one.why for one in found.open if not one.waits}
    for run in _due(use_case).filter(smallest__isnull=False):
        key = str(run.pk)
        with transaction.atomic():
            if key in told:
                effect, weeks = told[key]
                _checked(run, effect.verdict, _result(effect, weeks, run), audit.SYSTEM)
            elif key in never:
                result = {"why": never[key], "delivered": delivered_share(run)}
                _checked(run, "cannot_tell", result, audit.SYSTEM)


def close_what_never_began(use_case: str, today: date) -> None:
    """Planned runs whose day of the check has passed were never delivered."""
    for run in ActionRun.objects.filter(use_case=use_case, state="planned", check_on__lte=today):
        with transaction.atomic():
            why = "it never began: nobody said that it had started"
            _checked(run, "cannot_tell", {"why": why, "delivered": 0.0}, audit.SYSTEM)


def tell_of_late_steps(use_case: str, today: date) -> None:
    """Owners are told once of each step whose day has passed."""
    late = ActionStep.objects.filter(
        run__use_case=use_case, run__state="running", due__lt=today, done_on=None
    )
    for step in late.select_related("run"):
        key = f"action:{step.run_id}:step:{step.place}"
        tell([step.run.owner], key, f"A step is past due: {step.run.library['do']}", step.text, path_of(step.run))  # fmt: skip


@transaction.atomic
def take_model_issues(use_case: str, found: ModelIssues | CannotSay, today: date) -> None:
    """The model issues that stand, in place of those of the snapshot before."""
    if isinstance(found, CannotSay):
        return
    OpenModelIssue.objects.filter(use_case=use_case).delete()
    there = {("" if i.scope == "all" else i.scope, i.kind) for i in found.issues}
    OpenModelIssue.objects.bulk_create(
        OpenModelIssue(use_case=use_case, population=population, kind=kind, seen_on=today)
        for population, kind in sorted(there)
    )


def forget_use_case(use_case: str) -> None:
    """Nothing is kept of it any more."""
    ActionRun.objects.filter(use_case=use_case).delete()
    OpenModelIssue.objects.filter(use_case=use_case).delete()


def interventions_of(use_case: str) -> Interventions:
    """What began there and is measured, as the report takes it; withdrawn ones too."""
    begun = ActionRun.objects.filter(use_case=use_case, started_on__isnull=False, smallest__isnull=False)  # fmt: skip
    return Interventions(run={str(run.pk): _as_record(run) for run in begun.prefetch_related("steps")})  # fmt: skip


def runs(use_case: str | None = None, populations: Iterable[str] | None = None) -> list[ActionRun]:
    """Runs, what is checked first first; of one use case, of these populations."""
    found: QuerySet[ActionRun] = ActionRun.objects.prefetch_related("steps")
    if use_case is not None:
        found = found.filter(use_case=use_case)
    if populations is not None:
        found = found.filter(population__in=list(populations))
    return list(found.order_by("check_on", "id"))


def run_of(number: int) -> ActionRun | None:
    """One run; None where there is none."""
    return ActionRun.objects.prefetch_related("steps").filter(pk=number).first()


def delivered_share(run: ActionRun) -> float:
    """The share of its steps that were done by the day of the check."""
    steps = list(run.steps.all())
    done = [s for s in steps if s.done_on is not None and s.done_on <= run.check_on]
    return len(done) / len(steps) if steps else 0.0


def suggested(use_case: str, population: str, reason: str) -> tuple[Suggested, ...]:
    """What comes next there for a reason, by what came of all runs so far; not what the population had already."""
    known = library()
    checked = ActionRun.objects.filter(state="checked").exclude(verdict="")
    past = [PastRun(run.action, run.reason, run.verdict) for run in checked]
    had = ActionRun.objects.filter(use_case=use_case, population=population).exclude(state="withdrawn")  # fmt: skip
    gone = {key for key, held in known.items() if held.retired}
    own = [key for key, held in known.items() if held.own]
    return next_actions(reason, past, own, {*had.values_list("action", flat=True), *gone})


def _as_record(run: ActionRun) -> Run:
    assert run.started_on is not None
    return Run(
        action=run.action, title=run.library["do"], population=run.population, use_case=run.use_case, reason=run.reason,
        declared_on=run.declared_at.date(), starts_on=run.started_on, shows_on=run.shows_on,
        check_on=run.check_on, indicator=run.indicator, direction=run.direction,
        smallest=run.smallest or 0.0, comparison=tuple(run.comparison), delivered=delivered_share(run),
    )  # fmt: skip


def _due(use_case: str) -> QuerySet[ActionRun]:
    return ActionRun.objects.filter(
        use_case=use_case, state="running", check_on__lte=now().date()
    ).prefetch_related("steps")


def _result(effect: RunEffect, weeks: Sequence[Any], run: ActionRun) -> dict[str, Any]:
    return {
        "why": effect.why, "effect": plain(effect.effect), "weeks": plain(weeks),
        "delivered": delivered_share(run), "named_first": list(effect.named_first),
    }  # fmt: skip


def _checked(
    run: ActionRun, verdict: Verdict | str, result: Mapping[str, Any], by: str
) -> ActionRun:
    run.state, run.checked_on = "checked", now().date()
    run.verdict, run.result = verdict, dict(result)
    run.save(update_fields=["state", "checked_on", "verdict", "result"])
    _record("action.checked", run, by, verdict=verdict)
    words = {"moved": "It moved", "not_moved": "It did not move", "cannot_tell": "It cannot be told"}  # fmt: skip
    tell([run.owner], f"action:{run.pk}:checked", f"{words[verdict]}: {run.library['do']}", str(result["why"]), path_of(run))  # fmt: skip
    return run


def _not_delivered(done: float) -> str:
    return f"not delivered: {100 * done:.0f} % of its steps were done, {100 * DELIVERED:.0f} % are asked for"


def _run(number: int, *states: str) -> ActionRun:
    run = ActionRun.objects.select_for_update().filter(pk=number).first()
    if run is None:
        raise InputError(f"there is no action {number}")
    if run.state not in states:
        raise InputError(f"that action is {run.state}")
    return run


def _record(action: str, run: ActionRun, by: str, **detail: Any) -> None:
    audit.record(
        action, actor=by, number=run.pk, use_case=run.use_case, population=run.population,
        intervention=run.action, **detail,
    )  # fmt: skip


__all__ = [
    "ActionRun",
    "Declared",
    "attest",
    "close_what_never_began",
    "declare",
    "delivered_share",
    "forget_use_case",
    "interventions_of",
    "library",
    "revise",
    "revisions",
    "run_of",
    "runs",
    "start",
    "step_done",
    "suggested",
    "take_model_issues",
    "take_results",
    "tell_of_late_steps",
    "undated_issues",
    "warnings_for",
    "withdraw",
]
