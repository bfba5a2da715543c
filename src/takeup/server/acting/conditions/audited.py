"""What is audited here, in words."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

WORDS = {
    "condition.recorded": _("recorded what is known of a condition"),
    "readiness.opened": _("opened an assessment of readiness"),
    "readiness.links": _("made links to answer an assessment of readiness"),
    "readiness.shared": _("made a link to a result of readiness"),
}
