"""What is audited here, in words."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

WORDS = {
    "release.shipped": _("recorded a release"),
    "topic.answered": _("answered a topic of the queue"),
    "topic.assigned": _("assigned a topic of the queue"),
    "topic.labelled": _("labelled a topic of the queue"),
    "topic.severity": _("said how soon a topic of the queue must be answered"),
    "topic.meanwhile": _("decided whether advice is paused"),
    "topic.merged": _("merged two topics of the queue"),
}
