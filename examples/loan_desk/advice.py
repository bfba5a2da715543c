"""Everything the loan desk has to do with takeup."""

from __future__ import annotations

import os
from typing import Any

from takeup_client import Client

CHOICES = [{"value": "approve", "label": "Approve"}, {"value": "decline", "label": "Decline"}]
TERMS = [{"value": "approve_lower", "label": "Approve, lower amount"}]

takeup = Client(
    os.environ.get("TAKEUP_URL", "http://127.0.0.1:8000"),
    os.environ.get("TAKEUP_KEY", ""),
    os.environ.get("TAKEUP_USE_CASE", "credit-line"),
    spool=os.environ.get("TAKEUP_SPOOL", "spool"),
)

# The rollout's rules are asked for in the background; the first page need not go without them.
takeup.ready()


def advice_for(application: dict[str, Any], officer: str, origin: str) -> dict[str, Any]:
    """What the page of one application gives to <takeup-recommendation>."""
    model = application["model"]
    advice = takeup.recommend(
        case_id=application["number"],
        recommendation=model["advice"],
        person_id=officer,
        # The same name each time the page is opened: one application is one decision.
        decision_id=f"loan-{application['number']}-{officer}",
        covariates={"segment": application["segment"], "amount": application["amount"]},
        confidence=model["confidence"],
        stakes="high" if application["amount"] > 20_000 else "low",
        model_version=model["version"],
        needed_by=None,
    )
    return advice.embed(
        origin, CHOICES, terms=TERMS, reasons=model["reasons"],
        model=f"Loan triage {model['version']}", evidence_url=f"/applications/{application['number']}/evidence",
    )  # fmt: skip


def decided(number: str, officer: str, told: dict[str, Any]) -> None:
    """The officer closed a case: by the recommendation, or by the desk's own form."""
    takeup.decided(f"loan-{number}-{officer}", told)
