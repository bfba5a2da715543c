"""Addresses of signals."""

from __future__ import annotations

from django.urls import path

from takeup.server.acting.signals import pages

urlpatterns = [
    path("signals", pages.signals, name="signals"),
    path("signals/drill", pages.signal_drill, name="signal_drill"),
    path("signals/<int:number>/asked", pages.signal_ask, name="signal_ask"),
    path("signals/<int:number>/asked/<int:asking>", pages.signal_heard, name="signal_heard"),
    path("signals/<int:number>", pages.signal_answer, name="signal_answer"),
]
