"""The diagnosis in a few lines: verdict, five figures, what to do first."""

from __future__ import annotations

from collections.abc import Iterable

from takeup.diagnosis.diagnose import Diagnosis
from takeup.report.page import InputFacts
from takeup.report.sections.section import figure
from takeup.stats.answer import CannotSay

_FIGURES = (
    ("nominal rate", "nominal_rate"),
    ("consult rate", "consult_rate"),
    ("override rate", "override_rate"),
    ("effective reliance", "effective_reliance"),
    ("agreement", "agreement"),
)


def summary_lines(diagnoses: Iterable[Diagnosis], facts: InputFacts) -> list[str]:
    """Lines for the terminal."""
    lines = [facts.reconciliation.sentence()]
    for diagnosis in diagnoses:
        lines += ["", f"{diagnosis.title}: {diagnosis.verdict}"]
        for label, field in _FIGURES:
            answer = getattr(diagnosis.measures.adoption.overall, field)
            why = f": {answer.reason}" if isinstance(answer, CannotSay) else ""
            lines.append(f"  {label:<20} {figure(answer)}{why}")
        lines += _teams_that_vanish(diagnosis)
        if diagnosis.findings:
            lines.append(f"  Do first: {diagnosis.findings[0].first_action}")
    for problem in facts.problems:
        lines.append(problem.sentence())
    lines += [f"Note: {note}" for note in facts.notes]
    lines += [f"Assumed: {assumption}" for assumption in facts.assumptions]
    return lines


def _teams_that_vanish(diagnosis: Diagnosis) -> list[str]:
    """A warning where most teams are too small to be shown."""
    teams = diagnosis.measures.adoption.groups.get("team", ())
    hidden = sum(team.hidden for team in teams)
    if hidden * 2 <= len(teams):
        return []
    return [f"  Most teams ({hidden} of {len(teams)}) are too small to be shown in the report."]
