"""10. Economics: what decisions with the advice were worth, and how that is known."""

from __future__ import annotations

from takeup.server.showing.review.part import Figures, Part, Reviewed, known, method_of, told


def part(of: Reviewed) -> Part:
    """Value by population with its interval and its grade."""
    found = [p for p in of.measure("value").get("populations", []) if known(p.get("decided"))]
    rows = tuple(
        (of.called(p["population"]), told(p["decided"]), told(p.get("overriding")), told(p.get("wrong_following")), told(p.get("wrong_overrides")))
        for p in found
    )  # fmt: skip
    heads = ("population", "lost per case as decided", "by overriding", "by following wrong advice", "by wrong overrides")  # fmt: skip
    consult = of.measure("adoption").get("consult_rate")
    says = f"Decided with the advice in view: {told(consult)}." + ("" if rows else " What a case is worth is not declared.")  # fmt: skip
    notes = ["What was spent against the plan is not recorded here."]
    if found:
        notes.insert(0, f"How it is known: {method_of(found[0]['decided'])}. {found[0]['decided'].get('assumption') or ''}".strip())  # fmt: skip
    return Part(10, "Economics", says, (Figures("Value, by population", heads, rows),), tuple(notes))  # fmt: skip
