"""Why people do not rely on the advice."""

from django.utils.translation import gettext_lazy as _

from takeup.server.deployment.capability import (
    OWN_COHORT,
    READS_EVERY_POPULATION,
    Capability,
    InBar,
)

CAPABILITY = Capability(
    "reasons",
    __name__.removesuffix(".capability"),
    place=82,
    opens={
        "reasons": READS_EVERY_POPULATION,
        # Besides, everybody sees their own (`reasons.pages.reasons_of`).
        "reasons_of": READS_EVERY_POPULATION | OWN_COHORT,
    },
    bar=(
        InBar(
            "reasons", _("Reasons"), 45,
            ("reasons_of", "surveys", "survey_text", "conversations", "conversation_names", "conversation_write",
             "conversation_code", "conversation_told"),
        ),
    ),
)  # fmt: skip
