"""Shadow cases of a cohort with known truth, as a sender would send them."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

START = datetime(2026, 10, 5, 9, tzinfo=UTC)


def shadow_rows(
    n: int,
    *,
    people: int = 30,
    days: int = 28,
    ahead: dict[str, float] | None = None,
    disagree: float = 0.3,
    seed: int = 1,
    cohort: str | None = None,
    prefix: str = "s",
    begins_day: int = 0,
) -> tuple[list[dict], list[dict]]:
    """Decisions and outcomes. `ahead`: by segment, the share of disagreements in which the model is
    the one who is right."""
    rng = random.Random(seed)
    ahead = ahead or {"salary": 0.7, "seasonal": 0.2}
    decisions, outcomes = [], []
    for i in range(n):
        segment = list(ahead)[i % len(ahead)]
        truth = rng.choice(("approve", "decline"))
        other = "decline" if truth == "approve" else "approve"
        apart = rng.random() < disagree
        model_right = rng.random() < ahead[segment] if apart else rng.random() < 0.9
        model = truth if model_right else other
        own = model if not apart else (other if model_right else truth)
        at = START + timedelta(days=begins_day + (i * days) // n, minutes=i % 400)
        decisions.append(
            {"decision_id": f"{prefix}{i}", "use_case": "credit", "case_id": f"c-{prefix}{i}",
             "person_id": f"p{i % people}", "decided_at": at.isoformat(), "mode": "shadow",
             "recommendation": model, "choice": own, "x_segment": segment}
            | ({"cohort": cohort} if cohort else {})
        )  # fmt: skip
        if apart or i % 5 == 0:
            outcomes.append(
                {"decision_id": f"{prefix}{i}", "use_case": "credit", "correct_choice": truth,
                 "observed_at": (at + timedelta(days=1)).isoformat(),
                 "truth_probability": 1.0 if apart else 0.2}
            )  # fmt: skip
    return decisions, outcomes


def record(key, rows: list[dict], outcomes: list[dict]) -> None:
    """Through the record API's own door."""
    from takeup.server.recording.record_api.receive import receive

    for kind, given in (("decisions", rows), ("outcomes", outcomes)):
        for start in range(0, len(given), 1_000):
            results = receive(kind, given[start : start + 1_000], key)
            assert {r.status for r in results} <= {"stored"}, results[0]
