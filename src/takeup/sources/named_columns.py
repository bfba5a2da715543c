"""Columns whose names can mean a canonical column, in any language."""

from __future__ import annotations

import re

from takeup.sources.column_kinds import ColumnKinds
from takeup.sources.languages import every_language, plain_name, unit_of

_BY_PATTERN = 1_000


def candidates(kinds: ColumnKinds, name: str) -> dict[str, int]:
    """Columns whose names can mean the canonical `name`, the likeliest first, with how far they are off."""
    found = {}
    for source in kinds.columns:
        off = how_far(source, name)
        if off is not None and not (off == 0 and kinds.is_blank(source)):
            found[source] = off
    return dict(sorted(found.items(), key=lambda one: one[1]))


def how_far(source: str, name: str) -> int | None:
    """How far the name `source` is off the canonical `name`: 0 where it is the same, None where it means
    something else."""
    if source == name:
        return 0
    language, plain = every_language(), plain_name(source)
    names = language.names.get(name, [])
    bare = plain.removesuffix(f"_{unit_of(source) or ''}")
    if plain == name:
        return 1
    if plain in names or bare in names:
        return 2 + names.index(plain if plain in names else bare)
    patterns = enumerate(language.patterns.get(name, []))
    return next((_BY_PATTERN + i for i, p in patterns if re.search(p, plain)), None)


def first_named(name: str, kinds: ColumnKinds) -> str | None:
    """The likeliest column that is named so and whose values fit."""
    return next((c for c in candidates(kinds, name) if kinds.fits(name, c)), None)
