"""What `forked` has imported before it forks: libraries, and the parts of takeup that read no settings."""

import apscheduler.schedulers.background  # noqa: F401
import deltalake  # noqa: F401
import django.contrib.humanize.templatetags.humanize
import django.core.management
import django.db.models
import django.forms
import django.template.defaulttags
import django.test  # noqa: F401
import django_tasks.base  # noqa: F401
import jwt  # noqa: F401
import nacl.public  # noqa: F401
import obstore  # noqa: F401
import psycopg  # noqa: F401
import uvicorn  # noqa: F401
import whitenoise.middleware  # noqa: F401

import takeup.api
import takeup.cli
import takeup.log.delta  # noqa: F401
