"""What becomes of eligible cases: rate against quality, drawn in its parts."""

from __future__ import annotations

from takeup.drawing.section import STATUS, Row, Section, figure
from takeup.drawing.strips import Axis, Chart, Part, Series, axis_strip, bar_strip
from takeup.drawing.words import part_in_words, percent, percent_between, share_in_words
from takeup.questions.adoption.kinds_card import kind_sections
from takeup.questions.adoption.measure import GroupAdoption
from takeup.questions.adoption.reasons_card import reasons_section
from takeup.questions.adoption.weeks_card import weeks_section
from takeup.questions.diagnosis import Card, Diagnosis
from takeup.stats.answer import CannotSay, Estimate

_PARTS = {
    "used": Series("decided with the advice", "followed", "square"),
    "overridden": Series("against it (overridden)", "overridden", "square"),
    "unseen": Series("decided without looking", "unseen", "square"),
    "agreed": Series("agrees with it, unknown whether seen", "followed-interval", "square"),
    "differed": Series("differs, unknown whether seen", "overridden-interval", "square"),
    "unaccounted": Series("unaccounted", "hatch", "square"),
}
_NOMINAL = Series("closed on the AI path: the usual “adoption rate”", "text", "square", False)


def use_section(diagnosis: Diagnosis) -> Section | None:
    """Rows for all and for each population."""
    adoption = diagnosis.measures.adoption
    overall = adoption.overall
    if overall.hidden or not overall.eligible:
        return None
    populations = adoption.groups.get("population", ())
    groups = [("All", overall)]
    if len(populations) > 1:
        groups += [(diagnosis.name(g.key), g) for g in populations]
    shares = {label: _shares(g) for label, g in groups}
    rows = tuple(_row(label, g, inset=g is overall and len(groups) > 1) for label, g in groups)
    drawn = {name for parts in shares.values() for name, value in parts.items() if value > 0}
    key = [(series, "") for name, series in _PARTS.items() if name in drawn]
    if any(isinstance(g.nominal_rate, Estimate) for _, g in groups):
        key.append((_NOMINAL, ""))
    axis = Axis(0, 1, (0, 0.25, 0.5, 0.75, 1), ("0 %", "25 %", "50 %", "75 %", "100 %"))
    return Section(
        _heading(overall),
        "Share of eligible cases. A narrow gap between rate and quality is no virtue: good "
        "judgement overrides too.",
        (
            "Group",
            "People",
            "Eligible",
            "Nominal rate",
            "Consult rate",
            "Override rate",
            "Adjust rate",
            "Effective reliance",
            "Quality gap",
            "Agreement",
            "Unaccounted",
        ),
        tuple(_figures(label, g) for label, g in groups),
        rows,
        tuple(key),
        axis_strip(axis),
        ("Who", "Decided with the advice"),
        note="Observed shares with 95 % intervals, errors by person. Grade: descriptive.",
        first=True,
    )


def _heading(overall: GroupAdoption) -> str:
    seen, agreement = overall.consult_rate, overall.agreement
    if isinstance(seen, Estimate):
        if seen.value >= 0.995:
            over = overall.override_rate
            seen_by = (
                "Everybody sees the advice"
                if not overall.nobody_knows
                else "Everybody of whom it is known sees the advice"
            )
            if isinstance(over, CannotSay):
                return seen_by
            return f"{seen_by}; {part_in_words(over)} of decisions go against it"
        if seen.value <= 0.5:
            return f"{_many(1 - seen.value)} are decided without looking"
        return f"The advice is looked at in {share_in_words(seen)}"
    if isinstance(agreement, Estimate):
        return f"{percent(agreement, interval=False)} of choices agree with the advice; who looked is unknown"
    return "What becomes of eligible cases"


def _many(share: float) -> str:
    words = {5 / 6: "Five cases in six", 4 / 5: "Four cases in five", 3 / 4: "Three cases in four",
             2 / 3: "Two cases in three", 7 / 8: "Seven cases in eight", 9 / 10: "Nine cases in ten"}  # fmt: skip
    nearest = min(words, key=lambda w: abs(w - share))
    return words[nearest] if abs(nearest - share) < 0.02 else f"{100 * share:.0f} of 100 cases"


