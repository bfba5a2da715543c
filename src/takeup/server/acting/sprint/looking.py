"""The look at every gate, with the look at every milestone; and what is kept of it as evidence."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from typing import Any

from takeup.server.acting.sprint.gates import CLAUSES, GateSays, Standing, judge
from takeup.server.acting.sprint.milestone import Known
from takeup.server.acting.sprint.models import GateLook, Sprint
from takeup.server.acting.sprint.seen import seen_in
from takeup.server.acting.sprint.services import plan_of


def look_at_gates(sprint: Sprint, known: Known) -> None:
    """Keep what each gate says by now."""
    seen = {one.milestone: seen_in(one) for one in sprint.states.all()}
    standing = Standing(known, plan_of(sprint, known.today), sprint.starts_on, seen)
    for gate in CLAUSES:
        evidence = evidence_of(judge(gate, standing))
        GateLook.objects.update_or_create(
            sprint=sprint, gate=gate,
            defaults={"seen_on": known.today, "evidence": evidence, "sha256": mark_of(evidence)},
        )  # fmt: skip


def evidence_of(said: GateSays) -> dict[str, Any]:
    """Every clause as it stands, as it is kept with a decision."""
    found: dict[str, Any] = json.loads(json.dumps(asdict(said)))
    return found


def mark_of(evidence: dict[str, Any]) -> str:
    """The SHA-256 of the evidence in canonical JSON."""
    text = json.dumps(evidence, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
