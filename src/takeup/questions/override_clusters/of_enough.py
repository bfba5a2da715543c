"""Which groups of a list may be shown, where their total is told."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from takeup.disclosure.group_size import parts_hidden
from takeup.record.settings import Settings

_Group = TypeVar("_Group")


def of_enough(
    groups: Sequence[_Group], people: Sequence[int | None], settings: Settings, *, whole: bool
) -> tuple[_Group, ...]:
    """The groups of enough people to be shared; those left out of the total that is told are together of
    enough people. Unless they are the `whole` of it, others of unknown people are left out already."""
    sizes = dict(enumerate(people)) if whole else {**dict(enumerate(people)), _OTHERS: 0}
    hidden = parts_hidden(sizes, "share", settings.disclosure)
    return tuple(group for i, group in enumerate(groups) if i not in hidden)


_OTHERS = -1
