"""Addresses of signals."""

from __future__ import annotations

from django.urls import path

from takeup.server.acting.signals import pages

urlpatterns = [
    path("signals", pages.signals, name="signals"),
    path("signals/<int:number>", pages.signal_answer, name="signal_answer"),
]
