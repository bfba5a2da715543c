"""Eighteen milestones and what stands before them, one module each."""

from __future__ import annotations

from takeup.server.acting.sprint.milestone import Milestone
from takeup.server.acting.sprint.milestones import (
    m01,
    m02,
    m03,
    m04,
    m05,
    m06,
    m07,
    m08,
    m09,
    m10,
    m11,
    m12,
    m13,
    m14,
    m15,
    m16,
    m17,
    m18,
    p0,
)

MILESTONES: dict[str, Milestone] = {
    one.MILESTONE.id: one.MILESTONE
    for one in (
        p0,
        m01,
        m02,
        m03,
        m04,
        m05,
        m06,
        m07,
        m08,
        m09,
        m10,
        m11,
        m12,
        m13,
        m14,
        m15,
        m16,
        m17,
        m18,
    )
}
"""By id, in order."""
