"""What is audited here, in words."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

WORDS = {
    "objection.made": _("objected to what is recorded of them"),
    "vault.closed": _("closed their own vault"),
    "vault.opened": _("opened their own vault again"),
}
