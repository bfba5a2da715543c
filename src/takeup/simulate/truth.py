"""The truth of a programme: every quantity that a measure estimates, from both fates of
every case. Sums first, so that large programmes are added up block by block."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from takeup.simulate.cases import Cases
from takeup.simulate.phase import Phase
from takeup.simulate.population_spec import PopulationSpec

Sums = dict[str, float]


def sums_of(p: PopulationSpec, phase: Phase, c: Cases, worth: NDArray[np.float64] | None) -> Sums:
    """What the truth of a block's cases is made of; keys of a segment end in `|segment`."""
    sums: Sums = {}

    def add(name: str, values: Any, where: Any = None, by_segment: bool = False) -> None:
        chosen = values if where is None else values * where
        sums[name] = sums.get(name, 0.0) + float(chosen.sum())
        if by_segment:
            counted = np.bincount(c.segment.ravel(), (chosen * 1.0).ravel(), len(p.segments))
            for segment, value in zip(p.segments, counted, strict=True):
                key = f"{name}|{segment.name}"
                sums[key] = sums.get(key, 0.0) + float(value)

    if phase.kind == "rollout":
        add("rollout_n", np.ones(c.wrong.shape))
        add("rollout_assisted_right", c.assisted_right)
        add("rollout_unaided_right", c.unaided_right)
    on, seen, over = c.assisted, c.consulted, c.overridden
    wrong, right = c.wrong, c.right
    add("eligible", on, by_segment=True)
    add("consulted", seen, by_segment=True)
    add("overridden", over, by_segment=True)
    add("wrong", wrong, on, by_segment=True)
    add("wrong_seen", wrong, seen)
    add("kept_right", ~wrong, seen & ~over)
    add("caught_wrong", wrong, over, by_segment=True)
    add("right_seen", right, seen, by_segment=True)
    add("unaided_right", c.unaided_right, on)
    add("assisted_right", c.assisted_right, on)
    e = 1 - c.p_override
    overlap = e * (1 - e) * seen
    add("overlap", overlap)
    add("overlap_effect", np.where(wrong, -1.0, 1.0), overlap)
    if worth is not None:
        for name, values, where in (
            ("worth", worth, on),
            ("worth_lost", worth * ~right, on),
            ("worth_advice", worth * wrong, on),
            ("worth_not_consulting", worth * (~right * 1.0 - wrong), on & ~seen),
            ("worth_overriding", worth * np.where(wrong, -1.0, 1.0), over),
            ("worth_wrong_overrides", worth * ~wrong, over),
            ("worth_wrong_following", worth * wrong, seen & ~over),
        ):
            add(name, values, where)
    return sums


def added(parts: list[Sums]) -> Sums:
    """Sums over blocks."""
    total: Sums = {}
    for part in parts:
        for name, value in part.items():
            total[name] = total.get(name, 0.0) + value
    return total


def truth_of(s: Mapping[str, float]) -> dict[str, Any]:
    """Truth by measure, from sums over cases."""

    def ratio(a: float, b: float) -> float | None:
        return a / b if b else None

    seen, eligible, right_seen = s["consulted"], s["eligible"], s["consulted"] - s["wrong_seen"]
    found: dict[str, Any] = {
        "adoption": {
            "consult_rate": ratio(seen, eligible),
            "override_rate": ratio(s["overridden"], seen),
            "effective_reliance": ratio(seen - s["overridden"], eligible),
        },
        "paired": {"person_minus_model": ratio(s["right_seen"] - right_seen, seen)},
        "reliance": {
            "model_error": ratio(s["wrong"], eligible),
            "r_c": ratio(s["kept_right"], right_seen),
            "r_w": ratio(s["caught_wrong"], s["wrong_seen"]),
            "override_accuracy": ratio(s["caught_wrong"], s["overridden"]),
        },
        "comparison": {
            "correctness_followed_minus_overridden": ratio(s["overlap_effect"], s["overlap"])
        },
        "team": {
            "unaided_right": ratio(s["unaided_right"], eligible),
            "model_right": ratio(eligible - s["wrong"], eligible),
            "assisted_right": ratio(s["assisted_right"], eligible),
        },
        "segments": {
            name.removeprefix("eligible|"): {
                "model_error": ratio(s[f"wrong|{key}"], s[name]),
                "override_rate": ratio(s[f"overridden|{key}"], s[f"consulted|{key}"]),
                "override_value": ratio(
                    2 * s[f"caught_wrong|{key}"] - s[f"overridden|{key}"], s[f"overridden|{key}"]
                ),
            }
            for name in s
            if name.startswith("eligible|") and (key := name.removeprefix("eligible|"))
        },
    }
    if "worth" in s:
        found["value"] = {
            "per_decision": ratio(s["worth_lost"], eligible),
            "advice_alone": ratio(s["worth_advice"], eligible),
            "lost_to_not_consulting": ratio(s["worth_not_consulting"], eligible),
            "overriding": ratio(s["worth_overriding"], eligible),
            "lost_to_wrong_overrides": ratio(s["worth_wrong_overrides"], eligible),
            "lost_to_wrong_following": ratio(s["worth_wrong_following"], eligible),
        }
    if "rollout_n" in s:
        n = s["rollout_n"]
        found["rollout"] = {
            "correctness": (s["rollout_assisted_right"] - s["rollout_unaided_right"]) / n
        }
    return found
