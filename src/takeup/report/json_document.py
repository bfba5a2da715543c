"""Everything the report shows, as JSON (docs/reference/json.md)."""

from __future__ import annotations

from typing import Any

from takeup.drawing.plain import plain
from takeup.questions.diagnosis import Diagnosis
from takeup.questions.measures import Measures
from takeup.questions.question import Question
from takeup.questions.register import questions


def diagnosis_json(diagnosis: Diagnosis) -> dict[str, Any]:
    """One diagnosis."""
    return {
        "use_case": diagnosis.use_case,
        "title": diagnosis.title,
        "audience": diagnosis.audience,
        "verdict": diagnosis.verdict,
        "summary": diagnosis.summary,
        "measures": {q.name: document_of(q, diagnosis.measures) for q in questions()},
        "findings": plain(diagnosis.findings),
        "cannot_answer": plain(diagnosis.cannot_answer),
    }


def document_of(question: Question[Any], measures: Measures) -> Any:
    """What a question answered: its fields, or what it makes of them."""
    found = measures.found[question.name]
    made: Any = question.of_part("document", "document", plain)(found)
    return made
