"""Kinds of case that an escalation can name: those that the queue's topics and shadow reports tell of already."""

from __future__ import annotations

from collections.abc import Mapping

from takeup.record.columns import COVARIATE_PREFIX
from takeup.record.errors import InputError
from takeup.record.use_case import kind_of, words_of_kind
from takeup.server.acting.feedback.services import topics_of
from takeup.server.acting.rollout.shadow_looks import kinds_seen
from takeup.server.foundation.pages.detail import kind_words


def kinds_of(use_case: str) -> dict[str, str]:
    """What is offered, as `kind_in` reads it, with its words: nothing that no figure may tell of."""
    found = [dict(kind) for kind in kinds_seen(use_case) if kind]
    for topic in topics_of(use_case):
        if topic.dimension and topic.level:
            found.append({topic.dimension.removeprefix(COVARIATE_PREFIX): topic.level})
    return dict(sorted((words_of_kind(kind), kind_words(kind)) for kind in found))


def kind_in(use_case: str, text: str) -> Mapping[str, str]:
    """The kind of case that a form names; none where it names none. Raises InputError where it is not offered."""
    if not text:
        return {}
    if text not in kinds_of(use_case):
        raise InputError("choose a kind of case from the list, or none")
    return kind_of(text)
