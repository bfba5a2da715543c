"""What is audited here, in words."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

WORDS = {
    "conversation.asked": _("asked for conversations with a population"),
    "conversation.drawn": _("people to be invited were drawn and sealed"),
    "conversation.not_drawn": _("nobody could be drawn for conversations"),
    "conversation.names_opened": _("opened who is to be invited"),
    "conversation.recoded": _("two coders agreed too little and code again"),
    "conversation.withdrawn": _("withdrew a round of conversations"),
    "conversation.ended": _("ended a round of conversations and read it back"),
}
