"""What `forked` has imported before it forks: libraries, takeup, and its server set up by Django. Only the
settings are read anew by each process that is forked (`forget_settings`)."""

import os
import pkgutil
import sys
import tempfile
from importlib import import_module

import apscheduler.schedulers.background  # noqa: F401
import deltalake  # noqa: F401
import django.contrib.humanize.templatetags.humanize
import django.core.management
import django.forms
import django.template.defaulttags
import django.test  # noqa: F401
import jwt  # noqa: F401
import nacl.public  # noqa: F401
import obstore  # noqa: F401
import psycopg  # noqa: F401
import uvicorn  # noqa: F401
import whitenoise.middleware  # noqa: F401
from asgiref.local import Local
from django.conf import settings
from django.db import connections
from django.utils.functional import empty

import takeup.api
import takeup.cli
import takeup.log.delta
import takeup.log.engine
import takeup.server

_BY_SETTINGS = ("takeup.server.running.django_settings", "takeup.server.running.asgi")
"""Modules that are what the settings say, from the moment they are imported."""


def _set_up() -> None:
    """Django, and all of the server's modules, in a home that is gone when this ends."""
    before, mask = os.environ.copy(), os.umask(0o022)
    with tempfile.TemporaryDirectory(prefix="takeup-imported-") as home:
        try:
            os.environ |= {"TAKEUP_HOME": home, "TAKEUP_SECRET_KEY": "of nobody"}
            from takeup.server.deployment.connect import connect

            connect()
            # The addresses' own order: what is answered by the API is complete before it is asked for.
            import_module(settings.ROOT_URLCONF)
            for module in pkgutil.walk_packages(takeup.server.__path__, "takeup.server."):
                if module.name not in _BY_SETTINGS and "__main__" not in module.name:
                    import_module(module.name)
        finally:
            os.environ.clear()
            os.environ.update(before)
            os.umask(mask)
    forget_settings()


def forget_settings() -> None:
    """Django is to read the settings of this process when it is next asked for one."""
    settings._wrapped = empty
    for name in _BY_SETTINGS:
        if sys.modules.pop(name, None) is not None:
            vars(sys.modules[name.rpartition(".")[0]]).pop(name.rpartition(".")[2], None)
    vars(connections).pop("settings", None)
    connections._settings = None
    connections._connections = Local(connections.thread_critical)


_set_up()
takeup.log.engine.THREADS = 1
