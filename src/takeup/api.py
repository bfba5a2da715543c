"""The way in from Python: `takeup.diagnose(table)`."""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from takeup.diagnosis.diagnose import Diagnosis, diagnose_use_case
from takeup.diagnosis.measures import Measures, take_measures
from takeup.disclosure import Audience
from takeup.log import Engine, fetch
from takeup.record.canonical import ROW
from takeup.record.clock import now
from takeup.record.mapping import Mapping, read_mapping
from takeup.record.population import Population, read_populations
from takeup.record.settings import Settings, read_settings
from takeup.record.use_case import UseCase, read_use_cases
from takeup.report.html import render_html
from takeup.report.json_document import diagnosis_json
from takeup.report.page import InputFacts, Page
from takeup.sources.checking import with_own_names
from takeup.sources.decision_table import (
    DecisionTable,
    build_decision_table,
    covariates_of,
)
from takeup.sources.open_table import open_table
from takeup.sources.proposal import propose_mapping
from takeup.sources.raw_table import RawTable


def takeup_version() -> str:
    """The installed version."""
    try:
        return version("takeup")
    except PackageNotFoundError:
        return "0+source"


@dataclass(frozen=True, slots=True)
class Result:
    """What `diagnose` found. `diagnoses` are for the analyst (groups under five people are
    marked); `shared` are the ones that may travel, which the report shows."""

    diagnoses: tuple[Diagnosis, ...]
    shared: tuple[Diagnosis, ...]
    table: DecisionTable
    facts: InputFacts
    settings: Settings
    seconds: float

    def measures(self, use_case: str | None = None) -> Measures:
        """The analyst's measures of one use case (the only one where there is one)."""
        return self._one(use_case).measures

    def _one(self, use_case: str | None) -> Diagnosis:
        for diagnosis in self.diagnoses:
            if use_case in (None, diagnosis.use_case):
                return diagnosis
        raise KeyError(
            f"no use case {use_case!r}; there are {[d.use_case for d in self.diagnoses]}"
        )

    def to_html(self, title: str | None = None) -> str:
        """The report as one self-contained page, always in `share` disclosure."""
        return render_html(Page(title, self.facts, self.shared))

    def to_json(self, disclosure: Audience = "analyst") -> str:
        """Everything the report shows, as JSON."""
        chosen = self.shared if disclosure == "share" else self.diagnoses
        return json.dumps(
            {
                "takeup": self.facts.version,
                "disclosure": disclosure,
                "input": self.facts.to_json(),
                "diagnoses": [diagnosis_json(d) for d in chosen],
            },
            indent=1,
            ensure_ascii=False,
        )

    def rejected_rows(self) -> list[tuple[int, str]]:
        """Row numbers of the file that could not be used, with the reason."""
        raw = [(row, r.what) for r in self.facts.raw_rejects for row in r.rows]
        if self.table.rejected_rows is None:
            return sorted(raw)
        found = fetch(self.table.rejected_rows.order_by(ROW))
        return sorted(
            [*raw, *zip(found[ROW].to_pylist(), found["reason"].to_pylist(), strict=True)]
        )

    def methods(self) -> str:
        """A methods paragraph to paste."""
        r = self.table.reconciliation
        return (
            f"Adoption was measured with takeup {self.facts.version} on {r.rows_used:,} of "
            f"{r.rows_read:,} recorded rows. Shares are observed counts with Jeffreys intervals whose "
            "effective sample respects clustering by person (ratio estimator). Comparisons of model and "
            "person use the same cases, weighted by the inverse probability of having been judged. "
            "Randomised comparisons are by intention to treat, unadjusted (Neyman) and with Lin's (2013) "
            f"regression adjustment. Intervals are {self.settings.confidence:.0%}."
        )

    def _repr_html_(self) -> str:
        lines = "".join(f"<p><strong>{d.title}</strong>: {d.verdict}</p>" for d in self.diagnoses)
        return f"<div>{lines}</div>"


