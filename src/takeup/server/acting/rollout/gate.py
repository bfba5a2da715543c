"""A gate declared beforehand: its clauses, and what each says of the evidence.

The clauses are those of a sprint's gate before assist that the log can show. What is not measured
stands as attested, by name, and never looks like evidence.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from pydantic import Field

from takeup.questions.shadow.measure import Shadow, ShadowKind
from takeup.record.assignment import is_kind
from takeup.record.toml_file import Declaration
from takeup.stats.answer import Answer, CannotSay, Estimate
from takeup.stats.anytime import pairs_needed

Says = Literal["go", "intervene", "hold"]
KindSays = Literal["passes", "behind", "too_early", "people_decide", "small", "hidden"]


MARGIN = 3
"""The number of the clause on how far the model may be behind people."""
STOP_DRILL = "Stop drill passed"
"""The statement that is measured where a drill was run: then no signature stands for it."""


class Gate(Declaration):
    """What must be shown before a cohort gets advice. Margins and shares are of cases (0..1)."""

    starts: date
    decide_by: date | None = None
    margin: float = Field(0.02, gt=0, le=0.5)
    disagreement: float = Field(0.20, gt=0, le=1)
    pairs: int = Field(200, ge=1)
    days: int = Field(20, ge=1)
    own_answer_first: float = Field(0.95, ge=0, le=1)
    kind_floor: float = Field(0.10, ge=0, le=1)
    reports: int = Field(2, ge=0)
    opened: float = Field(0.60, ge=0, le=1)
    attested: list[str] = [STOP_DRILL]

    def pairs_to_decide(self, confidence: float) -> int:
        """Pairs after which a model level with people is told from one behind by the margin, at
        the disagreement expected."""
        return pairs_needed(self.margin, self.disagreement, confidence)


@dataclass(frozen=True, slots=True)
class Clause:
    """One clause: what was declared, the evidence, what it says (`attested`: by name, not
    measured) and what would change it."""

    number: int
    declared: str
    evidence: str
    says: Says
    attested: bool = False
    needs: str = ""


@dataclass(frozen=True, slots=True)
class KindVerdict:
    """What clause 3 says of one kind of case; where it is too early, the pairs it needs and about
    when it will have them (None: not at this pace)."""

    kind: ShadowKind
    says: KindSays
    needs_pairs: int | None = None
    about: date | None = None


@dataclass(frozen=True, slots=True)
class GateResult:
    """What the gate says, the clauses, and the first that decides."""

    says: Says
    clauses: tuple[Clause, ...]
    kinds: tuple[KindVerdict, ...]
    decides: Clause


@dataclass(frozen=True, slots=True)
class DrillEvidence:
    """What the newest stop drill has shown of the clients there are, in words, and whether each obeyed in time."""

    passed: bool
    words: str


@dataclass(frozen=True, slots=True)
class Beside:
    """What the log does not hold: kinds without advice in this `cohort`, reports published and the share of the
    cohort that opened one (None: not shown), statements attested, by whom and when; the newest stop `drill` of the
    last 90 days (None: none was run)."""

    withheld: Sequence[Mapping[str, str]]
    reports: int
    opened: float | None
    cohort: str
    attested: Mapping[str, str]
    today: date
    drill: DrillEvidence | None = None


def evaluate(gate: Gate, shadow: Shadow | CannotSay, beside: Beside) -> GateResult:
    """The gate as of one report."""
    if isinstance(shadow, CannotSay):
        clauses: list[Clause] = [
            Clause(1, _volume_words(gate), shadow.reason, "hold", needs=shadow.needs)
        ]
        kinds: tuple[KindVerdict, ...] = ()
    else:
        kinds = tuple(_verdict(k, gate, shadow, beside) for k in shadow.kinds) or (
            _verdict(shadow.overall, gate, shadow, beside),
        )
        clauses = [
            _volume(gate, shadow, beside), _own_first(gate, shadow), _margin(gate, kinds),
            _harm(kinds), *_precision(shadow),
        ]  # fmt: skip
    clauses.append(_read(len(clauses) + 1, gate, beside))
    clauses += [
        _stated(number, statement, beside)
        for number, statement in enumerate(gate.attested, len(clauses) + 1)
    ]
    for says in ("hold", "intervene", "go"):
        for clause in clauses:
            if clause.says == says:
                return GateResult(says, tuple(clauses), kinds, clause)
    raise AssertionError("a gate has clauses")


def is_measured(statement: str, beside: Beside) -> bool:
    """Whether a statement that the gate asks for is shown by what was measured, so that no signature counts."""
    return beside.drill is not None and is_stop_drill(statement)


def is_stop_drill(statement: str) -> bool:
    """Whether a statement is that of the stop drill."""
    return statement.strip().casefold() == STOP_DRILL.casefold()


def _stated(number: int, statement: str, beside: Beside) -> Clause:
    """A statement: measured where it can be, else by the name under it."""
    if beside.drill is not None and is_stop_drill(statement):
        return Clause(
            number, statement, beside.drill.words, "go" if beside.drill.passed else "hold",
            needs="" if beside.drill.passed else "a drill that every client obeys in time",
        )  # fmt: skip
    by = beside.attested.get(statement)
    if not by:
        needs = "a stop drill, or a named person signs it" if is_stop_drill(statement) else "a named person signs it"  # fmt: skip
        return Clause(number, statement, "nobody has signed this", "hold", needs=needs)
    measured = "; no drill was run in the last 90 days" if is_stop_drill(statement) else ""
    return Clause(number, statement, by + measured, "go", attested=True)


def _volume_words(gate: Gate) -> str:
    return f"At least {gate.days} days and {gate.pairs:,} pairs"


def _volume(gate: Gate, shadow: Shadow, beside: Beside) -> Clause:
    pairs, days = shadow.overall.pairs, shadow.days
    enough = pairs >= gate.pairs and days >= gate.days
    needs = ""
    if not enough:
        missing = [f"{gate.days - days} more days"] if days < gate.days else []
        if pairs < gate.pairs:
            missing.append(f"{gate.pairs - pairs:,} more pairs")
        needs = " and ".join(missing)
    return Clause(
        1, _volume_words(gate), f"{days} days, {pairs:,} pairs", "go" if enough else "hold",
        needs=needs,
    )  # fmt: skip


def _own_first(gate: Gate, shadow: Shadow) -> Clause:
    words = f"Own answer first in {100 * gate.own_answer_first:.0f} of 100 shadow cases"
    found = shadow.blind
    if isinstance(found, CannotSay):
        return Clause(2, words, found.reason, "hold", needs=found.needs)
    counted = f"{found.k:,} of {found.n:,}, " if found.k is not None else ""
    evidence = (
        f"{counted}{100 * found.value:.1f} % ({100 * found.low:.1f} to {100 * found.high:.1f})"
    )
    passes = found.value >= gate.own_answer_first
    needs = "" if passes else "advice kept out of sight until the person has answered"
    return Clause(2, words, evidence, "go" if passes else "hold", needs=needs)


def _verdict(kind: ShadowKind, gate: Gate, shadow: Shadow, beside: Beside) -> KindVerdict:
    name = kind.dimension.removeprefix("x_")
    if kind.dimension and any(
        is_kind(held, {name: kind.key, "cohort": beside.cohort}) for held in beside.withheld
    ):
        return KindVerdict(kind, "people_decide")
    found = kind.difference
    if isinstance(found, CannotSay):
        if found.status == "suppressed":
            return KindVerdict(kind, "hidden")
        return KindVerdict(kind, "too_early")
    if found.low > -gate.margin:
        return KindVerdict(kind, "passes")
    if found.high < -gate.margin:
        return KindVerdict(kind, "behind")
    if kind.dimension and kind.share < gate.kind_floor:
        return KindVerdict(kind, "small")
    needed, about = _when(kind, found, gate, shadow, beside.today)
    return KindVerdict(kind, "too_early", needed, about)


ENDED_AFTER = timedelta(days=14)
"""Days without a pair after which a shadow is over: nothing more comes at the pace it had."""


def goes_on(shadow: Shadow, today: date) -> bool:
    """Whether pairs still come, so that a pace may be told."""
    return today - date.fromisoformat(shadow.last) <= ENDED_AFTER


def _when(
    kind: ShadowKind, found: Estimate, gate: Gate, shadow: Shadow, today: date
) -> tuple[int | None, date | None]:
    """Pairs after which the range of this kind is as wide as the margin, and when at this pace."""
    if not found.se or not kind.disagreements:
        return None, None
    disagreement = kind.disagreements / kind.pairs
    spread = max(found.se**2 * kind.pairs / disagreement, 1.0)
    needed = pairs_needed(gate.margin, disagreement, found.confidence, spread)
    pace = shadow.weekly_pairs * kind.share if goes_on(shadow, today) else 0.0
    if pace <= 0 or needed <= kind.pairs:
        return max(needed, kind.pairs), None
    weeks = (needed - kind.pairs) / pace
    return needed, today + timedelta(weeks=weeks) if weeks < 520 else None


def _margin(gate: Gate, kinds: Sequence[KindVerdict]) -> Clause:
    points = f"{100 * gate.margin:g} points"
    words = (
        f"Model at most {points} behind people, in each kind with "
        f"{100 * gate.kind_floor:.0f} in 100 of the cases, or people decide that kind"
    )
    told, passing = [], 0
    for one in kinds:
        passing += one.says in ("passes", "people_decide")
        if one.says == "behind":
            told.append(f"{_name(one.kind)} is behind, {_points(one.kind.difference)}")
        elif one.says == "too_early":
            when = f", about {one.about:%-d %B %Y}" if one.about else ""
            pairs = (
                f": {one.kind.pairs:,} of {one.needs_pairs:,} pairs{when}"
                if one.needs_pairs
                else ""
            )
            told.append(f"{_name(one.kind)} can’t be told yet{pairs}")
    asked = [one for one in kinds if one.says not in ("small", "hidden")]
    failing = [one for one in asked if one.says in ("behind", "too_early")]
    evidence = f"{passing} of {len(asked)} pass" + "".join(f"; {text}" for text in told)
    if not asked:
        return Clause(MARGIN, words, "no kind of case can be shown", "hold", needs="more people")
    if not failing:
        return Clause(MARGIN, words, evidence, "go")
    if passing:
        return Clause(MARGIN, words, evidence, "intervene", needs="these kinds are left to people")
    return Clause(MARGIN, words, evidence, "hold", needs="more pairs, or a better model")


def _harm(kinds: Sequence[KindVerdict]) -> Clause:
    words = "No kind of case where following the advice costs more than it saves"
    harmful = [
        one
        for one in kinds
        if one.says != "people_decide"
        and isinstance(one.kind.net_value, Estimate)
        and one.kind.net_value.high < 0
    ]
    if not harmful:
        return Clause(4, words, "none is shown to", "go")
    told = "; ".join(
        f"{_name(one.kind)} costs {-100 * one.kind.net_value.value:.0f} per 100 cases"  # type: ignore[union-attr]
        for one in harmful
    )
    whole = any(not one.kind.dimension for one in harmful)
    return Clause(
        4, words, told, "hold" if whole else "intervene", needs="these kinds are left to people"
    )


_WRONG_TOO_OFTEN = 0.40
"""Share of wrong advice from which nobody should be asked to use it (model issue `low_precision`)."""


def _precision(shadow: Shadow) -> list[Clause]:
    """Asked only where it is known how often both are wrong together."""
    error = shadow.overall.model_error
    if isinstance(error, CannotSay):
        return []
    evidence = (
        f"wrong in {100 * error.value:.0f} of 100 ({100 * error.low:.0f} to {100 * error.high:.0f})"
    )
    passes = error.value < _WRONG_TOO_OFTEN
    return [
        Clause(
            5, f"Advice wrong in fewer than {100 * _WRONG_TOO_OFTEN:.0f} of 100 cases", evidence,
            "go" if passes else "hold", needs="" if passes else "a better model",
        )
    ]  # fmt: skip


def _read(number: int, gate: Gate, beside: Beside) -> Clause:
    words = (
        f"{gate.reports} reports, opened by {100 * gate.opened:.0f} in 100 of the cohort"
        if gate.reports
        else "No report need be read"
    )
    if not gate.reports:
        return Clause(number, words, "not asked for", "go")
    if beside.opened is None:
        return Clause(
            number, words, f"{beside.reports} reports; who opened them is not shown, on purpose",
            "hold", needs="a cohort of the minimum size",
        )  # fmt: skip
    passes = beside.reports >= gate.reports and beside.opened >= gate.opened
    # The number itself would tell whoever reads again that one more did.
    asked = f"{100 * gate.opened:.0f} in 100"
    many = f"{asked} or more" if beside.opened >= gate.opened else f"fewer than {asked}"
    evidence = f"{beside.reports} reports, {many} opened one"
    needs = "" if passes else "the cohort reads how model and people compare"
    return Clause(number, words, evidence, "go" if passes else "hold", needs=needs)


def _name(kind: ShadowKind) -> str:
    return kind.key.replace("_", " ") if kind.dimension else "the whole"


def _points(answer: Answer) -> str:
    if isinstance(answer, CannotSay):
        return answer.reason
    low, high = sorted((-100 * answer.high, -100 * answer.low))
    return f"{-100 * answer.value:.1f} points ({low:.1f} to {high:.1f})"
