"""What the machine may do to a deployment: kill it, refuse it, fill its disk."""

from __future__ import annotations

import os

_KILLS = int(os.environ.get("TAKEUP_KILLS", "4"))


def kills(share: int, least: int) -> int:
    """How often a test kills what it kills: a share (percent) of TAKEUP_KILLS, which is about how many kills
    all of them make together on both stores; `least` in `make test`."""
    return max(_KILLS * share // 100, least)
