"""What senders record, and what waits for a person."""

from django.utils.translation import gettext_lazy as _

from takeup.server.deployment.capability import ADMINISTRATION, PROGRAMME, Capability, InBar

CAPABILITY = Capability(
    "record_api",
    __name__.removesuffix(".capability"),
    place=30,
    opens={
        "senders": ADMINISTRATION,
        "senders_counters": ADMINISTRATION,
        "sender_key": ADMINISTRATION,
        "sender_key_revoke": ADMINISTRATION,
        "quarantine": ADMINISTRATION,
        "quarantine_row": ADMINISTRATION,
        "use_case_take_out": PROGRAMME | ADMINISTRATION,
        "use_case_refuse": PROGRAMME | ADMINISTRATION,
        "api-1:openapi-json": "anybody",
        "api-1:api-root": "anybody",
        "api-1:decisions": "key",
        "api-1:outcomes": "key",
        "api-1:eligible": "key",
        "api-1:events": "key",
        "api-1:recommendations": "key",
        "api-1:cds_cards": "key",
        "api-1:cds_feedback": "key",
        "api-1:quarantine": "key",
        "api-1:correct": "key",
        "api-1:modes": "key",
        "api-1:people": "key",
    },
    bar=(
        InBar("senders", _("Senders"), 100, ("sender_key",)),
        InBar("quarantine", _("Quarantine"), 110, ("quarantine_row",)),
    ),
)
