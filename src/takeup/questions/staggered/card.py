"""What having the advice changed, where cohorts began on different dates."""

from __future__ import annotations

from takeup.drawing.charts import since_start_chart
from takeup.drawing.section import (
    Section,
    banded,
    figure,
    in_its_unit,
    interval,
    of_looks,
    signed,
    told,
)
from takeup.drawing.words import points
from takeup.questions.diagnosis import Card, Diagnosis
from takeup.questions.staggered.measure import Staggered, StaggeredEffect
from takeup.stats.answer import Answer, CannotSay, Estimate


def staggered_sections(diagnosis: Diagnosis) -> list[Section]:
    """A card for each quantity, with its weeks before and after the start."""
    found = diagnosis.measures.staggered
    if not isinstance(found, Staggered):
        return []
    told = (e for e in found.effects if e.weeks or isinstance(e.overall, Estimate))
    return [_card(effect, found, diagnosis) for effect in told]


_WEEKS = (
    " Hollow: weeks before the start, where nothing should be. Bands hold for all weeks together."
)
_NO_WEEKS = " Single weeks are hidden on purpose: a cohort is of too few people."


def _card(effect: StaggeredEffect, found: Staggered, diagnosis: Diagnosis) -> Section:
    whole = effect.overall
    return Section(
        _heading(effect),
        f"{found.started} cohorts began on {found.dates} dates, {found.waiting} have not; each is "
        f"compared with those not yet begun.{_WEEKS if effect.weeks else _NO_WEEKS}{_left_out(found)}",
        ("Weeks since the start", f"Difference, {effect.unit}"),
        tuple((f"{w.week}", banded(w, effect.unit)) for w in effect.weeks) or (("all", figure(whole)),),
        # The chart's axis is in points.
        chart=since_start_chart([(w.week, w.value, w.low, w.high) for w in effect.weeks])
        if effect.unit == "points" and effect.weeks
        else None,
        note=f"Over all weeks since the start: {in_its_unit(whole)}{_on(whole)}. "
        + (f"It assumes that {whole.assumption}. " if isinstance(whole, Estimate) else "")
        + "Weeks before the start can speak against that; they cannot prove it. Grade: staggered. "
        + of_looks(diagnosis.every_look),
    )  # fmt: skip


def _on(whole: Answer) -> str:
    return f", on {whole.n:,} cases" if isinstance(whole, Estimate) else ""


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
    size = points(whole.value) if whole.unit == "points" else f"{signed(whole.value)} {whole.unit}"
    return f"The start {said} {effect.label} by {size.lstrip('+−')} ({interval(whole)})"


CARDS = (Card(130, staggered_sections),)
