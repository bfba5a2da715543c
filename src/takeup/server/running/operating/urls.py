"""Addresses that an operator watches."""

from __future__ import annotations

from django.urls import path

from takeup.server.deployment.health import health, ready
from takeup.server.running.operating.metrics import metrics

urlpatterns = [
    path("health", health, name="health"),
    path("ready", ready, name="ready"),
    path("metrics", metrics, name="metrics"),
]
