"""What is audited here, in words."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

WORDS = {
    "oversight.key_made": _("made an oversight key"),
    "oversight.opened": _("opened sealed records"),
}
