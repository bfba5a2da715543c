"""Conversations: whom to invite is drawn among those who rely least and sealed; what was said names nobody; two people code
it, each alone; counts are shown from five; the population reads it back."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

import ibis
import pytest

from takeup.record.errors import InputError
from tests.server.people import client_of, person, with_role

pytestmark = pytest.mark.store
NOTES = {"wrong_before": "It missed the new road twice."}


@pytest.fixture
def team(store):
    """Forty officers of two teams, thirty and ten; who leads, and the two who listen and code."""
    from takeup.server.foundation.organization.models import Placement, Population, Team
    from takeup.server.foundation.organization.services import use_case

    use_case("credit")
    place, _ = Population.objects.get_or_create(key="north")
    for i in range(40):
        team, _ = Team.objects.get_or_create(key="large" if i < 30 else "small")
        one = person(f"north{i}", name=f"Officer Nr{i}")
        Placement.objects.create(person=one, population=place, team=team, from_day=date(2026, 1, 5))
    return {r: with_role(r) for r in ("programme_lead", "role_owner", "worker_representative")}


def asked(team, **other):
    from takeup.server.acting.conversations.services import ask_for

    given = {
        "facilitator": team["role_owner"].handle,
        "coder": team["worker_representative"].handle,
    }
    return ask_for("credit", "north", *(given | other).values(), by=team["programme_lead"].handle)


def decisions(people=40, cases=40):
    """Each person's share of cases with the advice rises with their number; nobody ties."""
    from takeup.record.clock import now

    rows = [
        {"person_id": f"key-{i}", "population": "north", "decided_at": now() - timedelta(days=j % 28 + 1),
         "action": "followed" if j < cases * i / people else "not_consulted"}
        for i in range(people) for j in range(cases)
    ]  # fmt: skip
    return ibis.memtable(rows)


@pytest.fixture
def keys(monkeypatch):
    """The log's pseudonyms, as the recorder knows whose they are."""
    from dataclasses import replace

    from takeup.server.acting.conversations import drawing_names
    from takeup.server.deployment.recorder import recorder
    from takeup.server.foundation.organization.models import Person

    def behind(pseudonyms):
        wanted = {p.removeprefix("key-"): p for p in pseudonyms}
        people = Person.objects.filter(person_id__startswith="north")
        numbered = {p.person_id.removeprefix("north"): p.handle for p in people}
        return {wanted[number]: handle for number, handle in numbered.items() if number in wanted}

    here = replace(recorder(), handles_behind=behind)
    monkeypatch.setattr(drawing_names, "recorder", lambda: here)


@pytest.fixture
def drawn(team, keys):
    from takeup.server.acting.conversations.drawing_names import draw_waiting

    one = asked(team)
    draw_waiting("credit", decisions())
    one.refresh_from_db()
    return one


def said(one, n: int, by: str):
    from takeup.server.acting.conversations.services import write

    for i in range(n):
        write(one, None, NOTES | {"on_monday": f"Fewer clicks, {i}."}, by=by)


def coded(one, codes: dict[int, str], by: str) -> None:
    from takeup.server.acting.conversations.services import code

    for number, primary in codes.items():
        code(one, number, primary, "", "model_gap: roads" if number == 1 else "", by=by)


def ended(one, text="People miss the new road in it."):
    from takeup.server.acting.conversations.services import agree, end

    agree(one, {}, by=one.facilitator)
    end(one, text, by=one.facilitator)
    one.refresh_from_db()


def test_eight_of_the_half_that_relies_least_are_drawn_of_every_team_its_part(team, drawn):
    from takeup.server.acting.conversations.services import names_of

    assert (drawn.state, drawn.invited, drawn.among) == ("drawn", 8, 20)
    found = names_of(drawn, by=team["role_owner"].handle)
    assert {int(name.removeprefix("Officer Nr")) for name in found} <= set(range(20))


def test_teams_have_their_part_of_those_drawn():
    from takeup.server.acting.conversations.drawing_names import stratified

    strata = {f"a{i}": "large" for i in range(30)} | {f"b{i}": "small" for i in range(10)}
    for _ in range(20):
        found = stratified(list(strata), strata, 8)
        assert Counter(strata[h] for h in found) == {"large": 6, "small": 2}
    assert sorted(stratified(["a1", "b1"], strata, 8)) == ["a1", "b1"]