def diagnose(
    table: Any,
    *,
    eligible: Any = None,
    outcomes: Any = None,
    mapping: Mapping | str | Path | None = None,
    use_case: UseCase | dict[str, UseCase] | str | Path | None = None,
    population: dict[str, Population] | str | Path | None = None,
    settings: Settings | str | Path | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    only: Sequence[str] | None = None,
    step: Callable[[str], None] = lambda _: None,
) -> Result:
    """Diagnose a table of decisions: a path, or a pandas, Polars, Arrow or Ibis table.

    Without a mapping, columns are recognised by name, type and values; what was guessed is
    among the assumptions. `only` names the measures to take (all where None). Raises `TakeupError` whose text says what to mend.
    """
    started = time.perf_counter()
    workspace = tempfile.TemporaryDirectory(prefix="takeup-")
    engine = Engine()
    declared = read_mapping(Path(mapping)) if isinstance(mapping, str | Path) else mapping
    thresholds = read_settings(Path(settings)) if isinstance(settings, str | Path) else settings
    thresholds = thresholds or Settings()
    step("reading")
    options = declared.file if declared else None
    folder = Path(workspace.name)
    raw = open_table(table, engine, folder, options)
    guesses: tuple[str, ...] = ()
    if declared is None:
        proposal = propose_mapping(raw)
        declared, guesses = proposal.mapping, proposal.guesses
        if declared.file != (options or declared.file):
            options = declared.file
    side_options = {
        "outcomes": declared.side("outcomes").file,
        "eligible": declared.side("eligible").file,
    }
    raw_outcomes = (
        None if outcomes is None else open_table(outcomes, engine, folder, side_options["outcomes"])
    )
    raw_eligible = (
        None if eligible is None else open_table(eligible, engine, folder, side_options["eligible"])
    )
    use_cases = _use_cases(use_case, declared)
    populations = (
        read_populations(Path(population)) if isinstance(population, str | Path) else population
    )
    if not declared.columns and not declared.computed:
        declared = with_own_names(raw, declared)
    built = build_decision_table(
        raw,
        declared,
        lambda name: _use_case_for(name, use_cases),
        outcomes=raw_outcomes,
        eligible=raw_eligible,
        since=since,
        until=until,
        step=step,
    )
    audience: Audience = "public" if declared.disclosure == "public" else "share"
    analyst: Audience = "public" if declared.disclosure == "public" else "analyst"
    facts_of = populations or {}
    diagnoses: list[Diagnosis] = []
    shared: list[Diagnosis] = []
    for name, decisions in built.tables.items():
        one = _use_case_for(name, use_cases)
        shown = one.name or name
        step(f"measuring {shown}")
        covariates = [c for c in _covariates(one, built) if c in decisions.columns]
        measures = take_measures(
            decisions, one, facts_of, covariates, built.outcomes, thresholds, only
        )
        for found, who in ((diagnoses, analyst), (shared, audience)):
            found.append(diagnose_use_case(shown, one, measures, who, thresholds, facts_of))
    facts = _facts(raw, raw_outcomes, raw_eligible, built, declared, guesses, thresholds)
    return Result(
        tuple(diagnoses), tuple(shared), built, facts, thresholds, time.perf_counter() - started
    )


def _use_cases(given: Any, mapping: Mapping) -> dict[str, UseCase]:
    if isinstance(given, str | Path):
        return read_use_cases(Path(given))
    if isinstance(given, UseCase):
        return {given.name or "*": given}
    if isinstance(given, dict):
        return given
    return {"*": mapping.use_case} if mapping.use_case else {}


def _use_case_for(name: str, use_cases: dict[str, UseCase]) -> UseCase:
    if name in use_cases:
        return use_cases[name]
    if len(use_cases) == 1:
        return next(iter(use_cases.values()))
    return use_cases.get("*", UseCase())


def _covariates(use_case: UseCase, built: DecisionTable) -> list[str]:
    chosen = use_case.covariates or covariates_of(built.columns)
    return [c for c in chosen if c in built.columns or c == "score_band"]


def _facts(
    raw: RawTable,
    outcomes: RawTable | None,
    eligible: RawTable | None,
    built: DecisionTable,
    mapping: Mapping,
    guesses: tuple[str, ...],
    settings: Settings,
) -> InputFacts:
    files = [(part.name, part.sha256) for part in (raw, outcomes, eligible) if part is not None]
    return InputFacts(
        version=takeup_version(),
        made_at=now(),
        files=tuple(files),
        reconciliation=built.reconciliation,
        problems=built.problems,
        notes=built.notes,
        assumptions=(*guesses, *built.assumptions),
        columns=tuple(sorted(built.columns)),
        mapping=mapping.model_dump(exclude_defaults=True, mode="json"),
        settings=settings.model_dump(exclude_defaults=True, mode="json"),
        disclosure_reason=mapping.disclosure_reason,
        raw_rejects=raw.rejects,
        side_counts=built.side_counts,
    )
