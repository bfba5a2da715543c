"""The review of thirty days: from what is recorded, the same figures on the page, on paper and in Word, signed once."""

from __future__ import annotations

import re
from datetime import date, timedelta
from html import unescape
from io import BytesIO

import pytest
from docx import Document

from takeup.record.clock import at, now
from takeup.record.errors import InputError
from tests.server.at_once import two_at_once
from tests.server.overview.test_overview import send
from tests.server.people import client_of, with_role
from tests.server.reasons.test_reasons import placed

pytestmark = pytest.mark.on("sqlite")

TITLES = (
    "Facts", "The model", "Overrides", "Conditions", "Reasons and actions", "Managers", "Champions", "Feedback",
    "Harm and oversight", "Economics", "Decisions", "What we still cannot tell",
)  # fmt: skip


@pytest.fixture
def live(key):
    """A use case that went live 31 days ago, measured today: two populations, and four people in a third."""
    from takeup.server.acting.rollout.services import take_step
    from takeup.server.foundation.organization.services import use_case
    from takeup.server.showing.overview.services import take_snapshots

    for name, people in (("north", 24), ("south", 30), ("tiny", 4)):
        send(key, name, people)
        placed(f"somebody-{name}", name)
    use_case("credit")
    with at(now() - timedelta(days=31)):
        take_step("credit", "assist", by="test", reason="the gate passed")
    assert take_snapshots() == {"credit": "taken"}
    return {role: with_role(role) for role in ("programme_lead", "executive", "product_team", "oversight_officer")}  # fmt: skip


def made(live):
    from takeup.server.showing.review.services import make

    return make("credit", by=live["programme_lead"].handle)


def days(n: int) -> date:
    return now().date() + timedelta(days=n)


def decided(live, review, population: str = "", **more):
    from takeup.server.showing.review.services import decide

    told = {"choice": "continue", "text": "Go on as it is", "owner": live["executive"].handle, "due": days(14)} | more  # fmt: skip
    return decide(review, population, **told, by=live["programme_lead"].handle)


def cells_of(html: str) -> list[str]:
    found = re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", html, re.DOTALL)
    return [" ".join(unescape(re.sub(r"<[^>]+>", "", one)).split()) for one in found]


def test_all_twelve_parts_are_there_in_order_and_people_make_the_eleventh(live):
    from takeup.server.showing.review.services import parts_of

    found = parts_of(made(live))
    assert tuple(p.title for p in found) == TITLES
    assert [p.number for p in found] == list(range(1, 13))
    assert all(p.says for p in found)


def test_page_paper_and_word_tell_the_same_figures(live):
    review, lead = made(live), client_of(live["programme_lead"])
    page = lead.get(f"/reviews/{review.pk}").content.decode()
    word = Document(BytesIO(lead.get(f"/reviews/{review.pk}?as=docx").content))
    in_word = [" ".join(c.text.split()) for t in word.tables for row in t.rows for c in row.cells]
    on_page = [c.lower() for c in cells_of(page)]
    assert in_word
    assert [c.lower() for c in in_word] == on_page
    csv = lead.get(f"/reviews/{review.pk}?as=csv").content.decode("utf-8-sig")
    north = next(c for c in in_word if re.match(r"\d+ % \(\d+ to", c))
    assert north in csv
    printed = lead.get(f"/reviews/{review.pk}?as=pdf")
    assert printed.content.startswith(b"%PDF-")


def test_of_few_people_nothing_is_told(live):
    review = made(live)
    assert "tiny" not in str(review.parts).lower()


def test_the_review_is_refused_before_its_day_and_while_one_waits(live):
    from takeup.server.acting.rollout.models import Step

    made(live)
    with pytest.raises(InputError, match="sign that one first"):
        made(live)
    Step.objects.update(from_at=now() - timedelta(days=10))
    with pytest.raises(InputError, match="habits that are not formed yet"):
        made(live)
    Step.objects.all().delete()
    with pytest.raises(InputError, match="nobody has the advice yet"):
        made(live)


def test_figures_stay_as_they_are_while_comments_and_decisions_stand_beside_them(live):
    from takeup.server.showing.review.services import comment, mark_of

    review = made(live)
    comment(review, 2, "The vendor ships in May", by=live["executive"].handle)
    comment(review, 2, "The vendor ships in June", by=live["executive"].handle)
    page = client_of(live["programme_lead"]).get(f"/reviews/{review.pk}").content.decode()
    assert "ships in June" in page
    assert "ships in May" not in page
    review.refresh_from_db()
    assert mark_of(review.parts) == review.sha256


