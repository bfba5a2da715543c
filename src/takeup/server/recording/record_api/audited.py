"""What is audited here, in words."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

WORDS = {
    "history.imported": _("brought in history"),
    "log.set_aside": _("set rows aside that the log could not hold"),
    "log.written_again": _("wrote again what the log had lost"),
    "key.made": _("made a key"),
    "key.revoked": _("refused a key"),
    "person.erased": _("erased"),
    "quarantine.corrected": _("corrected a row in quarantine"),
    "use_case.merged": _("put what came of an unknown use case under another"),
    "use_case.removed": _("removed what came of an unknown use case"),
    "retention.run": _("ran the retention"),
}
