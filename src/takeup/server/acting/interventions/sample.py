"""The sample bank's actions: one that is over by now, one that runs, one that is planned."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from takeup.questions.knowledge import Moves
from takeup.record.clock import at, now
from takeup.server.acting.interventions import services
from takeup.server.deployment.roles import Role
from takeup.server.deployment.sampled import Bank
from takeup.server.foundation.organization.services import named_with


@dataclass(frozen=True, slots=True)
class _Told:
    """An action of the sample: how many weeks ago it was declared, after how many its step was due, how many later
    it is checked."""

    population: str
    action: str
    reason: str
    step: str
    ago: int
    lasts: int
    until: int
    moves: Moves | None = None
    words: str = ""


_ACTIONS = (
    _Told("LO1", "A-MG3", "WD", "A live case in every team meeting", 9, 1, 6, Moves("consult_rate", "up", 0.05)),
    _Told("LO2", "A-TR4", "TD", "The first monthly report with the model’s errors", 3, 2, 8, Moves("effective_reliance", "up", 0.05)),
    _Told("SOUTH", "A-FB3", "unclear", "Talk with eight who seldom look", 0, 2, 1, words="why people do not rely on the advice is known"),
)  # fmt: skip


def prepare(bank: Bank) -> None:
    """Each as of its day: declared, begun, its step done."""
    ((lead, _),) = named_with([Role.PROGRAMME_LEAD], now().date())
    for told in _ACTIONS:
        _act(bank.use_case, told, lead)


def _act(use_case: str, told: _Told, lead: str) -> None:
    declared_at = now() - timedelta(weeks=told.ago)
    with at(declared_at):
        today = now().date()
        due = today + timedelta(weeks=told.lasts)
        run = services.declare(
            services.Declared(
                use_case, told.population, told.action, told.reason, lead, today, [(told.step, due)],
                told.moves, told.words, due + timedelta(weeks=told.until),
            ),
            by=lead, warnings_read=True,
        )  # fmt: skip
        if not told.ago:
            return
        services.start(run.pk, by=lead)
    with at(declared_at + timedelta(weeks=told.lasts)):
        services.step_done(run.pk, 1, by=lead)
