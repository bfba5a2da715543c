"""Gates: declared beforehand, changed only in sight, decided by one named person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import quote

from django.db import transaction
from pydantic import ValidationError

from takeup.record.clock import now
from takeup.record.errors import DeclarationError, InputError
from takeup.server.acting.rollout.drills import counted_drill
from takeup.server.acting.rollout.gate import Beside, DrillEvidence, Gate, Says
from takeup.server.acting.rollout.in_force import rules_in_force
from takeup.server.acting.rollout.models import (
    Attestation,
    GateDecision,
    GateVersion,
    Look,
    Opening,
)
from takeup.server.foundation.agreement.services import need_agreed_change, showing
from takeup.server.foundation.audit import services as audit
from takeup.server.foundation.notices.services import tell
from takeup.server.foundation.organization import services as organization
from takeup.server.foundation.organization.services import Role

TOLD_BEFORE = timedelta(days=7)
"""How long before its day of decision people are told of a gate."""
DECISIONS: tuple[Says, ...] = ("go", "intervene", "hold")


def gate_of(use_case: str, cohort: str) -> tuple[GateVersion | None, Gate]:
    """The gate in force; the defaults, from today on, where none was declared."""
    last = versions_of(use_case, cohort)[-1:]
    if not last:
        return None, Gate(starts=now().date())
    return last[0], Gate.model_validate(last[0].declared)


def versions_of(use_case: str, cohort: str) -> list[GateVersion]:
    """Every revision of a gate, the first first."""
    held = GateVersion.objects.filter(use_case=use_case, cohort=cohort)
    return list(held.order_by("revision"))


def changed_after_looking(version: GateVersion) -> bool:
    """Whether a report was there to be seen when this revision was declared."""
    return Look.objects.filter(
        use_case=version.use_case, cohort=version.cohort, day__lte=version.declared_at.date(),
        gate_revision__lt=version.revision,
    ).exists()  # fmt: skip


@transaction.atomic
def declare_gate(
    use_case: str, cohort: str, given: dict[str, Any], *, decider: str, by: str, reason: str = ""
) -> GateVersion:
    """Keep a gate as its next revision. Raises DeclarationError naming every mistake; InputError
    where nobody decides, or where a change after looking has no reason."""
    try:
        gate = Gate.model_validate(given)
    except ValidationError as error:
        wrong = [f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors()]
        raise DeclarationError("gate", wrong) from None
    if not organization.names_of([decider]):
        raise InputError("name the one person who decides")
    before = versions_of(use_case, cohort)
    told = gate.model_dump(mode="json")
    if before and before[-1].declared == told and before[-1].decider == decider:
        return before[-1]
    if before and not reason.strip():
        raise InputError("a gate that is changed says why; the reason stands beside it")
    need_agreed_change(use_case, "a gate")
    made = GateVersion.objects.create(
        use_case=use_case, cohort=cohort, revision=len(before) + 1, declared=told, decider=decider,
        reason=reason.strip(), declared_at=now(), declared_by=by,
    )  # fmt: skip
    audit.record(
        "gate.declared", actor=by, use_case=use_case, cohort=cohort, revision=made.revision,
        before=before[-1].declared if before else None, after=told, reason=reason,
    )  # fmt: skip
    return made


@transaction.atomic
def attest(use_case: str, cohort: str, statement: str, *, by: str, note: str = "") -> None:
    """Somebody signs a statement of the gate. Raises InputError where the gate has no such one."""
    _, gate = gate_of(use_case, cohort)
    if statement not in gate.attested:
        raise InputError(f"the gate does not ask for {statement!r}")
    Attestation.objects.create(
        use_case=use_case, cohort=cohort, statement=statement, note=note, signed_at=now(),
        signed_by=by,
    )  # fmt: skip
    audit.record(
        "gate.attested", actor=by, use_case=use_case, cohort=cohort, statement=statement, note=note
    )


def attested(use_case: str, cohort: str) -> dict[str, Attestation]:
    """The newest signature under each statement."""
    held = Attestation.objects.filter(use_case=use_case, cohort=cohort).order_by("id")
    return {one.statement: one for one in held}


def beside(use_case: str, cohort: str, looked_on: Sequence[date]) -> Beside:
    """What the clauses ask for beside the shadow report: kinds left to people, reports (a week's
    looks are one), the share of the cohort that opened one, signatures."""
    today, opened = now().date(), openings(use_case, cohort)
    signed = attested(use_case, cohort)
    names = organization.names_of([one.signed_by for one in signed.values()])
    return Beside(
        rules_in_force([use_case], now(), drills=False)[use_case].withheld,
        len({day.isocalendar()[:2] for day in looked_on}),
        None if opened is None else opened[0] / opened[1],
        cohort,
        {
            text: f"signed by {names.get(one.signed_by, one.signed_by)}, {one.signed_at:%-d %B %Y}"
            + (f": {one.note}" if one.note else "")
            for text, one in signed.items()
        },
        today,
        _drill(use_case, cohort),
    )


def openings(use_case: str, cohort: str) -> tuple[int, int] | None:
    """Of how many people of a cohort, how many have opened a shadow report of it; None where they are too few to be
    counted."""
    members = organization.handles_in(cohort, now().date())
    if len(members) < showing().minimum_group:
        return None
    seen = Opening.objects.filter(use_case=use_case, cohort=cohort, handle__in=members)
    return seen.count(), len(members)


def _drill(use_case: str, cohort: str) -> DrillEvidence | None:
    seen = counted_drill(use_case, cohort)
    if seen is None:
        return None
    told = f"measured on {seen.drill.made_at:%-d %B %Y}: "
    if seen.deaf:
        told += f"not obeyed within {seen.drill.within:g} seconds by {', '.join(seen.deaf)}"
    else:
        told += f"each of {len(seen.clients)} obeyed, the slowest after {seen.slowest:.1f} seconds"
    return DrillEvidence(bool(seen.passed), told)


@transaction.atomic
def decide(
    version: GateVersion, look_day: date, said: Says, decided: Says, *, by: str, reason: str = ""
) -> GateDecision:
    """Record the decider's decision. Raises InputError where somebody else decides, or where it
    departs from what the gate says without a reason."""
    if by != version.decider:
        raise InputError("only the person named in the gate decides")
    if decided not in DECISIONS:
        raise InputError("choose go, intervene or hold")
    if decided != said and not reason.strip():
        raise InputError(
            "this departs from what the clauses say: give the reason, all will read it"
        )
    made = GateDecision.objects.create(
        gate=version, look_day=look_day, said=said, decided=decided, reason=reason.strip(),
        decided_at=now(), decided_by=by,
    )  # fmt: skip
    audit.record(
        "gate.decided", actor=by, use_case=version.use_case, cohort=version.cohort,
        revision=version.revision, look=look_day.isoformat(), said=said, decided=decided,
        reason=reason,
    )  # fmt: skip
    return made


def last_decision(use_case: str, cohort: str) -> GateDecision | None:
    """The newest decision on the gate in force; one on an older revision does not count."""
    version, _ = gate_of(use_case, cohort)
    return None if version is None else version.decisions.order_by("-id").first()


@dataclass(frozen=True, slots=True)
class GateDue:
    """A gate whose day of decision comes, and nobody has decided yet."""

    cohort: str
    decide_by: date
    decider: str
    path: str


def gates_due(use_case: str) -> list[GateDue]:
    """Gates in force with a day of decision and none taken."""
    found = []
    cohorts = GateVersion.objects.filter(use_case=use_case).values_list("cohort", flat=True)
    for cohort in sorted(set(cohorts)):
        version, gate = gate_of(use_case, cohort)
        if version is None or gate.decide_by is None or last_decision(use_case, cohort):
            continue
        path = report_path(use_case, cohort)
        found.append(GateDue(cohort, gate.decide_by, version.decider, path))
    return found


def tell_of_gates(use_case: str) -> None:
    """Whoever decides, and every lead, once, in the week before a gate's day of decision."""
    today = now().date()
    for due in gates_due(use_case):
        if due.decide_by - today > TOLD_BEFORE:
            continue
        leads = {h for h, _ in organization.named_with([Role.PROGRAMME_LEAD], today)}
        cohort = organization.cohort_title(due.cohort) or "everybody else"
        tell(
            sorted(leads | {due.decider}),
            f"gate:{use_case}:{due.cohort}:{due.decide_by.isoformat()}"[:120],
            f"The gate of {cohort} is decided by {due.decide_by:%-d %B %Y}: "
            f"{organization.use_case_title(use_case)}",
            "Its clauses, and what they still lack, stand under the shadow report.",
            due.path, to_webhooks=True,
        )  # fmt: skip


def report_path(use_case: str, cohort: str) -> str:
    """Where the shadow report of a cohort stands."""
    of = f"/of/{quote(cohort)}" if cohort else ""
    return f"/shadow/{quote(use_case)}{of}"
