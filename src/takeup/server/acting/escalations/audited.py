"""What is audited here, in words."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

WORDS = {
    "escalation.opened": _("a champion raised an escalation"),
    "escalation.acknowledged": _("acknowledged an escalation"),
    "escalation.pause": _("decided whether advice is paused for an escalation"),
    "escalation.decided": _("decided an escalation"),
    "escalation.promised": _("moved the day of an accepted escalation"),
    "escalation.shipped": _("shipped what an escalation asked for"),
}
