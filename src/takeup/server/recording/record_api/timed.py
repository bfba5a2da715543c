"""What is past its time goes, and small files are joined."""

from __future__ import annotations

from takeup.server.deployment.timed_job import Job
from takeup.server.recording.record_api.beside_no_drain import compact_now, retain_now

JOBS = (Job(retain_now, 1), Job(compact_now, 2))
