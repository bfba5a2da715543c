"""6. Managers: what is recorded of their part, and where they need support; never one of them."""

from __future__ import annotations

from takeup.server.showing.review.indicators import indicator_part
from takeup.server.showing.review.part import Part, Reviewed


def part(of: Reviewed) -> Part:
    """The indicators of management activation."""
    return indicator_part(of, 6, "Managers", "C6", "An unmet indicator is a need for support, not a fault of somebody.")  # fmt: skip
