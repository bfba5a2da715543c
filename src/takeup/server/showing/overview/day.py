"""Figures go with their use case; they are taken by `services.take_snapshots`, which makes the day."""

from __future__ import annotations

from takeup.server.showing.overview.models import Released, Snapshot


def forget(use_case: str) -> None:
    """No figure is kept of a use case any more."""
    Snapshot.objects.filter(use_case=use_case).delete()
    Released.objects.filter(use_case=use_case).delete()
