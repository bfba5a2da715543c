"""Writes docs/calibration.md and its pictures from the records of all jobs."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import altair as alt
import numpy as np
import pandas as pd
from scipy.stats import beta

from takeup.questions.signals.measure import WORDS
from takeup.record.clock import now
from takeup.record.questionnaire import TYPE_NAMES, TYPES

Records = list[dict[str, Any]]
_SCENARIOS = ("bank", "hospital", "planning")
_COMMAND = "make calibrate"


@dataclass(frozen=True)
class Row:
    """One row of the coverage table. `expects`: what it should show; `holds`: whether it does
    (None: nothing is asked of it); `width` is the median against the reference's."""

    what: str
    where: str
    programmes: int
    covered: float
    low: float
    high: float
    width: float | None
    expects: str
    holds: bool | None


def read(folder: Path, job: str) -> Records:
    """The records of a job; none where it has not run."""
    path = folder / f"{job}.jsonl"
    if not path.exists():
        return []
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line]


def interval(hits: int, n: int, confidence: float = 0.99) -> tuple[float, float]:
    """Clopper and Pearson's interval of a share."""
    tail = (1 - confidence) / 2
    low = beta.ppf(tail, hits, n - hits + 1) if hits else 0.0
    high = beta.ppf(1 - tail, hits + 1, n - hits) if hits < n else 1.0
    return float(low), float(high)


def coverage(
    records: Records, key: str, truth: str, *, process: bool, where: str, what: str, nominal: bool
) -> Row | None:
    """How often the interval `key` holds the truth. `process`: the truth is that of the process
    that draws the people, i.e. the mean over all programmes."""
    told = [r for r in records if r.get(key)]
    if not told:
        return None
    true = np.array([r["truth"][truth] for r in told], float)
    if process:
        true = np.full(len(told), true.mean())
    low, high = (np.array([r[key][e] for r in told]) for e in ("low", "high"))
    inside = (low <= true) & (true <= high)
    bounds = interval(int(inside.sum()), len(told))
    widths = [r[f"{key}_reference_width"] for r in told if f"{key}_reference_width" in r]
    if not widths and all("doubleml" in r for r in told[:20]) and key == "adjusted":
        own = [r for r in told if r.get("doubleml")]
        widths = [r["doubleml"]["high"] - r["doubleml"]["low"] for r in own]
    ratio = float(np.median(high - low) / np.median(widths)) if widths else None
    held = bounds[0] >= 0.92 and bounds[1] <= 0.98 and (ratio is None or ratio <= 1.2)
    return Row(
        what, where, len(told), float(inside.mean()), *bounds, ratio,
        "92 to 98 %" if nominal else "misses on purpose", held if nominal else None,
    )  # fmt: skip


