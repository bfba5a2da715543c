"""What an upgrade would do to this home, looked at without changing anything."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from django.db import connection

from takeup.log.delta import DecisionLog
from takeup.record.incoming import RECORD_KINDS
from takeup.server.deployment.settings import ServerSettings
from takeup.server.running.schema import later_migrations, pending_migrations


@dataclass(frozen=True, slots=True)
class Outlook:
    """`steps` that the next start would take; `obstacles` in words, none where it can be taken."""

    steps: tuple[str, ...]
    obstacles: tuple[str, ...]


def outlook(settings: ServerSettings, log: DecisionLog) -> Outlook:
    """Look at tables, log and room."""
    obstacles = [f"table {name} is of a later version" for name in later_migrations()]
    steps = [f"table {name}" for name in pending_migrations()]
    for kind in RECORD_KINDS:
        obstacles += [one.sentence() for one in log.damages(kind)]
    if not obstacles:
        steps += [f"log: {kind} moves into folders of short names" for kind in RECORD_KINDS
                  if log.needs_folders(kind)]  # fmt: skip
    if connection.vendor == "sqlite":
        size = sum(f.stat().st_size for f in Path(settings.home).glob("takeup.sqlite3*"))
        free = shutil.disk_usage(settings.home).free
        if steps and free < 2 * size:
            obstacles.append(
                f"{free / 1e9:.1f} GB are free at {settings.home}; tables that change need "
                f"{2 * size / 1e9:.1f} GB for a while"
            )
    return Outlook(tuple(steps), tuple(obstacles))
