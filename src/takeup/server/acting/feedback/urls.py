"""Addresses of the product team's queue."""

from __future__ import annotations

from django.urls import path

from takeup.server.acting.feedback import pages

urlpatterns = [
    path("queue", pages.queue, name="queue"),
    path("queue/<path:name>/topic/<int:number>", pages.topic_act, name="topic_act"),
    path("queue/<path:name>/release", pages.release_ship, name="release_ship"),
    path("queue/<path:name>", pages.queue, name="queue_of"),
]
