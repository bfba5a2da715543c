"""Populations and cohorts as pages name them: the first few, and how many more."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from django.utils.translation import gettext as _

from takeup.server.foundation.organization import services as organization

_MOST = 8


def naming() -> Callable[[Sequence[str]], str]:
    """What names them: titles are read once."""
    titles = {**organization.cohort_titles(), **organization.population_titles()}

    def named(keys: Sequence[str]) -> str:
        shown = ", ".join(titles.get(key) or key for key in keys[:_MOST])
        more = len(keys) - _MOST
        return _("{shown} and {more} more").format(shown=shown, more=more) if more > 0 else shown

    return named
