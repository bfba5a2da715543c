"""Every address of the server. Who may open which: `permissions.py`."""

from __future__ import annotations

from django.urls import include, path, re_path

from takeup.server.agreement import pages as agreement
from takeup.server.audit import pages as audit
from takeup.server.component.api import router as component_router
from takeup.server.feedback import pages as feedback
from takeup.server.health import health, ready
from takeup.server.notices import pages as notices
from takeup.server.operating.metrics import metrics
from takeup.server.overview import pages as overview
from takeup.server.pages import views
from takeup.server.performance import pages as performance
from takeup.server.practitioner import pages as practitioner
from takeup.server.record_api import quarantine_pages, senders_pages, unknown_use_case_pages
from takeup.server.record_api.api import api
from takeup.server.signals import pages as signals

api.add_router("/component", component_router)

urlpatterns = [
    path("", views.home, name="home"),
    path("style", views.style, name="style"),
    path(
        "use-cases/<path:name>/taken-out",
        unknown_use_case_pages.use_case_take_out,
        name="use_case_take_out",
    ),
    path("", include("takeup.server.organization.urls")),
    path("", include("takeup.server.rollout.urls")),
    path("overview", overview.overview, name="overview"),
    path("overview/<path:name>/population/<path:key>", overview.population, name="population"),
    path("overview/<path:name>", overview.overview, name="overview_of"),
    path("signals", signals.signals, name="signals"),
    path("signals/<int:number>", signals.signal_answer, name="signal_answer"),
    path("notices", notices.notices, name="notices"),
    path("notices/wants", notices.notices_wants, name="notices_wants"),
    path("notices/unsubscribe/<token>", notices.unsubscribe, name="unsubscribe"),
    path("deliveries", notices.deliveries, name="deliveries"),
    path("diagnosis/<path:name>/take", overview.diagnosis_take, name="diagnosis_take"),
    path("diagnosis/<path:name>/on/<day>", overview.diagnosis, name="diagnosis_day"),
    path("diagnosis/<path:name>", overview.diagnosis, name="diagnosis"),
    path("senders", senders_pages.senders, name="senders"),
    path("senders/counters", senders_pages.senders_counters, name="senders_counters"),
    path("senders/key", senders_pages.sender_key, name="sender_key"),
    path("senders/key/<prefix>/revoke", senders_pages.sender_key_revoke, name="sender_key_revoke"),
    path("quarantine", quarantine_pages.quarantine, name="quarantine"),
    path("quarantine/<int:number>", quarantine_pages.quarantine_row, name="quarantine_row"),
    path("agreement", agreement.agreement, name="agreement"),
    path("agreement/record", agreement.agreement_record, name="agreement_record"),
    path("agreement/change", agreement.change_announce, name="change_announce"),
    path("agreement/change/<int:number>", agreement.change_answer, name="change_answer"),
    path("audit", audit.audit, name="audit"),
    path("performance", performance.performance, name="performance"),
    path("performance/<path:name>/draft", performance.performance_draft, name="performance_draft"),
    path(
        "performance/<path:name>/<str:month>/approve",
        performance.performance_approve,
        name="performance_approve",
    ),
    re_path(
        r"^performance/(?P<name>.+)/(?P<month>\d{4}-\d{2})$",
        performance.performance,
        name="performance_month",
    ),
    path("performance/<path:name>", performance.performance, name="performance_of"),
    path("queue", feedback.queue, name="queue"),
    path("queue/<path:name>/topic/<int:number>", feedback.topic_act, name="topic_act"),
    path("queue/<path:name>/release", feedback.release_ship, name="release_ship"),
    path("queue/<path:name>", feedback.queue, name="queue_of"),
    path("my/practice", practitioner.practice, name="practice"),
    path("my/today", practitioner.my_today, name="my_today"),
    path("my/calibration", practitioner.my_calibration, name="my_calibration"),
    path("my/cases", practitioner.my_cases, name="my_cases"),
    path("my/data", practitioner.my_data, name="my_data"),
    path("my/data.json", practitioner.my_data_download, name="my_data_download"),
    path("my/objection", practitioner.my_objection, name="my_objection"),
    path("my/vault", practitioner.my_vault, name="my_vault"),
    path("my/access", audit.access_to_me, name="access_to_me"),
    path("api/v1/", api.urls),
    path("health", health, name="health"),
    path("ready", ready, name="ready"),
    path("metrics", metrics, name="metrics"),
]
