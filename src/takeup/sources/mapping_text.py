"""A proposed mapping as a commented TOML file."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import tomlkit

from takeup.record.columns import COLUMNS, missing_columns
from takeup.sources.draft import Draft


def mapping_text(draft: Draft, name: str, warnings: Sequence[str] = ()) -> str:
    """The file `takeup map` writes: what was guessed, what is open, unused and missing."""
    document = tomlkit.document()
    document.add(tomlkit.comment(f"How {name} becomes a decision record. Check every line."))
    remarks = [f"guessed: {guess}" for guess in draft.guesses]
    remarks += [f"look twice: {' '.join(warning.split())}" for warning in warnings]
    remarks += [f"not used: {column}" for column in draft.not_used()]
    for remark in remarks:
        document.add(tomlkit.comment(remark))
    mapping = draft.mapping.model_dump(exclude_defaults=True, exclude_none=True)
    mapped = {*draft.mapping.columns, *draft.mapping.constants, *draft.mapping.computed}
    document.add(tomlkit.nl())
    if "ignore" in mapping:
        document.add("ignore", mapping["ignore"])
        document.add(tomlkit.nl())
    document.add("file", _file(mapping.get("file", {})))
    if "constants" in mapping:
        document.add("constants", mapping["constants"])
    document.add("columns", _columns(draft))
    for part in ("computed", "formats", "values", "events", "use_case"):
        if part in mapping:
            document.add(part, _nested(mapping[part]))
    if "filters" in mapping:
        filters = tomlkit.aot()
        for one in mapping["filters"]:
            filters.append(_nested(one))
        document.add("filters", filters)
    for question in draft.questions:
        document.add(tomlkit.nl())
        document.add(tomlkit.comment(f"{question.says}: {question.text}"))
        for way in question.ways():
            document.add(tomlkit.comment(f"  {way}"))
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


def _columns(draft: Draft) -> Any:
    table = tomlkit.table()
    for canonical, source in draft.mapping.columns.items():
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
