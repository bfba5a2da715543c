"""What is audited here, in words."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

WORDS = {
    "review.made": _("made the review of thirty days"),
    "review.commented": _("commented on a part of a review"),
    "review.population_decided": _("decided in a review"),
    "review.signed": _("signed the decisions of a review"),
}
