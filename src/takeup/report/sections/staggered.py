"""What having the advice changed, where cohorts began on different dates."""

from __future__ import annotations

from takeup.diagnosis.diagnose import Diagnosis
from takeup.diagnosis.words import points, points_range
from takeup.measure.staggered import Staggered, StaggeredEffect
from takeup.report.charts import since_start_chart
from takeup.report.sections.section import Section, figure, told
from takeup.stats.answer import CannotSay, Estimate


def staggered_sections(diagnosis: Diagnosis) -> list[Section]:
    """A card for each quantity, with its weeks before and after the start."""
    found = diagnosis.measures.staggered
    if not isinstance(found, Staggered):
        return []
    return [_card(effect, found) for effect in found.effects if effect.weeks]


def _card(effect: StaggeredEffect, found: Staggered) -> Section:
    whole = effect.overall
    return Section(
        _heading(effect),
        f"{found.started} cohorts began on {found.dates} dates, {found.waiting} have not; each is "
        "compared with those not yet begun. Hollow: weeks before the start, where nothing should be. "
        f"Bands hold for all weeks together.{_left_out(found)}",
        ("Weeks since the start", "Difference, points"),
        tuple(
            (f"{w.week}", f"{points(w.value)} ({100 * w.low:.1f} to {100 * w.high:.1f})")
            for w in effect.weeks
        ),
        chart=since_start_chart([(w.week, w.value, w.low, w.high) for w in effect.weeks]),
        note=f"Over all weeks since the start: {figure(whole, as_points=True)}. "
        + (f"It assumes that {whole.assumption}. " if isinstance(whole, Estimate) else "")
        + "Weeks before the start can speak against that; they cannot prove it. Grade: staggered.",
    )  # fmt: skip


def _left_out(found: Staggered) -> str:
    """What was recorded and tells nothing of a start."""
    parts = []
    if found.always:
        parts.append(f"{found.always} cohorts had the advice from their first week on: left out")
    if found.withdrawn:
        parts.append(
            f"{found.withdrawn} cohorts lost the advice again: they count until then, so this is the "
            "effect while it was there"
        )
    return "".join(f" {part}." for part in parts)


def _heading(effect: StaggeredEffect) -> str:
    whole = effect.overall
    if isinstance(whole, CannotSay):
        return f"Whether the start changed {effect.label} cannot be said"
    said = told(whole, "raised", "lowered")
    if said == "cannot tell yet":
        return f"Whether the start changed {effect.label} cannot be told yet"
    return f"The start {said} {effect.label} by {points(whole.value).lstrip('+−')} ({points_range(whole)})"
