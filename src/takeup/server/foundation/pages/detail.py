"""What the audit log and a gate hold, as people read it: each name and each value in one place."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from takeup.drawing.dates import days_in_words
from takeup.record.use_case import kind_of

_KEYS = {
    "starts": _("counts pairs from"), "decide_by": _("decision by"),
    "margin": _("the model may be behind by"), "disagreement": _("disagreement expected in"),
    "pairs": _("pairs at least"), "days": _("days with pairs at least"),
    "own_answer_first": _("own answer first in"), "kind_floor": _("asked of kinds with"),
    "reports": _("reports at least"), "opened": _("opened by"), "attested": _("somebody signs"),
    "from_at": _("from"), "form": _("as"), "look": _("report of"), "code": _("signal"),
    "unit": _("drawn among"), "blind": _("stays blind"), "valid_until": _("holds until"),
}  # fmt: skip
"""Names that do not read as words by themselves."""
_SHARES = {
    "disagreement": _("% of cases"), "own_answer_first": _("% of cases"), "kind_floor": _("% of the cases"),
    "opened": _("% of the cohort"), "blind": _("% of cases"), "share": _("%"),
}  # fmt: skip
_UNITS = {"person": _("people"), "team": _("teams"), "case": _("cases")}
_CODE = re.compile(r"^[a-z][a-z0-9]*(_[a-z0-9]+)+$")


def key_words(key: str) -> str:
    """What a held value is called."""
    return str(_KEYS[key]) if key in _KEYS else key.replace("_", " ")


def value_words(key: str, value: Any) -> str:
    """A held value: shares in per cent, days as people write them, lists by commas."""
    if value is None:
        return "–"
    if isinstance(value, Mapping):
        return ", ".join(f"{key_words(k)} {value_words(k, v)}" for k, v in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(value_words(key, one) for one in value) or str(_("nothing"))
    if isinstance(value, bool):
        return str(_("yes") if value else _("no"))
    if isinstance(value, int | float):
        return _number_words(key, value)
    if key == "unit":
        return str(_UNITS.get(value, value))
    if key == "kind" and "=" in value:
        return kind_words(kind_of(value))
    told = str(value)
    return days_in_words(told.replace("_", " ") if _CODE.match(told) else told)


def _number_words(key: str, value: float) -> str:
    if key == "margin":
        return str(_("{n} points")).format(n=f"{100 * value:g}")
    if key in _SHARES:
        return f"{100 * value:g} {_SHARES[key]}"
    return f"{value:,}" if isinstance(value, int) else f"{value:,g}"


def kind_words(kind: Mapping[str, str]) -> str:
    """A kind of case: `segment: local income, stakes: high`."""
    return ", ".join(
        f"{name.removeprefix('x_').replace('_', ' ')}: {str(value).replace('_', ' ')}"
        for name, value in kind.items()
    )
