"""What is audited here, in words."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

WORDS = {
    "backup.made": _("made a backup"),
    "backup.restored": _("restored a backup"),
    "log.mended": _("put damaged files of the log back"),
}
