"""A first mapping for a table nobody has mapped: from names, types and values.

Everything guessed is written down as a guess: `takeup map` writes it as a commented file,
`takeup diagnose` without a mapping prints it among the assumptions.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import tomlkit

from takeup.log import fetch
from takeup.record.canonical import ROW
from takeup.record.columns import COLUMNS, COVARIATE_PREFIX, DECISION_COLUMNS, OUTCOME_COLUMNS
from takeup.record.mapping import Mapping, parse_mapping
from takeup.sources.raw_table import RawTable

_ACTION_WORDS = {
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
_MOST_COVARIATE_LEVELS = 50
_DATE = re.compile(r"^(\d{1,4})[./-](\d{1,2})[./-](\d{2,4})")


@dataclass(frozen=True, slots=True)
class Proposal:
    """A mapping, what was guessed in words, and columns that nothing was made of."""

    mapping: Mapping
    guesses: tuple[str, ...]
    unmapped: tuple[str, ...]


def propose_mapping(raw: RawTable) -> Proposal:
    """A mapping for `raw`. Raises nothing for strange tables: it then maps little."""
    columns = [c for c in raw.table.columns if c != ROW]
    values = _sample(raw, columns)
    chosen: dict[str, str] = {}
    guesses: list[str] = []
    for column in (*DECISION_COLUMNS, *OUTCOME_COLUMNS):
        source = _source_for(column.name, column.aliases, columns, set(chosen.values()))
        if source and _fits(column.name, values[source]):
            chosen[column.name] = source
            if source != column.name:
                guesses.append(f"{source} is read as {column.name} ({column.meaning})")
    translations = {}
    if "action" in chosen:
        words = {
            str(v).lower(): _ACTION_WORDS[str(v).lower()]
            for v in values[chosen["action"]]
            if str(v).lower() in _ACTION_WORDS
        }
        if words:
            translations["action"] = words
    contents: dict[str, Any] = {"columns": chosen}
    if translations:
        contents["values"] = translations
    if "mode" not in chosen:
        contents["constants"] = {"mode": "assist"}
        guesses.append("every case is taken to have had the advice available (mode = assist)")
    options = _file_options(chosen, values)
    if options:
        contents["file"] = options
        guesses.append("dates are read as " + options.get("date_order", "ymd"))
    rest = [c for c in columns if c not in chosen.values()]
    for source in rest:
        name = _covariate_name(source)
        if name not in contents["columns"] and _is_covariate(source, values[source], raw):
            contents["columns"][name] = source
    unmapped = tuple(c for c in columns if c not in contents["columns"].values())
    return Proposal(parse_mapping(contents, "proposal"), tuple(guesses), unmapped)


def _sample(raw: RawTable, columns: list[str]) -> dict[str, list[Any]]:
    table = fetch(raw.table.select(*columns).limit(2000))
    return {
        c: [v for v in dict.fromkeys(table[c].to_pylist()) if v not in (None, "")] for c in columns
    }


def _source_for(
    name: str, aliases: tuple[str, ...], columns: list[str], taken: set[str]
) -> str | None:
    plain = {_plain(c): c for c in reversed(columns) if c not in taken}
    for wanted in (name, *aliases):
        if _plain(wanted) in plain:
            return plain[_plain(wanted)]
    return None


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
            return any(str(v).lower() in _ACTION_WORDS for v in values)
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


def _file_options(chosen: dict[str, str], values: dict[str, list[Any]]) -> dict[str, str]:
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


def _covariate_name(source: str) -> str:
    plain = _plain(source)
    return plain if plain.startswith(COVARIATE_PREFIX) else COVARIATE_PREFIX + plain


def _is_covariate(source: str, values: list[Any], raw: RawTable) -> bool:
    if len(values) < 2:
        return False
    if all(_number(v) is not None for v in values) and not isinstance(values[0], bool):
        return not re.search(r"(^|_)(id|no|nr|number|key)$", _plain(source))
    if not isinstance(values[0], str | bool):
        return False
    return len(values) <= _MOST_COVARIATE_LEVELS


def mapping_text(proposal: Proposal, name: str) -> str:
    """The proposal as a commented TOML file."""
    document = tomlkit.document()
    document.add(tomlkit.comment(f"How {name} becomes a decision record. Check every line."))
    for guess in proposal.guesses:
        document.add(tomlkit.comment(f"guessed: {guess}"))
    for column in proposal.unmapped:
        document.add(tomlkit.comment(f"not used: {column}"))
    mapping = proposal.mapping.model_dump(exclude_defaults=True)
    mapped = set(proposal.mapping.columns) | set(proposal.mapping.constants)
    for part in ("file", "constants"):
        if part in mapping:
            document.add(part, mapping[part])
    table = tomlkit.table()
    for canonical, source in proposal.mapping.columns.items():
        item = tomlkit.item(source)
        if canonical in COLUMNS:
            item.comment(COLUMNS[canonical].meaning)
        table.add(canonical, item)
    document.add("columns", table)
    if "values" in mapping:
        document.add("values", mapping["values"])
    document.add(tomlkit.nl())
    document.add(tomlkit.comment("Not in the table, and what each would unlock:"))
    for each in (*DECISION_COLUMNS, *OUTCOME_COLUMNS):
        if each.name not in mapped and each.name in _WORTH_ASKING:
            document.add(tomlkit.comment(f"  {each.name}: {each.unlocks}"))
    text: str = tomlkit.dumps(document)
    return text


_WORTH_ASKING = (
    "person_id",
    "decided_at",
    "consulted",
    "population",
    "team",
    "path",
    "confidence",
    "initial_choice",
    "override_reason",
    "stakes",
    "model_version",
    "outcome",
    "correct_choice",
    "truth_probability",
    "assist_probability",
)
