"""The weekly dashboard: what each row says, what is hidden, who sees what, and that exports say the same."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

import pytest

from tests.server.people import client_of, with_role
from tests.server.store import audited
from tests.server.weekly.programme import (
    measured_on,
    organized,
    person_called,
    row_of,
    sent,
    snapshot,
)

pytestmark = pytest.mark.on("postgres")


@pytest.fixture
def measured(key):
    organized()
    sent(key, "north", 24, team="north-a")
    sent(key, "south", 30, looked=0.9, team="south-a", judged=5)
    sent(key, "tiny", 4)
    snapshot()
    return key


def page_of(client, path: str = "/week/of/credit") -> str:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return answer.content.decode().replace("\xa0", " ")


def test_every_figure_stands_with_its_interval_and_count_and_the_nominal_rate_last(measured):
    page = page_of(client_of(with_role("programme_lead")))
    row = page[page.index(">north</a>") :]
    assert "240 of 480" in row
    assert (
        row.index("Decided with the advice") < row.index("Looked at") < row.index("Judgement (J)")
    )
    assert row.index("Judgement (J)") < row.index("Closed on the AI path")
    assert "480 of 480" in row[row.index("Closed on the AI path") :]
    assert "pop week" in page
    assert "Conditions:" in row


def test_j_is_told_of_judged_decisions_of_enough_people_alone(measured):
    """North: 240 looked at and judged. Five people in the South are too few, and with two rows J of everybody would
    leave theirs, so that of the North is hidden too."""
    from takeup.server.showing.weekly.models import Judgement

    told = dict(Judgement.objects.values_list("population", "told"))
    assert told == {
        "north": "not shown: too few people",
        "south": "not shown: too few people",
    } or set(told.values()) == {told["south"]}
    assert not any(one["status"] != "suppressed" for one in Judgement.objects.values_list("answer", flat=True))  # fmt: skip


def test_j_of_a_population_is_r_c_plus_r_w_less_one(key):
    """Of 20 cases each looks at ten: advice is wrong in cases 0, 3, 6, 9 and they decline 0, 4, 8. Wrong advice is caught
    in 1 of 4, right advice is kept in 4 of 6: J is 0.25 + 0.667 - 1."""
    from takeup.server.showing.weekly.models import Judgement

    sent(key, "north", 24)
    snapshot()
    (one,) = Judgement.objects.all()
    assert one.answer["value"] == pytest.approx(1 / 4 + 4 / 6 - 1, abs=1e-9)
    assert one.answer["n"] == 240
    assert one.told.startswith("−0.08 (")


def test_a_population_of_few_people_is_named_and_not_shown(measured):
    page = page_of(client_of(with_role("executive")))
    assert page.count("Not shown, on purpose.") == 1
    tiny = page[page.index("tiny") :]
    assert "80 cases" not in tiny
    assert "Judgement" not in tiny.split("</li>")[0]


def test_a_manager_sees_the_populations_of_their_teams_and_no_other(measured):
    client = client_of(person_called("manager-north"))
    page = page_of(client)
    assert ">north</a>" in page
    assert "south" not in page
    assert "Everybody shown" not in page
    rows = list(csv.DictReader(io.StringIO(client.get("/week/of/credit?as=csv").content.decode("utf-8-sig"))))  # fmt: skip
    assert [r["population"] for r in rows] == ["north"]
    assert client.get("/week").url == "/week/of/credit"


def test_a_manager_without_measured_teams_is_told_so(store):
    measured_on("2026-11-24", "north")
    client = client_of(with_role("manager"))
    assert "None of your teams" in page_of(client, "/week")
    assert "Nothing is measured of your populations yet" in page_of(client)


def test_an_export_holds_the_figures_of_the_page_and_is_audited(measured):
    from takeup.server.showing.overview.services import latest

    lead = client_of(with_role("programme_lead"))
    page = page_of(lead)
    rows = {
        r["population"]: r
        for r in csv.DictReader(io.StringIO(lead.get("/week/of/credit?as=csv").content.decode("utf-8-sig")))
    }  # fmt: skip
    assert set(rows) == {"north", "south", "tiny"}
    for view in latest("credit").populations.exclude(key__in=("all", "tiny")):
        for name in ("consult_rate", "override_rate", "effective_reliance", "nominal_rate"):
            assert float(rows[view.key][name]) == view.row["facts"][name]
            assert f"{100 * view.row['facts'][name]:.0f} % (" in page
    assert rows["tiny"]["state"] == "not shown, on purpose"
    assert rows["tiny"]["consult_rate"] == rows["tiny"]["j"] == ""
    assert lead.get("/week/of/credit?as=pdf").content[:5] == b"%PDF-"
    png = lead.get("/week/of/credit?as=png")
    assert png.content[:8] == b"\x89PNG\r\n\x1a\n"
    assert png["Content-Disposition"].endswith('.png"')
    made = audited("export.made")
    assert [one.detail["form"] for one in made] == ["csv", "pdf", "png"]


def test_the_picture_says_what_the_rows_say_and_shows_no_hidden_one(measured):
    from takeup.drawing.picture import picture
    from takeup.server.showing.overview.services import latest
    from takeup.server.showing.weekly import queries
    from takeup.server.showing.weekly.pictured import pictured

    shot = latest("credit")
    keys = [one.key for one in queries.places(shot, None, "", False, queries.beside("credit"))]
    rows = queries.rows("credit", shot, keys, queries.beside("credit"))
    svg = picture(pictured("Half", shot, rows, None))
    assert "not shown, on purpose" in svg
    for row in rows:
        if row.view["state"] == "shown":
            assert row.figures["consult_rate"].split(",")[0] in svg
    assert "var(--followed)" in svg


def test_populations_are_searched_filtered_and_paged(store):
    from takeup.record.clock import now

    keys = [f"branch-{n:02d}" for n in range(23)]
    measured_on(now().date(), *keys)
    lead = client_of(with_role("programme_lead"))
    first = page_of(lead)
    assert first.count('<li class="pop week') == 11  # Everybody, and ten.
    assert "page 1 of 3" in first
    found = page_of(lead, "/week/of/credit?q=BRANCH-1&page=1")
    assert found.count('<li class="pop week') == 10
    assert "Everybody shown" not in found
    assert "No population is like that" in page_of(lead, "/week/of/credit?q=nowhere")
    assert "No population is like that" in page_of(lead, "/week/of/credit?waits=1")


def test_what_is_due_stands_first_with_owner_and_day_and_says_what_is_late(store):
    from takeup.record.clock import at, now
    from takeup.server.showing.weekly.services import decide, open_review

    today = now().date()
    measured_on(today - timedelta(days=14), "officers")
    lead = with_role("programme_lead")
    with_role("practitioner")
    with at(now() - timedelta(days=10)):
        review, _ = open_review("credit", by=lead.handle)
        late = now().date() + timedelta(days=2)
        decide(review.pk, "Lift the target.", owner=lead.handle, due=late, by=lead.handle, population="officers")  # fmt: skip
    measured_on(today, "officers")
    page = page_of(client_of(lead))
    assert "1 thing is due" in page
    due = page[page.index("1 thing is due") : page.index("Population by population")]
    assert "Officers: Lift the target." in due or "officers: Lift the target." in due
    assert "overdue since" in due
    assert "Some Programme_Lead" in due
    assert '<li class="pop week' in page_of(client_of(lead), "/week/of/credit?waits=1")


def test_no_link_of_the_week_or_the_team_answers_403(measured):
    """Every link that a page shows to somebody opens for them."""
    import re

    from takeup.record.clock import now
    from takeup.server.acting.signals.services import own
    from takeup.server.showing.weekly.services import decide, open_review
    from tests.server.signals.test_signals import responses, seen, take

    lead = with_role("programme_lead")
    manager = person_called("manager-north")
    take(seen())
    own(responses()[0].pk, manager.handle, by=lead.handle)
    review, _ = open_review("credit", by=lead.handle)
    decide(review.pk, "Ask.", owner=manager.handle, due=now().date(), by=lead.handle, population="north")  # fmt: skip
    readers = [lead, manager, *map(with_role, ("executive", "role_owner", "worker_representative", "oversight_officer"))]  # fmt: skip
    for someone in readers:
        client = client_of(someone)
        for path in ("/", "/week/of/credit", "/week/of/credit/reviews", f"/week/review/{review.pk}", "/team"):  # fmt: skip
            answer = client.get(path)
            if path == "/team" and someone is not manager:
                assert answer.status_code == 403
                continue
            assert answer.status_code == 200, (someone, path)
            for href in set(re.findall(r'href="(/[^"#]*)', answer.content.decode())):
                if not href.startswith("/static"):
                    where = href.replace("&amp;", "&")
                    assert client.get(where).status_code < 400, (str(someone), path, href)


def test_a_use_case_without_figures_says_that_it_is_too_early(store):
    from takeup.server.foundation.organization.services import use_case

    use_case("credit")
    lead = client_of(with_role("programme_lead"))
    assert "Too early to say" in page_of(lead)
    assert lead.get("/week/of/nothing").status_code == 404
    refused = lead.post("/week/of/credit/open", follow=True)
    assert "nothing is measured yet" in refused.content.decode()


def test_the_dashboard_asks_the_store_as_often_for_two_hundred_populations_as_for_ten(store):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from takeup.record.clock import now

    lead = client_of(with_role("programme_lead"))
    asked = []
    for use_case, n in (("ten", 10), ("many", 200)):
        measured_on(now().date(), *(f"b{i:03d}" for i in range(n)), use_case=use_case)
        lead.get(f"/week/of/{use_case}")
        with CaptureQueriesContext(
            connection,
        ) as found:
            assert lead.get(f"/week/of/{use_case}").status_code == 200
        asked.append(len(found))
    assert asked[0] == asked[1]


def test_rows_of_an_earlier_version_without_newer_parts_are_shown(store):
    from takeup.record.clock import now

    old = row_of("north")
    for name in ("figures", "facts", "trend", "experts"):
        del old[name]
    measured_on(now().date(), "north", north=old)
    assert "North" in page_of(client_of(with_role("executive")))
