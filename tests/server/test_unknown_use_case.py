"""What nobody declared is told as unknown and can be refused; strict use cases take declared words alone."""

from __future__ import annotations

import pytest

from tests.server.people import client_of, with_role
from tests.server.running import decision
from tests.server.test_drain import drain

STRICT = 'choices = ["approve", "decline"]\nvocabulary = "strict"\n'


def receive(rows, key):
    from takeup.server.record_api.receive import receive

    return receive("decisions", rows, key)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"choice": "aproved"}, "choice: 'aproved' is not declared by this use case"),
        ({"recommendation": "yes"}, "recommendation: 'yes' is not declared"),
        ({"override_reason": "because"}, "override_reason: 'because' is not declared"),
    ],
)
def test_a_strict_use_case_keeps_no_word_it_does_not_declare(key, changes, words):
    from takeup.server.organization.services import declare_use_case
    from takeup.server.record_api.admission import admission

    assert receive([decision(1, **changes)], key)[0].status == "stored"
    declare_use_case("credit", STRICT, "ann")
    admission.forget()
    (refused,) = receive([decision(2, **changes)], key)
    assert refused.status == "quarantined"
    assert refused.reasons[0].startswith(words)
    right = decision(3, override_reason="not_convinced")
    assert receive([right], key)[0].status == "stored"


def test_events_of_a_strict_use_case_are_held_to_it_too(key):
    from takeup.server.organization.services import declare_use_case
    from takeup.server.record_api.models import InboxRow, Quarantined
    from takeup.server.record_api.receive_events import receive_events

    declare_use_case("credit", STRICT, "ann")
    made = {
        "specversion": "1.0", "id": "m", "source": "t", "type": "takeup.made", "subject": "d1",
        "time": "2026-11-20T09:00:00Z",
        "data": {"use_case": "credit", "choice": "aproved", "recommendation": "approve"},
    }  # fmt: skip
    receive_events([made], key)
    assert not InboxRow.objects.filter(kind="decisions").exists()
    assert "'aproved' is not declared" in Quarantined.objects.get().reasons[0]


def test_a_use_case_that_nobody_declared_is_unknown_and_can_be_refused(key, log):
    from takeup.server.record_api.admission import admission

    receive([decision(1, use_case="credti")], key)
    drain(log)
    lead = client_of(with_role("programme_lead"))
    assert "unknown, from sender host" in lead.get("/use-cases").content.decode()
    assert "Unknown, from sender host" in lead.get("/use-cases/credti").content.decode()
    lead.post("/use-cases/credti/refused")
    admission.forget()
    (result,) = receive([decision(2, use_case="credti")], key)
    assert (result.status, "was refused here" in result.reasons[0]) == ("quarantined", True)
    assert receive([decision(3)], key)[0].status == "stored"
    assert ">refused<" in lead.get("/use-cases").content.decode()
    lead.post("/use-cases/credti/refused", {"admit": "yes"})
    admission.forget()
    assert receive([decision(2, use_case="credti")], key)[0].status == "stored"


def test_a_declared_use_case_is_no_stranger(key, log):
    from takeup.server.organization.services import declare_use_case

    declare_use_case("credit", STRICT, "ann")
    receive([decision(1)], key)
    drain(log)
    lead = client_of(with_role("programme_lead"))
    assert "unknown, from" not in lead.get("/use-cases").content.decode()