def test_nobody_but_the_one_who_invites_sees_a_name_and_opening_them_is_audited(team, drawn):
    from takeup.server.acting.conversations.services import names_of
    from takeup.server.foundation.audit.services import newest

    for role in ("programme_lead", "worker_representative"):
        with pytest.raises(InputError, match="only whoever invites"):
            names_of(drawn, by=team[role].handle)
        answer = client_of(team[role]).get(f"/conversations/{drawn.pk}/names")
        assert answer.status_code in (403, 404)
        assert "Officer" not in client_of(team[role]).get("/conversations").content.decode()
    page = client_of(team["role_owner"]).get(f"/conversations/{drawn.pk}/names").content.decode()
    assert page.count("Officer Nr") == 8
    assert newest("conversation.names_opened") is not None


def test_the_draw_is_sealed_in_the_database_and_its_hash_is_on_record(team, drawn):
    import hashlib

    from takeup.server.deployment.sealing import unseal
    from takeup.server.foundation.audit.services import newest
    from takeup.server.foundation.organization.models import Person

    handles = set(Person.objects.values_list("handle", flat=True))
    assert not any(handle in drawn.names for handle in handles)
    with pytest.raises(ValueError, match="another key"):
        unseal(drawn.names, team["programme_lead"].handle)
    opened = unseal(drawn.names, drawn.facilitator)
    assert newest("conversation.drawn")["mark"] == hashlib.sha256(opened.encode()).hexdigest()


def test_of_a_small_population_everybody_is_invited_and_of_a_silent_one_nobody_yet(team, keys):
    from takeup.server.acting.conversations.drawing_names import draw_waiting
    from takeup.server.foundation.organization.models import Placement

    one = asked(team)
    draw_waiting("credit", decisions(people=6))
    one.refresh_from_db()
    assert (one.state, "of 6 people enough decisions are known" in one.why_not) == ("waiting", True)
    Placement.objects.filter(person__person_id__in=[f"north{i}" for i in range(10, 40)]).delete()
    draw_waiting("credit", decisions(people=6))
    one.refresh_from_db()
    assert (one.state, one.invited) == ("drawn", 10)


@pytest.mark.parametrize("who", ["programme_lead", "manager", "same", "member"])
def test_who_leads_manages_or_belongs_to_them_neither_listens_nor_codes(team, who):
    from takeup.server.deployment.roles import Role
    from takeup.server.foundation.organization.models import Lead, Person, Team
    from takeup.server.foundation.organization.services import set_roles

    chosen = {"programme_lead": team["programme_lead"], "same": team["worker_representative"],
              "member": Person.objects.get(person_id="north3"), "manager": team["role_owner"]}[who]  # fmt: skip
    if who == "manager":
        Lead.objects.create(
            team=Team.objects.get(key="large"), person=chosen, from_day=date(2026, 1, 5)
        )
    if who == "member":
        set_roles(chosen, {Role.CHAMPION}, "test")
    with pytest.raises(InputError, match="neither of whom leads a team"):
        asked(team, facilitator=chosen.handle)


def test_what_was_said_is_kept_by_number_with_names_taken_out(team, drawn):
    from takeup.server.acting.conversations.models import Conversation

    listener = client_of(team["role_owner"])
    listener.post(
        f"/conversations/{drawn.pk}/write",
        {"who_sees": "Officer Nr7 does, and mail anna@example.org.", "last_case": ""},
    )
    (one,) = Conversation.objects.all()
    assert one.number == 1
    assert set(one.notes) == {"who_sees"}
    assert "Nr7" not in one.notes["who_sees"]
    assert "anna@" not in one.notes["who_sees"]
    assert listener.post(f"/conversations/{drawn.pk}/write", {}).status_code == 422


def test_coders_see_each_other_s_codes_only_when_both_have_coded_all(team, drawn):
    said(drawn, 2, drawn.facilitator)
    coded(drawn, {1: "TD", 2: "VM"}, drawn.facilitator)
    path = f"/conversations/{drawn.pk}/code"
    other = client_of(team["worker_representative"])
    before = other.get(path).content.decode()
    assert "Agreement beyond chance" not in before
    coded(drawn, {1: "TD"}, drawn.coder)
    assert "Agreement beyond chance" not in other.get(path).content.decode()
    coded(drawn, {2: "JS"}, drawn.coder)
    assert "Agreement beyond chance" in other.get(path).content.decode()


