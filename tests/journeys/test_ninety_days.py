"""Ninety days of programmes through the real server, over HTTP, on a clock that is put forward."""

from __future__ import annotations

import json
import time

import pytest

from tests.journeys.ninety_days import POPULATIONS, Cases, deployed
from tests.journeys.programmes import SIGNED_BY, Programme

pytestmark = [pytest.mark.store, pytest.mark.slow]


@pytest.fixture(scope="module")
def ended(django_ready):
    from tests.server.store import empty

    empty(django_ready)
    patched = pytest.MonkeyPatch()
    try:
        with deployed(django_ready, patched, ("credit",)) as found:
            yield run(found)
    finally:
        patched.undo()

T0 = time.time()
def said(*a):
    print(f"{time.time() - T0:6.1f}", *a, flush=True)


def run(found):
    one = Programme(found, "credit", Cases("credit", 1))
    every = [one]
    found.day(-2)
    for p in every:
        p.send("off", -20, -3)
    found.night(-1)
    found.day(0)
    for p in every:
        p.begin()
        p.sign("P0")
        p.technology(0)
        p.ask()
    said("begun", list(one.stands()))
    found.night(1)
    for p in every:
        p.look()
        p.answer_survey({"WD1": 5, "WD2": 5, "WD3": 5, "WD4r": 1})
        p.hold_conversations("WD")
    said("talked")
    found.night(14)
    for p in every:
        p.look()
        p.act_on_reasons()
    said("verdict", {m: s for m, s in one.stands().items() if m in ("P0", "M01")})
    from takeup.server.showing.overview.services import latest
    d = latest("credit").document["diagnoses"][0]
    from takeup.server.acting.survey.models import Round
    print([(r.closed, r.withheld, r.people, len(r.box.answers)) for r in Round.objects.all()])
    print(str(d["measures"]["resistance"] if "measures" in d else list(d))[:10])
    found.day(16)
    for p in every:
        rows = [row | {"flagged": kind} for place in POPULATIONS for row, kind in zip(p.cases.of("shadow", place, 16, 16, 24)[0], ("wrong", "missing_input", "late", "format", "unclear_reason", "ethics") * 4, strict=True)]
        found.send("decisions", rows)
    found.night(17)
    for p in every:
        p.answer_queue()
    found.day(24)
    for p in every:
        p.look()
        p.record("product", "C1.2", value="0", n="5")
        p.record("hr", "C5.4", k="95", n="100")
        p.record("lead", "C7.1", k="24", n="24")
        p.record("lead", "C7.2", k="2", n="2")
        p.record("lead", "C7.4", k="2", n="2")
        p.record("hr", "C3.5", value="1")
        for m in ("M02", "M03", "M04", "M05", "M06"):
            p.sign(m)
        p.technology(24)
    found.night(29)
    said("before G30", {m: s for m, s in one.stands().items() if m < "M07" or m == "P0"})
    found.day(30)
    for p in every:
        p.look()
        look = p.decide("G30")
        said("G30", look["says"], [(c["key"], c["says"], c["seen"]["words"]) for c in look["clauses"] if c["says"] != "go"])
    for p in every:
        p.technology(30)
    for first, last in ((31, 37), (38, 44), (45, 51), (52, 58)):
        found.day(last, 18)
        for p in every:
            p.send("shadow", first, last, flags=8)
        found.night(last + 1)
        for p in every:
            p.look()
            p.answer_queue()
            if last == 44:
                p.read_shadow()
                p.record("lead", "C7.3", value="2")
                p.sign("M09")
            if last == 51:
                p.release("2")
                p.record("product", "C3.1", value="1", n="20")
                p.record("product", "C3.2", k="30", n="30")
                p.sign("M12")
                if p.manages:
                    p.record("hr", "C6.2", k="6", n="6")
                p.sign("M10")
        said("week", last, list(one.stands()))
    found.day(59)
    for p in every:
        p.step("north", "assist", "first wave: the shadow gate of north passed")
        p.drill(59, "north")
        p.technology(59)
    found.night(60)
    said("before G60", one.stands())
    for p in every:
        look = p.decide("G60")
        said("G60", look["says"], [(c["key"], c["says"], c["seen"]["words"]) for c in look["clauses"] if c["says"] != "go"])
    found.day(61)
    for p in every:
        p.step("south", "assist", "all of it")
    for first, last in ((61, 62), (63, 69), (70, 76), (77, 83), (84, 90)):
        found.day(last, 18)
        for p in every:
            p.send("assist", first, last, 48, flags=10)
        found.night(last + 1)
        for p in every:
            p.answer_queue()
            said("signals", p.answer_signals())
            p.week()
            if last == 62:
                p.technology(62)
                for indicator, figure in LIVE.items():
                    p.record("hr", indicator, **figure)
        said("week", last, one.stands())
        hidden(found)
    for p in every:
        p.review()
        p.sign("M18")
    found.night(92)
    said("before G90", one.stands())
    for p in every:
        look = p.decide("G90")
        said("G90", look["says"], [(c["key"], c["says"], c["seen"]["words"]) for c in look["clauses"] if c["says"] != "go"])
    return every


def hidden(found):
    from takeup.server.acting.conditions.models import ConditionsDay
    from takeup.server.showing.overview.services import latest
    print([(c.population, c.day, c.told is None) for c in ConditionsDay.objects.order_by("-day")[:2]])
    d = latest("credit").document["diagnoses"][0]["measures"]
    for g in d["adoption"]["groups"]["population"]:
        print({k: (v if not isinstance(v, dict) else (v.get("status"), v.get("reason"), v.get("value"), v.get("n"))) for k, v in g.items() if k in ("key", "hidden", "people", "eligible", "consult_rate", "override_rate", "effective_reliance", "largest_share", "largest_override_share")})
    l = d["ladder"]
    print(str(l)[:600])


LIVE = {
    "C5.1": {"k": "2", "n": "2"}, "C5.2": {"k": "24", "n": "24"}, "C5.3": {"k": "24", "n": "24"},
    "C6.1": {"k": "6", "n": "6"}, "C6.3": {"k": "6", "n": "6"}, "C2.1": {"k": "200", "n": "200"},
}


def test_first(ended):
    from takeup.server.acting.conditions.services import newest
    for one in newest("credit"):
        print(one.population, one.risk)
        for c in one.told.conditions:
            print("  ", c.condition, c.status, c.why, [(i.id, i.grade, i.reason) for i in c.indicators if i.grade != "met"])