def _shares(g: GroupAdoption) -> dict[str, float]:
    """Parts of the eligible cases; from rounded rates where counts are not shown."""
    n, c = g.eligible or 1, g.counts
    if c:
        return {
            "used": (c.get("followed", 0) + c.get("modified", 0)) / n,
            "overridden": c.get("overridden", 0) / n,
            "agreed": c.get("agreed", 0) / n,
            "differed": c.get("differed", 0) / n,
            "unseen": c.get("not_consulted", 0) / n,
            "unaccounted": (c.get("unaccounted", 0) + c.get("unknown", 0)) / n,
        }
    agreement = g.agreement
    if _nobody_knows_who_looked(g) and isinstance(agreement, Estimate):
        return {"agreed": agreement.value, "differed": 1 - agreement.value}
    seen, used = g.consult_rate, g.effective_reliance
    if isinstance(seen, CannotSay) or isinstance(used, CannotSay):
        return {}
    return {
        "used": used.value,
        "overridden": max(seen.value - used.value, 0),
        "unseen": 1 - seen.value,
    }


def _nobody_knows_who_looked(g: GroupAdoption) -> bool:
    """What is known and not shown is something else."""
    seen = g.consult_rate
    return isinstance(seen, CannotSay) and seen.status != "suppressed"


def parts_chart(label: str, g: GroupAdoption) -> Chart | None:
    """The parts of a group's eligible cases as one bar, the nominal rate a hollow square."""
    parts = [
        Part(_PARTS[name].name, value, _PARTS[name].token, f"{100 * value:.0f} %")
        for name, value in _shares(g).items()
        if value > 0
    ]
    nominal = g.nominal_rate.value if isinstance(g.nominal_rate, Estimate) else None
    text = f"{label}: " + ", ".join(f"{p.name} {p.label}" for p in parts)
    if nominal is not None:
        text += f"; closed on the AI path {100 * nominal:.0f} %"
    return bar_strip(parts, text, nominal) if parts else None


def _row(label: str, g: GroupAdoption, *, inset: bool) -> Row:
    people = "" if g.people is None else f"{g.people:,} people · "
    definition = f"{people}{g.eligible:,} eligible" if not g.hidden else ""
    if g.hidden:
        return Row(label, "", None, STATUS["suppressed"], "too few people; nothing by subtraction")
    chart = parts_chart(label, g)
    used, seen, over = g.effective_reliance, g.consult_rate, g.override_rate
    if isinstance(used, Estimate):
        detail = f"looked at {percent_between(seen)}" if isinstance(seen, Estimate) else ""
        if isinstance(over, Estimate):
            detail += f"; overridden, of those, {percent_between(over)}"
        return Row(label, definition, chart, percent_between(used), detail, inset)
    agreement = g.agreement
    if isinstance(agreement, Estimate):
        return Row(
            label,
            definition,
            chart,
            "Not recorded" if _nobody_knows_who_looked(g) else figure(used),
            f"agreement {percent_between(agreement)}",
            inset,
        )
    return Row(label, definition, chart, figure(used), "", inset)


def _figures(label: str, g: GroupAdoption) -> tuple[str, ...]:
    return (
        label,
        "–" if g.people is None else f"{g.people:,}",
        f"{g.eligible:,}" if not g.hidden else STATUS["suppressed"],
        figure(g.nominal_rate),
        figure(g.consult_rate),
        figure(g.override_rate),
        figure(g.adjust_rate),
        figure(g.effective_reliance),
        figure(g.quality_gap, as_points=True),
        figure(g.agreement),
        figure(g.unaccounted_share),
    )


CARDS = (
    Card(10, use_section),
    Card(30, weeks_section),
    Card(170, reasons_section),
    Card(200, kind_sections),
)