def test_agreement_is_cohen_s_kappa_with_an_interval(team, drawn):
    from takeup.server.acting.conversations.services import agreement_of

    said(drawn, 8, drawn.facilitator)
    coded(
        drawn,
        dict(enumerate(["TD", "TD", "TD", "TD", "WD", "WD", "JS", "JS"], 1)),
        drawn.facilitator,
    )
    coded(drawn, dict(enumerate(["TD", "TD", "TD", "WD", "WD", "WD", "JS", "JS"], 1)), drawn.coder)
    found = agreement_of(drawn)
    # Observed 7/8; by chance (4·3 + 2·3 + 2·2) / 64.
    assert found.kappa == pytest.approx((7 / 8 - 22 / 64) / (1 - 22 / 64))
    assert found.low < found.kappa < found.high
    assert (found.n, found.differ) == (8, (4,))


def test_two_who_agree_too_little_code_once_more_and_then_settle(team, drawn):
    from takeup.server.acting.conversations.services import agree, agreement_of, codings_of

    said(drawn, 5, drawn.facilitator)
    coded(drawn, dict.fromkeys(range(1, 6), "TD"), drawn.facilitator)
    coded(drawn, dict(enumerate(["JS", "CA", "TD", "WD", "VM"], 1)), drawn.coder)
    agree(drawn, {}, by=drawn.coder)
    drawn.refresh_from_db()
    assert drawn.recoded
    assert agreement_of(drawn) is None
    codes = dict(enumerate(["TD", "TD", "WD", "JS", "TD"], 1))
    coded(drawn, codes, drawn.facilitator)
    coded(drawn, codes | {5: "VM"}, drawn.coder)
    with pytest.raises(InputError, match="choose one reason"):
        agree(drawn, {}, by=drawn.coder)
    agree(drawn, {5: "VM"}, by=drawn.coder)
    settled = codings_of(drawn, "agreed")
    assert {n: c.primary for n, c in settled.items()} == codes | {5: "VM"}


def test_five_conversations_count_as_evidence_and_four_tell_their_themes_alone(team, drawn):
    from takeup.server.acting.conversations.services import codes_of, heard_in

    said(drawn, 4, drawn.facilitator)
    for coder in (drawn.facilitator, drawn.coder):
        coded(drawn, dict(enumerate(["TD", "WD", "TD", "TD"], 1)), coder)
    ended(drawn)
    heard = heard_in(drawn)
    assert (dict(heard.primary), heard.themes) == ({}, ("model_gap: roads",))
    frame = codes_of("credit")
    assert set(frame.coder) == {"first", "second", "agreed"}
    assert list(frame[frame.coder == "agreed"].primary) == ["TD", "WD", "TD", "TD"]


def test_the_population_reads_what_was_heard_and_comments_without_a_name(team, drawn):
    from takeup.server.acting.conversations.models import Comment
    from takeup.server.foundation.notices.models import Notice
    from takeup.server.foundation.organization.models import Person

    said(drawn, 5, drawn.facilitator)
    for coder in (drawn.facilitator, drawn.coder):
        coded(drawn, dict(enumerate(["TD", "WD", "TD", "TD", "TD"], 1)), coder)
    ended(drawn)
    assert drawn.names == ""
    officer = Person.objects.get(person_id="north5")
    assert Notice.objects.filter(handle=officer.handle, key=f"heard:{drawn.pk}").exists()
    browser, path = client_of(officer), f"/conversations/{drawn.pk}"
    page = browser.get(path).content.decode()
    assert "5 conversations" in page
    assert "<span>Trust deficit</span></li>" in page
    assert "Workflow disruption" not in page[page.index("<main") :]
    browser.post(f"{path}/comment", {"text": "Officer Nr8 said so too: the road is missing."})
    (kept,) = Comment.objects.all()
    assert "Nr8" not in kept.text
    assert {f.name for f in Comment._meta.get_fields()} == {"id", "draw", "text", "day"}
    stranger = with_role("practitioner")
    assert client_of(stranger).get(path).status_code == 403
    assert (
        client_of(with_role("executive")).post(f"{path}/comment", {"text": "so"}).status_code == 403
    )


@pytest.mark.parametrize(
    ("codes", "named", "counts"),
    [
        ("TD TD TD TD WD", ["TD"], {}),
        ("TD TD TD WD JS CA", ["TD"], {"TD": 3}),
        ("TD TD WD WD JS", [], {}),
        ("TD TD TD WD WD WD", ["TD", "WD"], {"TD": 3, "WD": 3}),
    ],
)
def test_no_reason_that_one_or_two_named_is_told_nor_follows_from_the_others(codes, named, counts):
    """`Workflow disruption 1`, read by everybody in the population, was one colleague's reason."""
    from collections import Counter

    from takeup.disclosure.group_size import named_by_some

    assert named_by_some(Counter(codes.split())) == (named, counts)


