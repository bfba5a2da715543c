"""What every page has."""

from takeup.server.deployment.capability import Capability

CAPABILITY = Capability(
    "pages",
    __name__.removesuffix(".capability"),
    place=20,
    opens={
        "home": "signed in",
        "style": "development",
    },
)
