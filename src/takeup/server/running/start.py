"""The deployment made ready for whoever works with it: its tables of this version, its secret the one in force."""

from __future__ import annotations

import os
import shutil

from django.db import OperationalError

from takeup.record.errors import InputError
from takeup.server.deployment.connect import connect
from takeup.server.deployment.settings import ServerSettings

_LONGEST_MIGRATION = 600
_LEAST_ROOM = 1_000_000
"""Bytes: SQLite makes a small file beside the database before anything is read."""


def start(any_secret: bool = False, upgrade: bool = False) -> ServerSettings:
    """Django set up from this environment, its tables up to date. Raises InputError where the deployment's
    secret is another than before and leaves something shut, but for `any_secret`; and where the tables
    are of an earlier version, but for `upgrade`."""
    settings = connect()
    try:
        _migrate(settings, upgrade)
    except OperationalError as error:
        if not settings.database_url and shutil.disk_usage(settings.home).free < _LEAST_ROOM:
            raise InputError(
                f"the disk of {settings.home} is full, so the database does not open: make room, and give the "
                "command again"
            ) from None
        where = "TAKEUP_DATABASE_URL" if settings.database_url else str(settings.home)
        raise InputError(
            f"the database ({where}) does not answer: {str(error).strip()}. Is it there, and "
            "may this user write to it?"
        ) from None
    if not any_secret:
        from takeup.server.foundation.sealed import need_the_secret

        need_the_secret(settings)
    return settings


def _migrate(settings: ServerSettings, upgrade: bool) -> None:
    """One process at a time: several start at once, and what a killed one began goes on in PostgreSQL until
    that sees it gone. Whoever may not write at home has no tables to make."""
    from takeup.server.deployment.locks import held
    from takeup.server.running.schema import bring_up_to_date, need_installed_version

    if not settings.database_url and not os.access(settings.home, os.W_OK):
        if not upgrade:
            need_installed_version()
        bring_up_to_date()
        return
    with held("migrations", wait=_LONGEST_MIGRATION) as mine:
        if not mine:
            raise InputError(
                "another process has been bringing the database up to date for "
                f"{_LONGEST_MIGRATION // 60} minutes; try again when it is done"
            )
        if not upgrade:
            need_installed_version()
        bring_up_to_date()
