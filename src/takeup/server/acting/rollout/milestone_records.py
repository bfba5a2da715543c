"""What the rollout knows of a sprint's milestones: shadow, reports on it, the stop drill, whether somebody has advice.

Facts of a shadow are of one cohort each: `population` holds its key (empty: everybody else).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from urllib.parse import quote

from takeup.disclosure.group_size import share_at_least
from takeup.questions.shadow.measure import Shadow
from takeup.record.milestones import MilestoneRecord
from takeup.server.acting.rollout.drills import counted_drill
from takeup.server.acting.rollout.gate import MARGIN, evaluate
from takeup.server.acting.rollout.gates import beside, gate_of, openings, report_path
from takeup.server.acting.rollout.models import Look
from takeup.server.acting.rollout.services import cohort_stages, rules_of, with_people
from takeup.server.acting.rollout.shadow_looks import looks_of
from takeup.server.foundation.agreement.services import showing
from takeup.stats.answer import Estimate


def tell(use_case: str, today: date) -> Iterable[MilestoneRecord]:
    """All of it, as of today."""
    path = f"/rollout/{quote(use_case)}"
    held = with_people(cohort_stages(use_case))
    live = [one for one in held if one.stage.mode == "assist" and one.stage.share > 0]
    stopped = rules_of(use_case, drills=False).stopped
    yield MilestoneRecord(
        "rollout.live", value=float(bool(live) and not stopped), path=path,
        words=f"{len(live)} of {len(held)} cohorts have advice" + ("; it is stopped" if stopped else ""),
    )  # fmt: skip
    if (seen := counted_drill(use_case)) is not None:
        yield MilestoneRecord(
            "rollout.stop_drill", value=float(bool(seen.passed)), path=f"{path}#drill",
            words=f"stop drill of {seen.drill.made_at:%-d %B %Y}, {len(seen.clients)} clients timed",
        )  # fmt: skip
    yield MilestoneRecord("rollout.stopped", value=float(stopped), path=path, words="a stop of every case is in force" if stopped else "no stop of every case is in force")  # fmt: skip
    for cohort in sorted(
        set(Look.objects.filter(use_case=use_case).values_list("cohort", flat=True))
    ):
        yield from _of_shadow(use_case, cohort)


def _of_shadow(use_case: str, cohort: str) -> Iterable[MilestoneRecord]:
    path, looks = report_path(use_case, cohort), looks_of(use_case, cohort)

    def fact(
        name: str, words: str, *, value: float | None = None, k: float | None = None, n: int | None = None
    ) -> MilestoneRecord:  # fmt: skip
        return MilestoneRecord(f"rollout.{name}", cohort, k, n, value, path, words)

    _, newest = looks[-1]
    if isinstance(newest, Shadow):
        yield fact("shadow_days", "days with pairs in shadow", value=newest.days)
        yield fact("shadow_cases", "pairs in shadow", value=newest.overall.pairs)
        if isinstance(newest.blind, Estimate):
            own = "shadow cases decided before any advice was seen"
            if newest.blind.k is not None:
                yield fact("own_answer_first", own, k=newest.blind.k, n=newest.blind.n)
            else:
                yield fact("own_answer_first", own, value=newest.blind.value)
        yield _margin(use_case, cohort, newest, [look.day for look, _ in looks])
    weeks = {look.day.isocalendar()[:2] for look, shadow in looks if isinstance(shadow, Shadow)}
    yield fact("reports", "weeks with a shadow report", value=len(weeks))
    if (opened := openings(use_case, cohort)) is not None:
        yield fact(
            "reports_opened",
            "of the cohort opened one, at least",
            value=share_at_least(*opened, showing().minimum_group),
        )


def _margin(use_case: str, cohort: str, newest: Shadow, looked_on: Sequence[date]) -> MilestoneRecord:  # fmt: skip
    """What the gate of the cohort says of the margin in its newest report: kind by kind, or people decide that kind."""
    _, gate = gate_of(use_case, cohort)
    clauses = evaluate(gate, newest, beside(use_case, cohort, looked_on)).clauses
    margin = next(one for one in clauses if one.number == MARGIN)
    return MilestoneRecord("rollout.margin", cohort, value=float(margin.says == "go"), path=report_path(use_case, cohort), words=margin.evidence)  # fmt: skip
