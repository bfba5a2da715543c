"""The way in from Python: `takeup.diagnose(table)`."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, get_args

import pandas as pd
from pydantic_core import to_json

from takeup.diagnosis.change import Changes, changes, read_earlier, to_compare
from takeup.diagnosis.definitions import definitions
from takeup.diagnosis.diagnose import diagnose_use_case
from takeup.diagnosis.measures import take_measures
from takeup.diagnosis.rows_beyond import beyond_is_of_few
from takeup.disclosure.group_size import Audience
from takeup.disclosure.release.earlier import Earlier
from takeup.drawing.plain import plain
from takeup.log import fetch
from takeup.questions.adoption import QUESTION as ADOPTION
from takeup.questions.adoption import Adoption
from takeup.questions.diagnosis import Diagnosis
from takeup.questions.finding import Finding
from takeup.questions.measures import Measures
from takeup.questions.register import names
from takeup.questions.shown import Before
from takeup.record.canonical import ROW
from takeup.record.clock import now
from takeup.record.columns import COLUMNS
from takeup.record.conditions import ConditionRecords, read_conditions
from takeup.record.errors import InputError, NoAnswerError
from takeup.record.interventions import Interventions, read_interventions
from takeup.record.mapping import Mapping
from takeup.record.nearest import did_you_mean
from takeup.record.population import Population, read_populations
from takeup.record.settings import Settings, read_settings
from takeup.record.use_case import UseCase
from takeup.report.frame import figures_frame, intervals_chart
from takeup.report.html import render_html
from takeup.report.json_document import diagnosis_json
from takeup.report.page import InputFacts, Page
from takeup.report.terminal import notebook_html, screenful
from takeup.sources.damaged_files import damage_in_words
from takeup.sources.decision_table import DecisionTable
from takeup.sources.declared_names import named_as_in, populations_of
from takeup.sources.evidence_files import ReadEvidence, read_evidence
from takeup.sources.look_alikes import known_afterwards, look_alikes, told_by_columns
from takeup.sources.opened import Opened, open_decisions
from takeup.sources.panel import LEAST, PanelSample, draw_sample
from takeup.sources.tolerances import right_in_words
from takeup.stats.answer import CannotSay


def takeup_version() -> str:
    """The installed version."""
    try:
        return version("takeup")
    except PackageNotFoundError:
        return "0+source"


@dataclass(frozen=True, slots=True, repr=False)
class Result:
    """What `diagnose` found. `diagnoses` are for the analyst (groups under five people are
    marked); `shared` are the ones that may travel, which the report shows."""

    diagnoses: tuple[Diagnosis, ...]
    shared: tuple[Diagnosis, ...]
    table: DecisionTable
    facts: InputFacts
    settings: Settings
    seconds: float
    counted: bool = True

    @property
    def shared_facts(self) -> InputFacts:
        """What was read, as it may travel: without how many rows (`counted`), where those beyond the figures shown are of
        too few people."""
        return replace(self.facts, counted=self.counted)

    def measures(self, use_case: str | None = None) -> Measures:
        """The analyst's measures of one use case (the only one where there is one)."""
        return self._one(use_case).measures

    def _one(self, use_case: str | None) -> Diagnosis:
        for diagnosis in self.diagnoses:
            if use_case in (None, diagnosis.use_case):
                return diagnosis
        known = [d.use_case for d in self.diagnoses]
        raise InputError(
            f"no use case is called {use_case!r}{did_you_mean(str(use_case), known)} (there are: "
            f"{', '.join(known)})"
        )

    def to_html(
        self, title: str | None = None, compare: str | Path | dict[str, Any] | None = None
    ) -> str:
        """The report as one self-contained page, always in `share` disclosure. `compare`: an
        earlier diagnosis as JSON; the report then says what changed."""
        changed = {} if compare is None else {c.use_case: c for c in self.changes(compare, "share")}
        return render_html(Page(title, self.shared_facts, self.shared, changed))

    def to_pdf(
        self,
        path: str | Path,
        title: str | None = None,
        compare: str | Path | dict[str, Any] | None = None,
    ) -> None:
        """The same report printed to `path` (extra `takeup[pdf]`)."""
        from takeup.report.pdf import write_pdf

        write_pdf(self.to_html(title, compare), Path(path))

    def changes(
        self, earlier: str | Path | dict[str, Any], disclosure: Audience = "analyst"
    ) -> list[Changes]:
        """What changed since an earlier diagnosis (its JSON, or a path to it), by use case."""
        rules = self.settings.disclosure
        least = rules.minimum_group if disclosure == "share" else rules.analyst_floor
        before = earlier if isinstance(earlier, dict) else read_earlier(Path(earlier))
        now = self.document(disclosure)
        for told, whole in zip(now["diagnoses"], self.diagnoses, strict=True):
            # What pairs people is in no document to forward; what comes of it is.
            told["measures"]["same_people"] = plain(whole.measures.same_people)
        return changes(before, now, least)

    def to_json(
        self,
        disclosure: Audience = "analyst",
        compare: str | Path | dict[str, Any] | None = None,
    ) -> str:
        """Everything the report shows, as JSON; with `compare`, also `changes`."""
        document = self.document(disclosure)
        if compare is not None:
            document["changes"] = [plain(c) for c in self.changes(compare, disclosure)]
        return to_json(document, indent=1, inf_nan_mode="null").decode()

    def document(self, disclosure: Audience = "analyst") -> dict[str, Any]:
        """What `to_json` writes, as plain values."""
        if disclosure not in get_args(Audience):
            raise InputError(
                f"disclosure: {disclosure!r} is not one of {', '.join(get_args(Audience))}; to travel, "
                "a document needs share"
            )
        chosen = self.shared if disclosure == "share" else self.diagnoses
        return {
            "takeup": self.facts.version,
            "made_at": self.facts.made_at.isoformat(timespec="seconds"),
            "disclosure": disclosure,
            "definitions": definitions(),
            "input": (self.shared_facts if disclosure == "share" else self.facts).to_json(),
            "diagnoses": [diagnosis_json(d) for d in chosen]
            if disclosure != "analyst"
            else [
                self._with_shared(*both) for both in zip(self.diagnoses, self.shared, strict=True)
            ],
        }

    def _with_shared(self, diagnosis: Diagnosis, shared: Diagnosis) -> dict[str, Any]:
        """The analyst's diagnosis, and what of it a later report to forward may be compared with."""
        least = self.settings.disclosure.minimum_group
        return {**diagnosis_json(diagnosis), "shared": to_compare(diagnosis_json(shared), least)}

    def to_frame(self, disclosure: Audience = "analyst") -> pd.DataFrame:
        """Every figure as a row: `use_case`, `question` (the measure), `figure`, `group` (empty: all),
        `value`, `low`, `high`, `unit`, `n`, `k`, `people`, `confidence`, `grade`, `method`; where there is
        none `status`, `reason` and what it `needs`."""
        return figures_frame(self.document(disclosure))

    def plot(self, question: str, figure: str | None = None, use_case: str | None = None) -> Any:
        """An Altair chart of the estimates of a question (a measure's name), or of one figure of it.
        Draws the unit that most of them have. Raises NoAnswerError where there is no estimate, with the
        reason, and InputError for a name that is no question or figure."""
        frame = self.to_frame()
        frame = frame[frame["use_case"] == self._one(use_case).use_case]
        for name, column in ((question, "question"), (figure, "figure")):
            known = list(dict.fromkeys(frame[column]))
            if name is not None and name not in known:
                raise InputError(
                    f"no {column} is called {name!r}{did_you_mean(name, known)} (there are: "
                    f"{', '.join(known[:30])})"
                )
            frame = frame if name is None else frame[frame[column] == name]
        told = frame[frame["value"].notna()]
        if told.empty:
            raise NoAnswerError(f"{question}: {'; '.join(dict.fromkeys(frame['reason'].dropna()))}")
        unit = told["unit"].mode()[0]
        return intervals_chart(told[told["unit"] == unit], question.replace("_", " "))

    @property
    def hidden_so_far(self) -> dict[str, Any]:
        """By use case the counts behind what was hidden from whoever sees `share`, now and before: plain values for the
        next `diagnose(hidden_so_far=…)`. They count few people's cases: keep them as the table itself."""
        return {
            d.use_case: used.earlier.as_json()
            for d in self.shared
            if isinstance(used := d.measures[ADOPTION], Adoption) and used.earlier is not None
        }

    def findings(self, use_case: str | None = None) -> tuple[Finding, ...]:
        """The analyst's findings of one use case, the gravest first."""
        return self._one(use_case).findings

    def cells(self, outcome: str | None = None, use_case: str | None = None) -> pd.DataFrame:
        """The comparison's cells: covariates, n, followed, outcome sums, propensity, weight.

        Raises NoAnswerError where the comparison was not made, with its reason.
        """
        return self._frame("cells", outcome, use_case)

    def balance(self, outcome: str | None = None, use_case: str | None = None) -> pd.DataFrame:
        """Standardised differences of every covariate level, before and after weighting."""
        return self._frame("balance", outcome, use_case)

    def _frame(self, name: str, outcome: str | None, use_case: str | None) -> pd.DataFrame:
        found = self.measures(use_case).comparison
        if isinstance(found, CannotSay):
            raise NoAnswerError(found.reason)
        for one in found.outcomes:
            frame = getattr(one, name)
            if outcome in (None, one.outcome) and frame is not None:
                return frame  # type: ignore[no-any-return]
        reasons = "; ".join(
            f"{o.outcome}: {o.raw.reason}" for o in found.outcomes if isinstance(o.raw, CannotSay)
        )
        raise NoAnswerError(reasons or f"no outcome is called {outcome!r}")

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
        rows = f" on {r.rows_used:,} of {r.rows_read:,} recorded rows" if self.counted else ""
        return (
            f"Adoption was measured with takeup {self.facts.version}{rows}. Shares are observed counts with "
            "Jeffreys intervals whose "
            "effective sample respects clustering by person (ratio estimator). Comparisons of model and "
            "person use the same cases, weighted by the inverse probability of having been judged. "
            "Randomised comparisons are by intention to treat, unadjusted (Neyman) and with Lin's (2013) "
            f"regression adjustment. Intervals are {self.settings.confidence:.0%}."
        )

    def __repr__(self) -> str:
        """A screenful: rows, and of each use case the verdict, five figures and what to do first."""
        return "\n".join(screenful(self.diagnoses, self.facts))

    def _repr_html_(self) -> str:
        """The same for a notebook, with the first findings."""
        return notebook_html(self.diagnoses, self.facts)


