"""Adoption by team, kind of case, stakes, score band and model version, folded away."""

from __future__ import annotations

from takeup.drawing.section import STATUS, Section, figure
from takeup.drawing.words import among, name_of
from takeup.questions.diagnosis import Diagnosis
from takeup.stats.answer import CannotSay

_MOST = 40


def kind_sections(diagnosis: Diagnosis) -> list[Section]:
    """A table for each dimension with at least two groups."""
    found = []
    for dimension, groups in diagnosis.measures.adoption.groups.items():
        if dimension in ("week", "population") or len(groups) < 2:
            continue
        name = name_of(dimension)
        agreement = all(isinstance(g.override_rate, CannotSay) for g in groups)
        hidden = sum(g.hidden for g in groups)
        shown = sorted(groups, key=lambda g: g.key) if dimension == "score_band" else list(groups)
        rows = tuple(
            (
                among(((dimension, g.key),)),
                STATUS["suppressed"] if g.hidden else f"{g.eligible:,}",
                "–" if g.hidden else figure(g.consult_rate),
                "–" if g.hidden else figure(g.agreement if agreement else g.override_rate),
            )
            for g in shown[:_MOST]
        )
        told = [f"{hidden} not shown, on purpose"] if hidden else []
        told += [f"{len(groups) - _MOST} more are in the JSON"] if len(groups) > _MOST else []
        found.append(
            Section(
                f"By {name}",
                "",
                (
                    name.capitalize(),
                    "Eligible",
                    "Consult rate",
                    "Agreement" if agreement else "Override rate",
                ),
                rows,
                note="; ".join(told),
                folded=True,
            )
        )
    return found
