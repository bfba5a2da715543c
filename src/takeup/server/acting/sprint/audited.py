"""What is audited here, in words."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

WORDS = {
    "sprint.begun": _("planned a sprint"),
    "sprint.ended": _("ended a sprint"),
    "sprint.owner": _("gave a milestone to somebody"),
    "sprint.moved": _("moved the day of a milestone"),
    "sprint.waits": _("let a milestone wait for another besides"),
    "sprint.waits_no_more": _("let a milestone wait for another no more"),
    "sprint.signed": _("signed a statement of a milestone"),
    "sprint.signature_back": _("took a signature back"),
    "sprint.technical": _("set a date of the technical track"),
    "sprint.decider": _("named who decides at a gate of a sprint"),
    "sprint.document_read": _("opened a document behind a signature"),
    "sprint.gate_decided": _("decided at a gate of a sprint"),
}
