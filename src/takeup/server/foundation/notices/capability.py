"""What waits for people."""

from takeup.server.deployment.capability import ADMINISTRATION, PROGRAMME, Capability

CAPABILITY = Capability(
    "notices",
    __name__.removesuffix(".capability"),
    place=130,
    opens={
        "notices": "signed in",
        "notices_wants": "signed in",
        "unsubscribe": "anybody",
        "deliveries": PROGRAMME | ADMINISTRATION,
    },
)
