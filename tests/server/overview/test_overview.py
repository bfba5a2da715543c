"""The overview: rate against quality, what is due, what is hidden and what can't be told."""

from __future__ import annotations

import csv
import io

import pytest

from tests.server.people import client_of, with_role
from tests.server.running import decision
from tests.server.store import audited

pytestmark = pytest.mark.on("sqlite")


def send(key, population: str, people: int, each: int = 20, *, looked: float = 0.5) -> None:
    from takeup.server.recording.record_api.receive import receive

    rows = []
    for p in range(people):
        for i in range(each):
            seen = i < looked * each
            rows.append(
                decision(
                    i, decision_id=f"{population}-{p}-{i}", case_id=f"c-{population}-{p}-{i}",
                    person_id=f"{population}-{p}", population=population, path="ai", consulted=seen,
                    decided_at=f"2026-11-{2 + i % 20:02d}T09:00:00Z",
                )
            )  # fmt: skip
    for start in range(0, len(rows), 1_000):
        receive("decisions", rows[start : start + 1_000], key)


def taken() -> None:
    from takeup.server.showing.overview.services import take_snapshots

    assert take_snapshots() == {"credit": "taken"}


@pytest.fixture
def measured(key):
    send(key, "north", 24)
    send(key, "south", 30, looked=0.9)
    send(key, "tiny", 4)
    taken()
    return key


def page_of(path: str, role: str = "programme_lead") -> str:
    answer = client_of(with_role(role)).get(path)
    assert answer.status_code == 200, path
    return answer.content.decode()


def test_it_says_rate_and_quality_first_and_then_row_by_row(measured):
    page = page_of("/overview/credit")
    assert "100 % of cases pass through the tool" in page.replace("\xa0", " ")
    assert "decided with its advice" in page
    assert page.index("north") > 0
    assert "Between rate and quality lie" in page


def test_a_population_of_few_people_is_in_no_total_and_hides_no_other(measured):
    page = page_of("/overview/credit")
    assert "1,080 cases" in page
    assert "1,160" not in page
    assert page.count("Not shown, on purpose") == 1
    assert "54 people" in page
    lead = client_of(with_role("executive"))
    assert "not shown, on purpose" in lead.get("/overview/credit/population/tiny").content.decode()


def test_the_page_behind_a_row_goes_down_to_method_and_definition(measured):
    page = page_of("/overview/credit/population/south")
    assert "followed or modified ÷ eligible" in page
    assert "Jeffreys interval" in page
    assert "grade: descriptive" in page


def test_a_population_reads_its_own_page_and_no_other(measured):
    from takeup.server.foundation.organization.models import Person
    from takeup.server.foundation.organization.services import import_people, read_people

    rows = [{"person_id": "north-1", "email": "n@example.org", "population": "north"}]
    import_people(read_people(rows, "test"), actor="test")
    mine = client_of(Person.objects.get(person_id="north-1"))
    assert mine.get("/overview/credit/population/north").status_code == 200
    assert mine.get("/overview/credit/population/south").status_code == 403
    assert mine.get("/overview/credit/population/all").status_code == 403
    assert mine.get("/overview/credit").status_code == 403


def test_a_view_exports_what_it_shows_and_the_audit_log_says_so(measured):

    lead = client_of(with_role("programme_lead"))
    answer = lead.get("/overview/credit?as=csv")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert sorted(r["population"] for r in rows) == ["all", "north", "south", "tiny"]
    tiny = next(r for r in rows if r["population"] == "tiny")
    assert (tiny["state"], tiny["eligible"], tiny["effective_reliance"]) == ("hidden", "", "")
    pdf = lead.get("/overview/credit?as=pdf")
    assert pdf.content[:5] == b"%PDF-"
    assert "overview-credit" in pdf["Content-Disposition"]
    assert lead.get("/overview/credit?as=png").content[:8] == b"\x89PNG\r\n\x1a\n"
    made = audited("export.made")
    assert [e.detail["form"] for e in made] == ["csv", "pdf", "png"]
    # A view that draws nothing has no picture: the page stands there.
    assert b"<html" in lead.get("/signals?as=png").content


def test_where_nothing_prints_a_page_says_why_and_no_export_is_claimed(measured, monkeypatch):
    from takeup.record.errors import InputError
    from takeup.server.foundation.pages import exports

    def no_printer(_html: str) -> bytes:
        raise InputError("printing needs Pango")

    monkeypatch.setattr(exports, "pdf_of", no_printer)
    before = len(audited("export.made"))
    answer = client_of(with_role("programme_lead")).get("/overview/credit?as=pdf")
    assert answer.status_code == 501
    page = answer.content.decode()
    assert "printing needs Pango" in page
    assert 'href="/overview/credit"' in page
    assert len(audited("export.made")) == before


def test_with_one_population_of_five_people_it_is_still_of_use(key):
    from datetime import timedelta

    from takeup.record.clock import now
    from takeup.server.acting.rollout.gates import declare_gate
    from takeup.server.acting.rollout.services import take_step

    send(key, "tiny", 5)
    taken()
    lead = with_role("programme_lead")
    take_step("credit", "assist", by=lead.handle)
    day = now().date()
    gate = {"starts": day.isoformat(), "decide_by": (day + timedelta(days=3)).isoformat()}
    declare_gate("credit", "", gate, decider=lead.handle, by=lead.handle)
    page = client_of(lead).get("/overview/credit").content.decode()
    assert "Too few people to show anything" in page
    assert "1 answer is due" in page
    assert "everybody else: assist" in page
    assert "100 cases" not in page


def test_with_many_populations_the_gravest_come_first_page_by_page(key):
    for n in range(23):
        send(key, f"branch-{n:02d}", 9, each=3, looked=1.0 if n else 0.0)
    taken()
    lead = client_of(with_role("programme_lead"))
    first = lead.get("/overview/credit").content.decode()
    assert "page 1 of 2" in first
    second = lead.get("/overview/credit?page=2").content.decode()
    assert first.count('<li class="pop') == 21
    assert second.count('<li class="pop') == 3


def test_open_signals_stand_with_their_population_owner_and_day(measured):
    from takeup.questions.signals.measure import Signals, SignalSeen
    from takeup.server.acting.signals.services import take_signals

    seen = SignalSeen(
        "RR1", "north", "2026-11-16", "use dropped", 0.6, 0.3, "share", None, None, True
    )
    take_signals("credit", Signals((seen,), ("north",), 9, (), ()), {})
    page = page_of("/overview/credit")
    assert "1 answer is due" in page
    assert "Use dropped:" in page
    assert "product owner" in page
