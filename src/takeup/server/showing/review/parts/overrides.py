"""3. Overrides: how often, whether they were right, why, and what was done with them."""

from __future__ import annotations

from takeup.drawing.words import name_of, upper_first
from takeup.server.acting.feedback.services import override_topics
from takeup.server.foundation.pages.words import LABEL_WORDS, REASON_WORDS
from takeup.server.showing.review.part import Figures, Part, Reviewed, shown_groups, told

_MOST = 10


def part(of: Reviewed) -> Part:
    """Who was right in overridden cases; the largest clusters and what they were answered with."""
    total = of.measure("override_ledger").get("total", {})
    benchmarks = {p["population"]: p.get("benchmark") for p in of.measure("ladder").get("populations", [])}  # fmt: skip
    rates = tuple(
        (of.called(g["key"]), told(g["override_rate"]), _band(benchmarks.get(g["key"])))
        for g in shown_groups(of.measure("adoption"))
    )
    topics = tuple(
        (
            upper_first(name_of(t.level)) if t.level else "All cases", str(REASON_WORDS.get(t.reason, name_of(t.reason))), t.version or "–",
            f"{t.figures.get('overrides', 0):,}", str(LABEL_WORDS[t.label]) if t.label else "not read yet",
        )
        for t in override_topics(of.use_case)[:_MOST]
    )  # fmt: skip
    share = total.get("human_share")
    says = (
        f"Of {total.get('overrides', 0):,} overrides people were right in {total.get('human_knew', 0):,}, the model in "
        f"{total.get('model_right', 0):,}; of {total.get('cannot_tell', 0):,} nobody can tell ({told(share)} of those judged)."
        if total else "No override was judged."
    )  # fmt: skip
    return Part(
        3, "Overrides", says,
        (
            Figures("Override rate beside what experts would do", ("population", "overridden", "experts would"), rates),
            Figures("Reasons, the largest first", ("kind of case", "reason", "model", "overrides", "read as"), topics),
        ),
        ("A share of right overrides has a base rate: with a model that is seldom wrong even experts are right in about half.",),
    )  # fmt: skip


def _band(found: object) -> str:
    if not isinstance(found, dict):
        return "no expert benchmark"
    return f"{100 * found['rate']:.0f} % ± {100 * found['sd']:.0f} ({found['source']})"
