"""The diagnosis in a few lines: verdict, five figures, what to do first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from takeup.drawing.section import figure
from takeup.questions.diagnosis import Diagnosis
from takeup.report.brief import brief_of, do_first, of_whom
from takeup.report.page import InputFacts
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
        lines += ["", f"{diagnosis.title}: {diagnosis.verdict}", f"  {diagnosis.summary}"]
        lines += _figures(diagnosis)
        lines += _teams_that_vanish(diagnosis)
        lines += _first(diagnosis)
    for problem in facts.problems:
        lines.append(problem.sentence())
    lines += [f"Note: {note}" for note in facts.notes]
    lines += [f"Assumed: {assumption}" for assumption in facts.assumptions]
    return lines


_MOST_CASES = 6
_MOST_FINDINGS = 3


def screenful(diagnoses: Sequence[Diagnosis], facts: InputFacts) -> list[str]:
    """What fits on a screen: the first use cases, and how many problems and notes there are."""
    lines = [f"takeup diagnosis: {facts.reconciliation.sentence()}"]
    for diagnosis in diagnoses[:_MOST_CASES]:
        lines += ["", f"{diagnosis.title}: {diagnosis.verdict}", f"  {diagnosis.summary}"]
        if len(diagnoses) == 1:
            lines += _figures(diagnosis)
        lines += _first(diagnosis)
    if len(diagnoses) > _MOST_CASES:
        lines.append(f"and {len(diagnoses) - _MOST_CASES} more use cases")
    said = len(facts.problems) + len(facts.notes) + len(facts.assumptions)
    lines += [
        "",
        f"Problems, notes and assumptions ({said}) stand in `.facts`; `.to_frame()` has every figure, `.findings()` "
        "what they amount to, `.plot(question)` their intervals, `.to_html()` the report.",
    ]
    return lines


def notebook_html(diagnoses: Sequence[Diagnosis], facts: InputFacts) -> str:
    """The same as HTML, with the figures as a table and the first findings of each use case."""
    parts = [f"<p>{escape(facts.reconciliation.sentence())}</p>"]
    for diagnosis in diagnoses[:_MOST_CASES]:
        overall = diagnosis.measures.adoption.overall
        rows = "".join(
            f"<tr><th scope='row'>{label}</th><td>{escape(figure(getattr(overall, field)))}</td></tr>"
            for label, field in _FIGURES
        )
        found = "".join(
            f"<li><strong>{escape(f.title)}.</strong> {escape(f.text)}</li>"
            for f in brief_of(diagnosis).first[:_MOST_FINDINGS]
        )
        parts.append(
            f"<h4>{escape(diagnosis.title)}</h4><p>{escape(diagnosis.verdict)}</p>"
            f"<p>{escape(diagnosis.summary)}</p>"
            f"<table>{rows}</table><ol>{found}</ol>"
        )
    if len(diagnoses) > _MOST_CASES:
        parts.append(f"<p>and {len(diagnoses) - _MOST_CASES} more use cases</p>")
    return f"<div>{''.join(parts)}</div>"


def _first(diagnosis: Diagnosis) -> list[str]:
    """What to do first, by whom and in how many days."""
    first = do_first(diagnosis.findings)
    if first is None:
        return []
    step = first.actions[0]
    return [
        f"  Do first{of_whom(diagnosis, first)}: {first.first_action} ({step.owner}, within {step.lead_days} days)"
    ]


def _figures(diagnosis: Diagnosis) -> list[str]:
    lines = []
    for label, field in _FIGURES:
        answer = getattr(diagnosis.measures.adoption.overall, field)
        why = f": {answer.reason}" if isinstance(answer, CannotSay) else ""
        lines.append(f"  {label:<20} {figure(answer)}{why}")
    return lines


def _teams_that_vanish(diagnosis: Diagnosis) -> list[str]:
    """A warning where most teams are too small to be shown."""
    teams = diagnosis.measures.adoption.groups.get("team", ())
    hidden = sum(team.hidden for team in teams)
    if hidden * 2 <= len(teams):
        return []
    return [f"  Most teams ({hidden} of {len(teams)}) are too small to be shown in the report."]
