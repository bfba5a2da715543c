"""What those may ask who act on what is recorded."""

from __future__ import annotations

from takeup.server.deployment.recorder import Recorder
from takeup.server.recording.record_api.services import (
    decisions_in,
    handles_behind,
    need_use_case,
)

RECORDER = Recorder(decisions_in, need_use_case, handles_behind)
