"""Everybody's own calendar."""

from takeup.server.deployment.capability import Capability

CAPABILITY = Capability(
    "calendar",
    __name__.removesuffix(".capability"),
    place=125,
    # Whoever holds the secret address of their own feed, which a calendar asks for without signing in.
    opens={"calendar": "anybody"},
)
