"""What the overview tells of a population week by week: its chart, and where its use of the advice is going."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from takeup.drawing.charts import WeekPoint, weeks_chart
from takeup.drawing.strips import Chart, Series
from takeup.drawing.words import whole_percent
from takeup.questions.adoption import GroupAdoption
from takeup.questions.diagnosis import Diagnosis
from takeup.questions.signals import Signals
from takeup.record.settings import Settings
from takeup.stats.answer import Estimate
from takeup.stats.quantiles import normal_quantile
from takeup.stats.rates import Posterior, trend

ALL = "all"
WITH = Series("decided with the advice", "followed", "circle")
_FEWEST_WEEKS = 3
_WIDE_WEEKS = 820
"""The weeks of one population have a card of their own: pixels of its drawing."""


def weeks_of(diagnosis: Diagnosis, key: str, title: str) -> Chart | None:
    """Weeks decided with the advice. Week t has its own share 1/(t(t+1)) of the 5 %: the bands
    hold together over all weeks, however often one looks."""
    drawn = [
        WeekPoint(WITH, g.key, e.value, *_band(e, t))
        for t, (g, e) in enumerate(_week_figures(diagnosis, key), 1)
    ]
    if len(drawn) < _FEWEST_WEEKS:
        return None
    return weeks_chart(drawn, changes_marked(diagnosis), wide=_WIDE_WEEKS)


def _week_figures(diagnosis: Diagnosis, key: str) -> list[tuple[GroupAdoption, Estimate]]:
    adoption = diagnosis.measures.adoption
    weeks = (
        adoption.groups.get("week", ()) if key == ALL else adoption.weeks_by_population.get(key, ())
    )
    return [
        (g, g.effective_reliance)
        for g in weeks
        if not g.hidden and isinstance(g.effective_reliance, Estimate)
    ]


def _band(e: Estimate, t: int) -> tuple[float, float]:
    alpha = (1 - e.confidence) / (t * (t + 1))
    wider = normal_quantile(1 - alpha / 2) / normal_quantile(0.5 + e.confidence / 2)
    return max(e.value - wider * (e.value - e.low), 0.0), min(
        e.value + wider * (e.high - e.value), 1.0
    )


_TRENDS = {
    "declining": "falling", "rising": "rising", "stable": "stable",
    "indeterminate": "no change can be told",
}  # fmt: skip


def trend_of(diagnosis: Diagnosis, key: str, settings: Settings) -> str:
    """What the weeks show: from the first to the last where their bands, as drawn, lie apart; and the
    last four weeks against the four before, by the ladder's rule of trends. Nothing is called stable
    that the chart beside it shows falling."""
    found = _week_figures(diagnosis, key)
    if len(found) < 8:
        return ""
    rules = settings.ladder
    lately = _TRENDS[
        trend(
            _pooled(found[-8:-4]), _pooled(found[-4:]), p_decline=rules.probability_of_decline,
            smallest=rules.smallest_decline, p_stable=rules.probability_of_stable,
            delta=rules.stable_within,
        )
    ]  # fmt: skip
    return trend_words(found[0][0].key, found[0][1], found[-1][1], len(found), lately)


def trend_words(since: str, first: Estimate, last: Estimate, weeks: int, lately: str) -> str:
    """The change since the first of `weeks` weeks, where it is one, and what the last eight show."""
    (low, high), (low_now, high_now) = _band(first, 1), _band(last, weeks)
    in_eight = f"{lately} over the last eight weeks"
    if low_now <= high and low <= high_now:
        return in_eight
    moved = "fell" if last.value < first.value else "rose"
    whole = f"{moved} from {100 * first.value:.0f} to {whole_percent(last.value)} since {date.fromisoformat(since):%-d %B}"
    if weeks == 8 or (moved, lately) in (("fell", "falling"), ("rose", "rising")):
        return whole
    return f"{whole}; {in_eight.replace('stable', 'level')}"


def _pooled(weeks: Sequence[tuple[GroupAdoption, Estimate]]) -> Posterior:
    """Several weeks as one share; its variance from their intervals."""
    n = float(sum(g.eligible for g, _ in weeks)) or 1.0
    mean = sum(g.eligible * e.value for g, e in weeks) / n
    z = normal_quantile(0.5 + weeks[0][1].confidence / 2)
    variance = sum((g.eligible / n * (e.high - e.low) / (2 * z)) ** 2 for g, e in weeks)
    return Posterior(mean, variance, mean * n, n)


def changes_marked(diagnosis: Diagnosis) -> tuple[tuple[str, str], ...]:
    """Model and client versions by the week they came."""
    signals = diagnosis.measures.signals
    found = set(signals.changes) if isinstance(signals, Signals) else set()
    starts = list(diagnosis.measures.adoption.version_starts.items())[1:]
    known = {what for _, what in found}
    found |= {(day, f"model {v}") for v, day in starts if f"model {v}" not in known}
    return tuple(sorted(found))
