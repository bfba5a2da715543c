"""How many people a figure must describe, and what else is hidden so that none of fewer follows.

`share` is for pages and reports that travel; `analyst` for the one who holds the rows, with
a floor of five people; `public` for published data, by declaration.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Literal, TypeVar

from takeup.record.settings import DisclosureSettings

Audience = Literal["share", "analyst", "public"]


_Key = TypeVar("_Key", bound=Hashable)


def with_complement(hidden: set[_Key], sizes: Mapping[_Key, int], least: int) -> set[_Key]:
    """`hidden` and the smallest others, until one of them is of `least` people: what the total leaves for all
    hidden together is then of at least as many. Groups may be of the same people, so their sizes are not
    added up."""
    hidden = set(hidden)
    others = sorted((key for key in sizes if key not in hidden), key=lambda key: sizes[key])
    while hidden and others and max(sizes.get(key, 0) for key in hidden) < least:
        hidden.add(others.pop(0))
    return hidden


def is_coarse(people: int | None, audience: Audience, settings: DisclosureSettings) -> bool:
    return audience == "share" and people is not None and people < settings.round_below_people


def parts_hidden(
    sizes: Mapping[_Key, int | None], audience: Audience, settings: DisclosureSettings
) -> set[_Key]:
    """Which of the parts of a total are not shown: those of too few people, and to `share` what the total
    would leave for those."""
    hidden = {key for key, n in sizes.items() if few(n, audience, settings)}
    if audience != "share":
        return hidden
    known = {key: n or 0 for key, n in sizes.items()}
    return with_complement(hidden, known, settings.minimum_group)


def few(people: int | None, audience: Audience, settings: DisclosureSettings) -> bool:
    """Whether a cell of these people is under the audience's minimum group; published data has none."""
    if audience == "public":
        return False
    least = settings.minimum_group if audience == "share" else settings.analyst_floor
    return people is not None and people < least


_STEP, _WHERE_FEW = 5, 0.6


def share_at_least(k: int, n: int, least: int) -> float:
    """What share of `n` people did something, at least: in fifths, nothing where fewer than `least` did, and no more than
    leaves `least` who did not (in small groups 60 %), as who looks again and again would see who did it last."""
    if k < least:
        return 0.0
    most = max((n - least) / n, _WHERE_FEW)
    return int(min(k / n, most) * _STEP + 1e-9) / _STEP


_FEWEST_IN_A_CELL = 3


def named_by_some(counts: Mapping[_Key, int]) -> tuple[list[_Key], dict[_Key, int]]:
    """What at least three people named, most first; and how many, where that leaves nobody or at least three to what one or
    two named. Each person named one."""
    named = sorted(
        (k for k, n in counts.items() if n >= _FEWEST_IN_A_CELL), key=lambda k: -counts[k]
    )
    left = sum(counts.values()) - sum(counts[k] for k in named)
    return named, {k: counts[k] for k in named} if not 0 < left < _FEWEST_IN_A_CELL else {}


def without_small_cells(counts: tuple[int, ...]) -> tuple[int, ...]:
    """People by level with cells of one or two moved into the neighbour towards the middle,
    until none is left: levels are merged, nobody is dropped."""
    merged = list(counts)
    for _ in range(len(merged)):
        small = next((i for i, n in enumerate(merged) if 0 < n < 3), None)
        if small is None:
            break
        others = [i for i, n in enumerate(merged) if n and i != small]
        if not others:
            return tuple(0 for _ in merged)
        nearest = min(others, key=lambda i: (abs(i - small), -merged[i]))
        merged[nearest] += merged[small]
        merged[small] = 0
    return tuple(merged)
