"""An empty deployment filled with a simulated bank has everything a first look needs."""

from __future__ import annotations

import pytest

from tests.server.people import client_of
from tests.server.store import empty


@pytest.fixture(scope="module")
def filled(django_ready):
    from takeup.server.first_run import prepare_oversight
    from takeup.server.sample import fill
    from takeup.server.start import log_of

    empty(django_ready)
    (django_ready.home / "sample-sign-ins.txt").unlink(missing_ok=True)
    prepare_oversight(django_ready)
    return fill(django_ready, log_of(django_ready), lambda _: None)


def test_each_role_signs_in_and_sees_its_start_page(filled):
    assert {role for role, _, _ in filled} >= {"programme lead", "practitioner", "direct manager"}
    for role, address, password in filled:
        browser = client_of()
        browser.post("/sign-in", {"login": address, "password": password})
        page = browser.get("/").content.decode()
        assert role in page, role


def test_its_decisions_are_measured_sealed_and_proved(filled, django_ready):
    from takeup.server.oversight.models import SealedBatch
    from takeup.server.overview.services import latest
    from takeup.server.record_api.verify import verify
    from takeup.server.start import log_of

    found = verify(log_of(django_ready))
    assert found.problems == ()
    assert found.log > 50_000
    assert sum(SealedBatch.objects.values_list("rows", flat=True)) > 20_000
    assert "refuse it" in latest("credit-line").document["diagnoses"][0]["verdict"]


def test_filling_it_again_keeps_what_is_there(filled, django_ready):
    from takeup.server.sample import fill
    from takeup.server.start import log_of

    assert fill(django_ready, log_of(django_ready), lambda _: None) == filled
