"""What the newest night says of conditions, as milestones and gates ask for it: each indicator, and the risk."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from urllib.parse import quote

from takeup.questions.conditions import PopulationConditions
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
            if isinstance(it.figure, Estimate) and it.grade != "unknown":
                yield MilestoneRecord(
                    f"condition.{it.id}", one.population, value=it.figure.value, n=it.figure.n, path=path,
                    words=it.said or it.source, attested=it.source == "attestation",
                )  # fmt: skip
            elif (
                isinstance(it.figure, CannotSay)
                and it.figure.status == "suppressed"
                and it.grade != "unknown"
            ):
                # A share of all or none is hidden where it would tell of single people; its grade is not.
                yield MilestoneRecord(
                    f"condition.{it.id}", one.population, path=path, words=it.reason, met=it.grade == "met",
                )  # fmt: skip
