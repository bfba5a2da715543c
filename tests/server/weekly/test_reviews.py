"""Reviews: opened once a week, decisions with an owner and a day, what is wrong said in a sentence, and who is told."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from takeup.record.errors import InputError
from tests.server.people import client_of, person, with_role
from tests.server.store import audited_actions
from tests.server.weekly.programme import measured_on, organized, person_called


@pytest.fixture
def lead(store):
    from takeup.record.clock import now

    measured_on(now().date(), "officers")
    organized({"officers-a": ("officers", "manager-o"), "others-a": ("others", "manager-x")})
    return with_role("programme_lead")


def opened(lead, use_case: str = "credit"):
    from takeup.server.showing.weekly.services import open_review

    return open_review(use_case, by=lead.handle)[0]


def decided(lead, **more):
    from takeup.record.clock import now
    from takeup.server.showing.weekly.services import decide

    asked = {"owner": lead.handle, "due": now().date() + timedelta(days=7), "by": lead.handle}
    return decide(opened(lead).pk, more.pop("text", "Lift the target."), **(asked | more))


def test_a_review_is_opened_once_a_week_and_whoever_comes_second_joins_it(lead):
    from takeup.server.showing.weekly.models import Review

    executive = with_role("executive")
    first = client_of(lead).post("/week/of/credit/open")
    second = client_of(executive).post("/week/of/credit/open", follow=True)
    one = Review.objects.get()
    assert first.url == f"/week/review/{one.pk}"
    assert one.opened_by == lead.handle
    assert "is open already" in second.content.decode()
    assert "nothing was decided" in second.content.decode()


def test_a_decision_stands_with_owner_and_day_on_the_dashboard_and_on_the_owner_s_first_page(lead):
    owner = person_called("manager-o")
    review = opened(lead)
    asked = {"text": "Ask eight officers.", "owner": owner.handle, "due": "2999-01-01", "population": "officers"}  # fmt: skip
    client = client_of(lead)
    refused = client.post(f"/week/review/{review.pk}/decide", asked)
    assert refused.status_code == 422
    from takeup.record.clock import now

    due = now().date() + timedelta(days=3)
    assert client.post(f"/week/review/{review.pk}/decide", asked | {"due": due.isoformat()}).status_code == 302  # fmt: skip
    for someone, path in (
        (lead, "/week/of/credit"),
        (owner, "/week/of/credit"),
        (owner, "/team"),
        (owner, "/"),
    ):
        page = client_of(someone).get(path).content.decode()
        assert "Ask eight officers." in page, path
        assert f"{due:%-d %b}" in page, path
    assert "Ask eight officers." not in client_of(person_called("manager-x")).get("/week/of/credit").content.decode()  # fmt: skip


WRONG = (
    ({"text": "   "}, "Write what is decided."),
    ({"owner": ""}, "Name the one person"),
    ({"owner": "nobody-at-all"}, "Name the one person"),
    ({"due": "2020-02-29"}, "That day has passed"),
    ({"due": "2999-12-31"}, "within a year"),
    ({"due": "next week"}, "2027-12-31"),
    ({"due": ""}, "2027-12-31"),
    ({"population": "no-such"}, "There is no population"),
    ({"text": "x" * 2_001}, "at most 2,000 letters"),
)


@pytest.mark.parametrize(
    ("wrong", "sentence"), WRONG, ids=[next(iter(w)) + "-" + s[:12] for w, s in WRONG]
)
def test_what_is_wrong_is_said_and_what_was_typed_is_kept(lead, wrong, sentence):
    from takeup.record.clock import now
    from takeup.server.showing.weekly.models import ReviewDecision

    asked = {"text": "Keep this text.", "owner": lead.handle, "due": now().date().isoformat(), "population": "officers"}  # fmt: skip
    answer = client_of(lead).post(f"/week/review/{opened(lead).pk}/decide", asked | wrong)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert sentence in page
    if "text" not in wrong:
        assert ">Keep this text.</textarea>" in page
    if "owner" not in wrong:
        assert f'value="{lead.handle}" selected' in page
    if "population" not in wrong:
        assert 'value="officers" selected' in page
    assert not ReviewDecision.objects.exists()


def test_an_owner_who_has_left_is_refused_by_name_and_an_open_decision_can_be_handed_over(lead):
    from takeup.record.clock import now
    from takeup.server.foundation.organization.services import deactivate

    gone = person("gone", name="Greta Gone")
    one = decided(lead, owner=gone.handle)
    deactivate(gone, now().date(), "test")
    with pytest.raises(InputError, match="Greta Gone has left"):
        decided(lead, owner=gone.handle)
    client = client_of(lead)
    assert "has left" in client.get("/week/of/credit").content.decode()
    refused = client.post(f"/week/decision/{one.pk}/owner", {"owner": gone.handle})
    assert refused.status_code == 422
    assert client.post(f"/week/decision/{one.pk}/owner", {"owner": lead.handle}).status_code == 302
    one.refresh_from_db()
    assert one.owner == lead.handle


def test_a_week_that_is_over_takes_no_decision(lead):
    from takeup.record.clock import at, now
    from takeup.server.showing.weekly.services import decide

    review = opened(lead)
    with at(now() + timedelta(days=7)):
        due = now().date()
        with pytest.raises(InputError, match="week of that review is over"):
            decide(review.pk, "Late.", owner=lead.handle, due=due, by=lead.handle)
        page = client_of(lead).get(f"/week/review/{review.pk}").content.decode()
    assert "A review without a decision" in page
    assert "Record a decision" not in page


def test_done_is_said_by_the_owner_or_who_decides_and_by_nobody_else(lead):
    owner, other = person_called("manager-o"), person_called("manager-x")
    one = decided(lead, owner=owner.handle)
    assert client_of(other).post(f"/week/decision/{one.pk}/done").status_code == 403
    said = {"came_of_it": "Two targets went.", "from": "home"}
    assert client_of(owner).post(f"/week/decision/{one.pk}/done", said).url == "/"
    one.refresh_from_db()
    assert (one.done_by, one.came_of_it) == (owner.handle, "Two targets went.")
    twice = client_of(lead).post(f"/week/decision/{one.pk}/done", follow=True).content.decode()
    assert "that decision is done already" in twice
    page = client_of(lead).get("/week/of/credit/reviews").content.decode()
    assert "Every decision is done" in page
    assert "Two targets went." in page


def test_past_reviews_are_read_with_what_was_decided_and_one_without_says_so(lead):
    from takeup.record.clock import at, now

    with at(now() - timedelta(days=14)):
        opened(lead)
    decided(lead, text="Ask the makers.", population="others")
    page = client_of(lead).get("/week/of/credit/reviews").content.decode()
    assert "Nothing was decided." in page
    assert "Ask the makers." in page
    of_manager = (
        client_of(person_called("manager-o")).get("/week/of/credit/reviews").content.decode()
    )
    assert "Ask the makers." not in of_manager
    assert "Nothing was decided on your populations or on the whole." in of_manager


def test_a_manager_of_no_population_of_the_use_case_reads_nothing_of_its_whole(lead):
    one = decided(lead, text="Lift it for everybody.")
    for who, reads in (("manager-o", True), ("manager-x", False)):
        client = client_of(person_called(who))
        for path in ("/week/of/credit", "/week/of/credit/reviews", f"/week/review/{one.review_id}"):
            page = client.get(path).content.decode()
            assert ("Lift it for everybody." in page) == reads, (who, path)


def test_every_verb_stands_in_the_audit_log_and_owners_are_told(lead):
    from takeup.record.clock import now
    from takeup.server.foundation.notices.models import Notice
    from takeup.server.showing.weekly.services import done, hand_over, set_review_day

    owner, other = person_called("manager-o"), person_called("manager-x")
    one = decided(lead, owner=owner.handle)
    hand_over(one.pk, other.handle, by=lead.handle)
    done(one.pk, by=other.handle)
    set_review_day(3, by=lead.handle)
    assert audited_actions("review.") == [
        "review.opened", "review.decided", "review.handed_over", "review.done", "review.day_set",
    ]  # fmt: skip
    told = Notice.objects.filter(key__startswith="review:decision:")
    assert {n.handle for n in told} == {owner.handle, other.handle}
    assert f"{now().date() + timedelta(days=7):%-d %B %Y}" in told[0].subject


def test_an_owner_is_told_once_that_a_day_has_passed(lead):
    from takeup.record.clock import at, now
    from takeup.server.foundation.notices.models import Notice
    from takeup.server.showing.weekly.day import each_day

    one = decided(lead)
    for days in (3, 8, 9):
        with at(now() + timedelta(days=days)):
            each_day("credit", now().date())
    late = Notice.objects.filter(key=f"review:decision:{one.pk}:late")
    assert [n.handle for n in late] == [lead.handle]


def test_the_day_of_the_review_is_the_lead_s_to_set_and_the_digest_goes_out_then(lead):
    from takeup.server.foundation.notices.models import Notice
    from takeup.server.showing.weekly.digest import write_digest
    from takeup.server.showing.weekly.services import review_day

    client = client_of(lead)
    assert client.post("/week/day", {"weekday": "9"}, follow=True).status_code == 200
    assert review_day() == 1
    assert client.post("/week/day", {"weekday": "4", "use_case": "credit"}).url == "/week/of/credit"
    assert review_day() == 4
    decided(lead, text="Lift it.", owner=person_called("manager-x").handle, population="others")
    monday, thursday = date(2026, 12, 7), date(2026, 12, 10)
    assert write_digest(monday) == 0
    assert write_digest(thursday) == 2
    assert write_digest(thursday) == 2
    told = {n.handle: n.text for n in Notice.objects.filter(key="digest:2026-W50")}
    assert set(told) == {lead.handle, person_called("manager-o").handle}
    assert "Half." in told[lead.handle]
    assert "Lift it." in told[lead.handle]
    manager = told[person_called("manager-o").handle]
    assert "Officers: 40 % (30 to 50) decided with the advice" in manager
    assert "Lift it." not in manager


def test_a_decision_goes_with_its_use_case_and_names_nobody_who_was_erased(lead):
    from takeup.server.showing.weekly.day import forget
    from takeup.server.showing.weekly.models import Review, ReviewDecision

    decided(lead)
    forget("credit")
    assert not Review.objects.exists()
    assert not ReviewDecision.objects.exists()


def test_what_came_of_it_is_refused_where_it_is_too_long_and_not_cut(lead):
    from takeup.record.errors import InputError
    from takeup.server.showing.weekly.services import done

    one = decided(lead)
    with pytest.raises(InputError, match="at most 2,000 letters"):
        done(one.pk, by=lead.handle, came_of_it="x" * 2_001)
    one.refresh_from_db()
    assert one.done_on is None


def test_who_was_erased_stands_there_as_somebody_who_left(lead):
    owner = person_called("manager-o")
    one = decided(lead, owner=owner.handle)
    one.review.opened_by = "gone"
    one.review.save()
    owner.delete()
    for path in (f"/week/review/{one.review_id}", "/week/of/credit/reviews", "/week/of/credit"):
        assert "somebody who left" in client_of(lead).get(path).content.decode(), path
    page = client_of(lead).get(f"/week/review/{one.review_id}").content.decode()
    assert "by somebody who left" in page
