"""The sample bank's first figures."""

from __future__ import annotations

from takeup.server.deployment.sampled import Bank
from takeup.server.showing.overview.services import take_snapshots


def afterwards(bank: Bank) -> None:
    """Its first snapshot."""
    bank.step("taking the first snapshot")
    take_snapshots(step=bank.step)
