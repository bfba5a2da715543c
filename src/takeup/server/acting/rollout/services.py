"""What may be done with a rollout, each as one verb: atomic, audited, by somebody."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction

from takeup.record.assignment import Assigned, Mode, Rules, Stage, Unit, assigned
from takeup.record.clock import now
from takeup.record.errors import InputError
from takeup.record.use_case import words_of_kind
from takeup.server.acting.rollout.gates import gate_of, gates_due, last_decision, tell_of_gates
from takeup.server.acting.rollout.in_force import (
    HeldAnswers,
    begun,
    mode_of,
    planned,
    rules_in_force,
)
from takeup.server.acting.rollout.kinds import Recorded, need_kind
from takeup.server.acting.rollout.models import Draw, GateDecision, GateVersion, Step, Stop
from takeup.server.acting.rollout.obedience import Hearing, Obedience, obedience_of
from takeup.server.acting.rollout.shadow_looks import take_looks
from takeup.server.deployment.recorder import recorder
from takeup.server.foundation.agreement.services import need_agreed_change
from takeup.server.foundation.audit import services as audit
from takeup.server.foundation.organization import services as organization
from takeup.server.foundation.pages.detail import kind_words

LARGEST_BLIND = 0.5


def has_rollout(use_case: str) -> bool:
    """Whether people here decided anything of who sees its advice."""
    kinds = (Step, Stop, Draw, GateVersion)
    return any(kind.objects.filter(use_case=use_case).exists() for kind in kinds)


def rules_of(use_case: str, moment: datetime | None = None, *, drills: bool = True) -> Rules:
    """The rules of one use case now, or as of a moment; without a stop that is only rehearsed unless `drills`."""
    return rules_in_force([use_case], moment or now(), drills=drills)[use_case]


@dataclass(frozen=True, slots=True)
class CohortStage:
    """One cohort of a rollout (empty: everybody else) as of a moment: its people and their stage."""

    cohort: str
    people: int
    stage: Stage


def cohort_stages(use_case: str, moment: datetime | None = None) -> list[CohortStage]:
    """Every cohort with its stage, everybody else last: what all pages say of a rollout."""
    moment = moment or now()
    rules = rules_of(use_case, moment)
    sizes = organization.cohort_sizes(moment.date())
    sizes[""] = len(organization.handles_in("", moment.date()))
    stepped = {step.cohort for step in begun([use_case], moment)}
    return [
        CohortStage(cohort, sizes.get(cohort, 0), rules.stage_of(cohort))
        for cohort in [*sorted((set(sizes) | stepped) - {""}), ""]
    ]


def with_people(stages: list[CohortStage]) -> list[CohortStage]:
    """Those that are counted: cohorts somebody is in; everybody else where nobody is in any."""
    return [one for one in stages if one.people] or stages[-1:]


def modes() -> dict[str, str]:
    """The mode of every use case for whoever is in no cohort of its rollout."""
    found = rules_in_force(organization.use_case_names(), now())
    return {name: mode_of(rules) for name, rules in found.items()}


def _texts(given: list[Mapping[str, Any]], name: str) -> set[str]:
    """The texts of a field that a store can be asked for. What is none is refused where the row is read."""
    told = (row.get(name) for row in given)
    return {text for text in told if isinstance(text, str) and "\0" not in text}


class Assigning:
    """Whether advice is shown on cases that a sender asks about; rules and places are read once."""

    def __init__(self, given: list[Mapping[str, Any]]) -> None:
        names, people = _texts(given, "use_case"), _texts(given, "person_id")
        moment = now()
        self._rules = rules_in_force(names, moment)
        self._places = organization.places_on(people, moment.date())

    def of(self, row: Mapping[str, Any]) -> tuple[Assigned, str | None]:
        """What holds for a case in canonical columns, and the cohort of its person."""
        rules = self._rules.get(str(row.get("use_case")), Rules(""))
        # What is no text is refused where the row is read.
        person, case, cohort, team = (
            value if isinstance(value := row.get(name), str) else None
            for name in ("person_id", "case_id", "cohort", "team")
        )
        place = self._places.get(person or "")
        cohort = cohort or (place.cohort if place else None)
        team = team or (place.team if place else None)
        found = assigned(rules, case_id=case, person_id=person, team=team, cohort=cohort, known=row)
        return found, cohort


@transaction.atomic
def take_step(
    use_case: str,
    mode: Mode,
    *,
    by: str,
    cohort: str = "",
    share: float = 1.0,
    unit: Unit = "person",
    from_at: datetime | None = None,
    reason: str = "",
) -> Step:
    """From `from_at` (None: now) on the cohort is in `mode`; in assist for `share` (0..1) of its
    units, drawn by their hash. Raises InputError where that cannot be."""
    organization.use_case(use_case)
    if mode != "off":
        need_agreed_change(use_case, "this step")
    if cohort and cohort not in organization.cohort_keys():
        raise InputError(f"there is no cohort {cohort!r}; the organization's file names cohorts")
    if not 0 <= share <= 1:
        raise InputError(f"share is between 0 and 1, not {share:g}")
    moment = now()
    if from_at is not None and from_at < moment:
        raise InputError("a step begins now or later: what was shown in the past stays as it was")
    gate = gate_state(use_case, cohort) if mode == "assist" else ""
    if gate == "not passed" and not reason.strip():
        raise InputError(
            "the gate of this cohort has no decision that lets it have advice: decide on it first, or "
            "give the reason for going without"
        )
    Draw.objects.get_or_create(use_case=use_case)
    before = rules_of(use_case).stage_of(cohort)
    step = Step.objects.create(
        use_case=use_case, cohort=cohort, mode=mode, share=share, unit=unit,
        from_at=from_at or moment, reason=reason, made_at=moment, made_by=by,
    )  # fmt: skip
    audit.record(
        "rollout.step", actor=by, use_case=use_case, cohort=cohort, before=before.mode, after=mode,
        share=share, unit=unit, from_at=step.from_at.isoformat(), reason=reason, gate=gate,
    )  # fmt: skip
    return step


def rollout_events(use_case: str) -> list[tuple[date, str, str]]:
    """Steps that have begun, stops and decisions on gates: day, kind, what."""
    cohorts = organization.cohort_titles()
    found = [
        (step.from_at.date(), "rollout", f"{cohorts.get(step.cohort, step.cohort) or 'everybody else'}: {step.mode}"
         + (f" for {100 * step.share:g} % of {step.unit}s" if step.share < 1 else ""))
        for step in Step.objects.filter(
            use_case=use_case, withdrawn_at=None, from_at__lte=now()
        )
    ]  # fmt: skip
    for held in Stop.objects.filter(use_case=use_case):
        kind = kind_words(held.kind) or "every case"
        found.append((held.made_at.date(), "stop", f"no advice on {kind}: {held.reason}"))
        if held.lifted_at:
            found.append((held.lifted_at.date(), "stop", f"advice on {kind} again"))
    for one in GateDecision.objects.filter(gate__use_case=use_case).select_related("gate"):
        cohort = cohorts.get(one.gate.cohort, one.gate.cohort) or "everybody else"
        found.append((one.decided_at.date(), "gate", f"{cohort}: {one.decided}"))
    return found


def gate_state(use_case: str, cohort: str) -> str:
    """Whether the gate in force lets the cohort have advice: `passed`, `not passed`, `none
    declared`."""
    version, _ = gate_of(use_case, cohort)
    if version is None:
        return "none declared"
    last = last_decision(use_case, cohort)
    return "passed" if last is not None and last.decided in ("go", "intervene") else "not passed"


@transaction.atomic
def withdraw_step(number: int, *, by: str, reason: str) -> None:
    """A step that has not begun will not. Raises InputError where it has, or is not there."""
    step = Step.objects.filter(pk=number, withdrawn_at=None).first()
    if step is None or step.from_at <= now():
        raise InputError("that step has begun or was withdrawn; take another step instead")
    step.withdrawn_at = now()
    step.save(update_fields=["withdrawn_at"])
    audit.record(
        "rollout.step_withdrawn", actor=by, use_case=step.use_case, cohort=step.cohort,
        mode=step.mode, from_at=step.from_at.isoformat(), reason=reason,
    )  # fmt: skip


@transaction.atomic
def set_draw(use_case: str, *, by: str, blind: float, ask_first: bool, reason: str = "") -> None:
    """Keep a share of cases blind for good, and ask people first in shadow. A changed share moves
    only the cases between the two."""
    if not 0 <= blind <= LARGEST_BLIND:
        raise InputError(f"the blind slice is between 0 and {LARGEST_BLIND:g} of cases")
    organization.use_case(use_case)
    draw, _ = Draw.objects.get_or_create(use_case=use_case)
    before = {"blind": draw.blind, "ask_first": draw.ask_first}
    after = {"blind": blind, "ask_first": ask_first}
    if before != after:
        need_agreed_change(use_case, "another draw")
        draw.blind, draw.ask_first = blind, ask_first
        draw.save(update_fields=["blind", "ask_first"])
        audit.record(
            "rollout.draw", actor=by, use_case=use_case, before=before, after=after, reason=reason
        )


@transaction.atomic
def stop(use_case: str, *, by: str, reason: str, kind: Mapping[str, str] | None = None) -> Stop:
    """No advice from now on: on every case, or on one kind. Raises InputError without a reason,
    or where there is no such use case or no case was ever of that kind: such a stop would stop nothing."""
    if not reason.strip():
        raise InputError("say why: those who worked with the advice will ask")
    recorder().need_use_case(use_case)
    organization.use_case(use_case)
    wanted = dict(kind or {})
    held = Stop.objects.filter(use_case=use_case, kind=wanted, lifted_at=None).first()
    if held is not None:
        return held
    # Stopping everything waits for no look at what is recorded.
    recorded = Recorded(use_case) if wanted else None
    if recorded is not None:
        need_kind(use_case, wanted, recorded)
    made = Stop.objects.create(
        use_case=use_case, kind=wanted, reason=reason.strip(), made_at=now(), made_by=by,
        cases=recorded.counted(wanted).told if recorded is not None else None,
    )  # fmt: skip
    audit.record(
        "rollout.stopped", actor=by, use_case=use_case, kind=words_of_kind(made.kind), reason=reason,
        cases=made.cases,
    )  # fmt: skip
    return made


def stops_in_force() -> int:
    """How many stops hold, over every use case."""
    return Stop.objects.filter(lifted_at=None).count()


def stops_of(use_case: str) -> list[Stop]:
    """Every stop there was, the first first."""
    return list(Stop.objects.filter(use_case=use_case).order_by("id"))


def live_since(use_case: str) -> date | None:
    """The day on which the first cohort had advice; None where none has."""
    first = Step.objects.filter(use_case=use_case, mode="assist", withdrawn_at=None, from_at__lte=now()).order_by("from_at").first()  # fmt: skip
    return None if first is None else first.from_at.date()


def obeyed(use_case: str) -> list[tuple[Stop, Obedience]]:
    """Every stop in force, and what is known of whether it is obeyed."""
    stops = list(Stop.objects.filter(use_case=use_case, lifted_at=None).order_by("id"))
    if not stops:
        return []
    recorded = Recorded(use_case, min(stop.made_at for stop in stops))
    return [(stop, obedience_of(stop, recorded)) for stop in stops]


@transaction.atomic
def lift(number: int, *, by: str, reason: str) -> None:
    """Advice again as the steps say. Raises InputError without a reason, or where it is lifted."""
    if not reason.strip():
        raise InputError("say why the stop is lifted")
    held = Stop.objects.filter(pk=number, lifted_at=None).first()
    if held is None:
        there = Stop.objects.filter(pk=number).exists()
        raise InputError("that stop is lifted already" if there else f"there is no stop {number}")
    held.lifted_at, held.lifted_by = now(), by
    held.save(update_fields=["lifted_at", "lifted_by"])
    audit.record(
        "rollout.lifted", actor=by, use_case=held.use_case, kind=words_of_kind(held.kind),
        reason=reason,
    )  # fmt: skip


__all__ = [
    "Assigning",
    "CohortStage",
    "Hearing",
    "HeldAnswers",
    "begun",
    "cohort_stages",
    "gates_due",
    "has_rollout",
    "lift",
    "modes",
    "planned",
    "rules_of",
    "set_draw",
    "stop",
    "take_looks",
    "take_step",
    "tell_of_gates",
    "with_people",
    "withdraw_step",
]  # fmt: skip
