"""What a conversation asks, and how what was said is coded."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

PROMPTS = {
    "last_case": _("Walk me through the last case you decided. Where did the advice appear, if at all?"),
    "did_something_else": _("The last time you looked at it and did something else: what did you know that it did not?"),
    "sensible_to_ignore": _("When is ignoring it the sensible thing?"),
    "on_monday": _("What would have to change on Monday for you to use it on your next ordinary case?"),
    "wrong_before": _("What has this tool, or another, got wrong before?"),
    "who_sees": _("Who would see you using it, and does that matter?"),
    "the_job": _("What do you think happens to your job if it works?"),
    "not_advise": _("Is there a decision it should not advise on?"),
}  # fmt: skip
CLOSE = _("What should we report back, and to whom?")

INCLUDE = {
    "JS": _("loss of role, of headcount, of what the job is worth; objections of procedure that lead back to the future of the job"),
    "CA": _("not wanting to be watched, fear of being slow, comparison with peers, no private practice"),
    "TD": _("an incident that is named, claims that do not fit what is seen, doing the work again"),
    "WD": _("clicks, waiting, the wrong place, copying, load"),
    "VM": _("duty to client or patient, fairness, answering for it without freedom, principle"),
}  # fmt: skip
BUT = {
    "JS": _("fear of looking slow is competence; “it should not decide”, on principle, is values"),
    "CA": _("“training did not cover it”, without fear of exposure, is the theme access"),
    "TD": _("an error from an input that the speaker can name is this and the theme model_gap"),
    "WD": _("“no time to learn it” is competence or access"),
    "VM": _("“policy forbids it”, with a real policy, is the theme policy_gap"),
}  # fmt: skip
THEMES = ("model_gap", "policy_gap", "access", "manager_signal", "metric_conflict")
