"""What is audited here, in words."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

WORDS = {
    "performance.approved": _("published a report on the model"),
    "performance.drafted": _("drafted a report on the model"),
}
