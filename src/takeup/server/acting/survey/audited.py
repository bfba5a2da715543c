"""What is audited here, in words."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

WORDS = {
    "survey.opened": _("opened a survey"),
    "survey.reminded": _("reminded who had not answered a survey"),
    "survey.withdrawn": _("withdrew a survey"),
    "survey.taken_over": _("went on with a survey whose opener has left"),
    "survey.taken_back": _("took back answers that were brought in"),
    "survey.closed": _("a survey ended"),
    "survey.imported": _("brought in answers to a survey"),
    "survey.text_agreed": _("agreed to the words of the survey"),
}
