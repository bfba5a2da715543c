"""What is audited here, in words."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

WORDS = {
    "organization.imported": _("imported the organization"),
    "organization.titled": _("gave a title in the organization"),
    "person.deactivated": _("deactivated"),
    "use_case.admitted": _("took a use case in again"),
    "use_case.refused": _("refused a use case"),
    "roles.changed": _("changed the roles"),
    "sign_in.factor_removed": _("removed the second factor of"),
    "sign_in.groups_unknown": _(
        "signed in without the provider telling their groups; roles were kept"
    ),
    "sign_in.link_made": _("made a sign-in link"),
    "sign_in.refused": _("refused a sign-in"),
    "use_case.declared": _("changed what a use case declares"),
}
