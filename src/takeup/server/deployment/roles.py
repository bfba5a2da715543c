"""The roles that have a page or an endpoint (domain: who may see what)."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Role(TextChoices):
    """What a person is to the programme. Practitioners are those placed in a population, managers
    those who lead a team: both follow from the organization; the others are granted."""

    PRACTITIONER = "practitioner", _("practitioner")
    CHAMPION = "champion", _("champion")
    MANAGER = "manager", _("direct manager")
    EXECUTIVE = "executive", _("executive")
    ROLE_OWNER = "role_owner", _("HR, role owner")
    PRODUCT_TEAM = "product_team", _("AI product team")
    PROGRAMME_LEAD = "programme_lead", _("programme lead")
    WORKER_REPRESENTATIVE = "worker_representative", _("worker representative")
    OVERSIGHT_OFFICER = "oversight_officer", _("oversight officer")
    ADMINISTRATOR = "administrator", _("administrator")


FOLLOWS = frozenset({Role.PRACTITIONER, Role.MANAGER})
"""Roles that follow from the organization and cannot be granted."""
SHOWS_FIGURES = frozenset(
    {
        Role.PROGRAMME_LEAD, Role.EXECUTIVE, Role.ROLE_OWNER, Role.WORKER_REPRESENTATIVE,
        Role.OVERSIGHT_OFFICER, Role.PRODUCT_TEAM,
    }
)  # fmt: skip
"""Roles that see figures of every population or cohort: nobody gives them to themselves."""
