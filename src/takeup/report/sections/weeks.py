"""Week by week: how often the advice is looked at, and overridden of those."""

from __future__ import annotations

from takeup.diagnosis.diagnose import Diagnosis
from takeup.report.charts import AGREED, OVERRIDDEN, Series, WeekPoint, weeks_chart
from takeup.report.sections.section import Section, figure
from takeup.stats.answer import CannotSay, Estimate

_LOOKED = Series("looked at", "model", "square")
_AGAINST = Series("overridden", "overridden", "diamond")


def weeks_section(diagnosis: Diagnosis) -> Section | None:
    """Nothing with fewer than three weeks."""
    adoption = diagnosis.measures.adoption
    weeks = [g for g in adoption.groups.get("week", ()) if not g.hidden]
    if len(weeks) < 3:
        return None
    series = [(_LOOKED, "consult_rate"), (_AGAINST, "override_rate")]
    seen = adoption.overall.consult_rate
    if isinstance(seen, CannotSay):
        series = [(Series("agreeing", AGREED.token, AGREED.shape), "agreement")]
    elif seen.value > 0.995:
        series = [(_AGAINST, "override_rate")]
    drawn = [
        WeekPoint(one, g.key, answer.value, answer.low, answer.high)
        for one, name in series
        for g in weeks
        if isinstance(answer := getattr(g, name), Estimate)
    ]
    if not drawn:
        return None
    return Section(
        _heading([getattr(g, series[0][1]) for g in weeks], series[0][0].name),
        "Weeks begin on Monday (UTC). One look: each band holds for its own week.",
        ("Week of", "Eligible", *(one.name.capitalize() for one, _ in series)),
        tuple(
            (g.key, f"{g.eligible:,}", *(figure(getattr(g, name)) for _, name in series))
            for g in weeks
        ),
        chart=weeks_chart(drawn),
        note="Observed shares with 95 % intervals, errors by person"
        + (
            ", overridden of those looked at"
            if len(series) > 1 or series[0][0] == OVERRIDDEN
            else ""
        )
        + ". Grade: descriptive.",
        size="half",
    )


def _heading(answers: list[object], what: str) -> str:
    """The first and last weeks against each other, where their bands part."""
    known = [a for a in answers if isinstance(a, Estimate)]
    if len(known) < 3:
        return "Week by week"
    first, last = known[0], known[-1]
    if first.low > last.high:
        return f"Share {what} fell from {100 * first.value:.0f} to {100 * last.value:.0f} %"
    if last.low > first.high:
        return f"Share {what} rose from {100 * first.value:.0f} to {100 * last.value:.0f} %"
    return f"Share {what}: first and last week do not clearly differ"
