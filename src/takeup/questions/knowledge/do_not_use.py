"""What an action is not to be used for (domain 2.7): said before it is declared, and kept with it."""

from __future__ import annotations

from collections.abc import Collection

from takeup.questions.knowledge import Action

_NO_TRAINING = ("WD", "TD", "VM")
_LESS_OVERRIDING = ("override_rate", "adjust_rate")


def rewards_following(indicator: str, direction: str) -> bool:
    """Whether an indicator would make less overriding a goal: consulting may be asked for, agreeing never."""
    return indicator in _LESS_OVERRIDING and direction == "down"


def warnings_of(action: Action, reason: str, beside: Collection[Action] = ()) -> list[str]:
    """What speaks against an action for a reason, as sentences. `beside`: the other actions that the population
    has or will have."""
    found = []
    if action.about == "message":
        found.append("A message alone closes no gap: it only carries another action.")
    alone = all(other.training for other in beside)
    if action.training and alone and reason in _NO_TRAINING:
        found.append(
            "Training alone does not answer this reason: people lack no skill. Declare beside it what changes the work, "
            "the model or the rules."
        )
    if action.id.startswith("A-CH") and reason == "TD":
        found.append(
            "Champions who came forward by themselves do not convince those who distrust: let colleagues name them."
        )
    if action.id == "A-RR3":
        found.append(
            "A promise about jobs that no accountable executive signed does harm: declare it only if it is true and signed."
        )
    return found
