"""Everything that the deployment's secret seals, and whether it opens with the one in force.

A secret is never made or changed in silence where that would leave something shut: the audit log knows
which one was in force last (by a mark from which it is not found).
"""

from __future__ import annotations

from dataclasses import dataclass

from takeup.record.errors import InputError
from takeup.server.deployment.capability import of_every
from takeup.server.deployment.sealing import SealedKind, mark
from takeup.server.deployment.settings import ServerSettings
from takeup.server.foundation.audit import services as audit


@dataclass(frozen=True, slots=True)
class Tried:
    """How many of a kind there are, and the numbers of those that do not open."""

    kind: SealedKind
    count: int
    shut: tuple[int, ...]


def kinds() -> list[SealedKind]:
    """What every capability seals, by place."""
    found = (kind for kinds in of_every("sealed_kinds", "KINDS") for kind in kinds)
    return sorted(found, key=lambda kind: kind.place)


def tried() -> list[Tried]:
    """Every sealed thing, tried."""
    found = []
    for kind in kinds():
        each = list(kind.each())
        found.append(Tried(kind, len(each), tuple(number for number, well in each if not well)))
    return found


def counted(found: list[Tried]) -> dict[str, int]:
    """By the name of each kind how many there are."""
    return {one.kind.name: one.count for one in found if one.count}


def need_the_secret(settings: ServerSettings) -> None:
    """Raises InputError where the secret in force is another than the one before, and leaves something
    shut; nothing was sealed with it then."""
    last = audit.newest("secret.in_force")
    if last is not None and last.get("mark") == mark():
        return
    found = tried()
    shut, there = sum(len(one.shut) for one in found), sum(one.count for one in found)
    # Of before the audit log knew: something that opens shows that the secret is the right one.
    if shut and (last is not None or shut == there):
        settings.take_back_a_new_secret()
        raise InputError(_another(settings, found))
    audit.record("secret.in_force", mark=mark())


def accept_the_secret(actor: str) -> None:
    """The secret in force is the deployment's from now on; what it does not open stays as it is, for the
    day on which the other comes back."""
    audit.record("secret.in_force", actor=actor, mark=mark())


def forget_what_is_shut(actor: str) -> dict[str, int]:
    """Take away what the secret in force does not open; by kind how many."""
    gone: dict[str, int] = {}
    for one in tried():
        if one.shut:
            one.kind.forget(one.shut)
            gone[one.kind.name] = len(one.shut)
    if gone:
        audit.record("secret.forgotten", actor=actor, kinds=gone)
    return gone


def shut_in_words(found: list[Tried]) -> str:
    """What does not open, kind by kind."""
    return "; ".join(
        f"{len(one.shut):,} of {one.count:,} {one.kind.name} ({one.kind.without})"
        for one in found
        if one.shut
    )


def where_the_secret_is(settings: ServerSettings) -> str:
    """Where the settings find it."""
    return "TAKEUP_SECRET_KEY" if settings.secret_key else str(settings.secret_file)


def put_it_back(settings: ServerSettings) -> str:
    """What to do where things do not open."""
    where = where_the_secret_is(settings)
    return (
        f"put the secret that they were sealed with back ({where}): it is on the machine that had it, or where "
        "it was kept apart. If it is gone for good, `takeup secret accept` goes on with the one in force, and "
        "`takeup secret forget` takes away what never opens again"
    )


def _another(settings: ServerSettings, found: list[Tried]) -> str:
    where, way = where_the_secret_is(settings), put_it_back(settings)
    had = (
        f"there is no secret at {where}"
        if settings.made_now
        else f"the secret in {where} is not the one that this database was sealed with"
    )
    return (
        f"{had}, and nothing was changed. These would stay shut: {shut_in_words(found)}. "
        f"{way[0].upper()}{way[1:]}"
    )
