"""What was done for people, and whether it moved what it was declared to move."""

from __future__ import annotations

from takeup.drawing.charts import since_start_chart
from takeup.drawing.section import Section, banded, figure
from takeup.drawing.words import points, upper_first
from takeup.questions.diagnosis import Card, Diagnosis
from takeup.questions.intervention_effect.measure import ActionEffect, InterventionEffect, RunEffect
from takeup.stats.answer import CannotSay, Estimate

VERDICTS = {"moved": "moved", "not_moved": "not moved", "cannot_tell": "cannot tell"}


def intervention_sections(diagnosis: Diagnosis) -> list[Section]:
    """A card for each action and what it was to move."""
    found = diagnosis.measures.intervention_effect
    if not isinstance(found, InterventionEffect):
        return []
    cards = [_card(one, diagnosis) for one in found.actions]
    return cards + ([_waiting(found)] if found.open else [])


def _card(one: ActionEffect, diagnosis: Diagnosis) -> Section:
    together = isinstance(one.effect, Estimate)
    return Section(
        f"{upper_first(one.words)}: {_heading(one)}",
        f"What was done: {one.did}. Declared before it began: {one.direction} by "
        f"{points(one.smallest).lstrip('+')} or more.",
        ("Population", "Delivered", "Change", "Verdict"),
        (
            *((_row(run, diagnosis)) for run in one.runs),
            *((f"Week {w.week}", "", banded(w, "points"), "") for w in one.weeks),
        ),
        chart=since_start_chart([(w.week, w.value, w.low, w.high) for w in one.weeks])
        if one.weeks
        else None,
        note=_note(one, together),
    )


def _heading(one: ActionEffect) -> str:
    if isinstance(one.effect, Estimate):
        return f"{VERDICTS[one.verdict]}, {figure(one.effect, as_points=True)}"
    counted = [
        f"{n} {VERDICTS[v]}" for v in VERDICTS if (n := sum(r.verdict == v for r in one.runs))
    ]
    return ", ".join(counted)


def _row(run: RunEffect, diagnosis: Diagnosis) -> tuple[str, str, str, str]:
    done = {True: "yes", False: "no", None: "not written down"}[run.delivered]
    return (
        f"{diagnosis.name(run.population)}, from {run.starts_on}", done,
        figure(run.effect, as_points=True), f"{VERDICTS[run.verdict]}: {run.why}{_named(run)}",
    )  # fmt: skip


def _named(run: RunEffect) -> str:
    came = ", ".join(run.named_first)
    return f"; {came} came in these weeks" if came and came not in run.why else ""


def _note(one: ActionEffect, together: bool) -> str:
    """How it was found and what it rests on."""
    if together and isinstance(one.effect, Estimate):
        return (
            f"{one.treated} populations that had it, each less those that had it not yet ({one.untreated} in all); the "
            "four weeks by which a population was picked count on no side, as what is worst gets better by itself. It "
            f"assumes that {one.effect.assumption}. Weeks before 0 lie before the picking: they can speak against that, "
            "never prove it; bands hold for all weeks together. Grade: staggered. For the one look that was declared."
        )
    why = one.effect.reason if isinstance(one.effect, CannotSay) else ""
    alone = next((r.effect.assumption for r in one.runs if isinstance(r.effect, Estimate)), "")
    return (
        f"No comparison between populations ({why}). " + (f"Each change is an interrupted time series: {alone}. Grade: "
        "descriptive. " if alone else "") + "The four weeks by which a population was picked count on no side."
    )  # fmt: skip


def _waiting(found: InterventionEffect) -> Section:
    return Section(
        f"{len(found.open)} action{'s' * (len(found.open) != 1)} cannot be judged yet",
        "Declared, and not to be told from the decisions by now.",
        ("Action", "Why"),
        tuple((one.run, one.why) for one in found.open),
        folded=True,
    )


CARDS = (Card(135, intervention_sections),)
