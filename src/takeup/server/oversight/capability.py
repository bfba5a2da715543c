"""The overseers' record: no page opens it."""

from takeup.server.capability import Capability

CAPABILITY = Capability("oversight", __name__.removesuffix(".capability"), place=65)
