"""Codes as people read them."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

ACTION_WORDS = {
    "followed": _("followed"), "overridden": _("overrode"), "modified": _("followed, changed"),
    "not_consulted": _("decided without looking"), "shadow": _("advice was not shown"),
    "agreed": _("agreed"), "differed": _("differed"), "deferred": _("sent on"), "off": _("no advice"),
}  # fmt: skip
REASON_WORDS = {
    "info_model_lacks": _("I know something the model lacks"),
    "model_wrong_before": _("The model was wrong before"),
    "not_convinced": _("Not convinced"),
    "checked_and_disagree": _("Checked, and I disagree"),
    "procedure_or_policy": _("Policy or procedure"),
    "not_validated_for_this": _("Not tested for cases like this"),
    "professional_duty_ethics": _("Professional duty"),
    "client_or_patient_interest": _("In the client’s interest"),
    "too_slow_or_wrong_format": _("Too slow, or hard to use"),
    "other": _("Other"),
}
FLAG_WORDS = {
    "wrong": _("wrong"), "missing_input": _("something is missing"), "late": _("too late"),
    "format": _("hard to use"), "unclear_reason": _("the reason is unclear"),
    "ethics": _("not right to do"), "other": _("something else"),
}  # fmt: skip

LABEL_WORDS = {
    "confirmed_error": _("confirmed error"), "data_gap": _("data gap"),
    "threshold": _("threshold"), "policy_limit": _("policy limit"),
    "user_misread": _("misread"), "correct_as_is": _("correct as is"),
    "cannot_tell": _("cannot tell"),
}  # fmt: skip

LEVEL_WORDS = (
    _("unreached"), _("aware"), _("trial"), _("active"), _("integrated"), _("advocate"),
)  # fmt: skip
CLAUSE_WORDS = {
    "training": _("training"), "looking at the advice": _("looking at the advice more often"),
    "overrides over two windows": _("overrides that settle, over two windows of 28 days"),
    "stakes of cases": _("how often you look where the stakes are high"),
    "the expert benchmark": _("how often experts would override (nobody has measured it yet)"),
    "effective reliance": _("how often the advice carries your decision"),
    "overrides at the experts' level": _("overrides at the experts’ level"),
    "right answers": _("keeping right advice and catching wrong advice"),
    "what overrides gained": _("what your overrides gained"),
    "contributions": _("a contribution: a report, a guide, a test of a release"),
    "help to others": _("help to others, confirmed by them"),
    "whether the own comparison was opened": _("opening this page"),
}  # fmt: skip

VERDICT_WORDS = {
    "holds": _("The fix holds"), "no_change": _("No change shown"),
    "worse": _("It got worse"), "too_early": _("Too early to say"),
}  # fmt: skip


SEVERITY_WORDS = {
    "harm": _("Harm"), "blocking": _("Keeps people from working"), "normal": _("Normal"),
    "idea": _("An idea"),
}  # fmt: skip


def plain(code: Any) -> str:
    """A code or number as words."""
    return f"{code:g}" if isinstance(code, float) else str(code).replace("_", " ")
