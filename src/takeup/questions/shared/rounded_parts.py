"""What is told of a part of the people (a population, a kind of case) is rounded where the part is of fewer than twenty."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import fields, is_dataclass, replace
from typing import Any

from takeup.disclosure.group_size import Audience, is_coarse
from takeup.disclosure.rounding import rounded_throughout
from takeup.questions.adoption import Adoption
from takeup.record.settings import DisclosureSettings

Part = tuple[str, str]
"""A cut and a level of it."""


def coarse_parts(
    adoption: Adoption, audience: Audience, settings: DisclosureSettings
) -> frozenset[Part]:
    """Parts of too few people for exact shares."""
    return frozenset(
        (cut, group.key)
        for cut, groups in adoption.groups.items()
        for group in groups
        if is_coarse(group.people, audience, settings)
    )


def rounded_parts(value: Any, parts: Collection[Part], fewest: int, cut: str = "") -> Any:
    """A measure with everything in it rounded that is told of one of `parts`, or of a crossing of fewer than `fewest`
    people: the figures of use of that part are, and no other may tell what those were rounded for."""
    if is_dataclass(value) and not isinstance(value, type):
        if _is_of(value, parts, fewest, cut):
            return rounded_throughout(value)
        held = {f.name: getattr(value, f.name) for f in fields(value) if f.init}
        shown = {name: rounded_parts(one, parts, fewest, cut) for name, one in held.items()}
        changed = {name: one for name, one in shown.items() if one is not held[name]}
        return replace(value, **changed) if changed else value
    if isinstance(value, dict):
        told = {key: rounded_parts(one, parts, fewest, str(key)) for key, one in value.items()}
        return told if any(told[key] is not value[key] for key in value) else value
    if isinstance(value, list | tuple):
        ones = [rounded_parts(one, parts, fewest, cut) for one in value]
        same = all(one is was for one, was in zip(ones, value, strict=True))
        return value if same else type(value)(ones)
    return value


def _is_of(value: Any, parts: Collection[Part], fewest: int, cut: str) -> bool:
    """Whether a piece of a measure is of one of the parts. `cut`: of which the piece's `key` is a level."""
    named = {
        ("population", getattr(value, "population", None)),
        ("population", getattr(value, "scope", None)),
        (getattr(value, "dimension", None), getattr(value, "segment", None)),
        (getattr(value, "name", None), getattr(value, "level", None)),
        (cut, getattr(value, "key", None)),
    }
    kind = getattr(value, "kind", ())
    crossed = kind if isinstance(kind, tuple) else ()
    return any(one in parts for one in (*named, *crossed)) or _of_few(value, fewest)


def _of_few(value: Any, fewest: int) -> bool:
    """Whether it is of a crossing of too few people: those have a scope or a key, and their number."""
    people = getattr(value, "people", None)
    told_of_group = hasattr(value, "scope") or hasattr(value, "key")
    return told_of_group and isinstance(people, int) and 0 < people < fewest
