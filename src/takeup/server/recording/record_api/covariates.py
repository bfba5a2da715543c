"""The type of each covariate: of its use case, as it was first seen there, and the log's column.

The log is one table of all use cases, so a column has one type. Where a use case sends a name as
another type than another use case's, its values have a column of their own beside it.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Iterable, Iterator, Sequence

from django.db import transaction

from takeup.record.incoming import CovariateType, Refusal, Row
from takeup.server.recording.record_api.models import Covariate, CovariateOf, InboxRow

MOST = 500
"""Covariates of one use case: each is a column of the log."""
_Named = tuple[str, str]
"""A use case, and the name of one of its covariates."""
_types: dict[_Named, str] = {}
"""Types that were read from the store: they never change, so they are asked for once."""


def with_known_types(read: Sequence[Row | Refusal]) -> list[Row | Refusal]:
    """Refuses covariates of another type than the one their use case first sent, and those of a use
    case that has MOST already."""
    # In the order they came: who is first gives the type.
    shapes = dict.fromkeys(
        (row.use_case, tuple(row.covariates.items()))
        for row in read
        if isinstance(row, Row) and row.covariates
    )
    seen: dict[_Named, CovariateType] = {}
    for use_case, covariates in shapes:
        for name, type_ in covariates:
            seen.setdefault((use_case, name), type_)
    if not seen:
        return list(read)
    known = _known_types(seen)
    new = {named: type_ for named, type_ in seen.items() if named not in known}
    if new:
        known |= _first_seen(new)
    refused = {shape: Refusal(wrong) for shape in shapes if (wrong := tuple(_wrong(*shape, known)))}
    if not refused:
        return list(read)
    return [
        refused.get((row.use_case, tuple(row.covariates.items())), row)
        if isinstance(row, Row)
        else row
        for row in read
    ]


def forget_types() -> None:
    """After the store was emptied."""
    _types.clear()


def column_types() -> dict[str, str]:
    """The type of every column of the log that holds a covariate."""
    return dict(Covariate.objects.values_list("name", "type"))


def in_their_columns(bodies: Sequence[str]) -> Sequence[str]:
    """Rows as received, their covariates by the names of the log's columns."""
    elsewhere: dict[str, dict[str, str]] = {}
    for use_case, name, column in CovariateOf.objects.values_list("use_case", "name", "column"):
        if name != column:
            elsewhere.setdefault(use_case, {})[name] = column
    return [_renamed(body, elsewhere) for body in bodies] if elsewhere else bodies


def _renamed(body: str, elsewhere: dict[str, dict[str, str]]) -> str:
    row = json.loads(body)
    columns = elsewhere.get(row["use_case"])
    if columns is None:
        return body
    return json.dumps({columns.get(k, k): v for k, v in row.items()}, ensure_ascii=False)


def _known_types(names: Iterable[_Named]) -> dict[_Named, str]:
    known = {named: _types[named] for named in names if named in _types}
    missing: dict[str, list[str]] = {}
    for use_case, name in names:
        if (use_case, name) not in known:
            missing.setdefault(use_case, []).append(name)
    for use_case, wanted in missing.items():
        held = CovariateOf.objects.filter(use_case=use_case, name__in=wanted)
        read = {(use_case, name): type_ for name, type_ in held.values_list("name", "type")}
        # Only once it is certain: what this transaction itself wrote may be rolled back.
        transaction.on_commit(functools.partial(_types.update, read))
        known |= read
    return known


def _first_seen(new: dict[_Named, CovariateType]) -> dict[_Named, str]:
    """Gives each a column; where it is there of another type, one of its own."""
    columns = column_types()
    known: dict[_Named, str] = {}
    many = {name: CovariateOf.objects.filter(use_case=name).count() for name in {n for n, _ in new}}
    for (use_case, name), given in new.items():
        many[use_case] += 1
        if many[use_case] > MOST:
            continue
        there = columns.get(name)
        type_: str = given
        if there not in (None, given) and _sent_before(use_case, name):
            type_ = str(there)
        column = name
        while columns.setdefault(column, type_) != type_:
            column = f"{column}__{type_}"
        CovariateOf.objects.create(use_case=use_case, name=name, type=type_, column=column)
        Covariate.objects.get_or_create(name=column, defaults={"type": type_})
        known[use_case, name] = type_
    return known


def _sent_before(use_case: str, name: str) -> bool:
    """Whether the use case sent it before types were its own: a home of then says no more."""
    return InboxRow.objects.filter(use_case=use_case, body__contains=f'"{name}":').exists()


def _wrong(
    use_case: str, covariates: Iterable[tuple[str, str]], known: dict[_Named, str]
) -> Iterator[str]:
    for name, type_ in covariates:
        there = known.get((use_case, name))
        if there is None:
            yield f"{name}: this use case has {MOST} covariates already; send what tells cases apart"
        elif there != type_:
            yield f"{name}: {there} in this use case, {type_} here"
