"""That people opened their own comparison: how many, never who."""

from __future__ import annotations

from datetime import date, timedelta

from django.db import transaction

from takeup.record.clock import now
from takeup.server.deployment.sealing import keyed
from takeup.server.foundation.agreement.services import mode_on
from takeup.server.foundation.organization.services import Person, placement_of
from takeup.server.showing.practitioner.models import Compared

KEPT = timedelta(days=84)


@transaction.atomic
def opened_by(person: Person, use_case: str) -> None:
    """Count that this person looked, in the population they decide in today; never in works-council mode."""
    if mode_on():
        return
    today = now().date()
    population = placement_of(person, today)
    if population:
        Compared.objects.update_or_create(
            use_case=use_case, population=population, reader=_reader(person.handle),
            defaults={"last_on": today},
        )  # fmt: skip


def forget(handle: str) -> None:
    """A person was erased."""
    Compared.objects.filter(reader=_reader(handle)).delete()


def forget_old(today: date) -> None:
    """What no figure looks back to any more goes."""
    Compared.objects.filter(last_on__lt=today - KEPT).delete()


def forget_use_case(use_case: str) -> None:
    """Nothing of a use case is kept any more."""
    Compared.objects.filter(use_case=use_case).delete()


def _reader(handle: str) -> str:
    return keyed("compared", handle)
