"""Who answered a survey and who did not, by trait and never by name."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from takeup.disclosure.group_size import with_complement
from takeup.record.questionnaire import questionnaire

MOST_SAID = 0.9
"""A share beyond it is told as at least so much, and likewise at the other end: whether one certain person
answered does not follow."""


def by_trait(
    invited: Mapping[str, bool], places: Mapping[str, tuple[str, str]], least: int
) -> dict[str, dict[str, list[float]]]:
    """By trait (`cohort`, `team`) and its group: how many were asked, and the share of them who answered.
    `invited`: whether each person answered; `places`: cohort and team of each. Groups under `least` are left out, and with
    them what they would follow from."""
    traits = {"cohort": 0, "team": 1}
    groups = {
        trait: {handle: places[handle][i] for handle in invited if handle in places}
        for trait, i in traits.items()
    }
    return {trait: shown for trait, of in groups.items() if (shown := _shown(invited, of, least))}


def _shown(
    invited: Mapping[str, bool], groups: Mapping[str, str], least: int
) -> dict[str, list[float]]:
    answers: dict[str, list[bool]] = defaultdict(list)
    for handle, answered in invited.items():
        answers[groups.get(handle, "")].append(answered)
    sizes = {name: len(of) for name, of in answers.items()}
    hidden = {name for name, n in sizes.items() if n < least}
    hidden = with_complement(hidden, sizes, least)
    if _follows(answers, hidden):
        return {}
    shown = {name: of for name, of in answers.items() if name and name not in hidden}
    return {name: [len(of), _within(sum(of) / len(of))] for name, of in sorted(shown.items())}


def _follows(answers: Mapping[str, list[bool]], hidden: Collection[str]) -> bool:
    """Whether the number of all who answered, less the groups that are told exactly, leaves for the others together
    that nearly all of them answered, or nearly nobody."""
    rest = [
        said
        for name, of in answers.items()
        if not name or name in hidden or _beyond(of)
        for said in of
    ]
    return bool(rest) and _beyond(rest)


def _beyond(of: list[bool]) -> bool:
    return not 1 - MOST_SAID <= sum(of) / len(of) <= MOST_SAID


def _within(share: float) -> float:
    return min(max(round(share, 2), 1 - MOST_SAID), MOST_SAID)


_SMALLEST_BAND = 3


def by_band(answers: Sequence[Mapping[str, Any]], least: int) -> dict[str, dict[str, int]]:
    """Who is heard: of those who answered, how many in ten say each band of a question about themselves. A question that
    fewer than `least` answered, or of which a band would be one or two people, is left out."""
    found: dict[str, dict[str, int]] = {}
    for asked in questionnaire().context:
        said = Counter(one["bands"][asked.key] for one in answers if asked.key in one["bands"])
        n = sum(said.values())
        if n >= least and min(said.values()) >= _SMALLEST_BAND:
            found[asked.key] = {band: round(10 * said[band] / n) for band in asked.bands}
    return found
