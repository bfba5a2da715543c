"""Own cases come into the vaults and go from them with the rows they are of."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date

from takeup.server.showing.practitioner import compared, vault


def drained(kind: str, bodies: Sequence[str]) -> None:
    """Each into the vault of whose it is."""
    vault.keep_own(kind, bodies)


def erased(handle: str) -> Collection[str]:
    """The vault of a person goes, and what they objected to."""
    compared.forget(handle)
    return [f"objection:{number}" for number in vault.forget(handle)]


def aged(today: date) -> None:
    """What is past its time goes."""
    vault.forget_old(today)
    compared.forget_old(today)


def taken_out(use_case: str, decisions: Collection[str]) -> None:
    """Decisions that were nobody's after all go."""
    vault.forget_decisions(use_case, decisions)
