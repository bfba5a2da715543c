"""How the model is doing, told to its users; and practice on past cases."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.server.feedback.test_queue import PEOPLE, credit, sent, snapshot, topic  # noqa: F401
from tests.server.people import client_of, with_role

pytestmark = pytest.mark.on("postgres")


def month() -> str:
    from takeup.record.clock import now

    return f"{now():%Y-%m}"


def placed() -> None:
    from takeup.server.foundation.organization.services import import_people, read_people

    rows = [{"person_id": p, "population": "officers", "team": "t"} for p in PEOPLE]
    import_people(read_people(rows, "test"), actor="test")


def test_a_draft_is_seen_by_its_makers_alone_until_one_of_them_approves_it_in_words(credit, log):  # noqa: F811
    from takeup.server.foundation.notices.models import Notice
    from takeup.server.foundation.organization.models import Person

    placed()
    sent(credit, days_ago=25, wrong=0.5, version="4.2", prefix="a")
    team = client_of(with_role("product_team"))
    assert team.post("/performance/credit/draft").status_code == 422
    snapshot(log)
    assert team.post("/performance/credit/draft").status_code == 302
    officer = client_of(Person.objects.get(person_id="p1"))
    assert "No report is published yet" in officer.get("/performance/credit").content.decode()
    draft = team.get("/performance/credit").content.decode()
    assert "weakest on seasonal" in draft
    approve = f"/performance/credit/{month()}/approve"
    assert team.post(approve, {"words": " "}).status_code == 422
    assert (
        team.post(approve, {"words": "Weak on harvest income; a fix is under way."}).status_code
        == 302
    )
    page = officer.get("/performance/credit").content.decode()
    assert "Weak on harvest income" in page
    assert "approved by Some Product_Team" in page
    assert Notice.objects.filter(key__startswith="performance:").count() == len(PEOPLE)
    assert team.post("/performance/credit/draft").status_code == 422


def test_a_report_says_what_holds_where_people_work_what_was_promised_and_what_moved(credit, log):  # noqa: F811
    from takeup.record.clock import at, now
    from takeup.server.foundation.organization.services import declare_use_case

    declare_use_case("credit", 'segment = ["x_segment"]\npromised_error = 0.2\n', "test")
    team = client_of(with_role("product_team"))
    sent(credit, days_ago=25, wrong=0.5, version="4.2", prefix="a")
    snapshot(log)
    team.post("/performance/credit/draft")
    first = team.get("/performance/credit").content.decode()
    assert "It was to be right in 80 of 100 cases; on seasonal it is not." in first
    assert "The same where you work" not in first
    team.post(f"/performance/credit/{month()}/approve", {"words": "Weak on harvests."})
    with at(now() + timedelta(days=100)):
        for prefix, place in (("b", "officers"), ("c", "phone")):
            sent(
                credit,
                days_ago=1,
                wrong=0.01,
                version="4.3",
                prefix=prefix,
                n=2_000,
                population=place,
            )
        snapshot(log)
        team.post("/performance/credit/draft")
        page = team.get("/performance/credit").content.decode()
    assert "better than in the last report" in page
    assert "no change shown; the last report said" in page
    assert "The same where you work" in page
    assert "Phone" in page
    assert "It was to be right" not in page


def test_how_many_read_it_is_told_and_nobody_knows_who(credit, log):  # noqa: F811
    from takeup.server.foundation.organization.models import Person
    from takeup.server.showing.performance.models import Reading

    placed()
    sent(credit, days_ago=25, wrong=0.5, version="4.2", prefix="a")
    snapshot(log)
    team = client_of(with_role("product_team"))
    team.post("/performance/credit/draft")
    team.post(f"/performance/credit/{month()}/approve", {"words": "As it is."})

    def told_after(*people: str) -> str:
        for who in people:
            client_of(Person.objects.get(person_id=who)).get("/performance/credit")
        page = team.get("/performance/credit").content.decode()
        return next(line for line in page.splitlines() if "users have opened it" in line)

    assert "Few of 12 users have opened it yet" in told_after("p1", "p2", "p1")
    eight = told_after("p3", "p4", "p5", "p6", "p7", "p8")
    assert "60 in 100 or more of 12 users have opened it" in eight
    # Nobody who looks again and again sees that one more opened it, nor who did not.
    assert told_after("p9", "p10", "p11", "p0") == eight
    handles = {p.handle for p in Person.objects.all()}
    assert not any(h in r.reader for r in Reading.objects.all() for h in handles)


def test_practice_shows_the_advice_after_the_choice_and_keeps_nothing(credit, log):  # noqa: F811
    from takeup.server.foundation.organization.models import Person
    from takeup.server.showing.practitioner.models import PracticeCase

    sent(credit, days_ago=25, wrong=0.5, version="4.2", prefix="a")
    snapshot(log)
    held = list(PracticeCase.objects.all())
    assert len(held) == 120
    assert sum(c.advice != c.right for c in held) == 60
    officer = client_of(Person.objects.get(person_id="p1"))
    before = officer.get("/my/practice").content.decode()
    assert "What would you decide?" in before
    assert "You chose" not in before
    case = held[0]
    answer = {"use_case": "credit", "case": case.pk, "choice": case.right, "n": "2", "k": "1"}
    after = officer.post("/my/practice", answer).content.decode()
    assert "You were right" in after
    assert "2 of 3 right, in this window alone." in after
    assert ("The advice was wrong." in after) == (case.advice != case.right)
    assert "0 of" not in officer.get("/my/practice").content.decode()
    assert not any(p in str(c.known) for p in PEOPLE for c in held)
