"""How indicators become a condition's status, and eight statuses a risk. Pure; the vectors are in the tests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from takeup.questions.conditions.indicators import Grade, IndicatorRule

Status = Literal["present", "partial", "absent", "unknown"]
Risk = Literal["at_risk", "undetermined", "at_risk_possible", "watch", "on_track"]

SCORE: Mapping[Grade, float] = {"met": 1.0, "partial": 0.5, "unmet": 0.0}
STEPS: Mapping[str, int] = {"absent": 0, "partial": 1, "present": 2}
_LEAST_KNOWN, _ABSENT_BELOW, _PRESENT_FROM = 0.5, 0.35, 0.75
SEVERAL = 3
"""Absent conditions that put adoption at risk by themselves."""
_TOGETHER = 4.0
_MANY_UNKNOWN = 4
DISPUTED_FROM, DISPUTED_UP_TO = 8, 2.0
"""Practitioners who must have answered, and the median up to which they dispute what is measured."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A condition's status, why, the share of indicators (by weight) that is known, and their weighted mean
    (None where none is)."""

    status: Status
    why: str
    known: float
    mean: float | None


def judge(grades: Sequence[tuple[IndicatorRule, Grade]]) -> Judged:
    """A condition from its indicators. A failed critical one always decides; self-report is none of them."""
    known = [(rule, grade) for rule, grade in grades if grade != "unknown"]
    weight = sum(rule.weight for rule, _ in known)
    share = weight / sum(rule.weight for rule, _ in grades)
    mean = sum(rule.weight * SCORE[grade] for rule, grade in known) / weight if weight else None
    failed = [rule.words for rule, grade in known if rule.star and grade == "unmet"]
    if failed:
        return Judged("absent", f"critical, and not met: {'; '.join(failed)}", share, mean)
    if share < _LEAST_KNOWN or mean is None:
        return Judged(
            "unknown", f"{100 * share:.0f} % of its evidence is known, half is needed", share, mean
        )
    if mean < _ABSENT_BELOW:
        return Judged("absent", f"its indicators stand at {mean:.2f} of 1", share, mean)
    stars = all(grade == "met" for rule, grade in grades if rule.star)
    if stars and mean >= _PRESENT_FROM:
        return Judged("present", f"its indicators stand at {mean:.2f} of 1", share, mean)
    short = [rule.words for rule, grade in grades if rule.star and grade != "met"]
    why = (
        f"critical, and not fully met: {'; '.join(short)}"
        if short
        else f"its indicators stand at {mean:.2f} of 1"
    )
    return Judged("partial", why, share, mean)


def contradicts(claimed: Status, found: Status) -> bool:
    """Whether a claim and what is measured lie one step or more apart."""
    if "unknown" in (claimed, found):
        return False
    return claimed != found


def disputed(found: Status, practitioners: int | None, answer: float | None) -> bool:
    """Whether enough practitioners say no to what telemetry calls present."""
    if found != "present" or practitioners is None or answer is None:
        return False
    return practitioners >= DISPUTED_FROM and answer <= DISPUTED_UP_TO


@dataclass(frozen=True, slots=True)
class Risks:
    """The risk now, were every unknown condition present (best), and were they absent (worst)."""

    now: Risk
    best: Risk
    worst: Risk
    absent: int
    partial: int
    unknown: int


def risk(statuses: Sequence[Status], several: int = SEVERAL) -> Risks:
    """The risk of eight statuses. One absent condition is no predicted failure."""
    a, p, u = (sum(s == name for s in statuses) for name in ("absent", "partial", "unknown"))
    best, worst = _rule(a, p, 0, 0, several), _rule(a + u, p, 0, 0, several)
    return Risks(_rule(a, p, u, u, several), best, worst, a, p, u)


def _rule(a: int, p: int, u: int, could: int, several: int) -> Risk:
    if _at_risk(a, p, several):
        return "at_risk"
    if u >= _MANY_UNKNOWN:
        return "undetermined"
    if could and _at_risk(a + could, p, several):
        return "at_risk_possible"
    return "watch" if a >= 1 or p >= 3 else "on_track"


def _at_risk(a: int, p: int, several: int) -> bool:
    return a >= several or (a >= 2 and a + 0.5 * p >= _TOGETHER)


GRAVITY: tuple[Risk, ...] = ("at_risk", "at_risk_possible", "undetermined", "watch", "on_track")
"""The worst first: several populations are as the worst of them, never as their mean."""


def worst_of(risks: Sequence[Risk]) -> Risk | None:
    """The gravest of several populations; None of none."""
    return min(risks, key=GRAVITY.index, default=None)
