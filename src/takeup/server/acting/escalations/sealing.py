"""Who raised an escalation: known to takeup, to tell them, and shown to nobody."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from takeup.server.acting.escalations.models import Escalation
from takeup.server.deployment.sealing import SealedKind, opens, seal, unseal


def sealed(handle: str) -> str:
    """A writer's handle as it is kept."""
    return seal(handle)


def writer_of(escalation: Escalation) -> str:
    """Handle of who raised it; empty where they were erased, or with another deployment's secret."""
    try:
        return unseal(escalation.raised_by) if escalation.raised_by else ""
    except ValueError:
        return ""


def raised_by(handle: str) -> list[int]:
    """Numbers of those that a person raised."""
    held = Escalation.objects.exclude(raised_by="").iterator()
    return [one.pk for one in held if writer_of(one) == handle]


def _each() -> Iterator[tuple[int, bool]]:
    held = Escalation.objects.exclude(raised_by="").values_list("pk", "raised_by")
    for number, sealed in held.iterator():
        yield number, opens(sealed)


def _forget(numbers: Collection[int]) -> None:
    Escalation.objects.filter(pk__in=numbers).update(raised_by="")


SEALED = (
    SealedKind(55, "writers of escalations", "which champion is told what became of what they raised", _each, _forget),
)  # fmt: skip