def coverage_rows(folder: Path) -> list[Row]:
    """All rows of the coverage table, those that are meant to miss among them."""
    rows: list[Row | None] = []
    for name in _SCENARIOS:
        records = read(folder, name)
        rows.append(coverage(records, "paired", "paired", process=True, where=name, what="people minus model (paired)", nominal=True))  # fmt: skip
        for key, words in (
            ("value_per_decision", "lost per decision"),
            ("value_overriding", "lost by overriding, net of what it saves"),
            ("value_lost_to_wrong_overrides", "lost to wrong overrides"),
            ("value_lost_to_wrong_following", "lost to following wrong advice"),
        ):
            rows.append(coverage(records, key, key, process=True, where=name, what=f"{words} (value)", nominal=True))  # fmt: skip
        drawn = read(folder, f"rollout-{name}")
        for key, words in (("rollout", "unadjusted"), ("rollout_adjusted", "adjusted")):
            rows.append(coverage(drawn, key, "rollout", process=True, where=name, what=f"having the advice, {words} (randomised)", nominal=True))  # fmt: skip
        at_hand = coverage(drawn, "rollout", "rollout", process=False, where=name, what="the same, for the people at hand only (randomised)", nominal=False)  # fmt: skip
        if at_hand:
            rows.append(replace(at_hand, expects="at least 92 %", holds=at_hand.low >= 0.92))
    for cohorts in (12, 40):
        begun = read(folder, f"staggered-{cohorts}")
        rows.append(coverage(begun, "staggered", "staggered", process=False, where=f"{cohorts} cohorts", what="beginning to have the advice (staggered)", nominal=True))  # fmt: skip
    for job, where in (("drawn", "picked by chance"), ("null", "no effect"), ("worst", "picked when worst, no effect"), ("alone", "one population, no effect")):  # fmt: skip
        acted = read(folder, f"actions-{job}")
        rows.append(coverage(acted, "action", "action", process=False, where=where, what="an action on populations (staggered; one: its own series)", nominal=True))  # fmt: skip
    recorded = read(folder, "recorded")
    for key, words, nominal in (
        ("adjusted", "followed minus overridden (adjusted)", True),
        ("with_readiness", "the same with each person's tendency (adjusted)", True),
        ("doubleml", "the same by DoubleML on the same covariates", False),
        ("raw", "followed minus overridden (raw)", False),
    ):
        row = coverage(recorded, key, "adjusted", process=False, where="recorded", what=words, nominal=nominal)  # fmt: skip
        rows.append(_as_reference(row) if key == "doubleml" else row)
    for name in _SCENARIOS:
        records = read(folder, name)
        for key, words in (
            ("adjusted", "followed minus overridden (adjusted)"),
            ("doubleml", "the same by DoubleML on the same covariates"),
            ("raw", "followed minus overridden (raw)"),
        ):
            rows.append(coverage(records, key, "adjusted", process=False, where=name, what=words, nominal=False))  # fmt: skip
    return [row for row in rows if row is not None]


def _as_reference(row: Row | None) -> Row | None:
    if row is None:
        return None
    return replace(row, expects="reference", holds=None)


@dataclass(frozen=True)
class Claim:
    """One claim beyond coverage: what was measured, the bar, and whether it is met."""

    what: str
    measured: str
    bar: str
    holds: bool | None
    programmes: int


def _delays(records: Sequence[Mapping[str, Any]]) -> list[Claim]:
    """By signal: of how many changes that it is for it is told within half a year, and after how many weeks."""
    found = []
    for code in records[0]["delays"]:
        weeks = [d for r in records if (d := r["delays"][code]) is not None]
        share = len(weeks) / len(records)
        middle, late = (int(q) for q in np.quantile(weeks or [0], (0.5, 0.9), method="higher"))
        measured = f"{share:.0%}; weeks until then: {middle} (nine in ten: {late})"
        found.append(Claim(f"{code}, {WORDS[code]}: told where it is so", measured, "≥ 90 %", share >= 0.9, len(records)))  # fmt: skip
    return found


