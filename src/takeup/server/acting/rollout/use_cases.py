"""In the list of use cases: how many cohorts are in which mode."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from takeup.server.acting.rollout.services import cohort_stages, with_people
from takeup.server.foundation.organization.columns import Column


def _modes(use_case: str) -> Mapping[str, Any]:
    """Each mode that cohorts with people are in, assist first: mode, cohorts in it, cohorts in all;
    where nobody is placed, what holds for everybody."""
    held = with_people(cohort_stages(use_case))
    found = [
        (mode, sum(o.stage.mode == mode for o in held)) for mode in ("assist", "shadow", "off")
    ]
    return {"modes": [(mode, n, len(held)) for mode, n in found if n]}


COLUMN = Column(_("Mode"), "rollout", "rollout/_of_use_case.html", _modes)
