"""7. Champions: health of the network, and what their effect is known to be."""

from __future__ import annotations

from takeup.server.showing.review.indicators import indicator_part
from takeup.server.showing.review.part import Part, Reviewed


def part(of: Reviewed) -> Part:
    """The indicators of the champion network."""
    return indicator_part(of, 7, "Champions", "C7", "Their effect cannot be estimated: no sessions are recorded by person or at random.")  # fmt: skip
