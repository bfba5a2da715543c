"""A first mapping for a table nobody has mapped: from names, types and values.

Everything guessed is written down as a guess: `takeup map` writes it as a commented file,
`takeup diagnose` without a mapping prints it among the assumptions.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from takeup.log import fetch
from takeup.record.canonical import ROW
from takeup.record.columns import COLUMNS, COVARIATE_PREFIX, DECISION_COLUMNS, OUTCOME_COLUMNS
from takeup.record.mapping import Mapping, parse_mapping
from takeup.sources.proposed_words import (
    ACTION_WORDS,
    outcome_in_words,
    propose_outcome,
    propose_words,
)
from takeup.sources.raw_table import RawTable

_MOST_COVARIATE_LEVELS = 50
_DATE = re.compile(r"^(\d{1,4})[./-](\d{1,2})[./-](\d{2,4})")


@dataclass(frozen=True, slots=True)
class Proposal:
    """A mapping, what was guessed in words, and columns that nothing was made of."""

    mapping: Mapping
    guesses: tuple[str, ...]
    unmapped: tuple[str, ...]

    def cannot_answer(self) -> list[tuple[str, str]]:
        """Questions that stay open, with the column each would need."""
        mapping = self.mapping
        return [
            (question, " or ".join(needed))
            for question, needed in _QUESTIONS
            if not any(mapping.provides(c) for c in needed)
        ]


def propose_events(columns: list[str], values: _Values) -> Proposal | None:
    """The event-stream form, where several rows make one decision: a column of events that
    are shown and then accepted or rejected, a person, and an order of time."""
    event = next((c for c in columns if _plain(c) in _EVENT_NAMES), None)
    if event is None:
        return None
    words = {str(v): _plain(str(v)) for v in values[event]}
    closes = {w: _CLOSES[p] for w, p in words.items() if p in _CLOSES}
    opens = [w for w, p in words.items() if p in _OPENS]
    person = _named("person_id", columns, values)
    order = _named("decided_at", columns, values) or next(
        (c for c in columns if _plain(c) in _ORDERS), None
    )
    if not closes or not opens or person is None or order is None:
        return None
    rest = [w for w in words if w not in closes and w not in opens]
    repeats = [w for w in rest if words[w] in _REPEATS]
    contents: dict[str, Any] = {
        "columns": {"person_id": person},
        "constants": {"mode": "assist", "consulted": True},
        "events": {
            "event": event,
            "by": [person],
            "order": order,
            "opens": opens,
            "repeats": repeats,
            "closes": closes,
            "ignores": [w for w in rest if w not in repeats],
        },
    }
    taken = {person, order, event}
    if _fits("decided_at", values[order]):
        contents["columns"]["decided_at"] = order
    confidence = _named("confidence", columns, values)
    if confidence:
        contents["columns"]["confidence"] = confidence
        taken.add(confidence)
    for source in columns:
        name = _covariate_name(source)
        if source not in taken and _is_covariate(source, values[source]):
            contents["columns"][name] = source
    mapping = parse_mapping(contents, "proposal")
    used = {*taken, *(str(v) for v in contents["columns"].values())}
    return Proposal(
        mapping,
        (
            f"several rows make one decision: {', '.join(opens)} opens it, "
            f"{' or '.join(closes)} closes it, by {person} in the order of {order}",
            "the advice was in view of whoever closed it (consulted = true)",
        ),
        tuple(c for c in columns if c not in used),
    )


_EVENT_NAMES = ("event", "event_type", "event_name", "type", "activity", "state_name")
_OPENS = ("shown", "displayed", "delivered", "suggested", "viewed", "recommended")
_REPEATS = ("replay", "browsing", "reshown", "shown_again")
_CLOSES = {
    "accepted": "followed",
    "accept": "followed",
    "rejected": "overridden",
    "reject": "overridden",
    "dismissed": "overridden",
    "modified": "modified",
    "edited": "modified",
}
_ORDERS = ("order", "sequence", "seq", "time_in_session", "event_time", "timestamp")


def _named(name: str, columns: list[str], values: _Values) -> str | None:
    found = COLUMNS[name]
    return _source_for(name, found.aliases, columns, set(), values)


def propose_mapping(raw: RawTable, *, use_case_declared: bool = False) -> Proposal:
    """A mapping for `raw`. Raises nothing for strange tables: it then maps little.

    With `use_case_declared`, nothing is guessed that a use case says: kinds of case, and
    which way an outcome is good.
    """
    columns = [c for c in raw.table.columns if c != ROW]
    values = _sample(raw, columns)
    if stream := propose_events(columns, values):
        return stream
    chosen: dict[str, str] = {}
    guesses: list[str] = []
    for column in (*DECISION_COLUMNS, *OUTCOME_COLUMNS):
        source = _source_for(column.name, column.aliases, columns, set(chosen.values()), values)
        if source:
            chosen[column.name] = source
            if source != column.name:
                guesses.append(f"{source} is read as {column.name} ({column.meaning})")
    contents: dict[str, Any] = {"columns": chosen}
    if translations := propose_words(chosen, values):
        contents["values"] = translations
        for name, words in translations.items():
            shown = ", ".join(f"{w} = {m}" for w, m in words.items())
            guesses.append(f"words of {chosen[name]}: {shown}")
    if "mode" not in chosen:
        contents["constants"] = {"mode": "assist"}
        guesses.append("every case is taken to have had the advice available (mode = assist)")
    options = _file_options(chosen, values)
    if options:
        contents["file"] = options
    if "date_order" in options:
        guesses.append(f"dates are read as {options['date_order']}")
    if "decimal" in options:
        guesses.append("numbers have decimal commas")
    outcome = {} if use_case_declared else propose_outcome(chosen, translations, raw)
    if outcome:
        contents["use_case"] = {"outcome": outcome}
        guesses.append(outcome_in_words(chosen["outcome"], outcome))
    for source in (c for c in columns if c not in chosen.values()):
        name = _covariate_name(source)
        if name not in contents["columns"] and _is_covariate(source, values[source]):
            contents["columns"][name] = source
    segments = [n for n in contents["columns"] if n.startswith(COVARIATE_PREFIX)]
    segments = [n for n in segments if len(values[contents["columns"][n]]) <= _MOST_SEGMENTS]
    if segments and not use_case_declared:
        contents.setdefault("use_case", {})["segment"] = segments[:2]
        guesses.append(f"kinds of case are told apart by {', '.join(segments[:2])}")
    unmapped = tuple(c for c in columns if c not in contents["columns"].values())
    return Proposal(parse_mapping(contents, "proposal"), tuple(guesses), unmapped)


_SAMPLED = 5_000
_MOST_SEGMENTS = 8
_UNIQUE = ("decision_id",)
_FEW = {
    "choice": 20,
    "recommendation": 20,
    "initial_choice": 20,
    "correct_choice": 20,
    "action": 20,
}


class _Values(dict[str, list[Any]]):
    """Different values of each column in a sample; `share[c]` of the rows are different."""

    share: dict[str, float]


def _sample(raw: RawTable, columns: list[str]) -> _Values:
    table = fetch(raw.table.select(*columns).limit(_SAMPLED))
    found = _Values()
    found.share = {}
    for c in columns:
        known = [v for v in table[c].to_pylist() if v not in (None, "")]
        found[c] = list(dict.fromkeys(known))
        found.share[c] = len(found[c]) / len(known) if known else 0.0
    blank = [c for c in columns if not found[c]]
    if blank and table.num_rows == _SAMPLED:
        # What begins late in a table, such as a rollout's draw, is no blank column.
        later = raw.table.aggregate(**{c: raw.table[c].max() for c in blank})
        for c, value in fetch(later).to_pylist()[0].items():
            found[c] = [] if value in (None, "") else [value]
    return found


def _source_for(
    name: str, aliases: tuple[str, ...], columns: list[str], taken: set[str], values: _Values
) -> str | None:
    plain = {_plain(c): c for c in reversed(columns) if c not in taken}
    # A column that bears the record's own name is meant, even where some values are bad.
    if name in columns and name not in taken and values[name]:
        return name
    for wanted in (name, *aliases):
        source = plain.get(_plain(wanted))
        if source and _fits(name, values[source]) and _as_many(name, source, values):
            return source
    return None


def _as_many(name: str, source: str, values: _Values) -> bool:
    """Whether there are as many different values as the canonical column can have."""
    if name in _UNIQUE:
        return values.share[source] >= 0.95
    return name not in _FEW or len(values[source]) <= _FEW[name]


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")


def _fits(name: str, values: list[Any]) -> bool:
    """Whether the values can be what the name says."""
    kind, words = COLUMNS[name].kind, COLUMNS[name].words
    if not values:
        return False
    if kind in ("share", "probability"):
        numbers = [_number(v) for v in values]
        return all(n is not None and 0 <= n <= 1 for n in numbers)
    if kind in ("number", "integer"):
        return all(_number(v) is not None for v in values)
    if kind == "word":
        if name == "action":
            return any(str(v).lower() in ACTION_WORDS for v in values)
        return all(str(v).lower() in words for v in values)
    if kind == "time":
        return not isinstance(values[0], int | float | bool) and (
            not isinstance(values[0], str) or bool(_DATE.match(values[0]))
        )
    return True


def _number(value: Any) -> float | None:
    try:
        return float(str(value).replace(",", "."))
    except ValueError:
        return None


def _file_options(chosen: dict[str, str], values: _Values) -> dict[str, str]:
    return {**_date_order(chosen, values), **_decimal(values)}


def _date_order(chosen: dict[str, str], values: _Values) -> dict[str, str]:
    source = chosen.get("decided_at")
    texts = [v for v in values.get(source or "", []) if isinstance(v, str)]
    parts = [m.groups() for m in map(_DATE.match, texts) if m]
    if not parts or len(parts[0][0]) == 4:
        return {}
    if any(int(a) > 12 for a, _, _ in parts):
        return {"date_order": "dmy"}
    if any(int(b) > 12 for _, b, _ in parts):
        return {"date_order": "mdy"}
    return {"date_order": "dmy" if "." in texts[0] else "mdy"}


_COMMA = re.compile(r"^-?[\d.]*\d,\d+$")


def _decimal(values: _Values) -> dict[str, str]:
    """Decimal commas, where some column is all numbers with a comma in most."""
    for found in values.values():
        texts = [v for v in found if isinstance(v, str)]
        if len(texts) >= 5 and sum(bool(_COMMA.match(t)) for t in texts) >= 0.8 * len(texts):
            return {"decimal": ","}
    return {}


def _covariate_name(source: str) -> str:
    plain = _plain(source)
    return plain if plain.startswith(COVARIATE_PREFIX) else COVARIATE_PREFIX + plain


def _is_covariate(source: str, values: list[Any]) -> bool:
    if len(values) < 2:
        return False
    if all(_number(v) is not None for v in values) and not isinstance(values[0], bool):
        return not re.search(r"(^|_)(id|no|nr|number|key)$", _plain(source))
    if not isinstance(values[0], str | bool):
        return False
    return len(values) <= _MOST_COVARIATE_LEVELS


_QUESTIONS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("how often is the advice looked at, followed, overridden?", ("consulted", "action")),
    ("who is it, how many people, which level of adoption?", ("person_id",)),
    ("what changed over the weeks?", ("decided_at",)),
    ("did cases go better when people followed?", ("outcome", "correct_choice", "correct_value")),
    (
        "who is right more often, people or model?",
        ("correct_choice", "correct_value", "loss_final"),
    ),
    ("where is the model blind?", ("correct_choice", "correct_value", "loss_recommended")),
    ("what does having the advice change?", ("assist_probability",)),
    ("why do people override?", ("override_reason",)),
    ("how many cases pass through the tool?", ("path",)),
)
