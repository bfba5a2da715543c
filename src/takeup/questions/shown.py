"""For whom figures are shown, and what is hidden already."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from takeup.disclosure.group_size import Audience
from takeup.record.settings import DisclosureSettings, Settings


@dataclass(frozen=True, slots=True)
class Shown:
    """An audience, its rules (for counts of ids), and the figures of use as it sees them (`adoption`; none yet
    while these are disclosed). `signalled`: populations of which something is told by week; `before`: the
    figures of use of the last document to share."""

    audience: Audience
    settings: Settings
    adoption: Any = None
    signalled: Collection[str] = ()
    before: Mapping[str, Any] | None = None

    @property
    def rules(self) -> DisclosureSettings:
        """Group sizes and shares of one person."""
        return self.settings.disclosure