def claims(folder: Path) -> list[Claim]:
    """Blind spots, signals, weekly looks, reasons."""
    found: list[Claim] = []
    for gain, job in (("20", "blind-spots-20"), ("10", "blind-spots-10"), ("0", "blind-spots-0")):
        records = read(folder, job)
        if not records:
            continue
        false = np.mean([r["false"] / max(r["found"], 1) for r in records])
        power = np.mean([r["power"] for r in records])
        tried = max(r["tried"] for r in records)
        name = (
            "blind spots, nothing there"
            if gain == "0"
            else f"blind spots where overrides gain or lose {gain} points"
        )
        found.append(Claim(f"{name}: false discoveries", f"{false:.3f}", "≤ 0.10", bool(false <= 0.10), len(records)))  # fmt: skip
        if gain != "0":
            found.append(Claim(f"{name}: power, 3,000 overrides, {tried} tests", f"{power:.2f}", "≥ 0.80", bool(power >= 0.80), len(records)))  # fmt: skip
    quiet, moved = read(folder, "signals-null"), read(folder, "signals-shift")
    if quiet:
        alarms = float(np.mean([r["alarms"] for r in quiet]))
        found.append(Claim("signals: false alarms a population-year, all together", f"{alarms:.2f}", "≤ 1", alarms <= 1, len(quiet)))  # fmt: skip
    if moved:
        share = float(np.mean([r["found"] for r in moved]))
        found.append(Claim("signals: a 15-point fall found within two weeks", f"{share:.1%}", "≥ 90 %", share >= 0.9, len(moved)))  # fmt: skip
    if delays := read(folder, "signals-delay"):
        found += _delays(delays)
    looks = read(folder, "weekly-looks")
    if looks:
        ever = float(np.mean([r["ever"] for r in looks]))
        fixed = float(np.mean([r["ever_fixed"] for r in looks]))
        found.append(Claim("52 weekly looks at a null: the confidence sequence ever excludes it", f"{ever:.1%}", "≤ 5 %", ever <= 0.05, len(looks)))  # fmt: skip
        found.append(Claim("the same with a fixed-n interval (a trap)", f"{fixed:.1%}", "far above 5 %", None, len(looks)))  # fmt: skip
    for people in (12, 60):
        gates = read(folder, f"gates-{people}")
        if gates:
            false = float(np.mean([r["false"] for r in gates]))
            right = float(np.mean([r["right"] for r in gates]))
            found.append(Claim(f"gates, {people} people, 26 weekly looks: a model exactly the margin behind ever passes", f"{false:.1%}", "≤ 5 %", false <= 0.05, len(gates)))  # fmt: skip
            found.append(Claim(f"gates, {people} people: a model the margin ahead passes within 26 weeks", f"{right:.1%}", "shown", None, len(gates)))  # fmt: skip
    return [
        *found,
        *_action_claims(folder),
        *_association_claims(folder),
        *_reason_claims(folder),
    ]


def _action_claims(folder: Path) -> list[Claim]:
    """Actions that do nothing and are called effective, by takeup and by a plain before and after."""
    found = []
    for job, words in (("null", "picked by chance"), ("worst", "picked when worst"), ("alone", "one population, picked when worst")):  # fmt: skip
        records = read(folder, f"actions-{job}")
        if records:
            moved = float(np.mean([r["moved"] for r in records]))
            plain = float(np.mean([r["before_after"] for r in records]))
            found.append(Claim(f"actions that do nothing, {words}: called effective", f"{moved:.1%}", "≤ 5 %", moved <= 0.05, len(records)))  # fmt: skip
            found.append(Claim("the same by a plain before and after", f"{plain:.1%}", "shown", None, len(records)))  # fmt: skip
    return found


def _association_claims(folder: Path) -> list[Claim]:
    """Where people know more than is recorded: how far adjusted and DoubleML miss, and how much
    of a hidden cause would erase the adjusted difference."""
    found = []
    for name in _SCENARIOS:
        records = [r for r in read(folder, name) if r.get("adjusted")]
        both = [r for r in records if r.get("doubleml")]
        if not both:
            continue
        truth = np.mean([r["truth"]["adjusted"] for r in records])
        ours, theirs = (np.mean([r[k]["value"] for r in both]) - truth for k in ("adjusted", "doubleml"))  # fmt: skip
        apart = np.median(
            [
                abs(r["adjusted"]["value"] - r["doubleml"]["value"])
                / ((r["adjusted"]["high"] - r["adjusted"]["low"]) / 3.92)
                for r in both
            ]
        )
        found.append(Claim(f"{name}: adjusted misses the truth by, DoubleML by", f"{100 * ours:+.1f}, {100 * theirs:+.1f} points, {apart:.2f} se apart", "alike", bool(apart <= 0.5), len(both)))  # fmt: skip
        robust = float(np.median([r["robustness"] for r in records]))
        found.append(Claim(f"{name}: robustness value of the adjusted difference, median", f"{robust:.2f}", "small", None, len(records)))  # fmt: skip
    return found


