"""The embedded recommendation in a real browser: how many actions things take, that it works by keyboard,
and that nothing that goes wrong elsewhere harms the host's page."""

from __future__ import annotations

import gzip
import json
import threading

import pytest
from playwright.sync_api import Page, expect, sync_playwright

from takeup.questions.advice_record.measure import CERTAINTY, certainty_of
from tests.clients.web.pages import ADVICE, COMPONENT, Host, hosted
from tests.server.test_browser import chromium, violations

pytestmark = [pytest.mark.browser]
MOST_BYTES = 15 * 1024


@pytest.fixture(scope="module")
def browser():
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(
            executable_path=chromium(),
            args=["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"],
        )
        yield started
        started.close()


@pytest.fixture
def page(browser):
    context = browser.new_context(viewport={"width": 440, "height": 900})
    made = context.new_page()
    made.wrong = []
    made.on("pageerror", lambda error: made.wrong.append(str(error)))
    yield made
    assert made.wrong == []
    context.close()


def opened(page: Page, host: Host) -> None:
    page.goto(host.address)
    page.wait_for_function("document.querySelector('takeup-recommendation').hasAttribute('state')")


def state(page: Page) -> str:
    return page.locator("takeup-recommendation").evaluate("e => e.state")


def told(page: Page, what: str = "takeup-decided") -> dict:
    return page.evaluate(f"told.filter(([name]) => name === '{what}').at(-1)?.[1]")


def kinds(host: Host, many: int) -> list[str]:
    return [
        f"{e['type'].removeprefix('takeup.')} {e['data'].get('kind', '')}".strip()
        for e in host.happened(many)
    ]


def test_it_is_small():
    assert len(gzip.compress(COMPONENT.read_bytes(), 9)) <= MOST_BYTES


def test_following_takes_one_action(page):
    with hosted(Host()) as host:
        opened(page, host)
        page.get_by_role("button", name="Follow: decline").click()
        found = told(page)
    assert (found["action"], found["choice"], found["steps"]) == ("followed", "decline", 1)
    assert found["duration_s"] == 15
    assert [e["type"] for e in found["events"]] == ["takeup.viewed"]


def test_overriding_with_a_reason_takes_two_and_a_note_one_more(page):
    with hosted(Host()) as host:
        opened(page, host)
        page.get_by_role("button", name="Approve instead").click()
        page.get_by_role("button", name="I know something the model lacks").click()
        found = told(page)
        assert (found["action"], found["choice"], found["reason"]) == (
            "overridden", "approve", "info_model_lacks",
        )  # fmt: skip
        assert found["steps"] == 2
        assert sorted(found["reason_order"]) == sorted(set(found["reason_order"]))
        opened(page, host)
        page.get_by_role("button", name="Approve instead").click()
        page.get_by_label("Add a note, if you like").fill("spoke to the cooperative")
        page.get_by_role("button", name="Not convinced").click()
        assert (told(page)["steps"], told(page)["comment"]) == (3, "spoke to the cooperative")
        opened(page, host)
        page.get_by_role("button", name="Approve instead").click()
        page.get_by_role("button", name="Approve without a reason").click()
        assert (told(page)["steps"], told(page)["reason"]) == (2, None)


def test_a_third_choice_or_a_number_adds_one(page):
    three = ADVICE | {"choices": ["approve", "decline", "ask_for_papers"]}
    with hosted(Host(advice=three)) as host:
        opened(page, host)
        page.get_by_role("button", name="Decide otherwise").click()
        page.get_by_role("button", name="Ask for papers").click()
        page.get_by_role("button", name="Not convinced").click()
        assert (told(page)["choice"], told(page)["steps"]) == ("ask_for_papers", 3)
    number = ADVICE | {"recommendation": 120, "choices": [], "terms": [], "unit": "pallets"}
    with hosted(Host(advice=number)) as host:
        opened(page, host)
        expect(page.get_by_role("heading", name="120 pallets")).to_be_visible()
        page.get_by_role("button", name="Another number").click()
        page.get_by_label("Which number instead?").fill("150")
        page.keyboard.press("Enter")
        page.get_by_role("button", name="I know something the model lacks").click()
        assert (told(page)["choice"], told(page)["steps"]) == (150, 3)


def test_changed_terms_take_two_and_marking_it_wrong_at_most_two(page):
    with hosted(Host()) as host:
        opened(page, host)
        page.get_by_role("button", name="Change terms").click()
        page.get_by_role("button", name="Approve, lower amount").click()
        assert (told(page)["action"], told(page)["choice"], told(page)["steps"]) == (
            "modified", "approve_lower", 2,
        )  # fmt: skip
        opened(page, host)
        page.get_by_role("button", name="This looks wrong").click()
        page.get_by_role("button", name="Something is missing").click()
        assert (told(page, "takeup-flagged")["kind"], told(page, "takeup-flagged")["steps"]) == (
            "missing_input", 2,
        )  # fmt: skip
        assert state(page) == "advice"
        expect(page.get_by_role("button", name="Follow: decline")).to_be_visible()
        assert kinds(host, 3) == ["viewed summary", "viewed summary", "flagged missing_input"]


