"""A person's own cases from their vault, with what they did and how it ended."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from takeup.log import Prepared
from takeup.questions.ladder.measure import own_counts, own_level_of
from takeup.questions.ladder.people import GradedPerson
from takeup.questions.own_calibration.measure import OwnCalibration, own_calibration_of
from takeup.record.action import with_action
from takeup.record.clock import now
from takeup.record.population import Population
from takeup.record.settings import LadderSettings
from takeup.record.truth import with_truth
from takeup.record.use_case import OutcomeRule, UseCase
from takeup.server.foundation.agreement.services import measuring
from takeup.server.foundation.organization.services import declared
from takeup.server.showing.practitioner.vault import rows_of
from takeup.stats.answer import CannotSay

_OF_OUTCOME = ("correct_choice", "correct_value", "loss_recommended", "loss_final")
_END = "y__"
_NUMBERS = ("recommendation_value", "choice_value", "initial_choice_value", "confidence", "duration_s",
            "assist_probability", "correct_value", "loss_recommended", "loss_final", _END)  # fmt: skip
_FLAGS = ("consulted", "abandoned", "explanation_opened", "evidence_opened")


@dataclass(frozen=True, slots=True)
class OwnCases:
    """The person's rows of one use case: `decisions` by id, each with what is known of its end."""

    use_case: str
    declared: UseCase
    rows: tuple[Mapping[str, Any], ...]


def own_cases(handle: str) -> dict[str, OwnCases]:
    """Everything in a person's vault, by use case, the newest case first."""
    decisions, outcomes = rows_of(handle)
    ends: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for one in outcomes:
        ends.setdefault((one["use_case"], one["decision_id"]), []).append(one)
    by_case: dict[str, list[dict[str, Any]]] = {}
    for row in decisions:
        name = row["use_case"]
        known = sorted(
            ends.get((name, row["decision_id"]), []), key=lambda o: str(o.get("observed_at"))
        )
        for one in known:
            row.update({k: one[k] for k in _OF_OUTCOME if one.get(k) is not None})
            if one.get("outcome") is not None:
                row[_END] = one["outcome"]
            row["observed_at"] = one.get("observed_at")
        by_case.setdefault(name, []).append(row)
    return {
        name: OwnCases(
            name, declared(name), tuple(sorted(rows, key=lambda r: r["decided_at"], reverse=True))
        )
        for name, rows in sorted(by_case.items())
    }


@dataclass(frozen=True, slots=True)
class OwnFigures:
    """What a person's decisions of one use case say to them. `rows`: those of the days asked for, with
    what was done. `only`: the choices to which the calibration is limited, because under others no end
    is ever seen (empty: no limit). `level_days`: over how many days up to the last decision the level
    was graded."""

    calibration: OwnCalibration
    only: tuple[str, ...]
    level: GradedPerson | CannotSay
    level_days: int | None
    rows: tuple[Mapping[str, Any], ...]


def with_what_was_done(own: OwnCases) -> list[dict[str, Any]]:
    """The rows with `action`, `choice_right`, `advice_right`, by the rules of every measure."""
    return _told(own, _derived(own)) if own.rows else []


def figures_of(own: OwnCases, days: int) -> OwnFigures:
    """Calibration over the last `days`; the level over what the ladder looks at. The person sees their
    comparison as they ask, so that clause of the ladder is met."""
    rule, rules = own.declared.outcome, measuring()
    since = (now() - timedelta(days=days)).replace(tzinfo=None)
    facts = Population(comparison_available_share=1, comparison_opened_share=1)
    table = _derived(own)
    lately = table.filter(
        pc.greater_equal(table["decided_at"], pa.scalar(since, pa.timestamp("us")))
    )
    only = _choices_with_ends(lately, rule)
    compared = lately.filter(pc.is_in(lately["choice"], pa.array(only))) if only else lately
    told = own_calibration_of(
        compared, own.declared.segment, outcome=_END, better_higher=rule.better != "lower"
    )
    counts = _level_query(rules.ladder.model_dump_json(), table.schema).run(table)
    level = own_level_of(counts, "stakes" in table.column_names, facts, rules)
    return OwnFigures(
        told, only, level, graded_days(counts, rules.ladder), tuple(_told(own, lately))
    )


def graded_days(counts: pa.Table, rules: LadderSettings) -> int | None:
    """The shortest time up to the last decision that holds cases enough to grade by; None where none
    does. `counts` as `own_counts` gives them."""
    windows, cases = counts["window"].to_pylist(), counts["eligible"].to_pylist()
    for days in rules.lookback_days:
        inside = sum(
            n or 0
            for window, n in zip(windows, cases, strict=True)
            if window < days // rules.window_days
        )
        if inside >= rules.person_eligible:
            return days
    return None


def _choices_with_ends(rows: pa.Table, rule: OutcomeRule) -> tuple[str, ...]:
    """Where ends are seen under some choices alone and no case was judged: those choices. Among them,
    with and against the advice can be compared; of the others nothing is known."""
    judged = "choice_right" in rows.column_names and rows["choice_right"].null_count < len(rows)
    return () if judged or rule.observed_when == "always" else tuple(rule.observed_when)


def _told(own: OwnCases, derived: pa.Table) -> list[dict[str, Any]]:
    names = [c for c in ("action", "choice_right", "advice_right") if c in derived.column_names]
    return [
        dict(own.rows[one.pop("place__")]) | one
        for one in derived.select(["place__", *names]).to_pylist()
    ]


def _derived(own: OwnCases) -> pa.Table:
    """The rows as measures read them, in their order."""
    rows = _table(own)
    return _derive_query(own.declared.model_dump_json(), rows.schema).run(rows)


@lru_cache(maxsize=256)
def _derive_query(declared: str, schema: pa.Schema) -> Prepared:
    use_case = UseCase.model_validate_json(declared)
    return Prepared(
        lambda t: with_truth(with_action(t, use_case), use_case).order_by("place__"), schema
    )


@lru_cache(maxsize=256)
def _level_query(rules: str, schema: pa.Schema) -> Prepared:
    settings = LadderSettings.model_validate_json(rules)
    return Prepared(lambda t: own_counts(t, settings), schema)


def _table(own: OwnCases) -> pa.Table:
    names = sorted(
        {name for row in own.rows for name in row} | {"mode", "choice", "recommendation", _END}
    )
    matured = (now() - timedelta(days=own.declared.outcome.maturation_days)).isoformat()
    columns: dict[str, pa.Array] = {
        "place__": pa.array(range(len(own.rows)), pa.int64()),
        "person_id": pa.array(["me"] * len(own.rows)),
    }
    for name in names:
        values = [row.get(name) for row in own.rows]
        if name == _END:
            # Those who fail early are known early: an end counts once its time has come for all.
            values = [
                v if row["decided_at"] <= matured else None
                for v, row in zip(values, own.rows, strict=True)
            ]
        if name == "decided_at":
            moments = [datetime.fromisoformat(row[name]).astimezone(UTC) for row in own.rows]
            plain = [moment.replace(tzinfo=None) for moment in moments]
            columns[name] = pa.array(plain, pa.timestamp("us"))
        elif name in _NUMBERS:
            numbers = [None if v is None else float(v) for v in values]
            columns[name] = pa.array(numbers, pa.float64())
        elif name in _FLAGS:
            columns[name] = pa.array(values, pa.bool_())
        else:
            columns[name] = pa.array([None if v is None else str(v) for v in values], pa.string())
    return pa.table(columns)
