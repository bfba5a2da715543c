"""The sample bank's rollout: the steps of each cohort, the South's gate and its shadow reports so far."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta

import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.compute as pc

from takeup.api import diagnose
from takeup.record.clock import at, now
from takeup.record.incoming import RecordKind
from takeup.server.acting.rollout.drills import start_drill
from takeup.server.acting.rollout.gates import declare_gate
from takeup.server.acting.rollout.models import DrilledClient, Heard, Opening, Step
from takeup.server.acting.rollout.services import take_looks, take_step
from takeup.server.deployment.roles import Role
from takeup.server.deployment.sampled import Bank
from takeup.server.foundation.organization.services import declared, handles_in, named_with


def prepare(bank: Bank) -> None:
    """The steps, each as of its day."""
    _rollout(bank.use_case, bank.tables["decisions"])


def afterwards(bank: Bank) -> None:
    """The gate, what reports have said since and who opened them, and a rehearsed stop."""
    _gate(bank.use_case)
    _past_looks(bank.use_case, bank.tables)
    _openings(bank.use_case)
    _drill(bank.use_case)


_REPORTED = {"LO1": 4, "LO2": 4, "SOUTH": 8}
"""Populations whose shadow was reported, and for how many weeks."""


def _rollout(use_case: str, decisions: pa.Table) -> None:
    """The steps that the history tells of, each cohort's as of its day."""
    ((lead, _),) = named_with([Role.PROGRAMME_LEAD], now().date())
    for population in ("LO1", "LO2", "PRIVATE", "SOUTH"):
        mine = decisions.filter(pc.equal(decisions["population"], population))
        for mode, reason in (
            ("shadow", "model and people compared first"),
            ("assist", "few people: no pilot" if population == "PRIVATE" else "the pilot was over"),
        ):  # fmt: skip
            rows = mine.filter(pc.equal(mine["mode"], mode))
            if mode == "assist" and "pilot" in mine["phase"].unique().to_pylist():
                rows = rows.filter(pc.not_equal(rows["phase"], "pilot"))
            if not rows.num_rows:
                continue
            begins = pc.min(rows["decided_at"]).as_py().replace(tzinfo=UTC)
            with at(begins.replace(hour=6, minute=0, second=0, microsecond=0)):
                take_step(use_case, mode, by=lead, cohort=f"{population}-first", reason=reason)  # type: ignore[arg-type]


def _gate(use_case: str) -> None:
    """The South's gate, declared before its first pair; the executive decides."""
    today = now().date()
    ((decider, _),), ((lead, _),) = (
        named_with([role], today) for role in (Role.EXECUTIVE, Role.PROGRAMME_LEAD)
    )
    first = Step.objects.get(use_case=use_case, cohort="SOUTH-first").from_at
    declared = {
        "starts": first.date().isoformat(), "pairs": 3_000, "days": 20, "margin": 0.02,
        "decide_by": (today + timedelta(days=5)).isoformat(),
        "attested": ["Stop drill passed", "Overrides logged with a reason in rehearsed cases"],
    }  # fmt: skip
    with at(first - timedelta(days=3)):
        declare_gate(use_case, "SOUTH-first", declared, decider=decider, by=lead)


def _past_looks(use_case: str, tables: Mapping[RecordKind, pa.Table]) -> None:
    """The shadow reports as each Monday would have taken them."""
    placed = tables["decisions"].append_column(
        "cohort", pc.binary_join_element_wise(tables["decisions"]["population"], "first", "-")
    )
    found = diagnose(
        placed,
        outcomes=tables["outcomes"],
        use_case={use_case: declared(use_case)},
        only=["adoption"],
        declared_ahead=True,
    )
    (rows,) = found.table.tables.values()
    for population, weeks in _REPORTED.items():
        shadow = rows.filter((rows["mode"] == "shadow") & (rows.population == population))
        mine = placed.filter(
            pc.and_(pc.equal(placed["population"], population), pc.equal(placed["mode"], "shadow"))
        )
        first = pc.min(mine["decided_at"]).as_py()
        monday = first.date() + timedelta(days=7 - first.weekday())
        for _week in range(weeks):
            if monday < now().date():
                _look(use_case, shadow, monday)
            monday += timedelta(weeks=1)


def _look(use_case: str, shadow: ir.Table, monday: date) -> None:
    until = datetime.combine(monday, time(), UTC)
    with at(until):
        take_looks(use_case, shadow.filter(shadow.decided_at < until), declared(use_case), monday)


def _openings(use_case: str) -> None:
    """Three of four in each cohort opened a report."""
    for cohort in (f"{population}-first" for population in _REPORTED):
        members = sorted(handles_in(cohort, now().date()))
        Opening.objects.bulk_create(
            Opening(
                use_case=use_case, cohort=cohort, handle=one, first_at=now() - timedelta(days=20)
            )
            for one in members[: len(members) * 3 // 4]
        )


def _drill(use_case: str) -> None:
    """A stop of every case was rehearsed before the sprint: two applications, told within seconds."""
    began = now() - timedelta(days=64)
    keys = {"branch-desk": 1.2, "credit-app": 1.9}
    with at(began - timedelta(seconds=2)):
        for key in keys:
            Heard.objects.create(
                key=key, sender=key.replace("-", " "), use_cases=[use_case], tag="", at=now()
            )
    with at(began):
        drill = start_drill(
            use_case, by=named_with([Role.PROGRAMME_LEAD], now().date())[0][0], everybody=True
        )
    for key, seconds in keys.items():
        DrilledClient.objects.filter(drill=drill, key=key).update(
            told_at=drill.made_at + timedelta(seconds=seconds), again_at=drill.ends_at + timedelta(seconds=seconds / 4)
        )  # fmt: skip