def test_deciding_without_the_advice_takes_no_fewer_actions_than_following(page):
    with hosted(Host()) as host:
        opened(page, host)
        page.get_by_role("button", name="Follow: decline").click()
        following = told(page)["steps"]
    with hosted(Host()) as host:
        opened(page, host)
        own_form = (page.get_by_label("Approve", exact=True), page.locator("#save"))
        for control in own_form:
            control.click()
        page.wait_for_url("**/saved*")
        assert following <= len(own_form)
        assert kinds(host, 2) == ["viewed summary", "abandoned"]


def test_the_order_of_reasons_is_new_each_time(page):
    with hosted(Host()) as host:
        orders = set()
        for _ in range(6):
            opened(page, host)
            page.get_by_role("button", name="Approve instead").click()
            found = page.locator("[data-reason]").evaluate_all("b => b.map(x => x.dataset.reason)")
            assert len(found) == 10
            orders.add(tuple(found))
    assert len(orders) > 1


def test_asked_first_the_advice_is_not_on_the_page_before_the_answer(page):
    with hosted(Host(advice=ADVICE | {"ask_first": True})) as host:
        opened(page, host)
        expect(page.get_by_role("heading", name="Your view first")).to_be_visible()
        expect(page.get_by_text("71 in 100")).to_have_count(0)
        expect(page.get_by_text("Two instalments late")).to_have_count(0)
        assert host.events == []
        page.get_by_role("button", name="Approve").click()
        expect(page.get_by_text("You said Approve first.")).to_be_visible()
        page.get_by_role("button", name="Follow: decline").click()
    assert (told(page)["initial_choice"], told(page)["choice"], told(page)["steps"]) == (
        "approve", "decline", 2,
    )  # fmt: skip


def test_it_says_how_good_the_advice_has_been_and_views_record_themselves(page):
    with hosted(Host()) as host:
        opened(page, host)
        expect(page.get_by_text("right in 146 of 214 cases (61 to 74 in 100)")).to_be_visible()
        expect(page.get_by_text("In cases like this it is weaker")).to_be_visible()
        expect(page.get_by_role("img", name="seasonal: 62, 55 – 68")).to_be_visible()
        page.get_by_role("button", name="All 4 reasons").click()
        with page.expect_popup():
            page.get_by_role("link", name="See the evidence").click()
        assert kinds(host, 3) == ["viewed summary", "viewed explanation", "viewed evidence"]
    assert {e["subject"] for e in host.events} == {"d1"}


@pytest.mark.parametrize("limit", CERTAINTY)
def test_it_calls_advice_as_sure_as_its_record_does(page, limit):
    for confidence in (limit - 0.001, limit):
        with hosted(Host(advice=ADVICE | {"confidence": confidence})) as host:
            opened(page, host)
            expect(page.locator("takeup-recommendation p b").first).to_have_text(
                certainty_of(confidence).capitalize()
            )


def test_what_was_decided_can_be_undone_for_a_minute(page):
    with hosted(Host()) as host:
        opened(page, host)
        page.get_by_role("button", name="Follow: decline").click()
        expect(page.get_by_text("for 60 seconds")).to_be_visible()
        page.get_by_role("button", name="Undo").click()
        assert told(page, "takeup-undone")["choice"] == "decline"
        assert state(page) == "advice"


def test_everything_works_by_keyboard_alone(page):
    with hosted(Host()) as host:
        opened(page, host)
        page.get_by_text("In cases like this it is weaker").wait_for()

        def tab_to(name: str) -> None:
            for _ in range(30):
                page.keyboard.press("Tab")
                focused = page.evaluate(
                    "document.querySelector('takeup-recommendation').shadowRoot.activeElement?.textContent"
                )
                if focused == name:
                    return
            raise AssertionError(f"{name} is not reached by Tab")

        tab_to("This looks wrong")
        page.keyboard.press("Enter")
        tab_to("Wrong")
        page.keyboard.press("Space")
        assert told(page, "takeup-flagged")["kind"] == "wrong"
        tab_to("Approve instead")
        page.keyboard.press("Enter")
        page.keyboard.press("Escape")
        assert state(page) == "advice"
        tab_to("Approve instead")
        page.keyboard.press("Enter")
        tab_to("Not convinced")
        page.keyboard.press("Enter")
        assert told(page)["reason"] == "not_convinced"


def _slow() -> tuple[int, bytes]:
    # Longer than the component waits; nothing here waits for it.
    threading.Event().wait(10)
    return 200, b"{}"


