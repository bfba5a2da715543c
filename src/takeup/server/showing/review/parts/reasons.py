"""5. Reasons: how verdicts changed, which actions ran, whether they were delivered and moved anything."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from takeup.record.questionnaire import TYPE_NAMES
from takeup.server.acting.interventions.services import runs
from takeup.server.showing.review.part import Figures, Part, Reviewed

_VERDICTS = {
    "moved": "moved",
    "not_moved": "not moved",
    "cannot_tell": "cannot tell",
    "": "not yet",
}


def part(of: Reviewed) -> Part:
    """Verdict by population then and now; every action with its effect."""
    before = _verdicts(of.before)
    after = _verdicts(of.diagnosis)
    rows = tuple((of.called(key), before.get(key, "not known"), verdict) for key, verdict in after.items())  # fmt: skip
    held = [run for run in runs() if run.use_case == of.use_case]
    actions = tuple(
        (of.called(run.population), run.library["do"], f"{run.starts_on:%-d %B %Y}", _delivered(run), _VERDICTS[run.verdict], run.result.get("why", ""))
        for run in held
    )  # fmt: skip
    moved = sum(run.verdict == "moved" for run in held)
    checked = sum(bool(run.verdict) for run in held)
    return Part(
        5, "Reasons and actions", f"{len(held)} actions ran; {checked} were checked, {moved} moved what they were meant to.",
        (
            Figures("Verdicts on the reasons", ("population", "at going live", "now"), rows),
            Figures("Actions", ("population", "action", "began", "delivered", "result", "because"), actions),
        ),
    )  # fmt: skip


def _verdicts(diagnosis: Mapping[str, Any] | None) -> dict[str, str]:
    found = (diagnosis or {}).get("measures", {}).get("resistance")
    if not isinstance(found, dict):
        return {}
    return {p["population"]: _words(p["scored"]) for p in found.get("populations", [])}


def _words(scored: Mapping[str, Any]) -> str:
    if "verdict" not in scored:
        return str(scored.get("reason", "not shown, on purpose"))
    named = ", ".join(TYPE_NAMES[t] for t in scored.get("named", []))
    verdict = str(scored["verdict"]).replace("_", " ")
    return f"{verdict}: {named}" if named else verdict


def _delivered(run: Any) -> str:
    steps = list(run.steps.all())
    return f"{sum(s.done_on is not None for s in steps)} of {len(steps)} steps"