def _reason_claims(folder: Path) -> list[Claim]:
    found: list[Claim] = []
    records = read(folder, "reasons")
    if records:
        led = [r for r in records if r["named"]]
        right = [r["named"][0] == max(r["truth"], key=lambda t, r=r: r["truth"][t]) for r in led]  # type: ignore[misc]
        dominant = [r for r in led if r["verdict"] == "dominant"]
        sure = [
            r["named"][0] == max(r["truth"], key=lambda t, r=r: r["truth"][t]) for r in dominant
        ]  # type: ignore[misc]
        found.append(Claim("reasons: a dominant reason is the largest one", f"{np.mean(sure):.1%} of {len(dominant)}", "≥ 85 %", bool(np.mean(sure) >= 0.85), len(records)))  # fmt: skip
        found.append(Claim("reasons: the first reason named (dominant, mixed or leaning) is the largest", f"{np.mean(right):.1%} of {len(led)}", "–", None, len(records)))  # fmt: skip
        table = reliability_of_reasons(records)
        worst = float((table["believed"] - table["true"]).abs()[table["n"] >= 50].max())
        found.append(Claim("reasons: stated and realised probability, largest gap of a tenth", f"{100 * worst:.0f} points", "≤ 10 points", worst <= 0.10, len(records)))  # fmt: skip
        alone = [r["by_behaviour"] for r in records]
        capped = np.mean([verdict in ("leaning", "none", "unclear", "insufficient_evidence") for verdict in alone])  # fmt: skip
        found.append(Claim("reasons from behaviour alone: never beyond leaning", f"{capped:.1%}", "100 %", bool(capped == 1), len(alone)))  # fmt: skip
    little = read(folder, "reasons-little")
    if little:
        silent = np.mean([r["verdict"] == "insufficient_evidence" for r in little])
        found.append(Claim("reasons where evidence does not suffice: said so", f"{silent:.1%}", "≥ 90 %", bool(silent >= 0.9), len(little)))  # fmt: skip
    return found


def reliability_of_reasons(records: Records) -> pd.DataFrame:
    """Believed against realised (removing the reason closes a quarter of the gap), by tenth."""
    pairs = [(r["p"][t], r["truth"][t] >= 0.25) for r in records for t in TYPES if t in r["p"]]
    frame = pd.DataFrame(pairs, columns=["believed", "true"])
    frame["tenth"] = np.minimum((frame["believed"] * 10).astype(int), 9)
    table = frame.groupby("tenth").agg(
        believed=("believed", "mean"), true=("true", "mean"), n=("true", "size")
    )
    return table.reset_index()


def write_page(folder: Path, docs: Path) -> None:
    """The page and its pictures, where any job of an estimate has a record."""
    rows, told = coverage_rows(folder), claims(folder)
    if not rows:
        return
    pictures = docs / "calibration"
    pictures.mkdir(parents=True, exist_ok=True)
    _save(_coverage_picture(rows), pictures / "coverage.svg")
    records = read(folder, "reasons")
    if records:
        _save(_reliability_picture(reliability_of_reasons(records)), pictures / "reasons.svg")
    lines = [*_HEAD, *coverage_table(rows), *_CLAIMS_HEAD, *claims_table(told), *_EXACT_RULES]
    if records:
        lines += [*_REASONS_HEAD, *_reasons_table(records)]
    (docs / "calibration.md").write_text(
        "\n".join([*lines, *_made(folder)]) + "\n", encoding="utf-8"
    )


