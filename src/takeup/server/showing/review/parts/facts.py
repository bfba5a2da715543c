"""1. Facts: levels by population with intervals, rate against quality."""

from __future__ import annotations

from takeup.server.showing.review.part import Figures, Part, Reviewed, method_of, shown_groups, told


def part(of: Reviewed) -> Part:
    """How much passes through the tool, and how much is decided with it."""
    adoption = of.measure("adoption")
    groups = shown_groups(adoption)
    levels = {p["population"]: p for p in of.measure("ladder").get("populations", [])}
    rows = tuple(
        (of.called(g["key"]), f"{g['people'] or '–'}", _level(levels.get(g["key"])), told(g["consult_rate"]),
         told(g["effective_reliance"]), told(g["override_rate"]), told(g["quality_gap"]), told(g["nominal_rate"]))
        for g in groups
    )  # fmt: skip
    heads = ("population", "people", "level", "looked at", "decided with it", "overridden", "quality gap", "nominal rate")  # fmt: skip
    return Part(
        1, "Facts", of.diagnosis["verdict"], (Figures("Rate and quality, by population", heads, rows),),
        (f"Method: {method_of(adoption.get('consult_rate'))}.", "The nominal rate stands last: it cannot see whether anybody looked."),
    )  # fmt: skip


def _level(found: object) -> str:
    if not isinstance(found, dict) or "certain" not in (found.get("level") or {}):
        return "not known"
    level = found["level"]
    low, high = level["certain"], level["possible"]
    return f"L{low}" if low == high else f"L{low} to L{high}"
