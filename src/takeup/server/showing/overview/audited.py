"""What is audited here, in words."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

WORDS = {
    "snapshot.asked": _("asked for a snapshot"),
}
