"""What the people of a programme do in ninety days, each on their own pages."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from tests.journeys.ninety_days import (
    MANAGERS,
    PEOPLE,
    POPULATIONS,
    START,
    Cases,
    Deployment,
    handle_of,
)

DOCUMENT = ("minutes.txt", "Kept by those who were there.\n")
SIGNED_BY = {
    "P0": (("purpose", "lead"), ("impact", "officer"), ("informed", "worker"), ("legal", "officer")),
    "M02": (("nominated", "lead"),), "M03": (("commented", "hr"), ("practitioners", "lead")),
    "M04": (("metric", "hr"), ("scorecard", "sponsor")), "M05": (("signed", "product"),), "M06": (("flag", "product"),),
    "M09": (("each", "lead"),), "M10": (("scorecard", "sponsor"),), "M12": (("roster", "product"),),
    "M18": (("effect", "lead"),),
}  # fmt: skip
"""Who signs what cannot be measured."""


@dataclass
class Programme:
    """A sprint of one use case: what its people do on its days. `manages`: whether management takes part."""

    found: Deployment
    use_case: str
    cases: Cases
    manages: bool = True
    remediation: bool = False
    number: int = 0
    gates: dict[str, dict[str, Any]] = field(default_factory=dict)

    @property
    def path(self) -> str:
        """The page of its sprint."""
        return f"/sprints/{self.number}"

    def post(self, who: str, path: str, given: dict[str, Any], page: str, **more: Any) -> str:
        """Somebody sends a form."""
        return self.found.as_(who).post(path, given, page=page, **more)

    def begin(self) -> None:
        """The lead plans it; the executive decides at its gates."""
        sponsor = handle_of("sponsor")
        given = {
            "use_case": self.use_case,
            "starts_on": START.isoformat(),
            "title": self.use_case.title(),
        }
        given |= dict.fromkeys(("G30", "G60", "G90"), sponsor)
        given |= {"remediation": "on"} if self.remediation else {}
        page = f"/sprints?use_case={self.use_case}"
        if self.remediation:
            page += "&remediation=on"
            for where in ("overview", "diagnosis"):
                assert f"{page.replace('&', '&amp;')}#begin" in self.found.as_("lead").get(
                    f"/{where}/{self.use_case}"
                )
        self.number = int(self.post("lead", "/sprints/begin", given, page).rsplit("/", 1)[1])

    def sign(self, milestone: str) -> None:
        """All that is signed of a milestone, with a document."""
        page = f"{self.path}/{milestone}"
        for item, who in SIGNED_BY[milestone]:
            self.post(who, f"{page}/sign", {"item": item}, page, file=DOCUMENT)

    def technology(self, done: int) -> None:
        """The technical track as the project tool exports it: what was due by day `done` is done."""
        dues = {"T1": 15, "T2": 28, "T3": 55, "T4": 57, "T5": 58}
        lines = ["Issue key,Summary,Due date,Resolved"]
        for key, due in dues.items():
            day = START + timedelta(days=due)
            lines.append(f"PLAT-{due},{key} of the platform,{day},{day if due <= done else ''}")
        self.post(
            "product",
            f"{self.path}/technical",
            {},
            self.path,
            file=("jira.csv", "\n".join(lines)),
            document="file",
        )

    def send(
        self,
        mode: str,
        first: int,
        last: int,
        a_day: int = 24,
        flags: int = 0,
        places: tuple[str, ...] = POPULATIONS,
    ) -> None:
        """What people decided on these days, as the host sends it on the last of them; `flags` in each population."""
        for place in places:
            rows, ends = self.cases.of(mode, place, first, last, a_day)
            for row in rows[len(rows) - flags :]:
                row["flagged"] = "wrong"
            self.found.send("decisions", rows)
            self.found.send("outcomes", ends)

    def survey(self, first: int, last: int) -> None:
        """Each population is asked what stands in the way."""
        for place in POPULATIONS:
            days = {
                "starts_on": (START + timedelta(days=first)).isoformat(),
                "ends_on": (START + timedelta(days=last)).isoformat(),
            }
            self.post(
                "lead",
                "/surveys/open",
                {"use_case": self.use_case, "population": place} | days,
                "/surveys",
            )

    def ask(self) -> None:
        """The survey, and conversations."""
        self.survey(0, 13)
        for place in POPULATIONS:
            given = {"use_case": self.use_case, "population": place}
            neutral = {"facilitator": handle_of("hr"), "coder": handle_of("worker")}
            self.post("lead", "/conversations/draw", given | neutral, "/conversations")

    def answer_survey(self, chosen: dict[str, int]) -> None:
        """Eighteen of twenty-four in each population answer, from the link on their own first page."""
        from takeup.record.questionnaire import ITEMS

        called = f"on {self.use_case}, two minutes"
        for place in POPULATIONS:
            for who in PEOPLE[place][:18]:
                home = self.found.as_(who).get("/")
                link = re.search(rf'{called}.*?href="(/survey/[^"]+)"', home, re.S)
                assert link, f"{who} is not asked of {self.use_case}"
                said = {
                    item: str(chosen.get(item, 1 if not item.endswith("r") else 5))
                    for item in ITEMS
                }
                self.post(who, link[1], said | {"screen": "5", "go": "on"}, link[1], status=200)

    def hold_conversations(self, reason: str) -> None:
        """Five in each population, coded by two, settled and read back."""
        page = self.found.as_("hr").get("/conversations")
        for number in self._rounds(page):
            root = f"/conversations/{number}"
            self.found.as_("hr").get(f"{root}/names")
            for n in range(5):
                self.post(
                    "hr",
                    f"{root}/write",
                    {"last_case": f"It came after I had decided ({n})."},
                    f"{root}/write",
                )
            for who in ("hr", "worker"):
                for n in range(1, 6):
                    self.post(who, f"{root}/code", {"which": n, "primary": reason}, f"{root}/code")
            self.post(
                "hr", f"{root}/agree", {f"settled-{n}": reason for n in range(1, 6)}, f"{root}/code"
            )
            self.post(
                "hr",
                f"{root}/publish",
                {"told": "The advice comes after the decision."},
                f"{root}/code",
            )

    def _rounds(self, page: str) -> list[str]:
        cards = re.findall(r"<section.*?</section>", page, re.S)
        mine = [one for one in cards if self.use_case.title() in one or self.use_case in one]
        return sorted({n for one in mine for n in re.findall(r"/conversations/(\d+)/write", one)})

    def act_on_reasons(self) -> None:
        """An action for each population whose reason is known."""
        for place in POPULATIONS:
            given = {
                "act": "declare", "use_case": self.use_case, "population": place, "action": "A-WF2", "reason": "WD",
                "owner": handle_of("product"), "starts_on": self.found.clock.moment.date().isoformat(), "indicator": "library",
                "step": ["Walk through five cases"], "due": [(self.found.clock.moment.date() + timedelta(days=7)).isoformat()],
                "warnings_read": "on",
            }  # fmt: skip
            page = f"/interventions/declare?use_case={self.use_case}&population={place}"
            path = self.post("lead", "/interventions/declare", given, page)
            self.post("lead", f"{path}/act", {"act": "start"}, path)

    def record(self, who: str, indicator: str, **figure: Any) -> None:
        """A figure of a condition, with its document, in both populations."""
        page = f"/conditions/{self.use_case}/at/{indicator.split('.')[0]}"
        for place in POPULATIONS:
            given = {
                "indicator": indicator,
                "population": place,
                "source": "record",
                "statement": "counted together",
            }
            self.post(
                who,
                f"/conditions/{self.use_case}/record",
                given | figure,
                page,
                file=(f"{indicator}.txt", f"{indicator} of {place}\n"),
            )

    def answer_queue(self) -> None:
        """The product team says of each topic what it is, and answers those behind it."""
        page = f"/queue/{self.use_case}?all=1"
        for number in sorted(set(re.findall(r"/topic/(\d+)", self.found.as_("product").get(page)))):
            given = {
                "act": "answer",
                "label": "confirmed_error",
                "text": "Looked at; the next version has it.",
            }
            self.post("product", f"/queue/{self.use_case}/topic/{number}", given, page)

    def release(self, version: str) -> None:
        """A version that cites what was reported."""
        page = f"/queue/{self.use_case}?all=1"
        topics = sorted(set(re.findall(r"/topic/(\d+)", self.found.as_("product").get(page))))
        given = {
            "version": version,
            "shipped_on": self.found.clock.moment.date().isoformat(),
            "words": "You said that it errs on seasonal income; it reads twelve months now.",
            "topics": topics[:3],
        }
        self.post("product", f"/queue/{self.use_case}/release", given, page)

    def publish(self) -> None:
        """The product team publishes how often the model errs."""
        root = f"/performance/{self.use_case}"
        self.post("product", f"{root}/draft", {}, root)
        month = f"{self.found.clock.moment:%Y-%m}"
        self.post(
            "product",
            f"{root}/{month}/approve",
            {"words": "Errors by kind of case, as measured."},
            f"{root}/{month}",
        )

    def read_shadow(self) -> None:
        """Sixteen of twenty-four in each cohort open the report."""
        for place in POPULATIONS:
            for who in PEOPLE[place][:16]:
                self.found.as_(who).get(f"/shadow/{self.use_case}/of/{place}")

    def step(self, cohort: str, mode: str, reason: str) -> None:
        """The lead lets a cohort have advice."""
        page = f"/rollout/{self.use_case}"
        self.post(
            "lead",
            f"{page}/step",
            {"cohort": cohort, "mode": mode, "share": "100", "unit": "person", "reason": reason},
            page,
        )

    def drill(self, day: int, cohort: str) -> None:
        """A stop is rehearsed while the host asks as clients do."""
        found, page = self.found, f"/rollout/{self.use_case}"
        found.host.get("/api/v1/modes")
        self.post("lead", f"{page}/drill", {"cohort": cohort}, page)
        self._until(lambda rules: "drill" in rules)
        found.clock.moment += timedelta(seconds=61)
        self._until(lambda rules: "drill" not in rules)
        found.clock.moment += timedelta(seconds=10)

    def _until(self, told: Any) -> None:
        """Ask, as a client does, until it is told: an answer is given again for half a second."""
        for _ in range(2_000):
            answer = self.found.host.get("/api/v1/modes").json()
            if told(answer["rollouts"][self.use_case]):
                return
        raise AssertionError("clients were not told")

    def look(self) -> None:
        """Managers open the week of their teams."""
        for who in MANAGERS if self.manages else ():
            self.found.as_(who).get(f"/week/of/{self.use_case}")

    def week(self, decides: bool = True) -> None:
        """Managers open the week of their teams, management reviews it and decides."""
        if not self.manages:
            return
        root = f"/week/of/{self.use_case}"
        self.look()
        number = self.post("sponsor", f"{root}/open", {}, root).rsplit("/", 1)[1]
        given = {
            "text": "Both branches keep the seasonal cases for the second pair of eyes.",
            "owner": handle_of("lead"),
            "due": (self.found.clock.moment.date() + timedelta(days=7)).isoformat(),
        }
        self.post("sponsor", f"/week/review/{number}/decide", given, f"/week/review/{number}")

    def answer_signals(self) -> list[str]:
        """Each open signal of the use case: the question is put to users, what they said is kept, and it is closed."""
        from takeup.server.acting.signals.models import Response

        answered = []
        for one in Response.objects.filter(
            use_case=self.use_case, closed_at=None, queued=False, drill=False
        ).exclude(code="" if self.manages else "RR9"):
            root = f"/signals/{one.pk}"
            given = {
                "way": "talks",
                "asked": "3",
                "answered": "3",
                "said": "The list was long that week.",
                "put_on": self.found.clock.moment.date().isoformat(),
            }
            self.post("lead", f"{root}/asked", given, "/signals")
            self.post(
                "lead",
                root,
                {
                    "text": "Looked at with three who decide there.",
                    "closes": "on",
                    "learned": "Ask first.",
                },
                "/signals",
            )
            answered.append(one.code)
        return answered

    def rehearse_signal(self) -> None:
        """Where none came: a drill, answered the same day."""
        from takeup.server.acting.signals.models import Response

        if Response.objects.filter(use_case=self.use_case).exists():
            return
        self.post(
            "lead",
            "/signals/drill",
            {"use_case": self.use_case, "population": "", "code": "RR1"},
            "/signals",
        )
        number = Response.objects.get(use_case=self.use_case, drill=True).pk
        self.post(
            "lead",
            f"/signals/{number}",
            {
                "text": "Three users, today, by telephone.",
                "closes": "on",
                "learned": "Numbers are in the rota.",
            },
            "/signals",
        )

    def review(self) -> None:
        """The first thirty days: made, commented, decided and signed."""
        root = f"/reviews/of/{self.use_case}"
        path = self.post("lead", f"{root}/make", {}, root)
        self.post(
            "lead", f"{path}/comment", {"part": "1", "text": "North had two people away."}, path
        )
        for place in POPULATIONS:
            given = {
                "population": place,
                "choice": "continue",
                "text": "Go on, look again in thirty days.",
                "owner": handle_of("lead"),
                "due": (self.found.clock.moment.date() + timedelta(days=30)).isoformat(),
            }
            self.post("sponsor", f"{path}/decide", given, path)
        if self.manages:
            self.post("sponsor", f"{path}/sign", {}, path)

    def decide(self, gate: str, reason: str = "") -> dict[str, Any]:
        """The executive reads the clauses and decides as they say. What they say, by key."""
        from takeup.server.acting.sprint.models import Sprint

        page = f"{self.path}/{gate}"
        look = Sprint.objects.get(pk=self.number).looks.get(gate=gate).evidence
        shown = self.found.as_("sponsor").get(page)
        mark = re.search(r'name="mark" value="([^"]+)"', shown)
        assert mark, f"{gate} cannot be decided"
        self.post(
            "sponsor",
            f"{page}/decide",
            {"decided": look["says"], "mark": mark[1], "reason": reason},
            page,
        )
        self.gates[gate] = look
        return look

    def stands(self) -> dict[str, Any]:
        """Milestones that are not done, with what they lack."""
        from takeup.server.acting.sprint.models import Sprint

        states = Sprint.objects.get(pk=self.number).states.order_by("milestone")
        return {
            one.milestone: {k: s["words"] for k, s in one.seen.items() if not s["holds"]}
            for one in states
            if one.done_on is None
        }

    def done(self) -> dict[str, int]:
        """On which day of the sprint each milestone was done."""
        from takeup.server.acting.sprint.models import Sprint

        states = Sprint.objects.get(pk=self.number).states.exclude(done_on=None)
        return {one.milestone: (one.done_on - START).days for one in states.order_by("milestone")}

    def told(self) -> str:
        """All of it, for whoever reads why a test failed."""
        open_ = {
            g: {
                c["key"]: (c["says"], c["seen"]["words"])
                for c in look["clauses"]
                if c["says"] != "go"
            }
            for g, look in self.gates.items()
        }
        return f"{open_} {self.stands()} {self.done()}"
