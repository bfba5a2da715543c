"""What is audited here, in words."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

WORDS = {
    "action.declared": _("declared an action on a population"),
    "action.started": _("started an action"),
    "action.step_done": _("did a step of an action"),
    "action.withdrawn": _("withdrew an action"),
    "action.checked": _("said what came of an action"),
    "library.revised": _("changed the action library"),
}
