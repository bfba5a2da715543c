"""What of the figures of use may be shown: those whose counts are all released."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

from takeup.disclosure.release.cells import REASON, WHOLE, Cell, Kind, Released, release
from takeup.disclosure.release.earlier import Earlier
from takeup.disclosure.release.inner_counts import ALL, COUNTS, Group, InnerCounts
from takeup.questions.adoption.measure import Adoption, GroupAdoption
from takeup.record.settings import DisclosureSettings
from takeup.stats.answer import not_recorded, suppressed

_FIGURES: dict[str, tuple[Kind, ...]] = {
    "nominal_rate": ("on_path", WHOLE),
    "consult_rate": ("seen", "known"),
    "override_rate": ("overridden", "seen"),
    "adjust_rate": ("adjusted", "seen"),
    "effective_reliance": ("used", "known"),
    "agreement": ("agreeing", "comparable"),
    "unaccounted_share": ("unaccounted", WHOLE),
    "quality_gap": ("on_path", "used", WHOLE),
}
"""The counts that each figure of a group is made of."""
TOO_FEW_GAVE = "(given by too few people)"


def groups_shown(adoption: Adoption, signalled: Collection[str] = ()) -> list[Group]:
    """All groups that documents and pages would like to show; `signalled`: populations of which something is
    told by week."""
    found: list[Group] = [ALL]
    for cut, groups in adoption.groups.items():
        found += [(cut, g.key, None) for g in groups]
    for population, weeks in adoption.weeks_by_population.items():
        found += [("population week", g.key, population) for g in weeks]
    for population in sorted({*signalled} - {*adoption.weeks_by_population}):
        found += _weeks_of(population, adoption)
    return found


def _weeks_of(population: str, adoption: Adoption) -> list[Group]:
    inner = adoption.inner.groups if adoption.inner else {}
    if "population" not in adoption.groups:
        return [g for g in inner if g[0] == "week" and g[1] is not None]
    return [
        g for g in inner if g[0] == "population week" and g[1] is not None and g[2] == population
    ]


def released_adoption(
    adoption: Adoption,
    inner: InnerCounts,
    rules: DisclosureSettings,
    signalled: Collection[str] = (),
    before: Mapping[str, Any] | None = None,
    earlier: Earlier | None = None,
) -> Adoption:
    """Figures of use whose counts are released; the others say that they are hidden. `signalled`:
    populations of which something is told by week, too. `before`: the figures of use of the last document;
    `earlier`: what was hidden until then."""
    last = None if before is None else cells_of(before)
    released = release(inner, rules, groups_shown(adoption, signalled), last, earlier)

    def of(cut: str, groups: Sequence[GroupAdoption], within: str | None = None) -> Any:
        return tuple(_group(g, (cut, g.key, within), released) for g in groups)

    return replace(
        adoption,
        overall=_group(adoption.overall, ALL, released),
        groups={cut: of(cut, groups) for cut, groups in adoption.groups.items()},
        weeks_by_population={
            population: of("population week", weeks, population)
            for population, weeks in adoption.weeks_by_population.items()
        },
        reasons=_reasons(adoption.reasons, ALL, released),
        reasons_by={
            cut: {
                level: _reasons(counts, (cut, level, None), released)
                for level, counts in levels.items()
            }
            for cut, levels in adoption.reasons_by.items()
        },
        confidence_by_action={
            action: answer
            for action, answer in adoption.confidence_by_action.items()
            if released.has(ALL, action)
        },
        inner=None,
        earlier=released.earlier,
        weeks_hidden={
            population: frozenset(
                str(week[1])
                for week in _weeks_of(population, adoption)
                if not released.has(week, WHOLE, "seen", "known", "overridden")
            )
            for population in signalled
        },
    )


def cells_of(document: Mapping[str, Any]) -> dict[Cell, float | None]:
    """The counts that a document's figures of use show (of a rate whatever it is of), None of those it hides."""
    found: dict[Cell, float | None] = {}
    named: list[tuple[Group, Mapping[str, Any]]] = [(ALL, document)]
    for cut, groups in document["groups"].items():
        named += [((cut, g["key"], None), g) for g in groups]
    for population, weeks in document.get("weeks_by_population", {}).items():
        named += [(("population week", g["key"], population), g) for g in weeks]
    for group, told in named:
        found[Cell(group, WHOLE)] = None if told["hidden"] else float(told["eligible"])
        for kind in COUNTS:
            found[Cell(group, kind)] = told["counts"].get(kind)
        for field, kinds in _FIGURES.items():
            answer = told.get(field, {})
            for kind, count in zip(kinds, ("k", "n"), strict=False):
                if found.get(Cell(group, kind)) is None:
                    shown = answer.get("value") is not None
                    found[Cell(group, kind)] = answer.get(count, 0.0) if shown else None
    return found


def _group(group: GroupAdoption, name: Group, released: Released) -> GroupAdoption:
    if not released.has(name, WHOLE):
        return replace(group, hidden=True)
    group = replace(group, people=released.people.get(name, group.people))
    figures: dict[str, Any] = {
        field: suppressed()
        for field, kinds in _FIGURES.items()
        if not released.has(name, *kinds) and not not_recorded(getattr(group, field))
    }
    if not released.has(name, *COUNTS):
        figures["counts"] = {}
    if not released.has(name, "seen"):
        figures["consulted"] = None
    if not released.has(name, "unknown_consult"):
        figures["unknown"] = None
    return replace(group, **figures)


def _reasons(counts: Mapping[str, int], name: Group, released: Released) -> dict[str, int]:
    """Reasons by count; those that may not be shown as one sum."""
    if not released.has(name, WHOLE, "overridden"):
        return {}
    shown = {r: n for r, n in counts.items() if released.has(name, REASON + r)}
    others = sum(counts.values()) - sum(shown.values())
    return shown | ({TOO_FEW_GAVE: others} if others else {})
