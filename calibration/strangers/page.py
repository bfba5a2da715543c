"""Writes docs/calibration-strangers.md from the records of the second family's jobs."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from calibration.page import (
    Claim,
    Records,
    Row,
    claims_table,
    coverage,
    coverage_table,
    how_made,
    read,
)
from calibration.strangers.jobs import JOBS
from calibration.strangers.rows import CLAIMS, COVERAGE, STATED
from calibration.strangers.worlds import WORLDS
from takeup.questions.knowledge import rule, rules

_HEAD = [
    "# Calibration under somebody else's programmes",
    "",
    "The [first family](calibration.md) of programmes is the one that takeup was built with. This second one was",
    "written without looking at it: plain NumPy, known truth, each with one thing that broke an answer (recorded",
    "columns that decide who overrides, pages looked at every week, few or unequal people and teams, samples of",
    "truth, cases that repeat, kinds that make no difference, reasons that cost alike, nothing at all). Traps show",
    "what the usual way would say. *Or refused*: programmes that get no answer count in no coverage.",
    "",
]


def write_strangers(folder: Path, docs: Path) -> None:
    """The page, where any of its jobs has a record."""
    rows, told = coverage_rows(folder), claims(folder)
    if not rows and not told:
        return
    lines = [*_HEAD, *coverage_table(rows), "", "## Claims", "", *claims_table(told)]
    lines += by_rule(folder)
    made = how_made(folder, (f"strangers-{name}" for name in JOBS))
    (docs / "calibration-strangers.md").write_text(
        "\n".join([*lines, *made]) + "\n", encoding="utf-8"
    )


def coverage_rows(folder: Path) -> list[Row]:
    """The estimates that are to hold the truth, and those that show why."""
    rows = []
    for r in COVERAGE:
        records = _where(read(folder, f"strangers-{r.job}"), r.where)
        row = coverage(
            records, r.estimate, r.truth, process=False, where=r.job, what=r.words, nominal=r.nominal
        )  # fmt: skip
        if row and r.holds_above:
            row = replace(row, expects="at least 92 %", holds=row.low >= 0.92)
        rows += [row] if row else []
    return rows


def claims(folder: Path) -> list[Claim]:
    """How often what is said is false."""
    found = []
    for claim in CLAIMS:
        records = _where(read(folder, f"strangers-{claim.job}"), claim.where)
        if not records:
            continue
        share = float(np.mean([r[claim.field] for r in records]))
        told = f"{share:.2f}" if claim.a_year else f"{share:.1%}"
        most = claim.bar or 0.0
        bar = f"≤ {most:.3g}" if claim.a_year else f"≤ {100 * most:.3g} %"
        if claim.bar is None:
            bar = "far above 5 %"
        holds = None if claim.bar is None else share <= claim.bar
        found.append(Claim(claim.words, told, bar, holds, len(records)))
    return found + stated(folder)


FEWEST_OF_TENTH = 50


def stated(folder: Path) -> list[Claim]:
    """How far what is real lies outside what is stated of reasons, in the tenth of belief where it is farthest."""
    found = []
    for one in STATED:
        records = read(folder, f"strangers-{one.job}")
        if not records:
            continue
        worst = outside(records)
        found.append(
            Claim(
                f"every reason costs use alike, {one.words}: farthest outside what is stated, of a tenth of belief",
                f"{100 * worst:.0f} points", f"≤ {100 * one.bar:.0f} points", worst <= one.bar, len(records),
            )
        )  # fmt: skip
    return found


def outside(records: Records) -> float:
    """The largest distance between the share of reasons that are material and the range stated, over tenths of belief."""
    told = np.array([
        (p, *r["between"][t], r["truth"][t] >= 0.25) for r in records for t, p in r["p"].items()
    ])  # fmt: skip
    tenth = np.minimum((10 * told[:, 0]).astype(int), 9)
    parts = [told[tenth == i].mean(0) for i in range(10) if (tenth == i).sum() >= FEWEST_OF_TENTH]
    return max(max(low - real, real - high, 0.0) for _, low, high, real in parts)


def _where(records: Records, fields: tuple[tuple[str, object], ...]) -> Records:
    return [r for r in records if all(r[key] == value for key, value in fields)]


_BY_RULE = [
    "",
    "## Claims, rule by rule",
    "",
    "Every rule that puts a sentence into a report says what would make it false. Here are whole reports of worlds",
    "of which the truth is known, and each sentence is held to it, by definitions that use nothing of takeup's",
    "measures. Shown is the world in which a rule was false most often; a rule may be false in 5 % of reports, a",
    "report in 10 %.",
    "",
]


def by_rule(folder: Path) -> list[str]:
    """How often each rule's sentence was false, and each world's reports."""
    records = {w: read(folder, f"strangers-claims-{w}") for w in WORLDS}
    records = {w: r for w, r in records.items() if r}
    if not records:
        return []
    lines = [
        *_BY_RULE,
        "| rule | false if | said in | false at most | in the world | |",
        "|---|---|---|---|---|---|",
    ]
    for key in (k for k in rules() if rule(k).false_if):
        said = {w: sum(key in r["said"] for r in own) for w, own in records.items()}
        false = {w: sum(key in r["false"] for r in own) / len(own) for w, own in records.items()}
        worst = max(false, key=lambda w: (false[w], said[w]))
        total = sum(said.values())
        holds = "–" if not total else "ok" if false[worst] <= 0.05 else "**misses**"
        lines.append(
            f"| {key} | {rule(key).false_if} | {total:,} reports | {false[worst]:.1%} of {len(records[worst]):,} | "
            f"{worst if total else '–'} | {holds} |"
        )
    lines += [
        "",
        "| world | reports with something false | in the verdict | |",
        "|---|---|---|---|",
    ]
    for w, own in records.items():
        share, verdict = (float(np.mean([r[k] for r in own])) for k in ("any", "verdict"))
        holds = "ok" if share <= 0.10 and verdict <= 0.05 else "**misses**"
        lines.append(
            f"| {w}: {WORLDS[w].words} | {share:.1%} of {len(own):,} | {verdict:.1%} | {holds} |"
        )
    return lines
