"""What an operator watches."""

from takeup.server.deployment.capability import Capability

CAPABILITY = Capability(
    "operating",
    __name__.removesuffix(".capability"),
    place=10,
    opens={
        "health": "anybody",
        "ready": "anybody",
        "metrics": "anybody",
    },
)