def test_what_was_said_goes_after_half_a_year_and_the_codes_stay(team, drawn):
    from takeup.server.acting.conversations.services import KEPT, heard_in, let_go

    said(drawn, 5, drawn.facilitator)
    for coder in (drawn.facilitator, drawn.coder):
        coded(drawn, dict.fromkeys(range(1, 6), "TD"), coder)
    ended(drawn)
    let_go(drawn.drawn_on + KEPT + timedelta(days=1))
    assert all(c.notes == {} for c in drawn.conversations.all())
    assert heard_in(drawn).primary["TD"] == 5


def test_a_lead_asks_on_the_page_and_a_round_that_is_on_is_not_begun_twice(team):
    lead = client_of(team["programme_lead"])
    given = {"use_case": "credit", "population": "north", "facilitator": team["role_owner"].handle,
             "coder": team["worker_representative"].handle}  # fmt: skip
    page = lead.post("/conversations/draw", given, follow=True).content.decode()
    assert "Drawn with the next snapshot" in page
    again = lead.post("/conversations/draw", given)
    assert (again.status_code, "on already" in again.content.decode()) == (422, True)


def test_names_that_another_secret_sealed_are_drawn_anew(team, drawn):
    from takeup.server.acting.conversations.models import Draw
    from takeup.server.acting.conversations.sealed_kinds import KINDS

    (kind,) = KINDS
    assert list(kind.each()) == [(drawn.pk, True)]
    Draw.objects.update(facilitator="somebody else")
    assert list(kind.each()) == [(drawn.pk, False)]
    kind.forget([drawn.pk])
    drawn.refresh_from_db()
    assert (drawn.state, drawn.names) == ("waiting", "")


def test_the_hash_on_record_is_of_no_list_that_could_be_tried(team, drawn):
    import hashlib
    import json

    from takeup.server.acting.conversations.drawing_names import handles_in
    from takeup.server.deployment.sealing import unseal

    told = unseal(drawn.names, drawn.facilitator)
    handles = handles_in(told)
    tried = {json.dumps(handles), json.dumps({"handles": handles})}
    assert drawn.mark not in {hashlib.sha256(text.encode()).hexdigest() for text in tried}
    assert handles_in(json.dumps(handles)) == handles


def test_nobody_codes_anew_what_both_have_coded(team, drawn):
    said(drawn, 2, drawn.facilitator)
    coded(drawn, {1: "TD", 2: "VM"}, drawn.facilitator)
    coded(drawn, {1: "JS"}, drawn.facilitator)
    coded(drawn, {1: "TD", 2: "WD"}, drawn.coder)
    with pytest.raises(InputError, match="both have coded this one"):
        coded(drawn, {2: "VM"}, drawn.coder)


def test_what_is_heard_after_the_codes_are_settled_belongs_to_another_round(team, drawn):
    from takeup.server.acting.conversations.services import agree, write

    said(drawn, 1, drawn.facilitator)
    for coder in (drawn.facilitator, drawn.coder):
        coded(drawn, {1: "TD"}, coder)
    agree(drawn, {}, by=drawn.coder)
    with pytest.raises(InputError, match="belongs to another round"):
        said(drawn, 1, drawn.facilitator)
    write(drawn, 1, NOTES, by=drawn.facilitator)


def test_a_round_whose_listener_left_is_withdrawn_and_another_asked_for(team, drawn):
    from takeup.server.acting.conversations.models import Draw
    from takeup.server.foundation.audit.services import newest

    said(drawn, 1, drawn.facilitator)
    lead, path = client_of(team["programme_lead"]), f"/conversations/{drawn.pk}/withdraw"
    assert client_of(team["worker_representative"]).post(path).status_code == 403
    page = lead.post(path, follow=True).content.decode()
    assert "nothing of it was kept" in page
    assert not Draw.objects.exists()
    assert newest("conversation.withdrawn")["number"] == drawn.pk
    asked(team)
    assert lead.post(path).status_code == 422


def test_a_round_that_was_read_back_is_not_withdrawn(team, drawn):
    from takeup.server.acting.conversations.services import withdraw

    said(drawn, 1, drawn.facilitator)
    for coder in (drawn.facilitator, drawn.coder):
        coded(drawn, {1: "TD"}, coder)
    ended(drawn)
    with pytest.raises(InputError, match="was read back"):
        withdraw(drawn.pk, by=team["programme_lead"].handle)


