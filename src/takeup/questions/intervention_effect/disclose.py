"""Actions on populations that may be shown."""

from __future__ import annotations

from dataclasses import replace

from takeup.questions.intervention_effect.measure import ActionEffect, InterventionEffect, RunEffect
from takeup.questions.shared.hidden_in_use import untold_keys
from takeup.questions.shared.weekly_shares import share_called
from takeup.questions.shown import Shown
from takeup.stats.answer import CannotSay, Estimate, suppressed


def disclose(found: InterventionEffect | CannotSay, shown: Shown) -> InterventionEffect | CannotSay:
    """What is told of no hidden population, nor of several of which one is hidden: the others' figures beside it
    would tell it."""
    if isinstance(found, CannotSay):
        return found
    return replace(found, actions=tuple(_action(one, _hidden(one, shown)) for one in found.actions))


def _hidden(one: ActionEffect, shown: Shown) -> set[str]:
    """Populations of which the figures that the indicator leans on may not be shown."""
    share = share_called(one.indicator)
    figures = () if share is None else share.told_with
    return untold_keys(shown.adoption, "population", figures)


def _action(one: ActionEffect, hidden: set[str]) -> ActionEffect:
    if not any(run.population in hidden for run in one.runs):
        return one
    if isinstance(one.effect, Estimate):
        no = suppressed()
        return replace(
            one, effect=no, weeks=(), verdict="cannot_tell", why=no.reason,
            runs=tuple(_untold(run) for run in one.runs),
        )  # fmt: skip
    return replace(
        one, runs=tuple(_untold(run) if run.population in hidden else run for run in one.runs)
    )


def _untold(run: RunEffect) -> RunEffect:
    no = suppressed()
    return replace(run, effect=no, verdict="cannot_tell", why=no.reason)
