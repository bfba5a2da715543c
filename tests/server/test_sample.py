"""An empty deployment filled with a simulated bank has everything a first look needs, and its pages
say the same thing everywhere: a figure that stands on two pages, in CSV, JSON or a notice is one
figure; words agree with the chart beside them; nothing in front of people is an id, a repr, or for
whoever runs the server."""

from __future__ import annotations

import csv
import html
import io
import re
import shutil
import subprocess
from datetime import date

import pytest

from takeup.server.deployment.roles import Role
from tests.server.people import client_of
from tests.server.store import empty

pytestmark = pytest.mark.on("sqlite")

NAME = "credit-line"
_FOLLOWED = re.compile(r'href="(/[^"#]*)"')
_NOT_PAGES = re.compile(r"[?&](as|page|days|all)=|^/(api|static|second-factor|sign-)|\.json$")


def plain_text(page: str) -> str:
    """What a reader sees of a page, blocks and cells apart by lines; without what stands in fields."""
    page = re.sub(r"<(script|style|textarea|svg)\b.*?</\1>", "", page, flags=re.S)
    page = re.sub(r"</?(b|i|span|a|strong|em)\b[^>]*>", "", page)
    text = html.unescape(re.sub(r"<[^>]+>", "\n", page)).replace("\xa0", " ")
    return "\n".join(line.strip() for line in text.splitlines() if line.strip())


@pytest.fixture(scope="module")
def filled(django_ready):
    from takeup.server.deployment.connect import log_of
    from takeup.server.running.first_run import prepare_oversight
    from takeup.server.running.sample import fill

    empty(django_ready)
    (django_ready.home / "sample-sign-ins.txt").unlink(missing_ok=True)
    prepare_oversight(django_ready)
    return fill(django_ready, log_of(django_ready), lambda _: None)


@pytest.fixture(scope="module")
def sample(filled):
    """Each role's pages: address to HTML, as far as links lead."""
    from takeup.server.foundation.organization.models import Person

    return {
        role: _crawl(client_of(Person.objects.get(email=address))) for role, address, _ in filled
    }


def _crawl(client) -> dict[str, str]:
    todo, pages, people = ["/"], {}, 0
    while todo:
        address = todo.pop()
        if address in pages or _NOT_PAGES.search(address):
            continue
        people += address.startswith("/people/")
        if address.startswith("/people/") and people > 2:
            continue  # All alike.
        answer = client.get(address, follow=True)
        assert answer.status_code == 200, f"a link leads to {address}: {answer.status_code}"
        pages[address] = answer.content.decode()
        todo += [html.unescape(a) for a in _FOLLOWED.findall(pages[address])]
    return pages


def every_page(sample):
    return [
        (role, address, plain_text(page))
        for role, pages in sample.items()
        for address, page in pages.items()
    ]


def lead(sample, address: str) -> str:
    return plain_text(sample["programme lead"][address])


def exported(role: Role, address: str) -> list[dict[str, str]]:
    from takeup.server.foundation.organization.models import Person

    client = client_of(Person.objects.get(person_id=f"staff-{role.value}"))
    text = client.get(f"{address}?as=csv").content.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def in_document():
    from takeup.server.showing.overview.services import latest

    return latest(NAME).document["diagnoses"][0]["measures"]["adoption"]


def test_each_role_signs_in_and_sees_its_start_page(filled):
    assert {role for role, _, _ in filled} >= {"programme lead", "practitioner", "direct manager"}
    for role, address, password in filled:
        browser = client_of()
        browser.post("/sign-in", {"login": address, "password": password})
        page = browser.get("/").content.decode()
        assert role in page, role


def test_its_decisions_are_measured_sealed_and_proved(filled, django_ready):
    from takeup.server.deployment.connect import log_of
    from takeup.server.foundation.oversight.models import SealedBatch
    from takeup.server.recording.record_api.verify import verify
    from takeup.server.showing.overview.services import latest

    found = verify(log_of(django_ready))
    assert found.problems == ()
    assert found.log > 50_000
    assert sum(SealedBatch.objects.values_list("rows", flat=True)) > 20_000
    assert "refuse the advice" in latest("credit-line").document["diagnoses"][0]["verdict"]


