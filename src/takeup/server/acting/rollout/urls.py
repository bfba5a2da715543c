"""Addresses of the rollout."""

from __future__ import annotations

from django.urls import path

from takeup.server.acting.rollout import pages, shadow_pages

urlpatterns = [
    path("rollout/<path:name>/step", pages.rollout_step, name="rollout_step"),
    path(
        "rollout/<path:name>/withdraw/<int:number>", pages.rollout_withdraw, name="rollout_withdraw"
    ),
    path("rollout/<path:name>/draw", pages.rollout_draw, name="rollout_draw"),
    path("rollout/<path:name>/stop", pages.rollout_stop, name="rollout_stop"),
    path("rollout/<path:name>/drill", pages.rollout_drill, name="rollout_drill"),
    path("rollout/<path:name>/drills", pages.rollout_drills, name="rollout_drills"),
    path("rollout/<path:name>/lift/<int:number>", pages.rollout_lift, name="rollout_lift"),
    path("shadow/<path:name>/gate", shadow_pages.shadow_gate, name="shadow_gate"),
    path("shadow/<path:name>/attest", shadow_pages.shadow_attest, name="shadow_attest"),
    path("shadow/<path:name>/decide", shadow_pages.shadow_decide, name="shadow_decide"),
    path(
        "shadow/<path:name>/of/<path:cohort>", shadow_pages.shadow_report, name="shadow_report_of"
    ),
    path("shadow/<path:name>", shadow_pages.shadow_report, name="shadow_report"),
    path("rollout/<path:name>", pages.rollout, name="rollout"),
]