@damage_in_words()
def diagnose(
    table: Any,
    *,
    eligible: Any = None,
    outcomes: Any = None,
    mapping: Mapping | dict[str, Any] | str | Path | None = None,
    use_case: UseCase | dict[str, UseCase] | str | Path | None = None,
    population: dict[str, Population] | str | Path | None = None,
    settings: Settings | str | Path | None = None,
    survey: Any = None,
    interviews: Any = None,
    panel: Any = None,
    interventions: Interventions | str | Path | None = None,
    conditions: ConditionRecords | str | Path | None = None,
    since: datetime | date | str | None = None,
    until: datetime | date | str | None = None,
    only: str | Sequence[str] | None = None,
    declared_ahead: bool = False,
    last_shared: dict[str, Any] | None = None,
    hidden_so_far: dict[str, Any] | None = None,
    step: Callable[[str], None] = lambda _: None,
) -> Result:
    """Diagnose a table of decisions: a path, or a pandas, Polars, Arrow or Ibis table.

    Without a mapping, columns are recognised by name, type and values; what was guessed is
    among the assumptions. `survey`, `interviews` and `panel` (paths or frames,
    docs/reference/evidence.md) are what people and experts said; `interventions` what was done for whom and
    when (docs/how-to/interventions.md); `conditions` are records and claims of the eight conditions
    (docs/reference/conditions.md). `only` names the measures to take (None: all).
    `since` and `until`: moments, days, or either as ISO text, in the table's time zone.
    `declared_ahead`: use case and populations were declared before their first decisions (a server
    does), so that what matches nothing is no mistake. `last_shared`: the document of the last diagnosis
    that was shared, and `hidden_so_far` that result's: what was hidden then is not told by what is shown now, whatever
    is subtracted from what (without `hidden_so_far`, what the document hid stays hidden). Raises `TakeupError` whose text says what to
    mend.
    """
    started = time.perf_counter()
    only = (only,) if isinstance(only, str) else only
    for name in only or ():
        if name not in names():
            raise InputError(
                f"only: no question is called {name!r}{did_you_mean(name, names())} (there are: "
                f"{', '.join(names())})"
            )
    thresholds = read_settings(Path(settings)) if isinstance(settings, str | Path) else settings
    thresholds = thresholds or Settings()
    populations = (
        read_populations(Path(population)) if isinstance(population, str | Path) else population
    ) or {}
    done = (
        read_interventions(Path(interventions))
        if isinstance(interventions, str | Path)
        else interventions or Interventions()
    )
    opened = open_decisions(
        table,
        eligible=eligible,
        outcomes=outcomes,
        mapping=mapping,
        use_case=use_case,
        since=_moment("since", since),
        until=_moment("until", until),
        declared_ahead=declared_ahead,
        step=step,
    )
    known = populations_of(opened.table)
    if isinstance(conditions, str | Path):
        conditions = read_conditions(Path(conditions))
    records = (conditions or ConditionRecords()).valid_on(now().date()).named_as_in(known)
    read = read_evidence(survey, interviews, panel, known, records)
    if not declared_ahead:
        populations = named_as_in(known, populations, read.evidence.populations)
    public = opened.mapping.disclosure == "public"
    analyst: Audience = "public" if public else "analyst"
    audience: Audience = "public" if public else "share"
    diagnoses: list[Diagnosis] = []
    shared: list[Diagnosis] = []
    built = opened.table
    twice: list[str] = []
    for name, decisions in built.tables.items():
        one = opened.use_case(name)
        shown = one.name or name
        covariates = opened.covariates(name)
        told = [] if declared_ahead else told_by_columns(decisions)
        twice += [] if declared_ahead else look_alikes(decisions, opened.mapping, told)
        measures = take_measures(
            decisions,
            one,
            populations,
            covariates,
            built.outcomes,
            thresholds,
            read.evidence,
            only,
            lambda name, shown=shown: step(f"{shown}: {name}"),  # type: ignore[misc]
            known_afterwards(told),
            done.of(shown).run,
        )
        for found, who in ((diagnoses, analyst), (shared, audience)):
            found.append(
                diagnose_use_case(
                    shown,
                    one,
                    measures,
                    who,
                    thresholds,
                    populations,
                    right_in_words(set(decisions.columns), one),
                    Before(_use_in(last_shared, shown), _earlier(hidden_so_far, shown)),
                )
            )
    return Result(
        tuple(diagnoses),
        tuple(shared),
        built,
        _facts(opened, thresholds, read, tuple(dict.fromkeys(twice))),
        thresholds,
        time.perf_counter() - started,
        public or not beyond_is_of_few(built.tables.values(), shared, thresholds.disclosure),
    )


