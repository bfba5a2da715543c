"""Practice: past cases whose right answer is known, half of them with advice that was wrong. What
somebody chooses here is kept nowhere."""

from __future__ import annotations

import secrets

import ibis
import ibis.expr.types as ir
from django.db import transaction

from takeup.log import fetch, hash_of
from takeup.log.engine import engine_of
from takeup.record.columns import COVARIATE_PREFIX
from takeup.server.foundation.pages.asked import whole_number
from takeup.server.foundation.pages.words import plain
from takeup.server.showing.practitioner.models import PracticeCase

EACH = 60
"""Cases with right and with wrong advice that are kept for practice."""
_ALSO = ("stakes",)


def forget_practice(name: str) -> None:
    """Nothing is kept of a use case any more."""
    PracticeCase.objects.filter(use_case=name).delete()


@transaction.atomic
def take_practice(name: str, decisions: ir.Table) -> None:
    """Cases for practice in place of the last: what was known beforehand, the advice and the right
    answer; no person, no case, no choice of anybody."""
    needed = {"recommendation", "correct_choice", "advice_right", "decided_at"}
    if not needed <= set(decisions.columns):
        return
    known = [c for c in decisions.columns if c.startswith(COVARIATE_PREFIX) or c in _ALSO]
    if not known:
        return
    judged = decisions.filter(decisions.advice_right.notnull() & decisions.recommendation.notnull())
    told = [*known, "recommendation", "correct_choice", "advice_right"]
    told += [c for c in ("confidence",) if c in decisions.columns]
    drawn = hash_of(judged.decided_at.cast("string"), engine_of(judged))
    place = ibis.row_number().over(group_by=judged.advice_right, order_by=drawn)
    rows = fetch(
        judged.mutate(place__=place).filter(lambda t: t.place__ < EACH).select(*told)
    ).to_pylist()
    PracticeCase.objects.filter(use_case=name).delete()
    PracticeCase.objects.bulk_create(
        PracticeCase(
            use_case=name, known={k: row[k] for k in known if row[k] is not None},
            advice=row["recommendation"], confidence=row.get("confidence"), right=row["correct_choice"],
        )
        for row in rows
    )  # fmt: skip


def a_case(name: str) -> PracticeCase | None:
    """Any case for practice; advice is right on as many as it is wrong on."""
    numbers = list(PracticeCase.objects.filter(use_case=name).values_list("pk", flat=True))
    return PracticeCase.objects.get(pk=secrets.choice(numbers)) if numbers else None


def case_of(name: str, number: str) -> PracticeCase | None:
    """A case for practice by its number."""
    return PracticeCase.objects.filter(use_case=name, pk=whole_number(number) or 0).first()


def known_of(case: PracticeCase) -> list[tuple[str, str]]:
    """What was known beforehand, in words."""
    return [
        (plain(name.removeprefix(COVARIATE_PREFIX)), plain(value))
        for name, value in case.known.items()
    ]
