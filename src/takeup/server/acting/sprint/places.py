"""Where things are: populations and cohorts as pages name them, and the page on which a fact comes about."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from urllib.parse import quote

from django.utils.translation import gettext as _

from takeup.server.foundation.organization import services as organization

_MOST = 8
_PAGES = {
    "actions": "/interventions", "agreement": "/agreement", "condition": "/conditions/{case}/at/{condition}",
    "conditions": "/conditions/{case}", "conversations": "/conversations", "feedback": "/queue/{case}",
    "reasons": "/reasons", "recording": "/senders", "responses": "/signals", "review": "/reviews/of/{case}",
    "rollout": "/rollout/{case}", "use": "/overview/{case}", "weekly": "/week/of/{case}",
}  # fmt: skip
"""By what tells a fact: where it is seen or made to be."""


def page_of(fact: str, use_case: str) -> str:
    """The page on which a fact of a use case comes about; empty where none is known."""
    of, _, key = fact.partition(".")
    return _PAGES.get(of, "").format(case=quote(use_case), condition=key.partition(".")[0])


def naming() -> Callable[[Sequence[str]], str]:
    """What names them: titles are read once."""
    titles = {**organization.cohort_titles(), **organization.population_titles()}

    def named(keys: Sequence[str]) -> str:
        shown = ", ".join(titles.get(key) or key for key in keys[:_MOST])
        more = len(keys) - _MOST
        return _("{shown} and {more} more").format(shown=shown, more=more) if more > 0 else shown

    return named
