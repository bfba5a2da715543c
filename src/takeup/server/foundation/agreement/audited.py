"""What is audited here, in words."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

WORDS = {
    "agreement.recorded": _("recorded an agreement"),
    "change.announced": _("announced a change"),
    "change.answered": _("answered an announced change"),
}
