"""2. The model: where it errs, its blind spots, what users marked and what changed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from takeup.drawing.words import name_of, upper_first
from takeup.server.acting.feedback.services import releases_of
from takeup.server.showing.review.part import Figures, Part, Reviewed, known, told

_MOST = 12


def part(of: Reviewed) -> Part:
    """Where it is wrong more often than elsewhere, and what was shipped against it."""
    found = of.measure("model_issue")
    segments = sorted(
        (s for s in found.get("segments", []) if s["scope"] == "all" and known(s["error"])), key=lambda s: -s["error"]["value"]
    )[:_MOST]  # fmt: skip
    rows = tuple((upper_first(name_of(s["segment"])), f"{s['judged']:,}", told(s["error"]), told(s["error_elsewhere"]), _times(s["ratio"])) for s in segments)  # fmt: skip
    issues = found.get("issues", [])
    told_issues = tuple(
        (upper_first(name_of(i["kind"])), of.called(i["scope"]), upper_first(name_of(i["segment"])) if i["segment"] else "All cases")
        for i in issues
    )  # fmt: skip
    shipped = tuple((r.version, f"{r.shipped_at:%-d %B %Y}", r.words) for r in releases_of(of.use_case))  # fmt: skip
    overall: Mapping[str, Any] = next(
        (s for s in found.get("scopes", []) if s["scope"] == "all"), {}
    )
    says = f"The advice was wrong in {told(overall.get('error'))} of judged cases; {len(issues)} model issues stand."  # fmt: skip
    return Part(
        2, "The model", says,
        (
            Figures("Error by kind of case", ("kind of case", "judged", "error", "elsewhere", "times"), rows),
            Figures("Model issues", ("issue", "population", "kind of case"), told_issues),
            Figures("What was shipped since", ("version", "on", "what changed"), shipped),
        ),
        () if rows else ("No kind of case has enough judged cases.",),
    )  # fmt: skip


def _times(ratio: Any) -> str:
    """How many times as often it is wrong there, with its interval."""
    return told(ratio).replace(" ratio (", " (", 1)
