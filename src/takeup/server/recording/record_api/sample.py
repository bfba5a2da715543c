"""The sample bank's decisions come in as a company's history does."""

from __future__ import annotations

from takeup.server.deployment.sampled import Bank
from takeup.server.recording.record_api.beside_no_drain import drain_now
from takeup.server.recording.record_api.import_history import import_history


def record(bank: Bank) -> None:
    """All that was recorded, in the log."""
    bank.step("recording its decisions")
    import_history(dict(bank.tables), "sample bank")
    drain_now(bank.log)