@pytest.mark.parametrize(
    "answer",
    [
        lambda: (500, b"oh"), lambda: (200, b"<html>not json"), lambda: (200, b"[1, 2"),
        lambda: (200, b"null"), lambda: (401, b"{}"), _slow,
        lambda: (200, json.dumps({"kinds": [{"label": "<b>x</b>", "value": 7, "low": "a"}] * 99, "judged": "many", "confidence": {"right": "<i>", "low": None}}).encode()),
        lambda: (200, json.dumps({"judged": 3, "kinds": "x" * 1_000_000}).encode()),
    ],
)  # fmt: skip
def test_takeup_wrong_or_slow_the_advice_stands_and_the_host_goes_on(page, answer):
    with hosted(Host(answer=answer)) as host:
        opened(page, host)
        expect(page.get_by_role("heading", name="Decline")).to_be_visible()
        page.get_by_role("button", name="Follow: decline").click()
        assert told(page)["choice"] == "decline"
        page.locator("#save").click()
        page.wait_for_url("**/saved*")


def test_takeup_away_what_happened_goes_with_the_decision(page):
    with hosted(Host(takeup="http://127.0.0.1:9")) as host:
        opened(page, host)
        page.get_by_role("button", name="Follow: decline").click()
        assert [e["type"] for e in told(page)["events"]] == ["takeup.viewed"]
        assert host.events == []


@pytest.mark.parametrize(
    "advice", ["", "not json", "null", "[]", "7", "{}", '{"unavailable": true}', '{"recommendation": null}']
)  # fmt: skip
def test_no_advice_says_so_and_never_stands_in_the_way(page, advice):
    with hosted(Host(advice=advice)) as host:
        opened(page, host)
        if advice:
            expect(page.get_by_text("No advice just now.")).to_be_visible()
        page.locator("#save").click()
        page.wait_for_url("**/saved*")


def test_advice_that_is_withheld_takes_no_room(page):
    with hosted(Host(advice={"show": False, "ask_first": False, "decision_id": "d"})) as host:
        opened(page, host)
        expect(page.locator("takeup-recommendation")).to_be_hidden()


def test_markup_and_endless_text_in_every_field_are_text(page):
    bad = '<img src=x onerror="globalThis.hacked=1"><b>bold</b>' + "x" * 5_000
    advice = {
        "decision_id": bad, "use_case": bad, "recommendation": bad, "confidence": bad, "model": bad,
        "choices": [{"value": bad, "label": bad}, {"value": "b", "label": bad}], "terms": [bad, {"value": bad}],
        "reasons": [{"sign": bad, "text": bad}, bad, None, {"text": {"a": bad}}], "reason_codes": [bad, 7],
        "evidence_url": "javascript:globalThis.hacked=1", "texts": {"region": bad, "follow": bad, "kinds": {"wrong": bad}},
    }  # fmt: skip
    with hosted(Host(advice=advice)) as host:
        opened(page, host)
        for go in (".against", "[data-reason] >> nth=0"):
            page.locator(f"takeup-recommendation {go}").click()
        assert told(page)["action"] == "overridden"
        assert page.evaluate("globalThis.hacked") is None
        inside = "document.querySelector('takeup-recommendation').shadowRoot"
        assert page.evaluate(f"{inside}.querySelectorAll('img, b b, script').length") == 0
        assert page.locator("takeup-recommendation a").count() == 0


def test_texts_can_be_translated_and_colours_themed(page):
    texts = {
        "follow": "{choice} folgen",
        "certainty": ["Unsicher", "Recht sicher", "Sicher", "Sehr sicher"],
    }
    with hosted(Host(advice=ADVICE | {"texts": texts})) as host:
        opened(page, host)
        expect(page.get_by_role("button", name="decline folgen")).to_be_visible()
        expect(page.get_by_text("Recht sicher")).to_be_visible()
        page.locator("takeup-recommendation").evaluate(
            "e => e.style.setProperty('--takeup-action', 'rgb(1, 2, 3)')"
        )
        link = page.get_by_role("link", name="See the evidence")
        assert link.evaluate("a => getComputedStyle(a).color") == "rgb(1, 2, 3)"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 320])
def test_every_state_is_accessible_and_fits(browser, scheme, width):
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
    page = context.new_page()
    with hosted(Host()) as host:
        steps = {
            "advice": [], "reasons": ["Approve instead"], "terms": ["Change terms"],
            "flag": ["This looks wrong"], "decided": ["Follow: decline"],
        }  # fmt: skip
        for name, clicks in steps.items():
            opened(page, host)
            page.get_by_text("In cases like this it is weaker").wait_for()
            for words in clicks:
                page.get_by_role("button", name=words).click()
            _sound(page, name)
        for name, advice in (
            ("first", ADVICE | {"ask_first": True}),
            ("none", {"unavailable": True}),
        ):
            host.advice = advice
            opened(page, host)
            _sound(page, name)
    context.close()


def _sound(page: Page, name: str) -> None:
    assert state(page) == name
    assert violations(page) == [], name
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name
