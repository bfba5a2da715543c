"""Guesses about words: which choice a word means, and which way an outcome is good."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from takeup.log import fetch
from takeup.sources.raw_table import RawTable

ACTION_WORDS = {
    "accepted": "followed",
    "accept": "followed",
    "followed": "followed",
    "agree": "followed",
    "rejected": "overridden",
    "reject": "overridden",
    "overridden": "overridden",
    "override": "overridden",
    "dismissed": "overridden",
    "modified": "modified",
    "edited": "modified",
    "changed": "modified",
    "ignored": "not_consulted",
    "not_consulted": "not_consulted",
    "bypassed": "not_consulted",
    "deferred": "deferred",
}

_SAME = (
    ("approve", ("approve", "approved", "grant", "granted", "accept", "accepted", "yes", "ok",
                 "pass", "genehmigt", "bewilligt", "zusage", "ja")),
    ("decline", ("decline", "declined", "refuse", "refused", "reject", "rejected", "deny",
                 "denied", "no", "fail", "abgelehnt", "ablehnung", "absage", "nein")),
)  # fmt: skip
_NAMES = ("recommendation", "choice", "initial_choice", "correct_choice")
_GOOD = ("repaid", "success", "revenue", "profit", "saved", "survived", "satisfied", "resolved")
_BAD = ("default", "loss", "churn", "death", "error", "complaint", "arrear", "fraud", "readmi",
        "ausfall", "overdue", "failure")  # fmt: skip


def propose_words(
    chosen: Mapping[str, str], values: Mapping[str, list[Any]]
) -> dict[str, dict[str, str]]:
    """Translations, where advice and choice name the same things in other words or cases."""
    found: dict[str, dict[str, str]] = {}
    if "action" in chosen:
        words = {str(v): ACTION_WORDS[str(v).lower()] for v in values[chosen["action"]]
                 if str(v).lower() in ACTION_WORDS}  # fmt: skip
        if any(word != meaning for word, meaning in words.items()):
            found["action"] = words
    named = [n for n in _NAMES if n in chosen]
    texts = {n: [str(v) for v in values[chosen[n]]] for n in named}
    if len(named) < 2 or all(set(texts[n]) <= set(texts[named[0]]) for n in named):
        return found
    for name in named:
        words = {v: _meaning(v) for v in texts[name]}
        if any(word != meaning for word, meaning in words.items()):
            found[name] = words
    return found


def _meaning(word: str) -> str:
    plain = word.strip().lower()
    return next((meaning for meaning, words in _SAME if plain in words), plain)


def propose_outcome(
    chosen: Mapping[str, str], words: Mapping[str, Mapping[str, str]], raw: RawTable
) -> dict[str, Any]:
    """Which way the outcome is good, by its name; and under which choices alone it is seen."""
    if "outcome" not in chosen:
        return {}
    name = chosen["outcome"].lower()
    rule: dict[str, Any] = {}
    if any(part in name for part in _BAD):
        rule["better"] = "lower"
    elif any(part in name for part in _GOOD):
        rule["better"] = "higher"
    if "choice" in chosen:
        seen = _seen_when(raw, chosen["choice"], chosen["outcome"])
        if seen:
            translate = words.get("choice", {})
            rule["observed_when"] = [translate.get(c, c) for c in seen]
    if rule:
        rule["label"] = name.replace("_", " ")
    return rule


def _seen_when(raw: RawTable, choice: str, outcome: str) -> list[str]:
    table = raw.table
    known = table[outcome].notnull()
    if table[outcome].type().is_string():
        known = known & (table[outcome].strip() != "")
    counts = fetch(
        table.group_by(choice=table[choice].cast("string")).aggregate(
            n=table.count(), known=known.cast("int64").sum()
        )
    ).to_pylist()
    counts = [c for c in counts if c["choice"] not in (None, "")]
    seen = sorted(c["choice"] for c in counts if c["known"] > 0.2 * c["n"])
    hidden = [c for c in counts if c["n"] >= 10 and c["known"] == 0]
    return seen if hidden and seen else []


def outcome_in_words(source: str, rule: Mapping[str, Any]) -> str:
    """The guess as a sentence."""
    parts = []
    if "better" in rule:
        parts.append(f"{rule['better']} is better")
    if "observed_when" in rule:
        parts.append(f"it is seen only when the choice is {' or '.join(rule['observed_when'])}")
    return f"{source} is the outcome: {'; '.join(parts)}"
