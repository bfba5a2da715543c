"""What is audited here, in words."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

WORDS = {
    "gate.attested": _("signed a statement of a gate"),
    "gate.decided": _("decided on a gate"),
    "gate.declared": _("declared a gate"),
    "rollout.draw": _("changed the draw of a rollout"),
    "rollout.drill": _("rehearsed a stop"),
    "rollout.drill_timed": _("timed how a rehearsed stop was obeyed"),
    "rollout.lifted": _("lifted a stop"),
    "rollout.step": _("took a step of a rollout"),
    "rollout.step_withdrawn": _("withdrew a step"),
    "rollout.stopped": _("stopped advice"),
}
