"""What is audited here, in words."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

WORDS = {
    "access.logged": _("looked at"),
    "export.made": _("exported a view"),
    "secret.forgotten": _("took away what no secret opens any more"),
    "secret.in_force": _("put a secret of the deployment in force"),
}
