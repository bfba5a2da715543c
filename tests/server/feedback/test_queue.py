"""What users override and mark as wrong: gathered, labelled, answered, fixed, and the fix checked."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest

from takeup.record.errors import InputError
from tests.server.people import client_of, person, with_role

pytestmark = pytest.mark.on("postgres")

PEOPLE = [f"p{i}" for i in range(12)]


def sent(
    key,
    *,
    days_ago: int,
    wrong: float,
    version: str,
    prefix: str,
    n: int = 480,
    seed: int = 1,
    judged: bool = True,
    population: str = "officers",
):
    """Cases of twelve people of a population (`officers`: PEOPLE); the advice on seasonal ones is wrong
    with probability `wrong`, people override it when it is, and now and then when it is not. All are judged, or none."""
    from takeup.record.clock import now
    from takeup.server.recording.record_api.receive import receive

    rng = random.Random(seed)
    rows, outcomes = [], []
    for i in range(n):
        segment = ("seasonal", "salary")[i % 2]
        right = rng.random() > (wrong if segment == "seasonal" else 0.1)
        truth = rng.choice(("approve", "decline"))
        other = "decline" if truth == "approve" else "approve"
        advice = truth if right else other
        overrides = rng.random() < (0.2 if right else 0.8)
        choice = (other if advice == truth else truth) if overrides else advice
        at = now() - timedelta(days=days_ago - (i * 20 / n), minutes=5)
        name = f"{prefix}{i}"
        rows.append(
            {"decision_id": name, "use_case": "credit", "case_id": f"case-{name}", "mode": "assist",
             "person_id": PEOPLE[(i // 2) % 12] if population == "officers" else f"{population}-{i // 2 % 12}", "decided_at": at.isoformat(), "consulted": True,
             "recommendation": advice, "choice": choice, "x_segment": segment,
             "model_version": version, "population": population, "stakes": ("low", "high", "low")[i // 12 % 3]}
            | ({"override_reason": "info_model_lacks" if segment == "seasonal" else "not_convinced"} if overrides else {})
        )  # fmt: skip
        outcomes.append(
            {"decision_id": name, "use_case": "credit", "correct_choice": truth,
             "observed_at": at.isoformat()}
        )  # fmt: skip
    for kind, given in (("decisions", rows), ("outcomes", outcomes))[: 1 + judged]:
        assert {r.status for r in receive(kind, given, key)} == {"stored"}


@pytest.fixture
def credit(key, log):
    from takeup.server.foundation.organization.services import declare_use_case

    declare_use_case("credit", 'segment = ["x_segment"]\n', "test")
    for name in PEOPLE:
        person(name)
    return key


def flag(key, log, who="p3", kind="missing_input", of="f1"):
    from takeup.record.clock import now
    from takeup.server.recording.record_api.drain import drain
    from takeup.server.recording.record_api.receive import receive

    row = {"decision_id": of, "use_case": "credit", "case_id": f"case-{of}", "mode": "assist",
           "person_id": who, "decided_at": (now() - timedelta(hours=1)).isoformat(), "consulted": True,
           "recommendation": "decline", "choice": "decline", "x_segment": "seasonal",
           "model_version": "4.2", "flagged": kind}  # fmt: skip
    assert receive("decisions", [row], key)[0].status == "stored"
    drain(log)


def snapshot(log):
    from takeup.server.recording.record_api.drain import drain
    from takeup.server.showing.overview.services import take_snapshots

    drain(log)
    assert take_snapshots()["credit"] in ("taken", "unchanged")


def topic(**wanted):
    from takeup.server.acting.feedback.models import Topic

    return Topic.objects.get(use_case="credit", **wanted)


def test_a_flag_is_in_the_queue_at_once_and_its_answer_reaches_who_raised_it(credit, log):
    from takeup.server.foundation.organization.models import Person

    flag(credit, log)
    team = client_of(with_role("product_team"))
    page = team.get("/queue/credit").content.decode()
    assert "something is missing" in page
    assert "case-f1" in page
    reporter = Person.objects.get(person_id="p3")
    assert not any(word in page for word in ("p3@example.org", reporter.handle))
    number = topic(flag_kind="missing_input").pk
    asked = {"act": "answer", "label": "data_gap", "text": "The year's income comes with 4.3."}
    assert team.post(f"/queue/credit/topic/{number}", asked).status_code == 302
    today = client_of(Person.objects.get(person_id="p3")).get("/my/today").content.decode()
    assert "1 answer to what you marked as wrong" in today
    assert "The year&#x27;s income comes with 4.3." in today
    assert "data gap" in today
    other = client_of(Person.objects.get(person_id="p4")).get("/my/today").content.decode()
    assert "The year" not in other


def test_an_open_flag_says_when_its_answer_is_due(credit, log):
    from takeup.server.foundation.organization.models import Person

    flag(credit, log)
    today = client_of(Person.objects.get(person_id="p3")).get("/my/today").content.decode()
    assert "1 flag of yours waits for an answer" in today
    assert "an answer is due" in today


def test_overrides_are_clustered_with_who_was_right_on_the_same_cases(credit, log):
    sent(credit, days_ago=25, wrong=0.5, version="4.2", prefix="a")
    snapshot(log)
    page = client_of(with_role("product_team")).get("/queue/credit").content.decode()
    from takeup.server.foundation.organization.models import Person

    assert "On seasonal people know what the model doesn’t. On salary the model is right." in page
    seasonal = topic(level="seasonal", reason="info_model_lacks")
    assert seasonal.figures["people_right"] > 3 * seasonal.figures["model_right"]
    assert seasonal.figures["low"] > 0.5
    assert not any(p.handle in seasonal.members for p in Person.objects.all())


def test_every_declared_dimension_is_cut_and_each_population_stands_beside_the_whole(credit, log):
    from takeup.server.foundation.organization.services import declare_use_case

    declare_use_case("credit", 'segment = ["x_segment", "stakes"]\n', "test")
    sent(credit, days_ago=25, wrong=0.5, version="4.2", prefix="a")
    snapshot(log)
    seasonal = topic(level="seasonal", reason="info_model_lacks")
    by_stakes = topic(dimension="stakes", level="high", reason="info_model_lacks")
    assert by_stakes.figures["overrides"] < seasonal.figures["overrides"]
    (place,) = seasonal.figures["populations"]
    assert place["overrides"] == seasonal.figures["overrides"]
    page = client_of(with_role("product_team")).get("/queue/credit").content.decode()
    assert "The same in each population" in page
    total = (
        seasonal.figures["overrides"]
        + topic(level="salary", dimension="x_segment").figures["overrides"]
    )
    assert f"{total} overrides and 0 flags" in page


def test_without_known_right_answers_overrides_are_still_gathered(credit, log):
    sent(credit, days_ago=25, wrong=0.5, version="4.2", prefix="a", judged=False)
    snapshot(log)
    seasonal = topic(level="seasonal", reason="info_model_lacks")
    assert seasonal.figures["overrides"] > 0
    assert (seasonal.figures["people_right"], seasonal.figures["share"]) == (0, None)
    page = client_of(with_role("product_team")).get("/queue/credit").content.decode()
    assert "No such case is judged yet." in page


def test_what_must_be_answered_soon_is_late_soon_and_then_told_to_whoever_leads(credit, log):
    from takeup.record.clock import at, now
    from takeup.server.foundation.notices.models import Notice

    lead = with_role("programme_lead")
    sent(credit, days_ago=25, wrong=0.5, version="4.2", prefix="a")
    snapshot(log)
    number = topic(level="seasonal", reason="info_model_lacks").pk
    team = client_of(with_role("product_team"))
    asked = {"act": "label", "severity": "harm"}
    assert team.post(f"/queue/credit/topic/{number}", asked).status_code == 302
    with at(now() + timedelta(days=4)):
        snapshot(log)
        assert "1 is late" in team.get("/queue/credit").content.decode()
        told = Notice.objects.filter(key__startswith="late:")
        assert [n.handle for n in told] == [lead.handle]
    with at(now() + timedelta(days=5)):
        snapshot(log)
    assert Notice.objects.filter(key__startswith="late:").count() == 1
    wrong = team.post(f"/queue/credit/topic/{number}", {"act": "label", "severity": "soon"})
    assert wrong.status_code == 422


def test_an_answer_to_a_cluster_reaches_everybody_in_it_and_in_those_merged_into_it(credit, log):
    from takeup.server.acting.feedback.services import answer_topic, label_topic, merge_topic
    from takeup.server.foundation.notices.models import Notice

    sent(credit, days_ago=25, wrong=0.5, version="4.2", prefix="a")
    flag(credit, log)
    snapshot(log)
    cluster = topic(level="seasonal", reason="info_model_lacks")
    with pytest.raises(InputError, match="choose a label"):
        answer_topic(cluster.pk, "text", by="x")
    merge_topic(topic(flag_kind="missing_input").pk, cluster.pk, by="x")
    with pytest.raises(InputError, match="not merged itself"):
        merge_topic(cluster.pk, topic(flag_kind="missing_input").pk, by="x")
    label_topic(cluster.pk, "data_gap", by="x")
    assert answer_topic(cluster.pk, "You are right.", by="x").people == 12
    told = Notice.objects.filter(key__startswith="reply:", text="You are right.")
    assert told.count() == told.values("handle").distinct().count() == 12


@pytest.mark.parametrize(("after", "verdict"), [(0.05, "The fix holds"), (0.5, "No change shown")])
def test_a_release_cites_what_it_answers_and_the_fix_is_checked_in_the_log(
    credit, log, after, verdict
):
    from takeup.record.clock import at, now
    from takeup.server.acting.feedback.models import Export

    Export.objects.create(
        export_id="export-12", use_case="credit", made_at=now(), made_by="x", manifest={}
    )
    sent(credit, days_ago=50, wrong=0.5, version="4.2", prefix="a")
    with at(now() - timedelta(days=26)):
        snapshot(log)
        team = client_of(with_role("product_team"))
        number = topic(level="seasonal", reason="info_model_lacks").pk
        asked = {"version": "4.3", "words": "Reads the year's income", "topics": [str(number)],
                 "shipped_on": now().date().isoformat(), "export": "export-12"}  # fmt: skip
        assert team.post("/queue/credit/release", asked | {"topics": []}).status_code == 422
        assert team.post("/queue/credit/release", asked | {"export": "none"}).status_code == 422
        assert team.post("/queue/credit/release", asked).status_code == 302
        assert team.post("/queue/credit/release", asked).status_code == 422
        assert "Too early to say" in team.get("/queue/credit").content.decode()
    sent(credit, days_ago=22, wrong=after, version="4.3", prefix="b", seed=2)
    snapshot(log)
    page = client_of(with_role("programme_lead")).get("/queue/credit").content.decode()
    assert verdict in page
    assert "export-12" in page


def test_a_deferred_or_declined_label_must_be_one_of_the_labels(credit, log):
    from takeup.server.acting.feedback.services import label_topic

    flag(credit, log)
    with pytest.raises(InputError, match="one of the labels"):
        label_topic(topic(flag_kind="missing_input").pk, "whatever", by="x")


def test_a_correction_of_a_flag_moves_it_and_a_second_drain_does_not_double_it(credit, log):
    from takeup.server.acting.feedback.models import Flag
    from takeup.server.acting.feedback.services import keep_flags
    from takeup.server.recording.record_api.models import InboxRow

    flag(credit, log)
    bodies = list(InboxRow.objects.filter(kind="decisions").values_list("body", flat=True))
    keep_flags(bodies)
    assert Flag.objects.count() == 1


def wrote(key, texts, who="p4", seed="w"):
    from takeup.record.clock import now
    from takeup.server.recording.record_api.receive import receive

    rows = [
        {"decision_id": f"{seed}{i}", "use_case": "credit", "case_id": f"case-{seed}{i}", "mode": "assist",
         "person_id": who, "decided_at": (now() - timedelta(days=2, minutes=-i)).isoformat(),
         "consulted": True, "recommendation": "decline", "choice": "approve", "x_segment": "seasonal",
         "model_version": "4.1", "override_reason": "info_model_lacks", "override_comment": text}
        for i, text in enumerate(texts)
    ]  # fmt: skip
    assert {r.status for r in receive("decisions", rows, key)} == {"stored"}


def test_the_product_team_reads_what_people_wrote_without_whom_it_names(credit, log):
    from takeup.server.foundation.organization.models import Person

    Person.objects.filter(person_id="p4").update(name="Ada Weatherby")
    sent(credit, days_ago=30, wrong=0.5, version="4.1", prefix="a")
    wrote(credit, ["the farm pays after harvest, ask Weatherby, 0151 2345678 or a.w@bank.example"])
    wrote(credit, ["<b>no</b> income in winter"], who="p5", seed="v")
    snapshot(log)
    page = client_of(with_role("product_team")).get("/queue/credit?all=1").content.decode()
    assert "the farm pays after harvest, ask …, … or …" in page
    assert "&lt;b&gt;no&lt;/b&gt; income in winter" in page
    assert not any(word in page for word in ("Weatherby", "2345678", "bank.example"))
    lead = client_of(with_role("programme_lead")).get("/queue/credit?all=1").content.decode()
    assert "harvest" not in lead


def test_what_somebody_wrote_is_gone_from_the_queue_when_they_are_erased(credit, log):
    from takeup.server.recording.record_api.erasure import erase

    sent(credit, days_ago=30, wrong=0.5, version="4.1", prefix="a")
    wrote(credit, ["the farm pays after harvest"])
    snapshot(log)
    level = {"level": "seasonal", "reason": "info_model_lacks"}
    assert topic(**level).words == ["the farm pays after harvest"]
    erase(log, "p4")
    assert topic(**level).words == []


def test_where_harm_is_possible_a_pause_is_decided_before_it_is_answered(credit, log):
    from takeup.server.foundation.notices.models import Notice

    flag(credit, log)
    number = topic(flag_kind="missing_input").pk
    lead = with_role("programme_lead")
    team = client_of(with_role("product_team"))
    address = f"/queue/credit/topic/{number}"
    answer = {"act": "answer", "label": "data_gap", "severity": "harm", "text": "Comes with 4.3."}
    refused = team.post(address, answer)
    assert refused.status_code == 422
    assert "decide first whether advice is kept or paused" in refused.content.decode()
    assert team.post(address, {"act": "meanwhile", "meanwhile": "pause"}).status_code == 422
    decided = {"act": "meanwhile", "meanwhile": "pause", "why": "Winter income is not in 4.1."}
    assert team.post(address, decided).status_code == 302
    told = Notice.objects.get(handle=lead.handle)
    assert (told.text, told.path) == ("Winter income is not in 4.1.", "/rollout/credit")
    assert team.post(address, answer).status_code == 302


def test_a_topic_does_not_grow_by_what_one_person_adds_overnight(credit, log):
    from takeup.record.clock import at, now
    from takeup.server.recording.record_api.receive import receive

    sent(credit, days_ago=25, wrong=0.5, version="4.2", prefix="a")
    snapshot(log)
    before = topic(level="seasonal", reason="info_model_lacks").figures
    one_more = {
        "decision_id": "z1", "use_case": "credit", "case_id": "case-z1", "mode": "assist",
        "person_id": "p3", "decided_at": now().isoformat(), "consulted": True,
        "recommendation": "approve", "choice": "decline", "x_segment": "seasonal",
        "model_version": "4.2", "population": "officers", "stakes": "low",
        "override_reason": "info_model_lacks",
    }  # fmt: skip
    others = [
        one_more | {"decision_id": f"y{i}", "case_id": f"case-y{i}", "person_id": PEOPLE[i],
                    "choice": "approve", "override_reason": None}
        for i in range(12)
    ]  # fmt: skip
    rows = [one_more, *({k: v for k, v in row.items() if v is not None} for row in others)]
    assert {r.status for r in receive("decisions", rows, credit)} == {"stored"}
    with at(now() + timedelta(days=1)):
        snapshot(log)
    assert topic(level="seasonal", reason="info_model_lacks").figures == before


def test_who_was_right_is_not_told_of_the_overrides_of_few(credit, log):
    """Twelve people override seasonal cases; those of two of them are judged."""
    from takeup.server.acting.feedback.models import OverrideTotal

    sent(credit, days_ago=25, wrong=0.5, version="4.2", prefix="a", judged=False)
    judge(credit, "a", {"p1", "p2"})
    snapshot(log)
    held = topic(level="seasonal", reason="info_model_lacks").figures
    assert held["people"] == 12
    assert (held["people_right"], held["model_right"], held["share"]) == (0, 0, None)
    total = OverrideTotal.objects.get(use_case="credit").figures
    assert (total["people_right"], total["model_right"]) == (0, 0)


def judge(key, prefix: str, whose: set[str], n: int = 480) -> None:
    """The right answer of these people's cases."""
    from takeup.record.clock import now
    from takeup.server.recording.record_api.receive import receive

    rows = [
        {"decision_id": f"{prefix}{i}", "use_case": "credit", "correct_choice": "approve", "observed_at": now().isoformat()}
        for i in range(n) if PEOPLE[(i // 2) % 12] in whose
    ]  # fmt: skip
    assert {r.status for r in receive("outcomes", rows, key)} == {"stored"}


def test_a_fix_of_a_kind_that_few_decide_is_not_checked_aloud():
    from datetime import datetime

    import pandas as pd

    from takeup.questions.fix_check.disclose import disclose_fix
    from takeup.questions.fix_check.measure import FixCheck, measure_fix
    from takeup.record.settings import Settings
    from takeup.stats.answer import CannotSay

    def checked(people: int):
        import ibis

        rng = random.Random(3)
        rows = [
            {"person_id": f"p{who}", "kind": kind, "action": "followed", "advice_right": rng.random() < 0.7,
             "decided_at": datetime(2026, 9, 1) + timedelta(days=day)}  # noqa: DTZ001
            for kind, some in (("rare", people), ("usual", 20)) for who in range(some) for day in range(50)
        ]  # fmt: skip
        table = ibis.memtable(pd.DataFrame(rows))
        found = measure_fix(table, "kind", "rare", datetime(2026, 9, 26), 28, None, Settings())  # noqa: DTZ001
        assert isinstance(found, FixCheck)
        return found.people, disclose_fix(found, "share", Settings().disclosure)

    few, told = checked(2)
    assert (few, isinstance(told, CannotSay)) == (2, True)
    many, told = checked(12)
    assert (many, isinstance(told, FixCheck)) == (12, True)


def who(*people: int, n: int = 1) -> dict[str, int]:
    return {f"m{i}": n for i in people}


@pytest.mark.parametrize(
    ("now", "waits"),
    [
        # Nobody, or enough of one population: told anew.
        ({"north": who(*range(12)), "south": who(*range(20, 32))}, set()),
        ({"north": who(*range(12), n=2), "south": who(*range(20, 32))}, set()),
        # One of north beside eight of south: the whole less south's would be that one's.
        ({"north": who(*range(1, 12)) | who(0, n=2), "south": who(*range(20, 28), n=2) | who(*range(28, 32))}, {"north", "south"}),
        # Seven of each: neither is told, the whole is of fourteen.
        ({"north": who(*range(7), n=2) | who(*range(7, 12)), "south": who(*range(20, 27), n=2) | who(*range(27, 32))}, {"north", "south"}),
        # One of a population that is not told, beside eight of north.
        ({"north": who(*range(8), n=2) | who(*range(8, 12)), "south": who(*range(20, 32)), "tiny": who(50)}, {"north"}),
    ],
)  # fmt: skip
def test_between_two_days_no_population_of_a_topic_shows_what_few_have_added(
    django_ready, now, waits
):
    """A topic changes by nine people, of whom one is in north: north's 40 overrides were 41 the day after."""
    from takeup.server.acting.feedback.taking import _waiting

    before = {"north": who(*range(12)), "south": who(*range(20, 32))}
    assert _waiting(before, before, now, ["north", "south"], 8) == waits


def test_populations_of_a_topic_are_told_anew_where_enough_have_added(credit, log):
    """Enough of both populations add: both are told anew."""
    from takeup.record.clock import at, now

    sent(credit, days_ago=25, wrong=0.5, version="4.2", prefix="a")
    sent(credit, days_ago=25, wrong=0.5, version="4.2", prefix="b", population="branch")
    snapshot(log)

    def figures() -> dict[str, int]:
        of = topic(level="seasonal", reason="info_model_lacks").figures["populations"]
        return {one["key"]: one["overrides"] for one in of}

    first = figures()
    assert set(first) == {"officers", "branch"}
    with at(now() + timedelta(days=1)):
        sent(credit, days_ago=20, wrong=0.9, version="4.2", prefix="c", population="branch", seed=3)
        sent(credit, days_ago=20, wrong=0.9, version="4.2", prefix="d", n=480, seed=4)
        snapshot(log)
    assert figures()["officers"] > first["officers"]
    assert figures()["branch"] > first["branch"]