_HEAD = [
    "# Calibration",
    "",
    "Every interval and every claim is held to simulated programmes whose truth is known. Rows that fail",
    "are shown like all others. Rows whose assumption is violated on purpose are here too, with what they",
    "should show: in `bank`, `hospital` and `planning` people override because of what they privately know,",
    "so no adjustment can find the truth and only the paired answer does. The same claims under programmes",
    "written without looking at these: [the second family](calibration-strangers.md).",
    "",
    "![Coverage of nominal 95 % intervals](calibration/coverage.svg)",
    "",
]
_CLAIMS_HEAD = ["", "## Claims beyond coverage", ""]
_EXACT_RULES = [
    "",
    "An escalation of a champion past its time (RR10) is an exact rule with no chance in it: it compares two",
    "moments that are kept, and no sample, so its false alarms are 0 by construction and there is nothing to",
    "simulate. A sender that went silent and managers who do not look at the week (RR9) are counts of all as well;",
    "whether nothing was decided, or somebody was away, they cannot tell, and ask.",
]
_REASONS_HEAD = [
    "",
    "## Reasons: stated against realised probability",
    "",
    "Populations of the six kinds with mixes of reasons drawn from Dirichlet(1). A belief is right where",
    "taking the reason's term out of the generator closes at least a quarter of what is missing in effective",
    "reliance. How evidence becomes belief was fitted on other seeds (`make fit-reasons`).",
    "",
    "![Stated and realised probability of reasons](calibration/reasons.svg)",
    "",
]


