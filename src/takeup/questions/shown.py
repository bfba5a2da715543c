"""For whom figures are shown, and what is hidden already."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from takeup.disclosure.group_size import Audience
from takeup.disclosure.release.earlier import Earlier
from takeup.disclosure.release.inner_counts import ALL, Group
from takeup.record.settings import DisclosureSettings, Settings


@dataclass(frozen=True, slots=True)
class Before:
    """The figures of use of the last document to share, and what had been hidden until then (None: nobody kept it)."""

    use: Mapping[str, Any] | None = None
    earlier: Earlier | None = None


@dataclass(frozen=True, slots=True)
class Shown:
    """An audience, its rules (for counts of ids), and the figures of use as it sees them (`adoption`; none yet
    while these are disclosed). `signalled`: populations of which something is told by week; `before`: what was
    shared last; `thin`: by fact the groups in which too few people's decisions
    have it."""

    audience: Audience
    settings: Settings
    adoption: Any = None
    signalled: Collection[str] = ()
    before: Before = field(default_factory=Before)
    thin: Mapping[str, frozenset[Group]] = field(default_factory=dict)

    @property
    def rules(self) -> DisclosureSettings:
        """Group sizes and shares of one person."""
        return self.settings.disclosure

    def known_of_few(self, fact: str, group: Group = ALL) -> bool:
        """Whether too few people's decisions in a group have a fact."""
        return group in self.thin.get(fact, ())
