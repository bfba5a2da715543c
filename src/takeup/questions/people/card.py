"""How many people override better, or worse, than the advice they reject. Never who."""

from __future__ import annotations

from takeup.drawing.section import Row, Section, figure
from takeup.drawing.strips import Part, Series, bar_strip
from takeup.questions.diagnosis import Card, Diagnosis
from takeup.questions.people.measure import People, PeopleOf

_BETTER = Series("reliably better", "overridden", "diamond")
_UNKNOWN = Series("cannot tell yet", "unseen", "square")
_WORSE = Series("reliably worse", "model", "square")


def overriders_section(diagnosis: Diagnosis) -> Section | None:
    """A bar per population: people by how their overrides compare with the advice."""
    found = diagnosis.measures.people
    if not isinstance(found, People) or not found.populations:
        return None
    rows = tuple(_row(p, diagnosis) for p in found.populations)
    better = sum(p.better or 0 for p in found.populations)
    worse = sum(p.worse or 0 for p in found.populations)
    return Section(
        _heading(better, worse, found.tested),
        "People by whether their overrides beat the advice they reject, each by their own overrides "
        "alone.",
        ("Population", "People with judged overrides", "Better", "Worse", "Cannot tell", "Too few",
         "Mean gain of an override"),
        tuple(_figures(p, diagnosis) for p in found.populations),
        rows,
        ((_BETTER, ""), (_UNKNOWN, ""), (_WORSE, "")),
        heads=("Population", ""),
        note=f"{found.tested} people with enough judged overrides were tested, false discovery held to "
        f"{found.rate:.0%}. Nobody is named or ranked. Grade: paired.",
        size="half",
    )  # fmt: skip


def _heading(better: int, worse: int, tested: int) -> str:
    if not tested:
        return "Too few judged overrides to say who is expert enough to overrule"
    if better > worse:
        return f"{better} of {tested} people override reliably better than the advice"
    if worse:
        return f"{worse} of {tested} people override reliably worse than the advice"
    return "Nobody’s overrides can be told from the advice yet"


def _row(p: PeopleOf, diagnosis: Diagnosis) -> Row:
    name = "All" if p.population == "all" else diagnosis.name(p.population)
    if p.better is None or p.worse is None or p.unknown is None:
        return Row(
            name, f"{p.people} people", None, "Not shown, on purpose", "a group of one or two"
        )
    unknown = p.unknown + p.too_few
    parts = [
        Part("better", p.better / p.people, "overridden", f"{p.better}"),
        Part("unknown", unknown / p.people, "unseen", f"{unknown}"),
        Part("worse", p.worse / p.people, "model", f"{p.worse}"),
    ]
    text = f"{name}: {p.better} better, {p.worse} worse, {unknown} cannot tell"
    return Row(name, f"{p.people} people", bar_strip(parts, text), figure(p.value, as_points=True), "mean gain of an override")  # fmt: skip


def _figures(p: PeopleOf, diagnosis: Diagnosis) -> tuple[str, ...]:
    counts = ("–" if n is None else f"{n}" for n in (p.better, p.worse, p.unknown))
    name = "All" if p.population == "all" else diagnosis.name(p.population)
    return (name, f"{p.people}", *counts, f"{p.too_few}", figure(p.value, as_points=True))


CARDS = (Card(90, overriders_section),)