def test_its_past_reviews_hold_a_decision_that_is_done_and_two_that_are_open(filled):
    from takeup.record.clock import now
    from takeup.server.showing.weekly.milestone_records import tell
    from takeup.server.showing.weekly.queries import reviews_of

    reviews = reviews_of(NAME)
    decided = [one for review in reviews for one in review.decisions.all()]
    assert len(reviews) == 2
    assert sorted(one.done_on is not None for one in decided) == [False, False, True]
    facts = {one.fact: one for one in tell(NAME, now().date())}
    assert facts["weekly.reviews_with_decision"].figure == 1
    looking = facts["weekly.managers_looking"]
    assert looking.k == looking.n - 2


def test_its_champion_raised_two_of_which_one_is_shipped_and_one_is_due_in_some_days(sample):
    from takeup.server.acting.escalations.models import Escalation
    from takeup.server.acting.signals.models import Response

    shipped, waits = Escalation.objects.order_by("id")
    assert shipped.acknowledged_at <= shipped.acknowledge_by
    assert shipped.decided_at <= shipped.decide_by
    assert shipped.shipped_at.date() <= shipped.promised_on
    assert waits.acknowledged_at <= waits.acknowledge_by
    assert waits.decided_at is None
    assert not Response.objects.filter(code="RR10").exists()
    assert "1 escalation of champions waits for you" in plain_text(sample["AI product team"]["/"])
    own = plain_text(sample["champion"]["/escalations"])
    assert "shipped" in own
    assert "to be decided" in own


def test_filling_it_again_keeps_what_is_there(filled, django_ready):
    from takeup.server.deployment.connect import log_of
    from takeup.server.running.sample import fill

    assert fill(django_ready, log_of(django_ready), lambda _: None) == filled


# Words in front of people


WRONG = {
    "an id of a cohort": r"\b(LO1|LO2|SOUTH|PRIVATE)-first\b",
    "the name of an environment variable": r"TAKEUP_",
    "TOML": r"\bTOML\b|^\s*\w+ = [\"\[]|\.toml\b",
    "a code of a signal": r"(?<!A-)\bRR\d+\b",
    "a day as machines write it": r"\b20\d\d-\d\d-\d\d",
    "the name of a column": r"\b[a-z][a-z0-9]*_[a-z0-9_]+\b|\binitial_choice\b",
    "a command": r"\btakeup (?:sample|diagnose|serve|snapshot|key|log)\b",
    "a kind of case as code": r"\b\w+=\w+",
    "a repr": r"\bNone\b(?! yet| of )|datetime\.|\{'|\['|<\w+ object|Decimal\(|\bnan\b",
}


FOR_ENGINEERS = ("/senders", "/quarantine", "/organization/import")
"""Pages for those who write files and send records: they need the names of columns."""


@pytest.mark.parametrize("kind", WRONG)
def test_no_page_shows(sample, kind):
    found = [
        (role, address, line)
        for role, address, text in every_page(sample)
        if not address.startswith(FOR_ENGINEERS)
        for line in text.splitlines()
        if re.search(WRONG[kind], line)
    ]
    assert found == []


def test_no_field_or_drawing_speaks_in_codes(sample):
    """What stands in a field as an example, and what is read aloud instead of a drawing."""
    said = re.compile(r'(?:placeholder|aria-label|alt|title)="([^"]*)"')
    wrong = re.compile(r"\w=\w|\w_\w|\b20\d\d-\d\d-\d\d|\bRR\d")
    found = [
        (role, address, text)
        for role, pages in sample.items()
        for address, page in pages.items()
        if not address.startswith(FOR_ENGINEERS)
        for text in said.findall(page)
        if wrong.search(text)
    ]
    assert found == []


def _every_entry(filled) -> str:
    """All pages of the audit log, as the oversight officer reads them."""
    from takeup.server.foundation.organization.models import Person

    (address,) = (a for role, a, _ in filled if role == "oversight officer")
    client = client_of(Person.objects.get(email=address))
    pages = [client.get(f"/audit?page={n}").content.decode() for n in range(1, 40)]
    return "\n".join(map(plain_text, pages))


def test_the_audit_log_names_no_event_and_writes_moments_in_words(sample, filled):
    from takeup.server.foundation.audit.models import AuditEntry

    actions = "|".join(
        re.escape(a) for a in set(AuditEntry.objects.values_list("action", flat=True))
    )
    for role, address in (("oversight officer", "/audit"), ("administrator", "/my/access")):
        text = plain_text(sample[role][address])
        assert not re.search(rf"\b({actions})\b", text)
    told = _every_entry(filled)
    assert "from: 5 October 2026, 06:00" in told or re.search(r"from: \d+ \w+ 20\d\d, 06:00", told)
    assert "share: 100 %" in told
    assert "the model may be behind by 2 points" in told