def test_it_is_signed_once_every_population_has_a_decision_and_nothing_changes_after(live):
    from takeup.server.showing.review.services import comment, sign

    review = made(live)
    decided(live, review, "north", choice="change", text="Fewer clicks")
    with pytest.raises(InputError, match="decide first for south"):
        sign(review, by=live["executive"].handle)
    decided(live, review, "south", choice="stop", text="Back to shadow")
    sign(review, by=live["executive"].handle)
    with pytest.raises(InputError, match="that review is signed"):
        comment(review, 1, "late", by=live["executive"].handle)
    with pytest.raises(InputError, match="that review is signed"):
        decided(live, review)
    page = client_of(live["oversight_officer"]).get(f"/reviews/{review.pk}").content.decode()
    assert "Signed by Some Executive" in page
    with pytest.raises(InputError, match="were reviewed: the next review comes with newer ones"):
        made(live)
    late = client_of(live["programme_lead"]).post(f"/reviews/{review.pk}/comment", {"part": "2", "text": "Typed while it was signed"})  # fmt: skip
    assert (late.status_code, "Typed while it was signed" in late.content.decode()) == (422, True)
    assert "Back to shadow" in page


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"choice": "wait"}, "choose continue, change or stop"),
        ({"text": " "}, "say what is done"),
        ({"owner": "nobody"}, "who has not left"),
        ({"due": "2020-01-01"}, "has passed"),
        ({"due": "soon"}, "write the day as"),
    ],
)
def test_a_decision_that_lacks_something_is_a_sentence_and_what_was_typed_stays(live, wrong, says):
    review = made(live)
    told = {"population": "north", "choice": "change", "text": "Fewer clicks", "owner": live["executive"].handle, "due": days(9).isoformat()} | wrong  # fmt: skip
    answer = client_of(live["executive"]).post(f"/reviews/{review.pk}/decide", told)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert says in page
    assert told["text"] in page
    assert not review.decisions.exists()


def test_only_the_sponsor_signs_and_those_who_read_every_population_read(live):
    review = made(live)
    assert client_of(live["programme_lead"]).post(f"/reviews/{review.pk}/sign").status_code == 403
    assert client_of(live["product_team"]).get(f"/reviews/{review.pk}").status_code == 403
    assert client_of(with_role("manager")).get(f"/reviews/{review.pk}").status_code == 403


def test_the_milestone_reads_that_it_was_made_and_signed(live):
    from takeup.server.showing.review.milestone_records import tell
    from takeup.server.showing.review.services import sign

    review = made(live)
    assert {one.fact: one.value for one in tell("credit", days(0))} == {"review.made": 1, "review.signed": 0}  # fmt: skip
    decided(live, review)
    sign(review, by=live["executive"].handle)
    assert {one.fact: one.value for one in tell("credit", days(0))}["review.signed"] == 1


def test_the_start_page_says_that_it_is_due_and_whose_signature_it_waits_for(live):
    before = client_of(live["executive"]).get("/").content.decode()
    assert "The review was due on" in before
    made(live)
    assert "wait for your signature" in client_of(live["executive"]).get("/").content.decode()


def test_two_who_make_it_at_once_leave_one_review_and_one_sentence(live):
    from takeup.server.showing.review.models import Review

    assert two_at_once(lambda: made(live)) == ["a review waits for its decisions; sign that one first", "done"]  # fmt: skip
    assert Review.objects.count() == 1


def test_a_comment_with_characters_that_no_document_has_is_on_page_paper_and_in_word(live):
    from takeup.server.showing.review.services import comment

    review, who = made(live), live["programme_lead"]
    comment(review, 1, "pasted\x0b from\x1b a terminal\ufffe <b>&amp;</b>", by=who.handle)
    client = client_of(who)
    for form in ("", "?as=pdf", "?as=csv"):
        assert client.get(f"/reviews/{review.pk}{form}").status_code == 200, form
    word = Document(BytesIO(client.get(f"/reviews/{review.pk}?as=docx").content))
    assert any("a terminal  <b>&amp;</b>" in one.text for one in word.paragraphs)


def test_a_decision_is_not_cut_and_not_for_a_day_nobody_plans_for(live):
    review = made(live)
    with pytest.raises(InputError, match="at most 1,000 characters; this one has 1,001"):
        decided(live, review, text="x" * 1_001)
    with pytest.raises(InputError, match="within a year"):
        decided(live, review, due=date(9999, 12, 31))
    assert not review.decisions.exists()


def test_a_comment_of_full_length_over_many_lines_is_kept_and_one_that_is_refused_stays_typed(live):
    review, client = made(live), client_of(live["programme_lead"])
    full = "\r\n".join(["x" * 39] * 100)
    sent = {"part": "2", "text": full}
    assert client.post(f"/reviews/{review.pk}/comment", sent).status_code == 302
    sent["text"] = "kept words " + "y" * 4_000
    answer = client.post(f"/reviews/{review.pk}/comment", sent)
    assert answer.status_code == 422
    assert "kept words yyy" in answer.content.decode()


def test_no_form_of_it_tells_names_of_columns_or_commands(live):
    review = made(live)
    told = str(review.parts)
    assert "What we still cannot tell" in told
    assert re.findall(r"\b[a-z]+(?:_[a-z]+)+\b|takeup sample", re.sub(r"'\w+':", "", told)) == []
