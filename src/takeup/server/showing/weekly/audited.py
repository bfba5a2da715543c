"""What is audited here, in words."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

WORDS = {
    "review.opened": _("opened a weekly review"),
    "review.decided": _("recorded a decision of a weekly review"),
    "review.handed_over": _("handed a decision of a weekly review over"),
    "review.done": _("said that a decision of a weekly review is done"),
    "review.day_set": _("set the day of the weekly review"),
}
