"""The overseers' record: no page opens it."""

from takeup.server.deployment.capability import Capability

CAPABILITY = Capability("oversight", __name__.removesuffix(".capability"), place=65)