def _use_in(document: dict[str, Any] | None, use_case: str) -> dict[str, Any] | None:
    """The figures of use of one use case in a document; None where it has none."""
    for told in (document or {}).get("diagnoses", ()):
        if told["use_case"] == use_case and "groups" in told["measures"].get("adoption", ()):
            return dict(told["measures"]["adoption"])
    return None


def _earlier(hidden_so_far: dict[str, Any] | None, use_case: str) -> Earlier | None:
    kept = (hidden_so_far or {}).get(use_case)
    return None if kept is None else Earlier.from_json(kept)


@damage_in_words()
def sample(
    table: Any,
    *,
    mapping: Mapping | dict[str, Any] | str | Path | None = None,
    use_case: UseCase | dict[str, UseCase] | str | Path | None = None,
    of: str | None = None,
    size: int = 60,
    seed: int = 1,
) -> PanelSample:
    """Draw the cases worth judging: a sheet for a blinded panel, and its key.

    `size` cases (at least 60), stratified by advice × choice × segment. The filled sheet
    goes back in as `outcomes`, with its key's `truth_probability`. `of` names the use case where
    the table holds several.
    """
    if size < LEAST:
        raise InputError(f"size: {size} cases are too few to judge by; draw at least {LEAST}")
    opened = open_decisions(table, mapping=mapping, use_case=use_case, keep_ids=True)
    tables = opened.table.tables
    if of is None and len(tables) > 1:
        raise InputError(
            f"the table holds several use cases ({', '.join(tables)}); name one to draw from (of, "
            "or --of)"
        )
    name = next(iter(tables)) if of is None else of
    if name not in tables:
        raise InputError(
            f"no use case is called {name!r}{did_you_mean(name, tables)} (there are: "
            f"{', '.join(tables)})"
        )
    decisions = tables[name]
    segments = [s for s in opened.use_case(name).segment if s in decisions.columns]
    return draw_sample(decisions, segments, size, seed)