def test_a_use_case_goes_by_its_title_except_where_senders_need_its_name(sample):
    for_senders = ("/senders/key",)
    found = [
        (role, address)
        for role, address, text in every_page(sample)
        if re.search(rf"\b{NAME}\b", text) and not address.startswith(for_senders)
    ]
    assert found == []


def test_no_notice_names_an_id(sample):
    from takeup.server.foundation.notices.models import Notice

    told = [f"{one.subject} {one.text}" for one in Notice.objects.all()]
    assert told
    assert [text for text in told if re.search(rf"\b{NAME}\b|-first\b", text)] == []


# One figure, one value


def test_people_in_the_total_are_those_of_the_rows_that_have_eligible_cases(sample):
    rows = exported(Role.PROGRAMME_LEAD, f"/overview/{NAME}")
    (total,) = [r for r in rows if r["population"] == "all"]
    shown = [r for r in rows if r["population"] != "all" and r["eligible"] not in ("", "0")]
    assert int(total["people"]) == sum(int(r["people"]) for r in shown)
    assert int(total["eligible"]) == sum(int(r["eligible"]) for r in shown)


def test_overview_diagnosis_export_and_document_give_the_same_counts(sample):
    overall = in_document()
    (total,) = [
        r for r in exported(Role.PROGRAMME_LEAD, f"/overview/{NAME}") if r["population"] == "all"
    ]
    assert int(total["people"]) == overall["people"]
    assert int(total["eligible"]) == overall["eligible"]
    told = f"{overall['people']:,} people had {overall['eligible']:,} eligible cases"
    assert told in lead(sample, "/overview")
    assert told in lead(sample, f"/diagnosis/{NAME}")
    for figure in ("nominal_rate", "consult_rate", "effective_reliance", "override_rate"):
        assert float(total[figure]) == pytest.approx(overall[figure]["value"], abs=5e-5), figure


def test_every_share_of_a_population_is_the_same_on_overview_own_page_diagnosis_and_document(
    sample,
):
    for group in in_document()["groups"]["population"]:
        if not group["eligible"] or group["hidden"]:
            continue
        own = lead(sample, f"/overview/{NAME}/population/{group['key']}")
        for figure in ("nominal_rate", "consult_rate", "effective_reliance", "override_rate"):
            e = group[figure]
            told = f"{100 * e['value']:.0f} % ({100 * e['low']:.0f} to {100 * e['high']:.0f})"
            assert told in own, (group["key"], figure)
            if figure in ("effective_reliance", "override_rate"):
                assert told in lead(sample, f"/overview/{NAME}")
        counts = f"{group['people']} people · {group['eligible']:,} "
        assert counts in lead(sample, f"/overview/{NAME}")
        assert counts in lead(sample, f"/diagnosis/{NAME}")


def printed(address: str) -> str:
    """A page's PDF as text in one line."""
    from takeup.server.foundation.organization.models import Person

    if shutil.which("pdftotext") is None:
        pytest.skip("no pdftotext on this machine (make system installs it)")
    client = client_of(Person.objects.get(person_id=f"staff-{Role.PROGRAMME_LEAD.value}"))
    pdf = client.get(f"{address}?as=pdf").content
    assert pdf[:5] == b"%PDF-"
    text = subprocess.run(
        ["pdftotext", "-", "-"], input=pdf, capture_output=True, check=True
    ).stdout
    return re.sub(r"\s+", " ", text.decode())


@pytest.mark.parametrize(
    "address",
    [f"/overview/{NAME}", f"/overview/{NAME}/population/LO1", f"/shadow/{NAME}/of/SOUTH-first"],
)
def test_a_pdf_tells_the_figures_of_its_page(sample, address):
    """Each figure with its interval, count of people and cases, and sum that is printed stands on the
    page. (Not the other way: printed, a cell of several lines is read line by line.)"""
    number = r"[−+]?\d[\d,.]*"
    figures = re.compile(
        rf"{number} points \({number} to {number}\)|\d[\d,]* people · \d[\d,]* cases|[\d,]+ EUR"
    )
    page = re.sub(r"\s+", " ", lead(sample, address))
    text = printed(address)
    told = set(figures.findall(text))
    for one in re.finditer(r"(\d+) % \((\d+) to (\d+)\)", text):
        value, low, high = map(int, one.groups())
        if low <= value <= high:  # Else of two cells.
            told.add(one[0])
    assert told
    assert [one for one in told if one not in page] == []


