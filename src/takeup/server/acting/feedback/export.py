"""Reviewed decisions for retraining: one row each, nobody's name, and what may be learned from it.

A practitioner's override is not ground truth: `label_source` says where a label comes from. One case in
ten is held out for good, so that a later model is judged on cases it never saw. What touches values or
policy is marked, never to be trained on.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Literal

import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet
from django.db import transaction

from takeup.log import fetch
from takeup.log.delta import canonical
from takeup.log.engine import Engine
from takeup.record.action import with_action
from takeup.record.clock import now
from takeup.record.errors import InputError
from takeup.record.incoming import RecordKind
from takeup.record.json_line import json_line
from takeup.record.truth import with_truth
from takeup.record.use_case import UseCase
from takeup.server.acting.feedback.fairness import label_rates
from takeup.server.acting.feedback.models import Export, Release, Topic
from takeup.server.deployment.sealing import keyed
from takeup.server.foundation.agreement.services import in_force as agreement_in_force
from takeup.server.foundation.agreement.services import keep_days, measuring, mode_on
from takeup.server.foundation.audit import services as audit
from takeup.server.foundation.organization.services import declared

SCHEMA_VERSION = 1
HELD_OUT = 0.10
OF_VALUES = ("professional_duty_ethics", "client_or_patient_interest", "procedure_or_policy")
"""Reasons that are a question of rules and values, not of right and wrong."""
Format = Literal["parquet", "csv", "jsonl"]
NOT_RECORDED = ["n_reviewers", "agreement"]
"""Columns of the schema that no record of this release fills: empty, never guessed."""
_FEW_RIGHT, _FEW_WRONG = 30, 10
_OUTCOME = ("correct_choice", "correct_value", "truth_probability", "outcome", "loss_recommended", "loss_final")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written: the data's file, its manifest's, and the manifest."""

    data: Path
    manifest: Path
    told: Mapping[str, Any]


@transaction.atomic
def export_overrides(
    use_case: str, tables: Mapping[RecordKind, pa.Table], folder: Path, form: Format, *, by: str
) -> Exported:
    """Write the reviewed decisions of a use case and the manifest beside them. Raises InputError where
    there is none."""
    declared_ = declared(use_case)
    made = now()
    number = Export.objects.filter(use_case=use_case).count() + 1
    export_id = f"{use_case}-{made:%Y%m%d}-{number}"
    seen = _seen(tables, use_case, declared_)
    whole = _reviewed(seen, use_case, declared_, export_id)
    held = [row for row in whole if _is_held_out(use_case, row["case_ref"])]
    # An outcome that only one choice shows teaches the choice, unless it is known how likely it was seen.
    one_sided = [
        row for row in whole
        if row["outcome_basis"] == "one_sided" and row["outcome_value"] is not None
        and row["propensity_of_outcome_observed"] is None
    ]  # fmt: skip
    out = {row["case_ref"] for row in (*held, *one_sided)}
    kept = [row for row in whole if row["case_ref"] not in out]
    if not kept:
        raise InputError(
            f"{use_case}: no decision with advice in view is recorded that may be given out"
        )
    folder.mkdir(parents=True, exist_ok=True)
    data = folder / f"{export_id}.{form}"
    _write(kept, data, form)
    told = {
        "export_id": export_id, "schema_version": SCHEMA_VERSION, "use_case": use_case,
        "made_at": made.isoformat(), "approver": by, "rows": len(kept),
        "overridden": sum(r["disposition"] == "overridden" for r in kept),
        "by_label_source": _counts(kept, "label_source"),
        "do_not_train": sum(r["do_not_train"] for r in kept),
        "left_out_one_sided": len(one_sided), "held_out": len(held), "held_out_share": HELD_OUT,
        "columns": list(kept[0]), "sha256": hashlib.sha256(data.read_bytes()).hexdigest(),
        "not_recorded": NOT_RECORDED,
        "fairness_check": label_rates(seen, declared_.protected, measuring()),
    }  # fmt: skip
    manifest = folder / f"{export_id}.manifest.json"
    manifest.write_text(json.dumps(told, indent=1, ensure_ascii=False), encoding="utf-8")
    Export.objects.create(
        export_id=export_id, use_case=use_case, made_at=made, made_by=by, manifest=told
    )
    audit.record(
        "export.made", actor=by, use_case=use_case, view="overrides", export_id=export_id,
        rows=len(kept), sha256=told["sha256"],
    )  # fmt: skip
    return Exported(data, manifest, told)