def _moment(name: str, given: datetime | date | str | None) -> datetime | None:
    """A moment, of a day its beginning; from ISO text too."""
    if given is None or isinstance(given, datetime):
        return given
    if isinstance(given, date):
        given = given.isoformat()
    try:
        return datetime.fromisoformat(given)
    except (TypeError, ValueError):
        raise InputError(
            f"{name}: {given!r} is no moment; give a datetime, a date, or text like 2025-03-31"
        ) from None


def _columns_there(built: DecisionTable) -> set[str]:
    """Canonical columns of the decisions and of what was joined to them."""
    joined = {c for table in built.tables.values() for c in table.columns if c in COLUMNS}
    derived = {"action", "consulted", "score_band"} - built.columns
    outcome = {"outcome"} if built.outcomes else set()
    return {*built.columns, *(joined - derived), *outcome}


def _facts(
    opened: Opened, settings: Settings, beside: ReadEvidence, twice: Sequence[str]
) -> InputFacts:
    built = opened.table
    return InputFacts(
        version=takeup_version(),
        made_at=now(),
        files=tuple((f.name, f.sha256) for f in opened.files),
        reconciliation=built.reconciliation,
        problems=(*built.problems, *beside.problems),
        notes=(
            *built.notes,
            *(
                f"column {name} has a name of the record, is not in the mapping and is not used (map it, or list it under "
                "ignore)"
                for name in opened.known_names_unused()
            ),
            *(f"look twice: {sentence}" for sentence in twice),
        ),
        assumptions=(*opened.guesses, *built.assumptions, *beside.said),
        columns=tuple(sorted(_columns_there(built))),
        mapping=opened.mapping.model_dump(exclude_defaults=True, mode="json"),
        settings=settings.model_dump(exclude_defaults=True, mode="json"),
        disclosure_reason=opened.mapping.disclosure_reason,
        raw_rejects=opened.files[0].rejects,
        side_counts=built.side_counts,
    )
