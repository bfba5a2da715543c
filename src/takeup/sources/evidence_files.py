"""Survey, interview and panel files become typed evidence; a bad row is named and left out."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from takeup.log import Engine, fetch
from takeup.record.canonical import ROW
from takeup.record.conditions import ConditionRecords
from takeup.record.errors import InputError
from takeup.record.evidence import NO_RECORDS, Evidence
from takeup.record.nearest import nearest
from takeup.record.questionnaire import AGREED, ITEMS, TYPES
from takeup.record.words import fold
from takeup.sources.checking import raw_problems
from takeup.sources.languages import every_language
from takeup.sources.open_table import open_table
from takeup.sources.reconciliation import Problem
from takeup.sources.survey_exports import NoSurveyError, SurveyExport, read_survey_export

_FIRST = 5
_YES = frozenset({"1", "1.0", *every_language().words["true"]})
_NO = frozenset({"0", "0.0", *every_language().words["false"]})
_HEADS = (
    *ITEMS, "population", "interview_no", "coder", "primary", "secondary", "themes", "decision_id",
    "case_id", "reviewer", "would_override", "advice_right", "knowable", "weight",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ReadEvidence:
    """The evidence, what was wrong with single rows, and which names were read as others."""

    evidence: Evidence
    problems: tuple[Problem, ...] = ()
    said: tuple[str, ...] = ()


def read_evidence(
    survey: Any = None,
    interviews: Any = None,
    panel: Any = None,
    populations: Collection[str] = (),
    conditions: ConditionRecords = NO_RECORDS,
) -> ReadEvidence:
    """Read the files that are given (paths, or frames); `conditions` were read already. `populations`: those of
    the decisions, whose spelling holds; others are named, as nothing of the decisions belongs to them.

    Raises InputError for a file that is none of its kind; single bad rows are left out and named."""
    problems: list[Problem] = []
    files: list[_File] = []

    def read(given: Any, what: str, of: _Reader) -> pd.DataFrame | None:
        if given is None:
            return None
        files.append(_frame(given, what, populations))
        problems.extend(files[-1].rejected)
        return of(files[-1], problems)

    evidence = Evidence(
        read(survey, "survey", _survey),
        read(interviews, "interviews", _interviews),
        read(panel, "panel", _panel),
        conditions,
    )
    return ReadEvidence(evidence, tuple(problems), tuple(s for f in files for s in _respelled(f)))


@dataclass(frozen=True, slots=True)
class _File:
    """A file's rows, and the populations of the decisions that it lies beside."""

    name: str
    rows: pd.DataFrame
    populations: Collection[str] = ()
    path: Path | None = None
    rejected: tuple[Problem, ...] = ()

    @property
    def own(self) -> dict[str, str]:
        """The decisions' spelling of a population, by what all spellings share."""
        return {fold(name): name for name in self.populations}


_Reader = Callable[[_File, list[Problem]], pd.DataFrame]


def _frame(given: Any, what: str, populations: Collection[str]) -> _File:
    if isinstance(given, pd.DataFrame):
        # Mixed cells would be refused as a whole; as texts each bad one can be named.
        given = given.apply(lambda c: _text(c) if c.dtype == object else c)
    engine = Engine()
    with tempfile.TemporaryDirectory(prefix="takeup-") as folder:
        raw = open_table(given, engine, Path(folder))
        rows = fetch(raw.table.order_by(ROW)).to_pandas()
        rejected = tuple(raw_problems(raw))
    engine.close()
    heads = {head.lower(): head for head in _HEADS}
    rows.columns = [heads.get(str(c).strip().lower(), str(c).strip()) for c in rows.columns]
    path = Path(given) if isinstance(given, str | Path) else None
    return _File(raw.name if path else what, rows, populations, path, rejected)


def _text(column: pd.Series) -> pd.Series:
    """Cells as trimmed texts; blank ones as None."""
    text = column.map(lambda v: None if pd.isna(v) else str(v).strip())
    return text.where(text.map(bool), None)


def _needed(file: _File, names: tuple[str, ...], what: str) -> None:
    missing = [n for n in names if n not in file.rows.columns]
    if missing:
        have = ", ".join(c for c in file.rows.columns if c != ROW)
        raise InputError(
            f"{file.name} is no {what} file: it has no column {missing[0]}. It has: {have}. "
            f"Name its columns as in docs/reference/evidence.md"
        )


def _leave_out(
    file: _File,
    column: str,
    bad: pd.Series,
    what: str,
    remedy: str,
    problems: list[Problem],
) -> pd.Series:
    """Names the bad rows; true for those that stay."""
    if bad.any():
        rows = file.rows[bad]
        example = rows[column].iloc[0]
        problems.append(
            Problem(
                file.name, "evidence", column, int(bad.sum()),
                tuple(int(r) for r in rows[ROW].head(_FIRST)),
                "" if pd.isna(example) else str(example), what, remedy,
            )
        )  # fmt: skip
    return ~bad