def _is_held_out(use_case: str, case_ref: str) -> bool:
    """Whether a case is of the tenth that no export ever has: by a keyed hash, the same for good."""
    return int(keyed(f"holdout.{use_case}", case_ref)[:16], 16) / 2**64 < HELD_OUT


def _seen(
    tables: Mapping[RecordKind, pa.Table], use_case: str, declared_: UseCase
) -> list[dict[str, Any]]:
    """Decisions made with the advice in view, with what is known of their truth."""
    if "decisions" not in tables:
        return []
    engine = Engine()
    try:
        t = engine.load(canonical(tables["decisions"]), "decisions")
        t = t.filter(t.use_case == use_case)
        if "outcomes" in tables:
            t = _with_outcomes(t, engine.load(canonical(tables["outcomes"]), "outcomes"), use_case)
        t = with_truth(with_action(t, declared_), declared_)
        seen = t.filter(t.action.isin(["followed", "modified", "overridden"]))
        return list(fetch(seen.order_by("decision_id")).to_pylist())
    finally:
        engine.close()


@dataclass(frozen=True, slots=True)
class _About:
    """What all rows of an export share. `sure`: the weight of a practitioner's label."""

    export_id: str
    use_case: str
    declared: UseCase
    labels: Mapping[tuple[str, str, str], str]
    shipped: Mapping[str, date]
    sure: float | None
    consent: str | None


def _reviewed(
    seen: list[dict[str, Any]], use_case: str, declared_: UseCase, export_id: str
) -> list[dict[str, Any]]:
    """The rows as they are exported."""
    labels = {
        (x.dimension, x.level, x.reason): x.label
        for x in Topic.objects.filter(use_case=use_case).exclude(label="").exclude(reason="")
    }
    shipped = {r.version: r.shipped_at.date() for r in Release.objects.filter(use_case=use_case)}
    agreed = agreement_in_force() if mode_on() else None
    about = _About(
        export_id, use_case, declared_, labels, shipped, _discrimination(seen),
        f"works agreement {agreed.number}, data list {agreed.data_list}" if agreed else None,
    )  # fmt: skip
    return [_row(r, about) for r in seen]


def _with_outcomes(t: ir.Table, outcomes: ir.Table, use_case: str) -> ir.Table:
    """Each decision with its newest outcome."""
    mine = (
        outcomes.filter(outcomes.use_case == use_case)
        if "use_case" in outcomes.columns
        else outcomes
    )
    known = [c for c in _OUTCOME if c in mine.columns]
    last = ibis.row_number().over(group_by=mine.decision_id, order_by=mine.observed_at.desc())
    newest = mine.mutate(place__=last).filter(lambda x: x.place__ == 0)
    joined = newest.select("decision_id", *known).rename(of__="decision_id")
    t = t.drop(*[c for c in known if c in t.columns])
    return t.left_join(joined, t.decision_id == joined.of__).drop("of__")


def _discrimination(rows: list[dict[str, Any]]) -> float | None:
    """J of everybody together (kept of right advice + caught of wrong − 1), as the weight of a
    practitioner's label; None where too little is judged. Never a person's."""
    judged = [r for r in rows if r.get("advice_right") is not None]
    right = [r for r in judged if r["advice_right"]]
    wrong = [r for r in judged if not r["advice_right"]]
    if len(right) < _FEW_RIGHT or len(wrong) < _FEW_WRONG:
        return None
    kept = sum(r["action"] != "overridden" for r in right) / len(right)
    caught = sum(r["action"] == "overridden" for r in wrong) / len(wrong)
    return float(round(max(kept + caught - 1, 0.0), 3))


