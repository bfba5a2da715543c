"""In templates: what use cases, cohorts and columns are called, instead of their ids."""

from __future__ import annotations

from django import template

from takeup.server.foundation.organization.services import cohort_title, use_case_title
from takeup.server.foundation.pages.for_people import words

register = template.Library()


@register.filter
def use_case_called(name: str) -> str:
    """`{{ name|use_case_called }}`: the title of a use case, its name where it has none."""
    return use_case_title(name) if name else ""


@register.filter
def in_words(text: str) -> str:
    """`{{ text|in_words }}`: what a report says, without commands and names of columns."""
    return words(str(text))


@register.filter
def cohort_called(key: str) -> str:
    """`{{ key|cohort_called }}`: the title of a cohort, its key as words where it has none."""
    return cohort_title(key)