def coverage_table(rows: list[Row]) -> list[str]:
    out = [
        "| estimate | scenario | programmes | covered | 99 % interval | width against the reference | should show | holds |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for r in rows:
        width = "–" if r.width is None else f"{r.width:.2f}"
        holds = "–" if r.holds is None else ("yes" if r.holds else "**no**")
        out.append(
            f"| {r.what} | `{r.where}` | {r.programmes:,} | {r.covered:.1%} | {r.low:.1%} to {r.high:.1%} "
            f"| {width} | {r.expects} | {holds} |"
        )
    return [
        *out,
        "",
        "A row holds when the 99 % Clopper–Pearson interval of its coverage lies inside 92–98 % and the",
        "median width is at most 1.2 times that of the reference on rows (statsmodels with clustered errors;",
        "DoubleML for adjusted estimates).",
    ]


def claims_table(told: list[Claim]) -> list[str]:
    out = ["| claim | measured | bar | programmes | holds |", "|---|---|---|---|---|"]
    for c in told:
        holds = "–" if c.holds is None else ("yes" if c.holds else "**no**")
        out.append(f"| {c.what} | {c.measured} | {c.bar} | {c.programmes:,} | {holds} |")
    return out


def _reasons_table(records: Records) -> list[str]:
    out = ["| believed | realised | reasons |", "|---|---|---|"]
    for r in reliability_of_reasons(records).itertuples():
        out.append(f"| {r.believed:.2f} | {r.true:.2f} | {r.n:,} |")
    first = [r for r in records if r["named"]]
    by: dict[str, list[bool]] = {}
    for r in first:
        by.setdefault(r["named"][0], []).append(
            r["named"][0] == max(r["truth"], key=r["truth"].get)
        )
    out += ["", "| reason named first | is the largest | programmes |", "|---|---|---|"]
    for t in TYPES:
        if t in by:
            out.append(f"| {TYPE_NAMES[t]} | {np.mean(by[t]):.1%} | {len(by[t]):,} |")
    return out


def how_made(folder: Path, jobs: Iterable[str]) -> list[str]:
    """What made a page of these jobs' records: command, day, seeds."""
    ran = {j: [r["seed"] for r in read(folder, j)] for j in sorted(jobs)}
    seeds = "; ".join(
        f"`{j}` {len(s):,} of 0 to {max(s):,}" if len(s) <= max(s) else f"`{j}` 0 to {max(s):,}"
        for j, s in ran.items()
        if s
    )
    return [
        "",
        "## How this was made",
        "",
        f"`{_COMMAND}` (`PROGRAMMES=2000` by default; it goes on where it was stopped), on "
        f"{now():%-d %B %Y}. Seeds: {seeds}.",
        "Rows of fewer than 2,000 programmes are not finished: their intervals are too wide to hold.",
    ]


def _made(folder: Path) -> list[str]:
    own = (p.stem for p in folder.glob("*.jsonl") if not p.stem.startswith("strangers-"))
    return [
        *how_made(folder, own),
        "Each programme has 5,000 to 20,000 decisions. People are drawn at random from the scenario's mix,",
        "so that they are a sample, and the truth of paired, randomised and value rows is that of the process",
        "that draws them (the mean over all programmes). For the effect on just the people at hand Neyman's",
        "variance is known to be too wide where people differ in what advice does for them (Imbens & Rubin",
        "2015, section 6.4): that row is asked to cover at least, and may cover more.",
    ]


def _coverage_picture(rows: list[Row]) -> alt.LayerChart:
    data = pd.DataFrame(
        [
            {
                "row": f"{r.what}, {r.where}",
                "covered": r.covered,
                "low": r.low,
                "high": r.high,
                "kind": "should cover" if r.expects.endswith("%") else r.expects,
            }
            for r in rows
        ]
    )
    y = alt.Y("row:N", sort=list(data["row"]), title=None, axis=alt.Axis(labelLimit=420))
    x = alt.X("covered:Q", title="share of programmes whose interval holds the truth",
              scale=alt.Scale(domain=[0, 1]), axis=alt.Axis(format="%"))  # fmt: skip
    band = (
        alt.Chart(pd.DataFrame({"from": [0.92], "to": [0.98]}))
        .mark_rect(color="#bfd4d3", opacity=0.6)
        .encode(x=alt.X("from:Q", title=None), x2="to:Q")
    )
    colour = alt.Color(
        "kind:N",
        scale=alt.Scale(
            domain=["should cover", "reference", "misses on purpose"],
            range=["#0d5c58", "#5f6972", "#d55e00"],
        ),
        title=None,
        legend=alt.Legend(orient="top"),
    )
    base = alt.Chart(data)
    return alt.layer(
        band,
        base.mark_rule(strokeWidth=5, opacity=0.45).encode(
            x=alt.X("low:Q", title=None), x2="high:Q", y=y, color=colour
        ),
        base.mark_point(filled=True, size=60, opacity=1).encode(
            x=x, y=y, color=colour, shape=alt.Shape("kind:N", title=None, legend=None)
        ),
    ).properties(width=430, height=18 * len(data))


def _reliability_picture(table: pd.DataFrame) -> alt.LayerChart:
    axis = alt.Axis(format="%")
    line = pd.DataFrame({"x": [0.0, 1.0], "y": [0.0, 1.0], "low": [-0.1, 0.9], "high": [0.1, 1.1]})
    scale = alt.Scale(domain=[0, 1], clamp=True)
    return alt.layer(
        alt.Chart(line)
        .mark_area(color="#bfd4d3", opacity=0.5)
        .encode(x=alt.X("x:Q", scale=scale), y=alt.Y("low:Q", scale=scale), y2="high:Q"),
        alt.Chart(line).mark_line(color="#5f6972", strokeDash=[4, 3]).encode(x="x:Q", y="y:Q"),
        alt.Chart(table)
        .mark_point(filled=True, color="#0d5c58", opacity=1)
        .encode(
            x=alt.X("believed:Q", title="believed", axis=axis, scale=scale),
            y=alt.Y("true:Q", title="realised", axis=axis, scale=scale),
            size=alt.Size("n:Q", title="reasons", legend=None),
        ),
    ).properties(width=320, height=320)


def _save(chart: alt.LayerChart, path: Path) -> None:
    import vl_convert as vlc

    themed = chart.properties(background="#ffffff", padding=12).configure(
        font="Inter, sans-serif", view={"stroke": None}
    )
    svg = vlc.vegalite_to_svg(themed.to_json(validate=False))
    path.write_text(svg + "\n", encoding="utf-8")