def test_of_two_who_read_back_at_once_one_does(team, drawn):
    from takeup.server.acting.conversations.models import Draw
    from takeup.server.acting.conversations.services import end

    said(drawn, 1, drawn.facilitator)
    for coder in (drawn.facilitator, drawn.coder):
        coded(drawn, {1: "TD"}, coder)
    read_before = Draw.objects.get(pk=drawn.pk)
    ended(drawn, "The road.")
    with pytest.raises(InputError, match="not on"):
        end(read_before, "Another text.", by=drawn.facilitator)
    assert Draw.objects.get(pk=drawn.pk).told == "The road."
    Draw.objects.all().delete()
    with pytest.raises(InputError, match="may have been withdrawn"):
        said(read_before, 1, drawn.facilitator)


def test_a_champion_reads_what_was_heard_at_home_or_coded_and_of_no_other_population(team, drawn):
    from takeup.server.acting.conversations.models import Draw

    said(drawn, 1, drawn.facilitator)
    for coder in (drawn.facilitator, drawn.coder):
        coded(drawn, {1: "TD"}, coder)
    ended(drawn)
    champion, path = with_role("champion"), f"/conversations/{drawn.pk}"
    assert client_of(champion).get(path).status_code == 403
    Draw.objects.filter(pk=drawn.pk).update(coder=champion.handle)
    assert client_of(champion).get(path).status_code == 200


def test_who_leads_by_now_opens_no_names(team, drawn):
    from takeup.server.acting.conversations.services import names_of
    from takeup.server.foundation.organization.models import Lead, Team

    listener = team["role_owner"]
    assert len(names_of(drawn, by=listener.handle)) == 8
    large = Team.objects.get(key="large")
    Lead.objects.create(team=large, person=listener, from_day=date(2026, 1, 5))
    page = client_of(listener).get(f"/conversations/{drawn.pk}/names")
    assert (page.status_code, "Officer" in page.content.decode()) == (422, False)


def test_what_is_too_long_is_refused_and_never_cut(team, drawn):
    from takeup.server.acting.conversations.services import agree, code, codings_of, write

    listener = client_of(team["role_owner"])
    answer = listener.post(f"/conversations/{drawn.pk}/write", {"who_sees": "x" * 4001})
    assert (answer.status_code, "x" * 4001 in answer.content.decode()) == (422, True)
    write(drawn, None, {"who_sees": "x" * 4000}, by=drawn.facilitator)
    with pytest.raises(InputError, match="at most 145"):
        code(drawn, 1, "TD", "", f"model_gap: {'y' * 200}", by=drawn.facilitator)
    for coder, letter in ((drawn.facilitator, "y"), (drawn.coder, "z")):
        code(drawn, 1, "TD", "", f"model_gap: {letter * 130}", by=coder)
    agree(drawn, {}, by=drawn.coder)
    assert len(codings_of(drawn, "agreed")[1].themes) == 2 * 141 + 2


def test_who_may_listen_follows_the_population_that_is_chosen(team):
    """By htmx and, without it, by a plain step that keeps what was chosen."""
    from takeup.server.deployment.roles import Role
    from takeup.server.foundation.organization.models import Placement, Population
    from takeup.server.foundation.organization.services import set_roles

    here = person("hr-here", name="Hanna Here")
    set_roles(here, {Role.ROLE_OWNER}, "test")
    for key, own in (("north", here), ("south", person("south-1", name="South One"))):
        place, _ = Population.objects.get_or_create(key=key)
        Placement.objects.create(person=own, population=place, from_day=date(2026, 1, 5))
    lead = client_of(team["programme_lead"])
    chosen = f"facilitator={team['role_owner'].handle}"
    north = lead.get(f"/conversations?population=north&{chosen}").content.decode()
    south = lead.get(f"/conversations?population=south&{chosen}").content.decode()
    assert ("Hanna Here" in north, "Hanna Here" in south) == (False, True)
    assert f'value="{team["role_owner"].handle}" selected' in south
    assert 'hx-select="#neutral"' in south
    assert 'formmethod="get"' in south.split("<noscript>")[1].split("</noscript>")[0]


def test_how_long_an_answer_may_be_is_stated_where_it_is_written(team, drawn):
    from takeup.server.acting.conversations.services import LONGEST

    page = client_of(team["role_owner"]).get(f"/conversations/{drawn.pk}/write").content.decode()
    assert f"At most {LONGEST:,} characters to a prompt" in page
    assert page.count(f'maxlength="{LONGEST}"') == 9
