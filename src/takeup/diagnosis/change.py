"""What changed since an earlier diagnosis, and whether it is more than noise.

Figures of two JSON documents are paired by use case, measure and population; a change counts
only where its own interval leaves zero out after false discovery is held to 10 % over all of
them. Where both hold sums over people with the same signs, a change is paired by person; else
the two are taken for other people's. Levels, reasons and findings are compared as words.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from scipy.special import stdtr

from takeup.diagnosis.definitions import changed_since
from takeup.measure.same_people import error_of_change
from takeup.record.errors import InputError
from takeup.stats.many import discoveries
from takeup.stats.quantiles import normal_quantile, t_half_width

RATE = 0.10
_Sums = Mapping[str, Mapping[str, Sequence[float]]]


@dataclass(frozen=True, slots=True)
class Change:
    """One figure now and before. `low` to `high` is the 95 % interval of the change;
    `beyond_noise` after false discovery control over all changes; `paired` by person."""

    figure: str
    population: str
    before: float
    now: float
    change: float
    low: float
    high: float
    unit: str
    beyond_noise: bool
    paired: bool = False


@dataclass(frozen=True, slots=True)
class Changes:
    """Of one use case: figures, the ones beyond noise first; `words` of what else is other
    than it was; `overlap` names why the two are not independent (None: they seem to be); `definitions`
    what is measured by another definition now."""

    use_case: str
    earlier: str
    figures: tuple[Change, ...]
    words: tuple[tuple[str, str, str], ...]
    findings_new: tuple[str, ...]
    findings_gone: tuple[str, ...]
    overlap: str | None
    definitions: tuple[str, ...] = ()


def read_earlier(path: Path) -> dict[str, Any]:
    """An earlier diagnosis as JSON. Raises InputError where it is none."""
    if not path.exists():
        raise InputError(f"{path}: there is no such file")
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, UnicodeDecodeError):
        raise InputError(
            f"{path} is no JSON; --compare takes a file that takeup diagnose --json wrote"
        ) from None
    if not isinstance(document, dict) or "diagnoses" not in document:
        raise InputError(
            f"{path} is no diagnosis; --compare takes what takeup diagnose --json wrote"
        )
    return document


def changes(earlier: Mapping[str, Any], now: Mapping[str, Any], least_people: int) -> list[Changes]:
    """What changed in every use case that both documents hold. Populations of fewer than
    `least_people` people in either are left out. What is now to be shared is held against what could be shared
    then, whoever the earlier document was for."""
    before = {d["use_case"]: d for d in earlier["diagnoses"]}
    share = now["disclosure"] == "share"
    overlap = _overlap(earlier, now)
    moved = changed_since(earlier.get("definitions", {}))
    return [
        _of(
            before[d["use_case"]],
            d,
            _of_then(before[d["use_case"]], least_people, share=share),
            str(earlier.get("made_at") or earlier["takeup"]),
            overlap,
            least_people,
            moved,
        )
        for d in now["diagnoses"]
        if d["use_case"] in before
    ]


def to_compare(diagnosis: Mapping[str, Any], least_people: int) -> dict[str, Any]:
    """What of a diagnosis is held against another one: estimates, levels and reasons in words, findings."""
    figures: dict[str, dict[str, Any]] = {}
    for (figure, population), answer in _figures(diagnosis["measures"], least_people):
        figures.setdefault(figure, {})[population] = answer
    return {
        "figures": figures,
        "words": dict(_words(diagnosis["measures"])),
        "findings": {f["id"]: f["title"] for f in diagnosis["findings"]},
    }


def _of_then(before: Mapping[str, Any], least_people: int, *, share: bool) -> dict[str, Any]:
    if not share or before.get("audience") != "analyst":
        return to_compare(before, least_people)
    if "shared" not in before:
        raise InputError(
            "the earlier diagnosis does not say which of its figures may be shared: write it anew with this "
            "version of takeup, or compare with one written with --disclosure share"
        )
    return dict(before["shared"])


def _overlap(earlier: Mapping[str, Any], now: Mapping[str, Any]) -> str | None:
    shas = [
        {f.get("sha256") for f in doc["input"].get("files", ()) if f.get("sha256")}
        for doc in (earlier, now)
    ]
    if shas[0] & shas[1]:
        return "both were made from the same file"
    weeks = [
        {
            g["key"]
            for d in doc["diagnoses"]
            for g in d["measures"]["adoption"].get("groups", {}).get("week", ())
        }
        for doc in (earlier, now)
    ]
    shared = len(weeks[0] & weeks[1])
    if shared > 1:
        return f"{shared} weeks are in both, so true changes look smaller than they are"
    return None


def _of(
    before: Mapping[str, Any],
    now: Mapping[str, Any],
    then: Mapping[str, Any],
    named: str,
    overlap: str | None,
    least_people: int,
    moved: tuple[str, ...],
) -> Changes:
    today = to_compare(now, least_people)
    pairs = [
        ((figure, population), then["figures"][figure][population], answer)
        for figure, found in today["figures"].items()
        for population, answer in found.items()
        if population in then["figures"].get(figure, ())
    ]
    found = _told(
        [p for p in pairs if p[1].get("unit") == p[2].get("unit")],
        before["measures"].get("same_people", {}).get("sums", {}),
        now["measures"].get("same_people", {}).get("sums", {}),
    )
    words_before, words_now = then["words"], today["words"]
    told = tuple(
        (what, words_before[what], words_now[what])
        for what in words_now
        if what in words_before and words_before[what] != words_now[what]
    )
    titles = [then["findings"], today["findings"]]
    return Changes(
        now["use_case"],
        named,
        found,
        told,
        tuple(t for i, t in titles[1].items() if i not in titles[0]),
        tuple(t for i, t in titles[0].items() if i not in titles[1]),
        overlap,
        moved,
    )


_RATES = ("nominal_rate", "consult_rate", "override_rate", "effective_reliance", "quality_gap")
_NAMES = {
    "nominal_rate": "closed on the AI path",
    "consult_rate": "looked at",
    "override_rate": "overridden, of those looked at",
    "effective_reliance": "decided with the advice",
    "quality_gap": "gap between rate and quality",
}
_OF_PEOPLE = {
    **{words: rate for rate, words in _NAMES.items()},
    "advice wrong": "advice_wrong",
    "people minus model": "person_minus_model",
}
"""Figures whose sums over people a diagnosis holds, and what they are called there."""


def _figures(
    measures: Mapping[str, Any], least_people: int
) -> Iterator[tuple[tuple[str, str], Mapping[str, Any]]]:
    """Estimates by (figure, population)."""
    adoption = measures["adoption"]
    groups = [("all", adoption), *((g["key"], g) for g in adoption["groups"].get("population", ()))]
    for name, group in groups:
        if (group.get("people") or 0) < least_people:
            continue
        for rate in _RATES:
            yield from _one((_NAMES[rate], name), group.get(rate))
    shown = {name for name, group in groups if (group.get("people") or 0) >= least_people}
    for scope in measures["model_issue"].get("scopes", ()):
        if scope["scope"] in shown:
            yield from _one(("advice wrong", scope["scope"]), scope["error"])
    yield from _one(("people minus model", "all"), measures["paired"].get("person_minus_model"))
    for group in measures["paired"].get("groups", {}).get("population", ()):
        if group["key"] in shown:
            yield from _one(("people minus model", group["key"]), group["person_minus_model"])
    reliance = measures["reliance"]
    for key, name in (
        ("keeps_right", "right advice kept"),
        ("catches_wrong", "wrong advice caught"),
    ):
        yield from _one((name, "all"), reliance.get(key))
    for value in measures.get("value", {}).get("populations", ()):
        if value["population"] in shown:
            yield from _one(("lost per decision", value["population"]), value["decided"])


def _one(
    key: tuple[str, str], answer: Mapping[str, Any] | None
) -> Iterator[tuple[tuple[str, str], Mapping[str, Any]]]:
    if answer and answer.get("value") is not None and answer.get("high") is not None:
        yield key, answer


def _told(
    pairs: list[tuple[tuple[str, str], Any, Any]], before: _Sums, now: _Sums
) -> tuple[Change, ...]:
    if not pairs:
        return ()

    def se(a: Mapping[str, Any]) -> float:
        # Where an interval ends at what is possible, it is narrower than its error is.
        z = normal_quantile(0.5 + float(a["confidence"]) / 2)
        return max((float(a["high"]) - float(a["low"])) / (2 * z), float(a.get("se") or 0.0))

    rows = []
    for key, old, new in pairs:
        sums = [_sums_of(key, where) for where in (before, now)]
        d = float(new["value"]) - float(old["value"])
        spread, df = float(np.hypot(se(old), se(new))), float("inf")
        if paired := all(sums):
            spread, df = error_of_change(sums[0], sums[1])
        rows.append((key, old, new, d, spread, df, paired))
    p = np.array([2 * float(stdtr(df, -abs(d) / s)) if s > 0 else 1.0 for *_, d, s, df, _ in rows])
    real = discoveries(p, RATE)
    found = []
    for (key, old, new, d, s, df, paired), is_real in zip(rows, real, strict=True):
        half = t_half_width(0.95, df) * s
        found.append(
            Change(
                key[0], key[1], float(old["value"]), float(new["value"]), d, d - half, d + half,
                str(new["unit"]), bool(is_real), paired,
            )
        )  # fmt: skip
    order = np.argsort(p, kind="stable")
    return tuple(found[i] for i in order)


def _sums_of(key: tuple[str, str], where: _Sums) -> tuple[float, ...]:
    figure, population = key
    return tuple(where.get(_OF_PEOPLE.get(figure, ""), {}).get(population, ()))


def _words(measures: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What is said in words: levels and reasons."""
    for p in measures["ladder"].get("populations", ()):
        level = p["level"]
        if "certain" in level:
            yield f"level of {p['population']}", f"L{level['certain']} to L{level['possible']}"
    for p in measures.get("resistance", {}).get("populations", ()):
        scored = p["scored"]
        if "verdict" in scored:
            named = ", ".join(scored["named"])
            verdict = scored["verdict"].replace("_", " ")
            yield f"reasons of {p['population']}", f"{verdict}{': ' + named if named else ''}"
