"""What is audited here, in words."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from takeup.server.acting.signals.rules import signal_words

WORDS = {
    "signal.answered": _("answered a signal"),
    "signal.asked": _("put a signal’s question to users"),
    "signal.drill": _("began a drill"),
    "signal.escalated": _("told the next in line of a late answer"),
    "signal.heard": _("said what users answered"),
    "signal.judged": _("told whether a figure moved back"),
    "signal.opened": _("opened a response to a signal"),
    "signal.owned": _("gave a response an owner"),
}
VALUES = {"code": signal_words}