def test_a_notice_tells_the_figures_of_the_page_it_leads_to(sample):
    from takeup.server.foundation.notices.models import Notice

    figures = re.compile(r"\d[\d,.]* (?:%|points|of \d+)")
    for one in Notice.objects.exclude(path=""):
        for role, pages in sample.items():
            if one.path in pages:
                page = re.sub(r"\s+", " ", plain_text(pages[one.path]))
                said = figures.findall(f"{one.subject} {one.text}".replace("\xa0", " "))
                assert [f for f in said if f not in page] == [], (role, one.subject)


_FORMS = re.compile(
    "Change the gate|No gate is declared|Advice in every kind of case|Ranges are|Answer a finding"
)


def test_figures_of_the_same_name_do_not_differ_between_roles(sample):
    """Who may open a page reads the figures that everybody else does who may."""
    by_page: dict[str, dict[str, list[str]]] = {}
    figures = re.compile(r"\d[\d,.]* (?:%|points|people|cases|pairs|judged)")
    for role, address, text in every_page(sample):
        if re.match(r"/(overview|diagnosis|shadow|performance)/", address):
            body = text.split("Sign out", 1)[-1]
            by_page.setdefault(address, {})[role] = figures.findall(_FORMS.split(body)[0])
    assert by_page
    for address, told in by_page.items():
        first = told[next(iter(told))]
        for role, figures_told in told.items():
            assert figures_told == first, (address, role)


# Words that agree with what stands beside them


def test_modes_on_the_list_of_use_cases_are_those_of_its_cohorts(sample):
    rows = re.findall(
        r'data-label="People">(\d+)</td><td data-label="Mode"><span class="tag[^"]*">(\w+)<',
        sample["programme lead"][f"/rollout/{NAME}"],
    )
    held = [mode for people, mode in rows if int(people)]
    assert held
    text = re.sub(r"\s+", " ", lead(sample, "/use-cases"))
    for mode in set(held):
        assert f"{mode} in {held.count(mode)} of {len(held)} cohorts" in text


def test_no_reason_names_a_gate_where_none_was_declared(sample):
    page = sample["programme lead"][f"/rollout/{NAME}"]
    for row in re.findall(r"<tr>.*?</tr>", page, re.S):
        text = plain_text(row)
        assert not ("no gate declared" in text and "gate said" in text), text


def test_what_takeup_serves_is_not_called_unrecorded(sample):
    for address in (f"/overview/{NAME}", f"/diagnosis/{NAME}"):
        assert "comparison available" not in lead(sample, address)


def test_nothing_is_called_stable_whose_weeks_moved_apart(sample):
    weeks = in_document()["weeks_by_population"]
    for key, found in weeks.items():
        told = [g["effective_reliance"] for g in found if g["effective_reliance"].get("low")]
        if not told:
            continue  # In shadow.
        first, last = told[0], told[-1]
        if first["low"] > last["high"] + 0.2:
            text = lead(sample, f"/overview/{NAME}/population/{key}")
            assert f"fell from {100 * first['value']:.0f} to {100 * last['value']:.0f} %" in text
            assert "stable" not in text


def test_a_shadow_that_ended_tells_no_day_at_a_pace_it_no_longer_has(sample):
    from takeup.record.clock import now
    from takeup.server.acting.rollout.shadow_looks import looks_of

    today, ended = now().date(), 0
    for key in ("LO1-first", "LO2-first", "SOUTH-first"):
        text = lead(sample, f"/shadow/{NAME}/of/{key}")
        _, shadow = looks_of(NAME, key)[-1]
        if (today - date.fromisoformat(shadow.last)).days > 14:
            ended += 1
            assert "This shadow ended on" in text
            assert "pairs a week" not in text
            assert ", about " not in text
    assert ended == 2


def test_too_early_tells_its_counts_and_never_that_both_did_alike(sample):
    text = plain_text(sample["practitioner"]["/my/calibration"])
    assert "about as well" not in text
    row = re.compile(r"(\d+ of \d+ went to you|no override is judged)")
    assert row.search(text)
