"""A proposed mapping as a commented TOML file."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import tomlkit

from takeup.record.columns import COLUMNS, missing_columns
from takeup.sources.proposal import Proposal


def mapping_text(proposal: Proposal, name: str, warnings: Sequence[str] = ()) -> str:
    """The file `takeup map` writes: what was guessed, what is unused, what is missing."""
    document = tomlkit.document()
    document.add(tomlkit.comment(f"How {name} becomes a decision record. Check every line."))
    remarks = [f"guessed: {guess}" for guess in proposal.guesses]
    remarks += [f"look twice: {' '.join(warning.split())}" for warning in warnings]
    remarks += [f"not used: {column}" for column in proposal.unmapped]
    for remark in remarks:
        document.add(tomlkit.comment(remark))
    mapping = proposal.mapping.model_dump(exclude_defaults=True, exclude_none=True)
    mapped = set(proposal.mapping.columns) | set(proposal.mapping.constants)
    document.add(tomlkit.nl())
    document.add("file", _file(mapping.get("file", {})))
    if "constants" in mapping:
        document.add("constants", mapping["constants"])
    document.add("columns", _columns(proposal))
    for part in ("values", "events", "use_case"):
        if part in mapping:
            document.add(part, _nested(mapping[part]))
    document.add(tomlkit.nl())
    document.add(tomlkit.comment("Not in the table, and what each would unlock:"))
    for column in missing_columns(mapped):
        document.add(tomlkit.comment(f"  {column.name}: {column.unlocks}"))
    text: str = tomlkit.dumps(document)
    return text


def _file(options: dict[str, Any]) -> Any:
    table = tomlkit.table()
    for key, value in options.items():
        table.add(key, value)
    if "time_zone" not in options:
        table.add(tomlkit.comment('time_zone = "Europe/Berlin"  # of times that name no zone'))
    return table


def _columns(proposal: Proposal) -> Any:
    table = tomlkit.table()
    for canonical, source in proposal.mapping.columns.items():
        item = tomlkit.item(source)
        if canonical in COLUMNS:
            item.comment(COLUMNS[canonical].meaning)
        table.add(canonical, item)
    return table


def _nested(part: dict[str, Any]) -> Any:
    table = tomlkit.table()
    for key, value in part.items():
        table.add(key, _nested(value) if isinstance(value, dict) else value)
    return table
