"""What a day's diagnosis tells of milestones and gates: facts by population, as they may be shown."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import quote

from takeup.questions.adoption import GroupAdoption
from takeup.questions.diagnosis import Diagnosis
from takeup.questions.ladder import Ladder, LevelRange
from takeup.questions.model_issue import ModelIssues
from takeup.questions.resistance import Resistance
from takeup.questions.resistance.findings import hardly_missing
from takeup.questions.resistance.reason_score import Scored
from takeup.questions.shared.group_of import group_of
from takeup.questions.shared.whose import ALL
from takeup.record.milestones import MilestoneRecord
from takeup.stats.answer import CannotSay, Estimate

GRAVE_ISSUES = ("low_precision", "net_harm")
_DOUBT = "TD"


def facts_of(use_case: str, diagnosis: Diagnosis) -> Iterable[MilestoneRecord]:
    """Of one diagnosis that may be shared."""
    yield MilestoneRecord(
        "use.baseline", value=1, path=_overview(use_case), words="the first snapshot is kept"
    )
    for group in diagnosis.measures.adoption.groups.get("population", ()):
        if not group.hidden:
            yield from _of_use(use_case, group)
    yield from _of_levels(use_case, diagnosis)
    yield from _of_reasons(use_case, diagnosis)
    yield from _of_model(use_case, diagnosis)


def _overview(use_case: str, population: str = "") -> str:
    of = f"/population/{quote(population)}" if population else ""
    return f"/overview/{quote(use_case)}{of}"


def _of_use(use_case: str, group: GroupAdoption) -> Iterable[MilestoneRecord]:
    path = _overview(use_case, group.key)
    live = float(group.eligible > 0)
    yield MilestoneRecord("use.live", group.key, value=live, path=path, words=f"{group.eligible:,} cases with advice")  # fmt: skip
    if isinstance(group.consult_rate, Estimate):
        yield MilestoneRecord(
            "use.consulted", group.key, value=group.consult_rate.value, n=group.consult_rate.n, path=path,
            words=f"{100 * group.consult_rate.low:.0f} to {100 * group.consult_rate.high:.0f} %",
        )  # fmt: skip


def _of_levels(use_case: str, diagnosis: Diagnosis) -> Iterable[MilestoneRecord]:
    ladder = diagnosis.measures.ladder
    if not isinstance(ladder, Ladder):
        return
    for one in ladder.populations:
        if not one.hidden and isinstance(one.level, LevelRange):
            yield MilestoneRecord(
                "use.level", one.population, value=one.level.certain,
                path=_overview(use_case, one.population), words=str(one.level),
            )  # fmt: skip


def _of_reasons(use_case: str, diagnosis: Diagnosis) -> Iterable[MilestoneRecord]:
    found = diagnosis.measures.resistance
    if not isinstance(found, Resistance):
        return
    for one in found.populations:
        if isinstance(one.scored, CannotSay) and one.scored.status == "suppressed":
            continue
        path = f"/reasons/{quote(use_case)}/of/{quote(one.population)}"
        scored = one.scored if isinstance(one.scored, Scored) else None
        verdict: str = scored.verdict if scored else "insufficient_evidence"
        if hardly_missing(group_of(diagnosis.measures, one.population).effective_reliance):
            verdict = "nearly every case is decided with the advice"
        told = float(verdict != "insufficient_evidence")
        yield MilestoneRecord("reasons.told", one.population, value=told, path=path, words=verdict.replace("_", " "))  # fmt: skip
        if scored:
            named = verdict in ("dominant", "mixed")
            yield MilestoneRecord("reasons.named", one.population, value=float(named), path=path)
            yield MilestoneRecord("reasons.unclear", one.population, value=float(verdict == "unclear"), path=path)  # fmt: skip
            doubt = named and _DOUBT in scored.named
            yield MilestoneRecord("reasons.doubt", one.population, value=float(doubt), path=path)


def _of_model(use_case: str, diagnosis: Diagnosis) -> Iterable[MilestoneRecord]:
    found = diagnosis.measures.model_issue
    if not isinstance(found, ModelIssues):
        return
    path = _overview(use_case)
    for one in found.issues:
        where = "" if one.scope == ALL else one.scope
        yield MilestoneRecord("model.issue", where, value=1, path=path, words=one.kind)
        if one.kind in GRAVE_ISSUES and one.segment is None:
            yield MilestoneRecord(f"model.{one.kind}", where, value=1, path=path)
    for kind in GRAVE_ISSUES:
        if not any(i.kind == kind and i.segment is None for i in found.issues):
            yield MilestoneRecord(f"model.{kind}", value=0, path=path, words="not found")
