"""Is a population ready for the advice? The questions to ask before go-live, and what the answers amount to.

An answer is 1 (nothing exists) to 5 (in place and tried on real cases). What an assessment says is expected, not
measured: telemetry takes its place as soon as it has cases enough.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from statistics import median
from typing import Literal

from takeup.questions.conditions.indicators import conditions
from takeup.questions.conditions.rules import Status

ANCHORS = (
    "nothing exists", "intention", "a draft exists", "in place for this population",
    "in place and tried on real cases",
)  # fmt: skip
Group = Literal["process_owner", "direct_manager", "practitioner"]
GROUPS: tuple[Group, ...] = ("process_owner", "direct_manager", "practitioner")
Expected = Literal["expected_present", "expected_partial", "expected_absent", "unknown"]
MOST_WITHOUT_EVIDENCE = 3
FEWEST_PRACTITIONERS = 5
_PRESENT, _PARTIAL, _APART, _FEWEST = 4.0, 2.5, 2.0, 2
CLAIMS: Mapping[Expected, Status] = {
    "expected_present": "present", "expected_partial": "partial", "expected_absent": "absent",
    "unknown": "unknown",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class ReadinessQuestion:
    """One question, the evidence asked for, and whether 5 is bad (`reverse`)."""

    id: str
    asks: str
    evidence: str
    reverse: bool

    @property
    def condition(self) -> str:
        """The condition it is about."""
        return f"C{self.id[1]}"


@cache
def readiness_questions() -> tuple[ReadinessQuestion, ...]:
    """Q1a to Q8c, in order."""
    text = (files("takeup.questions.conditions") / "readiness.toml").read_text(encoding="utf-8")
    return tuple(
        ReadinessQuestion(key, q["asks"], q["evidence"], q.get("reverse", False))
        for key, q in tomllib.loads(text).items()
    )


@dataclass(frozen=True, slots=True)
class Answered:
    """One answer, 1 to 5, and the evidence named for it (empty: none)."""

    value: int
    evidence: str = ""

    def counted(self, question: ReadinessQuestion) -> int:
        """What it counts for: turned where 5 is bad, and at most 3 without evidence."""
        value = 6 - self.value if question.reverse else self.value
        return value if self.evidence else min(value, MOST_WITHOUT_EVIDENCE)


@dataclass(frozen=True, slots=True)
class Respondent:
    """Who answered, by the group they speak for, and what."""

    group: Group
    answers: Mapping[str, Answered]


@dataclass(frozen=True, slots=True)
class ConditionReadiness:
    """What is expected of a condition: `value` the median of its questions' values (None: too few answered),
    `by_group` each group's median, `disputed` where groups lie two or more apart, `capped` questions whose
    answer counted as 3 for want of evidence."""

    condition: str
    expected: Expected
    value: float | None
    by_group: Mapping[Group, float]
    disputed: bool
    capped: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Readiness:
    """All eight, how many answered by group, and what is `missing` for the result to hold."""

    conditions: tuple[ConditionReadiness, ...]
    respondents: Mapping[Group, int]
    missing: tuple[str, ...]


def readiness(respondents: Sequence[Respondent], practitioners: int | None = None) -> Readiness:
    """The result of an assessment; `practitioners`: how many there are in all, so that all of a few suffice.

    Each question is the median of the groups' medians; practitioners may lower it, never raise it. A condition is
    the mean of its questions, unknown with fewer than two of them.
    """
    counts = {g: sum(r.group == g for r in respondents) for g in GROUPS}
    needed = dict.fromkeys(GROUPS, 1) | {
        "practitioner": FEWEST_PRACTITIONERS
        if practitioners is None
        else max(min(FEWEST_PRACTITIONERS, practitioners), 1)
    }
    missing = tuple(
        f"{needed[g] - counts[g]} more {g.replace('_', ' ')}{'s' if needed[g] - counts[g] > 1 else ''}"
        for g in GROUPS
        if counts[g] < needed[g]
    )
    found = tuple(_condition(c.id, respondents) for c in conditions())
    if missing:
        # Whoever is missing might see it otherwise: what was answered is told, and decides nothing.
        found = tuple(replace(one, expected="unknown") for one in found)
    return Readiness(found, counts, missing)


def _condition(key: str, respondents: Sequence[Respondent]) -> ConditionReadiness:
    questions = [q for q in readiness_questions() if q.condition == key]
    values: list[float] = []
    by_group: dict[Group, list[float]] = {}
    disputed = False
    for question in questions:
        groups = _medians(question, respondents)
        if not groups:
            continue
        disputed |= max(groups.values()) - min(groups.values()) >= _APART
        for group, of_group in groups.items():
            by_group.setdefault(group, []).append(of_group)
        values.append(_of_groups(groups))
    capped = tuple(
        q.id for q in questions if any(_is_capped(q, r.answers.get(q.id)) for r in respondents)
    )
    value = sum(values) / len(values) if len(values) >= _FEWEST else None
    return ConditionReadiness(
        key, expected(value), value, {g: median(v) for g, v in by_group.items()}, disputed, capped
    )


def _medians(question: ReadinessQuestion, respondents: Sequence[Respondent]) -> dict[Group, float]:
    found: dict[Group, float] = {}
    for group in GROUPS:
        own = [
            r.answers[question.id].counted(question)
            for r in respondents
            if r.group == group and question.id in r.answers
        ]
        if own:
            found[group] = float(median(own))
    return found


def _of_groups(groups: Mapping[Group, float]) -> float:
    """The median of the groups' medians; never above that of the others than practitioners."""
    whole = float(median(groups.values()))
    others = [value for group, value in groups.items() if group != "practitioner"]
    return min(whole, float(median(others))) if others else whole


def _is_capped(question: ReadinessQuestion, answer: Answered | None) -> bool:
    return answer is not None and answer.counted(question) < (
        6 - answer.value if question.reverse else answer.value
    )


def expected(value: float | None) -> Expected:
    """What a value leads to expect: present from 4, partly from 2.5."""
    if value is None:
        return "unknown"
    if value >= _PRESENT:
        return "expected_present"
    return "expected_partial" if value >= _PARTIAL else "expected_absent"
