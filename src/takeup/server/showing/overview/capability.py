"""What the log says of use cases."""

from django.utils.translation import gettext_lazy as _

from takeup.server.deployment.capability import (
    OWN_COHORT,
    PROGRAMME,
    READS_EVERY_POPULATION,
    Capability,
    InBar,
)

CAPABILITY = Capability(
    "overview",
    __name__.removesuffix(".capability"),
    place=80,
    opens={
        "overview": READS_EVERY_POPULATION,
        "overview_of": READS_EVERY_POPULATION,
        # Besides, everybody sees their own (`overview.pages.population`).
        "population": READS_EVERY_POPULATION | OWN_COHORT,
        "diagnosis": READS_EVERY_POPULATION,
        "diagnosis_day": READS_EVERY_POPULATION,
        "diagnosis_take": PROGRAMME,
    },
    bar=(
        InBar(
            "overview",
            _("Overview"),
            40,
            ("overview_of", "population", "diagnosis", "diagnosis_day"),
        ),
    ),
)
