"""In the list of use cases: the way to the diagnosis."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from takeup.server.foundation.organization.columns import Column

COLUMN = Column(_("Diagnosis"), "diagnosis", "overview/_of_use_case.html")
