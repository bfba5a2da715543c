"""What a report is made from."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from takeup.diagnosis.change import Changes
from takeup.questions.diagnosis import Diagnosis
from takeup.record.columns import Column, missing_columns
from takeup.sources.raw_table import Reject
from takeup.sources.reconciliation import Problem, Reconciliation


@dataclass(frozen=True, slots=True)
class InputFacts:
    """What was read, what became of every row, and all that is needed to run it again. `counted`: whether it may be told
    how many rows there were."""

    version: str
    made_at: datetime
    files: tuple[tuple[str, str | None], ...]
    reconciliation: Reconciliation
    problems: tuple[Problem, ...]
    notes: tuple[str, ...]
    assumptions: tuple[str, ...]
    columns: tuple[str, ...]
    mapping: dict[str, Any]
    settings: dict[str, Any]
    disclosure_reason: str | None
    raw_rejects: tuple[Reject, ...]
    side_counts: dict[str, int]
    counted: bool = True

    def missing(self) -> tuple[Column, ...]:
        """Columns worth asking for; each says what it would unlock."""
        return missing_columns(self.columns)

    def to_json(self) -> dict[str, Any]:
        """The `input` part of the JSON document."""
        return {
            **self._rows(),
            "columns": list(self.columns),
            "missing_columns": [{"column": c.name, "unlocks": c.unlocks} for c in self.missing()],
            "files": [{"name": name, "sha256": digest} for name, digest in self.files],
            "problems": [
                {
                    "file": p.file,
                    "rule": p.rule,
                    "column": p.column,
                    "count": p.count,
                    "rows": list(p.rows),
                    "example": p.example,
                    "sentence": p.sentence(),
                }
                for p in self.problems
            ],
            "notes": list(self.notes),
            "assumptions": list(self.assumptions),
            "mapping": self.mapping,
            "settings": self.settings,
        }

    def _rows(self) -> dict[str, Any]:
        """What became of how many rows; None where that is not told."""
        r = self.reconciliation
        counts = {
            "rows_read": r.rows_read,
            "rows_used": r.rows_used,
            "rows_folded": r.rows_folded,
            "rows_filtered": r.rows_filtered,
            "rows_superseded": r.rows_superseded,
            "rows_duplicate": r.rows_duplicate,
            "rows_rejected": r.rows_rejected,
        }
        if not self.counted:
            return {**dict.fromkeys(counts), "filtered": {}}
        return {**counts, "filtered": r.filtered, **self.side_counts}


@dataclass(frozen=True, slots=True)
class Page:
    """A report: its title, the input, the diagnoses that may be shared, and by use case what
    changed since an earlier one; `run_again`: whether its readers could run it."""

    title: str | None
    facts: InputFacts
    diagnoses: tuple[Diagnosis, ...]
    changes: dict[str, Changes] = field(default_factory=dict)
    run_again: bool = True
