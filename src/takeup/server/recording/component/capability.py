"""The recommendation in a host application."""

from takeup.server.deployment.capability import Capability

CAPABILITY = Capability(
    "component",
    __name__.removesuffix(".capability"),
    place=70,
    opens={
        "api-1:component_events": "key",
        "api-1:component_context": "key",
        "api-1:preflight": "anybody",
    },
)