def _survey(file: _File, problems: list[Problem]) -> pd.DataFrame:
    missing = [item for item in ITEMS if item not in file.rows.columns]
    if missing and file.path is not None and (export := _as_export(file.path)) is not None:
        problems += [one for one in export.problems if one not in file.rejected]
        file = _File(file.name, _of_export(export), file.populations)
    _needed(file, tuple(ITEMS), "survey")
    stays = pd.Series(True, index=file.rows.index)
    out = pd.DataFrame({"population": _population(file, problems)})
    for item in ITEMS:
        text = _text(file.rows[item])
        value = pd.to_numeric(text, errors="coerce")
        bad = text.notna() & ~value.isin([1, 2, 3, 4, 5])
        stays &= _leave_out(
            file, item, bad, "is no answer from 1 to 5",
            "write 1 to 5, or leave it blank where the item does not apply", problems,
        )  # fmt: skip
        out[item] = value.astype(float)
    return out[stays].reset_index(drop=True)


def _as_export(path: Path) -> SurveyExport | None:
    """An export of a tool that surveys are made with; None where it is none either."""
    try:
        return read_survey_export(path)
    except NoSurveyError:
        return None


def _of_export(export: SurveyExport) -> pd.DataFrame:
    rows = [{ROW: i, **{item: one.get(item) for item in ITEMS}} for i, (_, one) in enumerate(export.answers, 1)]  # fmt: skip
    frame = pd.DataFrame(rows)
    if any(name for name, _ in export.answers):
        frame["population"] = [name or None for name, _ in export.answers]
    return frame


def _population(file: _File, problems: list[Problem]) -> pd.Series:
    if "population" not in file.rows.columns:
        return pd.Series("all", index=file.rows.index)
    said = _text(file.rows["population"])
    own = file.own
    named = said.map(lambda v: own.get(fold(v), v), na_action="ignore")
    strange = named[named.notna() & ~named.isin(file.populations)]
    if file.populations:
        for name in strange.unique():
            _leave_out(
                file, "population", named == name,
                f"is a population without a decision{_nearest(name, file.populations)}",
                "name it as the decisions do; until it has some, nothing of them belongs to it",
                problems,
            )  # fmt: skip
    return named.fillna("(none)")


def _nearest(name: str, known: Collection[str]) -> str:
    near = nearest(name, known)
    return f" (the nearest is {near!r})" if near else ""


def _respelled(file: _File) -> list[str]:
    """Populations that the decisions spell in another way."""
    if "population" not in file.rows.columns:
        return []
    own = file.own
    said = set(_text(file.rows["population"]).dropna())
    return [
        f'population "{name}" of {file.name} is "{own[fold(name)]}" of the decisions'
        for name in sorted(said - set(file.populations))
        if fold(name) in own
    ]


def _interviews(file: _File, problems: list[Problem]) -> pd.DataFrame:
    _needed(file, ("interview_no", "primary"), "interview")
    rows = file.rows
    out = pd.DataFrame(
        {
            "population": _population(file, problems),
            "interview_no": _text(rows["interview_no"]),
            "coder": _text(rows["coder"]).fillna(AGREED) if "coder" in rows else AGREED,
        }
    )
    stays = _leave_out(
        file,
        "interview_no",
        out["interview_no"].isna(),
        "is blank",
        "number the interviews",
        problems,
    )
    for name in ("primary", "secondary"):
        code = (
            _text(rows[name]) if name in rows else pd.Series(None, index=rows.index, dtype=object)
        )
        out[name] = code.map(lambda v: v.upper() if isinstance(v, str) else None)
        bad = out[name].notna() & ~out[name].isin(TYPES)
        if name in rows:
            stays &= _leave_out(
                file, name, bad, "is no code of a reason",
                f"use one of {', '.join(TYPES)}; blank where none was heard", problems,
            )  # fmt: skip
    out["themes"] = _text(rows["themes"]) if "themes" in rows else None
    return out[stays].reset_index(drop=True)


def _panel(file: _File, problems: list[Problem]) -> pd.DataFrame:
    _needed(file, ("reviewer", "would_override"), "panel")
    rows = file.rows
    identity = next((c for c in ("decision_id", "case_id") if c in rows.columns), None)
    if identity is None:
        raise InputError(f"{file.name} is no panel file: it names no decision_id and no case_id")
    out = pd.DataFrame({"case": _text(rows[identity]), "reviewer": _text(rows["reviewer"])})
    out["population"] = _population(file, problems)
    stays = _leave_out(
        file, identity, out["case"].isna(), "is blank", "name the case that was judged", problems
    )
    for name in ("would_override", "advice_right", "knowable"):
        if name not in rows:
            out[name] = np.nan
            continue
        text = _text(rows[name]).map(lambda v: v.lower() if isinstance(v, str) else None)
        stays &= _leave_out(
            file, name, text.notna() & ~text.isin([*_YES, *_NO]), "is neither yes nor no",
            "write yes or no; blank where nobody could tell", problems,
        )  # fmt: skip
        out[name] = text.map(lambda v: np.nan if v is None else float(v in _YES))
    out["weight"] = (
        pd.to_numeric(rows["weight"], errors="coerce").fillna(1.0) if "weight" in rows else 1.0
    )
    known = stays & out["would_override"].notna()
    return out[known].reset_index(drop=True)
