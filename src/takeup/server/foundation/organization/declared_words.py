"""What a use case declares, as people read it; its file is for those who change it."""

from __future__ import annotations

from django.utils.translation import gettext as _

from takeup.record.use_case import UseCase
from takeup.server.foundation.pages.words import REASON_WORDS


def in_words(declared: UseCase) -> list[tuple[str, str]]:
    """What is declared beside the defaults: its name and its value in words."""
    found = [
        (_("Choices"), _words(declared.choices)),
        (_("Kinds of case told apart"), _words(_names(declared.segment))),
        (_("Known before the decision"), _words(_names(declared.covariates or []))),
        (_("Outcomes"), _outcomes(declared)),
        (_("Reasons that may be given"), ", ".join(str(REASON_WORDS.get(r, r.replace("_", " "))) for r in declared.override_reasons)),
        (_("Reserved for people"), _words([t.replace("=", " ") for t in declared.reserved_for_people])),
        (_("Promised by its makers"), _share(declared.promised_error)),
        (_("People it is meant for"), str(declared.intended_users or "")),
        (_("Money in"), declared.value_unit or ""),
    ]  # fmt: skip
    return [(name, value) for name, value in found if value]


def _outcomes(declared: UseCase) -> str:
    names = [*declared.outcomes] or (["outcome"] if declared.outcome.label else [])
    return "; ".join(_outcome(declared, name) for name in names)


def _outcome(declared: UseCase, name: str) -> str:
    rule = declared.rule_for(name)
    parts = [declared.label_of(name)]
    if rule.better:
        parts.append(_("higher is better") if rule.better == "higher" else _("lower is better"))
    if rule.observed_when != "always":
        parts.append(
            _("seen only after: {choices}").format(choices=_words(list(rule.observed_when)))
        )
    if rule.maturation_days:
        parts.append(_("known after {n} days").format(n=f"{rule.maturation_days:g}"))
    return ", ".join(parts)


def _names(columns: list[str]) -> list[str]:
    return [name.removeprefix("x_") for name in columns]


def _words(codes: list[str]) -> str:
    return ", ".join(code.replace("_", " ") for code in codes)


def _share(error: float | None) -> str:
    return "" if error is None else _("wrong in at most {n} of 100").format(n=f"{100 * error:g}")