def _row(r: Mapping[str, Any], about: _About) -> dict[str, Any]:
    declared_, reason, text = about.declared, r.get("override_reason"), r.get("override_comment")
    segments = {s: r[s] for s in declared_.segment if r.get(s) is not None}
    known, p = r.get("advice_right"), r.get("truth_probability")
    source = "panel" if known is not None and p is not None else "outcome" if known is not None or r.get("outcome") is not None else "practitioner"  # fmt: skip
    of_values = reason in OF_VALUES or bool(r.get("value_tagged"))
    decided: date = r["decided_at"].date()
    return {
        "export_id": about.export_id, "schema_version": SCHEMA_VERSION, "decision_type": about.use_case,
        "case_ref": _reference(about.use_case, str(r.get("case_id") or r["decision_id"])),
        "model_version": r.get("model_version"), "score": r.get("confidence"),
        "score_band": r.get("score_band"),
        "rec_value": _text(r, "recommendation"), "final_value": _text(r, "choice"),
        "disposition": r["action"], "reason_codes": [reason] if reason else [],
        "reason_text_hash": keyed(f"export.{about.use_case}.text", str(text))[:20] if text else None,
        "triage_label": next(
            (label for k, v in segments.items() if (label := about.labels.get((k, str(v), reason or "")))),
            None,
        ),
        "outcome_basis": "adjudicated" if known is not None else "one_sided" if declared_.outcome.one_sided else "two_sided",
        "outcome_value": r.get("outcome"), "rec_correct": known, "final_correct": r.get("choice_right"),
        "label_source": source,
        "label_confidence": 1.0 if source == "panel" else about.sure if source == "practitioner" else None,
        "n_reviewers": None, "agreement": None,
        "segment_tags": [
            f"{k.removeprefix('x_')}={v}" for k, v in segments.items() if k not in declared_.protected
        ],
        "value_tagged": r.get("value_tagged"), "stakes": r.get("stakes"),
        "decided_at_week": _week(decided),
        "time_since_release": _weeks_since(about.shipped.get(r.get("model_version") or ""), decided),
        "selection_weight": None if not p else 1 / p, "propensity_of_outcome_observed": p,
        "holdout_flag": False, "do_not_train": of_values,
        "do_not_train_reason": "a question of values or policy, not of right and wrong" if of_values else None,
        "consent_basis": about.consent,
        "retention_until": (decided + timedelta(days=keep_days(declared_))).isoformat(),
    }  # fmt: skip


def _weeks_since(shipped: date | None, decided: date) -> int | None:
    """Whole weeks since the version shipped; None where that is not recorded."""
    return None if shipped is None or decided < shipped else (decided - shipped).days // 7


def _text(r: Mapping[str, Any], name: str) -> str | None:
    value = r.get(name) if r.get(name) is not None else r.get(f"{name}_value")
    return None if value is None else str(value)


def _week(day: date) -> str:
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02d}"


def _reference(use_case: str, case_id: str) -> str:
    return keyed(f"export.{use_case}", case_id)[:20]


def _counts(rows: list[dict[str, Any]], column: str) -> dict[str, int]:
    found: dict[str, int] = {}
    for row in rows:
        found[row[column]] = found.get(row[column], 0) + 1
    return found


def _write(rows: list[dict[str, Any]], path: Path, form: Format) -> None:
    if form == "jsonl":
        path.write_text("".join(json_line(row) + "\n" for row in rows), encoding="utf-8")
        return
    table = pa.Table.from_pylist(rows)
    if form == "parquet":
        pa.parquet.write_table(table, path)
        return
    for name in ("reason_codes", "segment_tags"):
        flat = pa.array([";".join(row[name]) for row in rows])
        table = table.set_column(table.column_names.index(name), name, flat)
    pa.csv.write_csv(table, path)
