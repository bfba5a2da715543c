"""What the sample bank records of its conditions, and an assessment of readiness for its next advice."""

from __future__ import annotations

import hashlib
from datetime import timedelta

from takeup.questions.conditions.readiness import Answered, readiness_questions
from takeup.record.clock import now
from takeup.server.acting.conditions.services import (
    Document,
    Figure,
    answer_by,
    make_links,
    open_assessment,
    record_indicator,
    ticket_of,
)
from takeup.server.deployment.roles import Role
from takeup.server.deployment.sampled import Bank
from takeup.server.foundation.organization.services import named_with

_RECORDED = (
    ("C3.5", Figure(value=0), "attestation", "A monthly target still asks for overrides below 10 in 100.", "targets-2026.pdf"),
    ("C5.1", Figure(k=1, n=3), "record", "", "role-register.xlsx"),
    ("C5.2", Figure(k=96, n=160), "record", "", "goals-2026.xlsx"),
    ("C5.4", Figure(value=0.92, n=100), "record", "", "task-inventory.xlsx"),
    ("C6.1", Figure(k=8, n=12), "record", "", "team-meetings.xlsx"),
    ("C6.2", Figure(k=9, n=12), "record", "", "practice-of-managers.csv"),
    ("C6.3", Figure(k=3, n=12), "claim", "Every scorecard will hold it from January.", ""),
    ("C7.1", Figure(k=76, n=84), "record", "", "champions.xlsx"),
    ("C7.2", Figure(k=5, n=7), "record", "", "nomination.xlsx"),
    ("C7.4", Figure(k=7, n=7), "record", "", "champions.xlsx"),
)  # fmt: skip
_LINKS = (("process_owner", 1), ("direct_manager", 2), ("practitioner", 8))
_ANSWERS = (("process_owner", 4), ("direct_manager", 4), *[("practitioner", 2)] * 5)


def afterwards(bank: Bank) -> None:
    """Records of its last weeks, and answers to an assessment; all invented."""
    today = now().date()
    ((executive, _), *_) = named_with([Role.EXECUTIVE], today)
    ((lead, _), *_) = named_with([Role.PROGRAMME_LEAD], today)
    for indicator, figure, source, statement, name in _RECORDED:
        record_indicator(
            bank.use_case, indicator, "", figure, source=source, statement=statement,
            document=_document(name), held_on=today - timedelta(days=12), valid_until=None,
            by=executive if source == "attestation" else lead,
            role="executive" if source == "attestation" else "programme lead",
        )  # fmt: skip
    _assessment(lead)


def _document(name: str) -> Document:
    return Document(name, hashlib.sha256(name.encode()).hexdigest()) if name else Document()


def _assessment(lead: str) -> None:
    """Owners and managers see more than those who decide; of feedback channels nobody sees any."""
    one = open_assessment(
        "Fraud alerts, before go-live", now().date() + timedelta(days=14), by=lead, practitioners=40
    )
    links = {group: make_links(one, group, n, by=lead) for group, n in _LINKS}
    for group, value in _ANSWERS:
        answers = {
            q.id: Answered(_value(q.condition, value, q.reverse), q.evidence)
            for q in readiness_questions()
        }
        ticket = ticket_of(links[group].pop())
        assert ticket is not None
        answer_by(ticket, answers)


def _value(condition: str, value: int, reverse: bool) -> int:
    told = {"C8": 2, "C1": 5}.get(condition, value)
    return 6 - told if reverse else told
