"""Before labels leave for training: is the advice judged right as often for each protected group?

A difference is an association, in the judged cases alone: who was judged, and what was decided, may differ
between groups. It is shown before an export and stops nothing; whoever signs the export has seen it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from takeup.disclosure.group_size import few
from takeup.record.settings import Settings
from takeup.stats.answer import Estimate
from takeup.stats.rates import share

Label = tuple[str, str, bool]
"""Level of the tag, person (pseudonym), whether the advice was right."""


def label_rates(
    rows: Sequence[Mapping[str, Any]], protected: Sequence[str], settings: Settings
) -> dict[str, Any] | str:
    """By protected tag: of judged advice the share that was right in each of its levels, with an
    interval (errors by person; the levels of a tag together at the settings' confidence), and whether
    two of them are apart. Levels of too few people are left out and counted."""
    if not protected:
        return (
            "no protected tags are declared for this use case (`protected`): nothing was compared"
        )
    return {
        tag: _compared(
            [
                (str(r[tag]), str(r.get("person_id") or ""), bool(r["advice_right"]))
                for r in rows
                if r.get(tag) is not None and r.get("advice_right") is not None
            ],
            settings,
        )
        for tag in protected
    }


def _compared(labels: Sequence[Label], settings: Settings) -> dict[str, Any]:
    by: dict[str, dict[str, list[bool]]] = {}
    for level, person, right in labels:
        by.setdefault(level, {}).setdefault(person, []).append(right)
    enough = {
        level: people
        for level, people in by.items()
        if not few(len(people), "share", settings.disclosure)
    }
    each = 1 - (1 - settings.confidence) / max(len(enough), 1)
    levels = [_level(level, people, each) for level, people in sorted(enough.items())]
    told = [one for one in levels if one["low"] is not None]
    return {
        "levels": levels,
        "left_out_of_few_people": len(by) - len(enough),
        "apart": bool(told) and max(one["low"] for one in told) > min(one["high"] for one in told),
    }


def _level(level: str, people: Mapping[str, Sequence[bool]], confidence: float) -> dict[str, Any]:
    right = np.array([sum(own) for own in people.values()], dtype=float)
    judged = np.array([len(own) for own in people.values()], dtype=float)
    found = share(right, judged, confidence, clustered=True, grade="descriptive")
    known = found if isinstance(found, Estimate) else None
    return {
        "level": level, "people": len(people), "judged": int(judged.sum()), "right": int(right.sum()),
        "share": known.value if known else None, "low": known.low if known else None,
        "high": known.high if known else None, "confidence": confidence, "grade": "descriptive",
    }  # fmt: skip
