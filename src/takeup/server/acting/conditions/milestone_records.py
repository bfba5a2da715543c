"""What the newest night says of conditions, as milestones and gates ask for it: each indicator, and the risk."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from urllib.parse import quote

from takeup.questions.conditions import IndicatorFound, PopulationConditions
from takeup.questions.conditions.indicators import indicators
from takeup.record.milestones import MilestoneRecord
from takeup.server.acting.conditions.services import newest
from takeup.stats.answer import CannotSay, Estimate

RISKS = ("on_track", "watch", "at_risk_possible", "undetermined", "at_risk")
_STATUSES = {"absent": 0.0, "partial": 1.0, "present": 2.0}


def tell(use_case: str, today: date) -> Iterable[MilestoneRecord]:
    """By population; what is unknown is not told."""
    for stood in newest(use_case):
        yield from _of_population(use_case, stood.told)


def _of_population(use_case: str, one: PopulationConditions) -> Iterable[MilestoneRecord]:
    root = f"/conditions/{quote(use_case)}"
    if one.risk is not None:
        rank = float(RISKS.index(one.risk))
        yield MilestoneRecord("conditions.risk", one.population, value=rank, path=root)
    for found in one.conditions:
        path = f"{root}/at/{found.condition}"
        if found.status in _STATUSES:
            yield MilestoneRecord(f"conditions.{found.condition}", one.population, value=_STATUSES[found.status], path=path)  # fmt: skip
        for it in found.indicators:
            if (end := _unshown(it)) is not None:
                yield MilestoneRecord(f"condition.{it.id}", one.population, path=path, attested=it.source == "attestation", reaches=end)  # fmt: skip
            if isinstance(it.figure, Estimate) and it.grade != "unknown":
                yield MilestoneRecord(
                    f"condition.{it.id}", one.population, value=it.figure.value, n=it.figure.n, path=path,
                    words=it.said or it.source, attested=it.source == "attestation",
                )  # fmt: skip


def _unshown(one: IndicatorFound) -> float | None:
    """Of a figure that may not be shown, the end that its grade says it reaches; None where it says none."""
    if not (isinstance(one.figure, CannotSay) and one.figure.status == "suppressed"):
        return None
    rule = indicators()[one.id]
    return rule.met if one.grade == "met" else rule.partial if one.grade == "partial" else None
